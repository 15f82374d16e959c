"""A CloudFront distribution on ministack, addressed by its Host header."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gazette_cli.emulators.ministack import Ministack

_SECONDS_TO_ANSWER = 10


class Answer(NamedTuple):
    """A response; header names are in Title-Case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Distribution:
    """Sends requests to the domain of a distribution."""

    ministack: Ministack
    domain: str

    def get(self, target: str, **headers: str) -> Answer:
        """Get an address of the site, such as ``/feed.atom``."""
        connection = self.ministack.connect(_SECONDS_TO_ANSWER)
        try:
            connection.request("GET", target, headers={"Host": self.domain, **headers})
            answer = connection.getresponse()
            named = {name.title(): value for name, value in answer.getheaders()}
            return Answer(answer.status, named, answer.read())
        finally:
            connection.close()
