"""What a builder returns: view models, files, removals and follow-up ledger writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.views.site_document import Document
from gazette.models.views.view import View


@dataclass(frozen=True, slots=True)
class Replacement:
    """What a derived item has to say: a count, a sum, a note on a segment.

    ``seen`` is the item as it was read, before what ``payload`` follows from. It is not compared:
    after its own write a publisher finds another one, and that is no change.
    """

    key: ItemKey
    payload: str
    seen: LedgerItem | None = field(compare=False)

    @property
    def is_needed(self) -> bool:
        """Whether the item that was read says something else."""
        return self.seen is None or self.seen.payload != self.payload

    @property
    def expected_revision(self) -> int:
        """The revision of the item that was read, 0 for none."""
        return self.seen.revision if self.seen else 0

    @property
    def item(self) -> LedgerItem:
        """The item to write: a derived item has a revision of its own, which grows by one."""
        return LedgerItem(self.key, self.expected_revision + 1, self.payload)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """Everything that a task publishes.

    ``further_paths`` are paths of documents and removals that `Builder.paths` leaves out.
    ``further_prefixes`` are beginnings of such paths, if this task alone writes them: what the site
    has there and the result does not show is removed.
    ``standing`` are paths of documents that cannot be built any more, with the reason: they stay as
    they are, and one that is not there fails the task.
    ``views`` are rendered in every format of their kind; ``documents`` are ready. ``removals`` are
    paths to delete. ``follow_ups`` are ledger writes for other partitions, of which the greatest
    revision wins. ``replacements`` are the items derived from what was loaded: where one is
    refused, another publisher was faster, and the task starts over. ``stored_at`` is when the
    newest change shown was stored, where that is measured; ``news`` gives for each event shown when
    its news was stored, and leaves out what is no news. ``erased`` are paths that show an erasure,
    or that an erasure removed: copies of them at the edge are invalidated even if an attempt that
    crashed has already written them. ``loaded`` is what the result was built from.
    """

    documents: tuple[Document, ...] = ()
    views: tuple[View, ...] = ()
    removals: tuple[str, ...] = ()
    standing: Mapping[str, Exception] = field(default_factory=dict)
    further_paths: tuple[str, ...] = ()
    further_prefixes: tuple[str, ...] = ()
    follow_ups: tuple[LedgerItem, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    stored_at: datetime | None = None
    news: Mapping[str, datetime] = field(default_factory=dict)
    erased: tuple[str, ...] = ()
    loaded: object = field(default=None, compare=False, repr=False)

    @property
    def has_further(self) -> bool:
        """Whether it has paths that `Builder.paths` leaves out."""
        return bool(self.further_paths or self.further_prefixes)
