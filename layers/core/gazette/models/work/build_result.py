"""What a builder returns: documents, removals and follow-up ledger writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gazette.models.ledger.item import LedgerItem
from gazette.models.views.site_document import Document


@dataclass(frozen=True, slots=True)
class BuildResult:
    """All that an assignment publishes: documents, paths to remove, and records for other desks.

    ``follow_ups`` are ledger writes that follow the documents; the greatest revision wins.
    ``stored_at`` is when the newest change it shows was stored, where that is looked at; ``news``
    when that of each event it tells of was, without those that are no news.
    """

    documents: tuple[Document, ...] = ()
    removals: tuple[str, ...] = ()
    follow_ups: tuple[LedgerItem, ...] = ()
    stored_at: datetime | None = None
    news: Mapping[str, datetime] = field(default_factory=dict)
