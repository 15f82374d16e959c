"""Erases the words of revisions while an event is ingested, and restores them.

It changes what a fold is about to write: so no word that is erased reaches the ledger. Whatever it
has written before is written again as it must be, at a higher count of erasures.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import erasure_key
from gazette.models.contract.parsing import InvalidEventError, Problem
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Erasure
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.left_path import LeftPath
from gazette.models.ledger.snapshot import QuarantinedVersion, Revision, Snapshot
from gazette.models.ledger.update import read_update
from gazette.models.limits import MAX_REPORTED_PROBLEMS
from gazette.models.views.diff import FieldChange
from gazette.ports import Ledger
from gazette.projections.diff.fields import differences
from gazette.projections.history import erased_items, erasures
from gazette.projections.history.entries import preferred_path
from gazette.projections.history.erasures import Restored
from gazette.projections.history.event_history import NO_BASE
from gazette.projections.history.item_order import item_order
from gazette.projections.history.long_histories import items_again
from gazette.projections.history.state_items import (
    quarantine_item,
    revision_item,
    unquarantine_item,
)
from gazette.projections.history.updates import shortened
from gazette.services.ingest.erasure_reading import SeenErasure
from gazette.services.ingest.event_fold import EventFold
from gazette.services.ingest.reinstatement import recorded_revisions


@dataclass(frozen=True, slots=True)
class EventEraser:
    """Brings the revisions of one event to what its erasure document says."""

    ledger: Ledger
    fold: EventFold
    before: Snapshot

    def apply(self, seen: SeenErasure) -> None:
        """Erase what is to be erased, and restore what is not any more and can be read again."""
        snapshot = self.fold.snapshot
        if not (seen.identity or snapshot.erasure or snapshot.erasures):
            return
        recorded = recorded_revisions(self.ledger, self.fold)
        wanted = erasures.erased_numbers(snapshot, recorded, seen.stored)
        restored = {one.number: found for one, found in self._restored(recorded, wanted)}
        erased = {
            one.number: erasure
            for one in recorded
            if (erasure := self._erasure(one, wanted, restored, seen)) is not None
        }
        history = self._history(recorded, erased, restored)
        if snapshot.is_erasing or history != recorded or self._has_applied_erased(history):
            self._write_again(recorded, history, restored)
        self._move_tombstones(history)
        self._record(seen, _problems(seen, recorded, wanted, erased))

    def _history(
        self,
        recorded: Sequence[Revision],
        erased: Mapping[int, Erasure],
        restored: Mapping[int, Restored],
    ) -> list[Revision]:
        """Return the history as it is to be; an erased newest revision may still expire."""
        history = list(erasures.after_erasures(recorded, erased, restored))
        if history and history[-1].entry.erased:
            update = {"expires": self.fold.snapshot.expires}
            history[-1] = history[-1].model_copy(update=update)
        return history

    def _has_applied_erased(self, history: Sequence[Revision]) -> bool:
        """Return whether this run has applied the newest revision from its erased record.

        That listed the event, and an event whose newest revision is erased is withdrawn.
        """
        if not history or history[-1].entry.erased is None:
            return False
        return keys.revision_key(self.fold.snapshot.event_id, history[-1].number) in self.fold.items

    def _restored(
        self, recorded: Sequence[Revision], wanted: set[int]
    ) -> Iterator[tuple[Revision, Restored]]:
        """Yield the revisions to restore whose document can be read again."""
        for one in recorded:
            if one.entry.erased is None or one.number in wanted or one.content_sha256 is None:
                continue
            document = self.fold.reader.read_erased(one)
            if document is not None:  # else S3 has removed it, so the revision stays erased
                base_path = self.fold.claim(self.before, preferred_path(document))
                yield one, Restored(document, base_path)

    def _erasure(
        self,
        one: Revision,
        wanted: set[int],
        restored: Mapping[int, Restored],
        seen: SeenErasure,
    ) -> Erasure | None:
        """Return why a revision is erased, None if it is not."""
        if one.number in wanted:
            return seen.stored and seen.stored.erasure
        if one.number in restored or one.content_sha256 is None:
            return None
        return one.entry.erased

    def _write_again(
        self,
        recorded: Sequence[Revision],
        history: Sequence[Revision],
        restored: Mapping[int, Restored],
    ) -> None:
        """Write everything that shows a word of the history again, with a new count."""
        fold = self.fold
        # A snapshot that was lost does not know how often the records were written.
        count = max(self.before.erasures, *(one.erasures for one in recorded), 0) + 1
        fold.update(erasures=count)
        if not history:
            return
        history = [one.model_copy(update={"erasures": count}) for one in history]
        fold.update(revision=history[-1])
        for one in history:
            if one.entry.erased:
                self.ledger.claim(one.entry.base_path, one.entry.event_id)
        fold.write(revision_item(one) for one in history)
        changes = {one.number: found for one, found in self._changes(history)}
        fold.write(erased_items.updates_of(history, changes))
        fold.write(self._newest_items(recorded[-1], history, restored))
        fold.write(erased_items.image_items(recorded, history))
        left = list(self._left_paths(recorded, history))
        fold.write(left)
        taken = (item.key.sort.removeprefix(keys.LEFT) for item in left if not item.deleted)
        fold.write(items_again(history, taken))
        self._keep_documents(history, restored)

    def _changes(
        self, history: Sequence[Revision]
    ) -> Iterator[tuple[Revision, tuple[FieldChange, ...]]]:
        """Yield the shortened changes of each revision whose feed entry may show them."""
        reader = self.fold.reader
        for last, revision in pairwise(history):
            if not erased_items.is_compared(last, revision):
                continue
            partition = keys.updates_partition(keys.SITE)
            facts = (revision.entry.at, revision.entry.event_id, revision.number)
            key = keys.change_key(partition, *facts)
            stored = self.fold.items.get(key) or self.ledger.get(key)
            found = read_update(stored.payload).changes if stored else ()
            if not found:
                documents = (reader.read_before(last), reader.read_before(revision))
                found = tuple(shortened(differences(*documents, NO_BASE)))
            yield revision, found

    def _newest_items(
        self,
        before: Revision,
        history: Sequence[Revision],
        restored: Mapping[int, Restored],
    ) -> Iterator[LedgerItem]:
        """Return the items that list the event, or say that it is withdrawn."""
        current, snapshot = history[-1], self.fold.snapshot
        if current.withdraws:
            return erased_items.withdrawn_items(history, snapshot)
        if erasure := current.entry.erased:
            return erased_items.erased_items(snapshot, current.entry, erasure, before.entry)
        if current.number in restored:
            document: EventDocument | None = restored[current.number].document
        else:
            document = self.fold.reader.read_before(current)
        entry = erasures.full_entry(current.entry, document) if document else current.entry
        return erased_items.shown_items(snapshot, entry)

    def _left_paths(
        self, recorded: Sequence[Revision], history: Sequence[Revision]
    ) -> Iterator[LedgerItem]:
        partition = keys.event_partition(self.fold.snapshot.event_id)
        left = {
            item.key.sort.removeprefix(keys.LEFT): LeftPath.model_validate_json(item.payload)
            for item in self.ledger.scan(partition, keys.LEFT)
        }
        return erased_items.left_path_items(left, recorded, history)

    def _keep_documents(
        self, history: Sequence[Revision], restored: Mapping[int, Restored]
    ) -> None:
        """Keep the documents that are shown, and remove those that are not any more."""
        fold = self.fold
        with_document = [one for one in history if one.content_sha256 is not None]
        shown = {one.identity for one in with_document if one.entry.erased is None}
        hidden = {one.identity for one in with_document if one.identity} - shown
        fold.documents += [one.identity for one in history if one.number in restored]
        fold.documents[:] = [identity for identity in fold.documents if identity not in hidden]
        fold.erased_documents += sorted(hidden)

    def _move_tombstones(self, history: Sequence[Revision]) -> None:
        """Say that the event is withdrawn while its newest revision is erased, and not longer."""
        snapshot = self.fold.snapshot
        wanted = erased_items.erased_tombstone_keys(snapshot, history[-1]) if history else ()
        before = snapshot.erased_tombstones
        self.fold.write(erased_items.deleted_tombstones(before, wanted, snapshot.number))
        self.fold.update(erased_tombstones=wanted)

    def _record(self, seen: SeenErasure, problems: Sequence[Problem]) -> None:
        """Note what was seen, and put an erasure document into quarantine or take it out."""
        fold, before = self.fold, self.before
        error = InvalidEventError(*problems) if problems else None
        found = str(error) if error else ""
        fold.update(erasure=seen.identity, erasure_problem=found, is_erasing=False)
        if fold.snapshot != before and fold.snapshot.taken == before.taken:
            fold.update(taken=before.taken + 1)
        if found == before.erasure_problem:
            return
        key, taken = erasure_key(fold.snapshot.event_id), fold.snapshot.taken
        if error is None:
            fold.write([unquarantine_item(key, item_order(taken))])
            return
        fold.erasure_error = error
        version = QuarantinedVersion(
            key=key,
            number=taken,
            version_id=seen.version_id,
            at=seen.at,
            problems=error.problems,
        )
        fold.write([quarantine_item(version, item_order(taken))])


def _problems(
    seen: SeenErasure,
    recorded: Sequence[Revision],
    wanted: set[int],
    erased: Mapping[int, Erasure],
) -> tuple[Problem, ...]:
    """Return what the publisher has to know of his erasure document."""
    waiting = (
        Problem("revisions", f"{one} is not there yet: it is erased as soon as it is published")
        for one in erasures.unmatched(recorded, seen.stored)
    )
    staying = (
        Problem("revisions", f"number {number} stays erased: its text is not in S3 any more")
        for number in erased
        if number not in wanted
    )
    return (*seen.problems, *waiting, *staying)[:MAX_REPORTED_PROBLEMS]
