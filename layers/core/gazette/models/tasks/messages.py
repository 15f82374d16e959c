"""Messages of the queues and records of the stream, as the functions read them."""

from typing import NamedTuple

from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.edge_invalidation import EdgeInvalidation
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.page_news import PageNews


class Notification(NamedTuple):
    """A message of the ingest queue with the object keys it names.

    ``problem`` says why a message cannot be read; such a message ends as a dead letter.
    ``receives`` counts its deliveries.
    """

    identifier: str
    keys: tuple[str, ...]
    problem: str | None = None
    body: str = ""
    receives: int = 1


class StreamRecord(NamedTuple):
    """A change of one ledger item: its number in the stream, the item's key, and the attempt.

    Later attempts come from the retry queue; the identifier is then that of the SQS message.
    """

    identifier: str
    key: ItemKey
    attempt: int = 1


class HubPingMessage(NamedTuple):
    """A message of the queue; ``ping`` is None if the body cannot be read."""

    identifier: str
    body: str
    receives: int
    ping: HubPing | None


class PageNewsMessage(NamedTuple):
    """A message of the queue that names pages."""

    identifier: str
    body: str
    receives: int
    news: PageNews


class InvalidationMessage(NamedTuple):
    """A message of the queue; ``wanted`` is None if the body cannot be read."""

    identifier: str
    body: str
    receives: int
    wanted: EdgeInvalidation | None
