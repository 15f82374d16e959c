"""What an erasure leaves of the revisions of an event (SPEC V10, V15).

The words of an erased revision go, and the addresses made from them. Its number, kind, times and
hashes stay, and its topics, the slugs of its authors and its date, under which it is withdrawn. A
withdrawal without a document repeats the words of the revision before it, so it loses them with
that one.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.contract.erasure import ErasedRevision, ErasureDocument, Facts, is_named
from gazette.models.ledger.entry import Entry, Erasure
from gazette.models.ledger.snapshot import HeldVersion, Revision, Snapshot
from gazette.models.texts.catalogue import catalogue_of
from gazette.projections.history import entries
from gazette.projections.history.entries import make_entry
from gazette.projections.history.linked_images import linked_images
from gazette.projections.items.corrections import with_corrections

# What a withdrawal without a document has of its own; the rest is that of the revision before.
_OF_WITHDRAWAL = ("number", "kind", "note", "at", "updated", "news_at", "sha256")
# What an erasure leaves of an entry. Any other field may hold words, and loses them.
_LEFT = (
    *("event_id", "number", "kind", "at", "published", "updated", "news_at", "sha256"),
    *("date", "topics", "category", "author_slugs", "guid", "has_full_text", "corrections"),
    *("first_path", "predecessor_path"),
)


class StoredErasure(NamedTuple):
    """The erasure document that is in force, and when S3 stored it."""

    document: ErasureDocument
    stored_at: datetime

    @property
    def erasure(self) -> Erasure:
        on = self.document.date or self.stored_at.date()
        return Erasure(reason=self.document.reason, on=on, at=self.stored_at)


class Restored(NamedTuple):
    """The document of a revision that was erased, the path that is claimed for it, its aliases."""

    document: EventDocument
    base_path: str
    aliases: tuple[str, ...] = ()


def erased_numbers(
    snapshot: Snapshot, revisions: Sequence[Revision], stored: StoredErasure | None
) -> set[int]:
    """Return the numbers of the revisions that are to be erased."""
    if stored is None:
        return set()
    wanted = stored.document.revisions
    if not wanted:
        times = {version.identity: version.at for version in snapshot.known}
        until = int(stored.stored_at.timestamp())
        named = [one for one in revisions if _stored_first(one, times) <= until]
    else:
        named = [one for one in revisions if any(is_named(_facts(one), each) for each in wanted)]
    # S3 may show a version again after it was erased, as another revision with the same words.
    versions = {one.identity for one in named if one.content_sha256 is not None} - {""}
    again = {one.number for one in revisions if one.content_sha256 and one.identity in versions}
    return {one.number for one in named} | again


def is_held_back(snapshot: Snapshot, held: HeldVersion, stored: StoredErasure | None) -> bool:
    """Return whether an erasure names a held version, also by the number that it would get."""
    if stored is None:
        return False
    wanted = stored.document.revisions
    if not wanted:
        return _stored_at(snapshot, held) <= int(stored.stored_at.timestamp())
    return any(names_held(snapshot, held, each) for each in wanted)


def names_held(snapshot: Snapshot, held: HeldVersion, erased: ErasedRevision) -> bool:
    """Return whether a part of an erasure names a held version."""
    facts = Facts(snapshot.number + 1, held.version_id, (held.content_sha256,))
    return is_named(facts, erased)


def _stored_at(snapshot: Snapshot, held: HeldVersion) -> int:
    """Return when S3 stored a held version; one that was held again is held since later."""
    times = {version.identity: version.at for version in snapshot.known}
    stored_at = int(held.stored_at.timestamp())
    return min(stored_at, times.get(held.identity, stored_at))


def unmatched(revisions: Sequence[Revision], stored: StoredErasure | None) -> list[ErasedRevision]:
    """Return what an erasure document names and the event does not have, so that it waits."""
    wanted = stored.document.revisions if stored else ()
    found = [_facts(one) for one in revisions]
    return [each for each in wanted if not any(is_named(one, each) for one in found)]


def after_erasures(
    revisions: Sequence[Revision],
    erased: Mapping[int, Erasure],
    restored: Mapping[int, Restored],
) -> tuple[Revision, ...]:
    """Return the history, oldest first, with the words of some revisions erased.

    ``restored`` are the documents of revisions that were erased and are not any more. The result
    of a result is the same, so a run can be repeated.
    """
    kept = {
        paths.path_hash(path): path
        for one in revisions
        if one.number not in erased and one.content_sha256 is not None
        for path in [restored[one.number].base_path if one.number in restored else _path(one)]
    }
    found: list[Revision] = []
    for one in revisions:
        last = found[-1] if found else None
        if one.number in erased:
            changed = _erased(one, _path_hash(one, last), erased[one.number], kept)
        elif one.content_sha256 is None and last is not None:
            changed = _withdrawn(one, last)
        elif one.number in restored:
            changed = _restored(one, restored[one.number])
        else:
            changed = one
        found.append(_linked(changed, found))
    return tuple(found)


def _facts(revision: Revision) -> Facts:
    hashes = (revision.entry.sha256, revision.content_sha256)
    return Facts(revision.number, revision.version_id, hashes)


def _stored_first(revision: Revision, times: Mapping[str, int]) -> int:
    """Return when S3 stored a version; one that was held became a revision later."""
    stored_at = int((revision.stored_at or revision.entry.at).timestamp())
    return min(stored_at, times.get(revision.identity, stored_at))


def _path(revision: Revision) -> str:
    return revision.entry.base_path


def _path_hash(revision: Revision, last: Revision | None) -> str:
    """Return by what the address of a revision is known that was made from a title.

    A withdrawal without a document has the address of the revision before it, which may have been
    erased by then.
    """
    if revision.content_sha256 is None and last is not None:
        revision = last
    return revision.path_hash or paths.path_hash(_path(revision))


def _erased(
    revision: Revision, path_hash: str, erasure: Erasure, kept: Mapping[str, str]
) -> Revision:
    """Erase the words of a revision; its path goes unless a revision that stays has it, too."""
    entry = revision.entry
    texts = catalogue_of("en")
    words = {
        "title": texts("erasure.title", date=texts.long_date(entry.date)),
        "note": texts("erasure.note", date=texts.long_date(erasure.on), reason=erasure.reason),
        "erased": erasure,
        "base_path": kept.get(path_hash) or paths.erased_path(entry.date, entry.event_id),
    }
    left = {name: getattr(entry, name) for name in _LEFT}
    update = {
        "entry": Entry.model_validate(left | words),
        "path_hash": path_hash,
        "linked_images": (),
        "aliases": (),
    }
    return revision.model_copy(update=update)


def _withdrawn(revision: Revision, last: Revision) -> Revision:
    own = {name: getattr(revision.entry, name) for name in _OF_WITHDRAWAL}
    own |= {"erased": None, "note": None}
    entry = last.entry.model_copy(update=own)
    update = {"entry": entry, "path_hash": "", "aliases": last.aliases}
    return revision.model_copy(update=update)


def _restored(revision: Revision, restored: Restored) -> Revision:
    entry = full_entry(revision.entry, restored.document)
    entry = entry.without_body().model_copy(update={"base_path": restored.base_path})
    update = {
        "entry": entry,
        "path_hash": "",
        "expires": None,
        "linked_images": linked_images(restored.document, restored.base_path),
        "aliases": restored.aliases,
    }
    return revision.model_copy(update=update)


def full_entry(entry: Entry, document: EventDocument) -> Entry:
    """Return the entry of a revision with all words of its document."""
    facts = {name: getattr(entry, name) for name in entries.Facts._fields}
    full = make_entry(document, entries.Facts(**facts))
    return full.model_copy(update={"corrections": entry.corrections})


def _linked(revision: Revision, before: Sequence[Revision]) -> Revision:
    """Lead a revision to what the revisions before it are now: addresses and corrections."""
    own = _path(revision)
    links = {"first_path": own, "predecessor_path": None}
    last = before[-1] if before else None
    if last:
        predecessor = paths.revision_path(_path(last), last.number)
        links = {"first_path": _path(before[0]), "predecessor_path": predecessor}
    linked = revision.entry.model_copy(update=links)
    entry = with_corrections(linked, last.entry if last else None)
    return revision.model_copy(update={"entry": entry, "former_paths": ()})
