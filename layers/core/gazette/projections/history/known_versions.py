"""Which versions of an object are new, by their identities and not by their number."""

from collections.abc import Iterable, Sequence

from gazette.models.ledger.snapshot import KnownVersion, Snapshot
from gazette.models.object_version import ObjectVersion

# A history may be longer. What is older than the dropped ones counts as known.
MOST_KNOWN = 100


def unknown_versions(
    snapshot: Snapshot, newest_first: Sequence[ObjectVersion]
) -> list[ObjectVersion]:
    """Return the listed versions that the ledger has not dealt with, oldest first."""
    known = {version.identity for version in snapshot.known}
    until = snapshot.known_until
    return [
        version
        for version in reversed(newest_first)
        if version.identity not in known and (until is None or version.seconds > until)
    ]


def with_known(snapshot: Snapshot, versions: Iterable[ObjectVersion]) -> Snapshot:
    """Add versions to the known ones, and drop the oldest of too many."""
    added = (KnownVersion(version.identity, version.seconds) for version in versions)
    known = (*snapshot.known, *added)
    dropped = known[:-MOST_KNOWN]
    until = [] if snapshot.known_until is None else [snapshot.known_until]
    return snapshot.model_copy(
        update={
            "known": known[-MOST_KNOWN:],
            "known_until": max((*until, *(version.at for version in dropped)), default=None),
        }
    )
