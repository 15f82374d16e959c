"""Paths an event may have: the one it wishes, and spare ones for when another event was first."""

import hashlib
from collections.abc import Iterator

_NUMBERED = 5
# Names that index documents have in every folder.
_RESERVED = frozenset({"index"})


def path_candidates(preferred: str, event_id: str) -> Iterator[str]:
    """Yield the wish, then ``-2`` … ``-5``, then one that only this event can wish."""
    if preferred.rpartition("/")[2] not in _RESERVED:
        yield preferred
    for number in range(2, _NUMBERED + 1):
        yield f"{preferred}-{number}"
    yield f"{preferred}-{hashlib.sha256(event_id.encode()).hexdigest()[:12]}"
