"""A distribution of CloudFront on ministack, asked as one whose domain leads there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gazette_cli.emulators.ministack import Ministack

_SECONDS_TO_ANSWER = 10


class Answer(NamedTuple):
    """What came back; the names of the headers are in Title-Case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Distribution:
    """What answers for a domain of CloudFront."""

    ministack: Ministack
    domain: str

    def get(self, target: str, **headers: str) -> Answer:
        """Ask for an address of the site, such as ``/feed.atom``."""
        connection = self.ministack.connect(_SECONDS_TO_ANSWER)
        try:
            connection.request("GET", target, headers={"Host": self.domain, **headers})
            answer = connection.getresponse()
            named = {name.title(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()
