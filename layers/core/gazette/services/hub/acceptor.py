"""Accepts or refuses what a subscriber asks of the hub (W3C WebSub §5.1, §5.2)."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote

from gazette.models.hub.callback_rules import CallbackRules
from gazette.models.hub.requests import (
    Mode,
    RequestRefusedError,
    SubscriptionRequest,
    read_request,
)
from gazette.models.limits import MAX_OBJECT_KEY_BYTES
from gazette.models.site import encoded_path
from gazette.models.views.site_document import ANNOUNCED
from gazette.ports import Outbox, ServedHeaders

_ACCEPTED, _BAD_REQUEST = 202, 400
_FORM = "application/x-www-form-urlencoded"


class HubResponse(NamedTuple):
    """What the hub answers; ``text`` is empty or says what to correct."""

    status: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionAcceptor:
    """Queues valid requests for verification. Nothing is called and nothing stored before that."""

    base_url: str
    site: ServedHeaders
    queue: Outbox
    rules: CallbackRules

    def accept(self, form: bytes, media_type: str) -> HubResponse:
        """Return 202, or 400 with the parameter that is wrong."""
        try:
            _expect_form(media_type)
            request = read_request(form, self.rules)
            self._expect_topic(request)
        except RequestRefusedError as error:
            return HubResponse(_BAD_REQUEST, f"{error}\n")
        self.queue.send(request.model_dump_json())
        return HubResponse(_ACCEPTED)

    def _expect_topic(self, request: SubscriptionRequest) -> None:
        """Refuse a topic that is no feed of this site; one that has vanished may be left."""
        path = topic_path(self.base_url, request.topic)
        if request.mode is Mode.UNSUBSCRIBE:
            return
        if not path or self.site.cache_controls([path]).get(path) != ANNOUNCED:
            raise RequestRefusedError(
                "hub.topic is no feed of this site that names this hub: give the address that the "
                'feed names as rel="self"'
            )


def _expect_form(media_type: str) -> None:
    if media_type.partition(";")[0].strip().lower() != _FORM:
        raise RequestRefusedError(f"Content-Type is not {_FORM}")


def topic_path(base_url: str, topic: str) -> str:
    """Return the path of a document of the site, empty for another address."""
    path = unquote(topic.removeprefix(f"{base_url}/"))
    # Feeds name one spelling. Under another one nothing would ever be delivered.
    is_ours = topic == f"{base_url}/{encoded_path(path)}"
    return path if is_ours and len(path.encode()) <= MAX_OBJECT_KEY_BYTES else ""
