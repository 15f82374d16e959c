"""What a builder returns: view models, files, removals and follow-up ledger writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.views.site_document import Document
from gazette.models.views.view import View


@dataclass(frozen=True, slots=True)
class RollUp:
    """A derived item: what it says follows from other items, its inputs.

    ``seen`` is the item as it was before the inputs were read, ``payload`` what they make of it.
    ``derive`` reads the inputs again.
    """

    key: ItemKey
    seen: LedgerItem | None
    payload: str
    derive: Callable[[], str]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """Everything that a task publishes.

    ``views`` are rendered in every format of their kind; ``documents`` are ready. ``removals`` are
    paths to delete. ``follow_ups`` are ledger writes for other partitions, of which the greatest
    revision wins; ``roll_ups`` are the items derived from what was read. ``stored_at`` is when the
    newest change shown was stored, where that is measured; ``news`` gives for each event shown when
    its news was stored, and leaves out what is no news.
    """

    documents: tuple[Document, ...] = ()
    views: tuple[View, ...] = ()
    removals: tuple[str, ...] = ()
    follow_ups: tuple[LedgerItem, ...] = ()
    roll_ups: tuple[RollUp, ...] = ()
    stored_at: datetime | None = None
    news: Mapping[str, datetime] = field(default_factory=dict)
