"""What keeps a long history cheap: its parts, and small items apart from the revisions.

Each revision may hold some kilobytes. So what a page needs of old revisions stands in items of its
own, one for each path that the event has left and one for each correction
(`gazette.projections.items.corrections`).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gazette.models import paths
from gazette.models.ledger import keys
from gazette.models.ledger.former_path import FormerPath
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import Revision
from gazette.projections.items.corrections import correction_items
from gazette.projections.items.item_order import item_order


class HistoryPart(NamedTuple):
    """Revisions of an event whose numbers fall in one part, oldest first.

    ``size`` is how many numbers a part has, ``older`` the last revision before this part. An
    archived part is full and superseded, and never changes again. The other one, which is current,
    has the newest revision.
    """

    revisions: tuple[Revision, ...]
    older: Revision | None
    size: int
    is_archived: bool

    @property
    def last(self) -> Revision:
        return self.revisions[-1]

    def is_newest(self, revision: Revision) -> bool:
        """Whether a revision of this part is the newest one of the event."""
        return not self.is_archived and revision is self.last

    @property
    def base_path(self) -> str:
        number = part_number(self.last.number, self.size) if self.is_archived else None
        return paths.history_base_path(self.last.entry.first_path, number)

    @property
    def current_base_path(self) -> str:
        """The base path of the current part, which is the history's own."""
        return paths.history_base_path(self.last.entry.first_path)

    @property
    def previous_base_path(self) -> str | None:
        if self.older is None:
            return None
        number = part_number(self.older.number, self.size)
        return paths.history_base_path(self.last.entry.first_path, number)

    @property
    def event_base_path(self) -> str:
        """The path of the event; an archived part has the first one, which leads to any other."""
        entry = self.last.entry
        return entry.first_path if self.is_archived else entry.base_path


def part_number(number: int, size: int) -> int:
    """Return the part of a revision by its number; the oldest part is 1."""
    return (number - 1) // size + 1


def former_items(last: Revision | None, revision: Revision) -> Iterator[LedgerItem]:
    """Record the path that an event leaves with a revision.

    Not its first path: that one leads to the current path, and all others to it. The item names
    the revision, from which the page at the former path follows.
    """
    entry = revision.entry
    if last and last.entry.base_path not in {entry.base_path, entry.first_path}:
        item_key = keys.former_key(entry.event_id, last.entry.base_path)
        former = FormerPath(number=revision.number)
        yield LedgerItem(item_key, item_order(entry.number), former.model_dump_json())


def alias_items(last: Revision | None, revision: Revision) -> Iterator[LedgerItem]:
    """Record the aliases that a revision begins to name; they stay when a later one drops them."""
    known = last.aliases if last else ()
    entry = revision.entry
    for path in revision.aliases:
        if path not in known:
            former = FormerPath(number=revision.number, is_alias=True)
            item_key = keys.former_key(entry.event_id, path)
            yield LedgerItem(item_key, item_order(entry.number), former.model_dump_json())


def items_again(history: Sequence[Revision], left: Iterable[str]) -> Iterator[LedgerItem]:
    """Return the items of all left paths and corrections of a history that an erasure changed.

    ``left`` are the paths and aliases that erasures took from the event. What records one of them
    as a former path is deleted, so that no notice stays there. Of each path the last write has to
    win, so all have the number of the newest revision.
    """
    newest = history[-1].entry
    formers: dict[ItemKey, LedgerItem] = {}
    for last, revision in zip((None, *history), history, strict=False):
        formers |= {item.key: item for item in alias_items(last, revision)}
        formers |= {item.key: item for item in former_items(last, revision)}
        yield from correction_items(revision.entry)
    for path in left:
        item_key = keys.former_key(newest.event_id, path)
        formers.setdefault(item_key, LedgerItem(item_key, 0, "{}", deleted=True))
    for item in formers.values():
        yield item._replace(revision=item_order(newest.number))
