"""Names changed pages to search engines, as IndexNow (https://www.indexnow.org) defines it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from urllib.parse import urlsplit

from gazette.models.hub.answers import CallbackAnswer, Outcome, Post, outcome_of, reason_of_result
from gazette.models.limits import MAX_PAGES_A_REQUEST
from gazette.models.site import Site
from gazette.models.tasks.messages import PageNewsMessage
from gazette.models.tasks.reports import Failure
from gazette.ports import HasTime, HubBusyError, HubRefusedError, NoTimeError
from gazette.services.announce.websub_publisher import HubReport
from gazette.services.failures.dead_letters import DeadLetterSink
from gazette.services.hub.ports import CallbackClient

_HEADERS = (("Content-Type", "application/json; charset=utf-8"), ("User-Agent", "Gazette"))
# What the answers mean that no repetition changes.
_MEANINGS = {
    400: "the request has a wrong form",
    403: "the key file is not at the address of the site, or has another key",
    422: "the pages are not those of this host",
}


@dataclass(frozen=True, slots=True)
class IndexNowPublisher:
    """Posts the pages of a batch together; what is refused becomes a dead letter.

    ``address`` is that of the service, which hands them on to all search engines that take part.
    ``site`` is no more than an address and the key.
    """

    address: str
    site: Site
    client: CallbackClient
    sink: DeadLetterSink

    def announce(
        self, messages: Sequence[PageNewsMessage], has_time: HasTime, report: HubReport
    ) -> list[str]:
        """Post each page once; return the identifiers of the messages to deliver again."""
        if not messages:
            return []
        pages = list(dict.fromkeys(chain.from_iterable(one.news.pages for one in messages)))
        try:
            self._post_all(pages, has_time)
        except (HubBusyError, HubRefusedError, NoTimeError) as error:
            report.failed.append(Failure(f"{len(pages)} pages", error))
            again = self.sink.collect([(message, error) for message in messages], report.failed)
            report.dead_letters += len(messages) - len(again)
            return again
        report.pages += pages
        return []

    def _post_all(self, pages: Sequence[str], has_time: HasTime) -> None:
        for start in range(0, len(pages), MAX_PAGES_A_REQUEST):
            if not has_time():
                raise NoTimeError("no time was left in this run")
            self._post(pages[start : start + MAX_PAGES_A_REQUEST])

    def _post(self, pages: Sequence[str]) -> None:
        content = {
            "host": urlsplit(self.site.base_url).netloc,
            "key": self.site.index_now_key,
            "keyLocation": self.site.url(self.site.index_now_path),
            "urlList": pages,
        }
        post = Post(self.address, _HEADERS, json.dumps(content).encode())
        (result,) = self.client.post_all([post])
        outcome = outcome_of(result)
        if outcome is Outcome.DELIVERED:
            return
        reason = reason_of_result(result)
        if isinstance(result, CallbackAnswer) and result.status in _MEANINGS:
            reason = f"{reason}: {_MEANINGS[result.status]}"
        error = HubBusyError if outcome is Outcome.LATER else HubRefusedError
        raise error(f"{self.address} {reason}")
