"""What a builder returns: view models, files, removals and follow-up ledger writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gazette.models.ledger.item import LedgerItem
from gazette.models.views.site_document import Document
from gazette.models.views.view import View


@dataclass(frozen=True, slots=True)
class BuildResult:
    """Everything that a task publishes.

    ``further_paths`` are paths of documents and removals that `Builder.paths` leaves out.
    ``views`` are rendered in every format of their kind; ``documents`` are ready. ``removals`` are
    paths to delete. ``follow_ups`` are ledger writes for other partitions, of which the greatest
    revision wins. ``replacements`` have the number after the one that was read: where one is
    refused, another publisher was faster, and the task starts over. ``stored_at`` is when the
    newest change shown was stored, where that is measured; ``news`` gives for each event shown when
    its news was stored, and leaves out what is no news. ``loaded`` is what the result was built
    from.
    """

    documents: tuple[Document, ...] = ()
    views: tuple[View, ...] = ()
    removals: tuple[str, ...] = ()
    further_paths: tuple[str, ...] = ()
    follow_ups: tuple[LedgerItem, ...] = ()
    replacements: tuple[LedgerItem, ...] = ()
    stored_at: datetime | None = None
    news: Mapping[str, datetime] = field(default_factory=dict)
    loaded: object = field(default=None, compare=False, repr=False)
