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
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import Erasure
from gazette.models.ledger.former_path import FormerPath
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.left_path import LeftPath
from gazette.models.ledger.snapshot import QuarantinedVersion, Revision, Snapshot
from gazette.models.ledger.update import read_update
from gazette.models.views.diff import FieldChange
from gazette.ports import Ledger
from gazette.projections.diff.fields import differences
from gazette.projections.erasures import erased_items, erasures
from gazette.projections.erasures.erasures import Restored
from gazette.projections.history.entries import preferred_path
from gazette.projections.history.event_history import NO_BASE
from gazette.projections.items.item_order import item_order
from gazette.projections.items.long_histories import items_again
from gazette.projections.items.remarks import remark_items_again
from gazette.projections.items.state_items import (
    quarantine_item,
    revision_item,
    unquarantine_item,
)
from gazette.projections.items.tombstones import deleted_tombstones
from gazette.projections.items.updates import shortened
from gazette.services.ingest.erasures.erasure_problems import problems_of
from gazette.services.ingest.erasures.erasure_reading import SeenErasure
from gazette.services.ingest.erasures.reinstatement import recorded_revisions
from gazette.services.ingest.event_fold import EventFold


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
        self._move_tombstones(recorded, history)
        self._hide_held(seen)
        self._record(seen, problems_of(self.fold.snapshot, seen, recorded, erased.keys() - wanted))

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
        """Return whether this run has applied a revision from its erased record.

        The newest one listed the event, and an event whose newest revision is erased is withdrawn.
        One that this run adopts is of a run that died: its document may be there still.
        """
        return any(
            keys.revision_key(one.entry.event_id, one.number) in self.fold.items
            for one in history
            if one.entry.erased and (one is history[-1] or one.number > self.before.number)
        )

    def _restored(
        self, recorded: Sequence[Revision], wanted: set[int]
    ) -> Iterator[tuple[Revision, Restored]]:
        """Yield the revisions to restore whose document can be read again."""
        for one in recorded:
            if one.entry.erased is None or one.number in wanted or one.content_sha256 is None:
                continue
            document = self.fold.reader.read_erased(one)
            if document is not None:  # else S3 has removed it, so the revision stays erased
                claims = self.fold.claims
                base_path = claims.claim_path(self.before, preferred_path(document))
                aliases = claims.own_aliases(self.before, document) if document.aliases else ()
                yield one, Restored(document, base_path, aliases)

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
        again = restored.get(history[-1].number)
        document = again.document if again else None
        fold.write(remark_items_again(fold.snapshot, history[-1], document))
        fold.write(list(erased_items.image_items(recorded, history, fold.items)))
        left = list(self._left_paths(recorded, history))
        fold.write(left)
        taken = (item.key.sort.removeprefix(keys.LEFT) for item in left if not item.deleted)
        fold.write(items_again(history, (*taken, *self._aliases())))
        self._keep_documents(history, restored)

    def _changes(
        self, history: Sequence[Revision]
    ) -> Iterator[tuple[Revision, tuple[FieldChange, ...]]]:
        """Yield the shortened changes of each revision whose feed entry may show them."""
        reader = self.fold.reader
        for last, revision in pairwise(history):
            if not erased_items.is_compared(last, revision):
                continue
            partition = partitions.updates_partition(partitions.SITE)
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

    def _aliases(self) -> list[str]:
        """Return the aliases that were recorded until now; this run may repeat one that crashed."""
        partition = partitions.event_partition(self.fold.snapshot.event_id)
        recorded = {item.key: item for item in self.ledger.scan(partition, keys.FORMER)}
        return [
            item_key.sort.removeprefix(keys.FORMER)
            for item_key, item in (recorded | self.fold.items).items()
            if item_key.sort.startswith(keys.FORMER) and not item.deleted
            if FormerPath.model_validate_json(item.payload).is_alias
        ]

    def _left_paths(
        self, recorded: Sequence[Revision], history: Sequence[Revision]
    ) -> Iterator[LedgerItem]:
        partition = partitions.event_partition(self.fold.snapshot.event_id)
        left = {
            item.key.sort.removeprefix(keys.LEFT): LeftPath.model_validate_json(item.payload)
            for item in self.ledger.scan(partition, keys.LEFT)
        }
        return erased_items.left_path_items(left, recorded, history)

    def _keep_documents(
        self, history: Sequence[Revision], restored: Mapping[int, Restored]
    ) -> None:
        """Keep the documents that are shown, and remove those that are not any more.

        If an erasure has begun that this run overtakes, all that are shown are written again: that
        one may remove some of them late.
        """
        fold = self.fold
        with_document = [one for one in history if one.content_sha256 is not None]
        shown = {one.identity for one in with_document if one.entry.erased is None}
        hidden = {one.identity for one in with_document if one.identity} - shown
        fold.documents += [
            one.identity
            for one in with_document
            if one.identity in shown
            if one.number in restored
            or (self.before.is_erasing and fold.reader.read_erased(one) is not None)
        ]
        fold.documents[:] = [identity for identity in fold.documents if identity not in hidden]
        fold.erased_documents += sorted(hidden)

    def _move_tombstones(self, recorded: Sequence[Revision], history: Sequence[Revision]) -> None:
        """Say that the event is withdrawn while its newest revision is erased, and not longer.

        Without revisions, a run that has begun and is late may still write some, and tombstones.
        Those of a run whose revisions this one adopts count too: an earlier run may have removed
        them without that number, which was too old.
        """
        if not history:
            return
        snapshot = self.fold.snapshot
        wanted = erased_items.erased_tombstone_keys(snapshot, history[-1])
        adopted = (one for one in recorded if one.number > self.before.number)
        before = (*snapshot.erased_tombstones, *erased_items.former_tombstone_keys(adopted))
        kept = (*wanted, *snapshot.tombstones)
        self.fold.write(deleted_tombstones(before, kept, history[-1].entry, snapshot.live))
        self.fold.update(erased_tombstones=wanted)

    def _hide_held(self, seen: SeenErasure) -> None:
        """Remove the document of a held version that is erased; S3 may have it for an undo."""
        fold, before = self.fold, self.before.held
        held = fold.snapshot.held
        if held is not None:
            is_erased = erasures.is_held_back(fold.snapshot, held, seen.stored)
            held = held.model_copy(update={"is_erased": is_erased})
            fold.update(held=held)
        hidden = {one.identity for one in (before, held) if one is not None and one.is_erased}
        if held == before or not hidden:
            return
        # A document that was removed can be kept again, and removed again, at a higher count only.
        fold.update(erasures=max(fold.snapshot.erasures, self.before.erasures + 1))
        if held is not None and held.is_erased:
            fold.documents[:] = [one for one in fold.documents if one != held.identity]
            fold.erased_documents.append(held.identity)

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
        fold.erasure_notice = "" if seen.problems else found
        if error is None:
            fold.write([unquarantine_item(key, item_order(taken))])
            return
        if seen.problems:
            fold.erasure_error = error
        version = QuarantinedVersion(
            key=key,
            number=taken,
            version_id=seen.version_id,
            at=seen.at,
            problems=error.problems,
        )
        fold.write([quarantine_item(version, item_order(taken))])
