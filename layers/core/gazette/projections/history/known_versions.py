"""Which versions of an object are new, by their identities and not by their number."""

from collections.abc import Collection, Iterable, Sequence

from gazette.models.ledger.snapshot import (
    DERIVATION,
    OF_NEW_VERSIONS,
    KnownVersion,
    Origin,
    Revision,
    Snapshot,
)
from gazette.models.limits import MAX_KNOWN_VERSIONS
from gazette.models.object_version import ObjectVersion


def unknown_versions(
    snapshot: Snapshot, newest_first: Sequence[ObjectVersion]
) -> list[ObjectVersion]:
    """Return the listed versions that were never handled, oldest first."""
    known = {version.identity for version in snapshot.known}
    until = snapshot.known_until
    return [
        version
        for version in reversed(newest_first)
        if version.identity not in known and (until is None or version.seconds > until)
    ]


def with_known(snapshot: Snapshot, versions: Iterable[KnownVersion]) -> Snapshot:
    """Add handled versions, and forget the oldest if there are too many."""
    known = (*snapshot.known, *versions)
    forgotten = [version.at for version in known[:-MAX_KNOWN_VERSIONS]]
    if snapshot.known_until is not None:
        forgotten.append(snapshot.known_until)
    return snapshot.model_copy(
        update={
            "known": known[-MAX_KNOWN_VERSIONS:],
            "known_until": max(forgotten, default=None),
        }
    )


def ready_to_adopt(
    snapshot: Snapshot,
    adopted: Collection[Revision],
    recorded: Iterable[Revision],
    newest_first: Sequence[ObjectVersion],
) -> Snapshot:
    """Return a snapshot to which revisions can be applied that another run wrote and it lacks.

    That run handled all older versions too. Later ones that made no revision, so that they are not
    among ``recorded``, were handled without knowing of these, and have to be handled again.
    """
    if not adopted:
        return snapshot
    first = min(int((one.stored_at or one.entry.at).timestamp()) for one in adopted)
    numbered = {one.identity for one in (*recorded, *adopted)}
    known = tuple(one for one in snapshot.known if one.at <= first or one.identity in numbered)
    ready = snapshot.model_copy(update={"known": known})
    return with_known(ready, versions_before(ready, adopted, newest_first))


def versions_before(
    snapshot: Snapshot, revisions: Iterable[Revision], newest_first: Sequence[ObjectVersion]
) -> list[KnownVersion]:
    """Return the unknown versions that are older than some revisions and make none of them.

    A version that a revision shows again was known before, with all that are older.
    """
    times, again = _times_and_shown_again(revisions)
    unknown = unknown_versions(snapshot, newest_first)
    listed = [version.identity for version in unknown]
    ends = [listed.index(one) for one in times if one in listed]
    ends += [listed.index(one) + 1 for one in again if one in listed]
    if ends:
        older = unknown[: max(ends)]
    else:
        until = max(times.values(), default=0)
        older = [version for version in unknown if version.seconds < until]
    return [
        KnownVersion(version.identity, version.seconds)
        for version in older
        if version.identity not in times
    ]


def _times_and_shown_again(revisions: Iterable[Revision]) -> tuple[dict[str, int], set[str]]:
    """Return when the new versions of revisions were stored, and which ones were shown again."""
    times: dict[str, int] = {}
    again: set[str] = set()
    for revision in revisions:
        if revision.origin in OF_NEW_VERSIONS:
            at = revision.stored_at or revision.entry.at
            times[revision.identity] = int(at.timestamp())
        elif revision.origin is Origin.RESTORED:
            again.add(revision.identity)
    return times, again


def is_served(snapshot: Snapshot, newest_first: Sequence[ObjectVersion]) -> bool:
    """Return whether the current version is the one that the snapshot reflects.

    Two listings may order the versions of one second differently, so any of that second counts.
    """
    newest = newest_first[0].seconds
    return any(
        version.identity == snapshot.served for version in newest_first if version.seconds == newest
    )


def migrated(snapshot: Snapshot, newest_first: Sequence[ObjectVersion]) -> Snapshot:
    """Return the snapshot with known versions; release 0.1.0 counted them instead.

    Its newest revision names the version that it came from. That version and all before it were
    handled. Numbers stay, even if S3 lists fewer versions than were counted.
    """
    if snapshot.derivation or not snapshot.taken:
        return snapshot
    known = _handled(snapshot, newest_first)
    revision = snapshot.revision
    listed = {version.version_id: version.identity for version in newest_first}
    if revision is None or revision.version_id in listed:
        served = known[0].identity if known else ""
    else:
        served = revision.version_id  # S3 has removed it, so it shows another version or none
    if revision is not None:
        shown = listed.get(revision.version_id, "")
        revision = revision.model_copy(update={"identity": shown, "former_paths": ()})
    after = with_known(
        snapshot, [KnownVersion(version.identity, version.seconds) for version in reversed(known)]
    )
    update = {"derivation": DERIVATION, "taken": snapshot.taken + 1, "served": served}
    return after.model_copy(update={**update, "revision": revision})


def _handled(snapshot: Snapshot, newest_first: Sequence[ObjectVersion]) -> Sequence[ObjectVersion]:
    """Return the versions that release 0.1.0 had counted, newest first.

    It counted quarantined versions too, and these may be newer than the newest revision.
    """
    revision = snapshot.revision
    quarantined_later = snapshot.taken - revision.number if revision else snapshot.taken
    ids = [version.version_id for version in newest_first]
    if revision and revision.version_id in ids:
        position = max(0, ids.index(revision.version_id) - quarantined_later)
        return newest_first[position:]
    if revision is None:
        return newest_first[max(0, len(newest_first) - snapshot.taken) :]
    last = revision.entry.at
    return [version for version in newest_first if version.last_modified <= last]
