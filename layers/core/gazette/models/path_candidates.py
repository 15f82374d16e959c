"""The paths that an event can have: the preferred one, and others if that one is taken."""

import hashlib
from collections.abc import Iterator

_NUMBERED = 5
# Every folder has documents of this name.
_RESERVED = frozenset({"index"})


def path_candidates(preferred: str, event_id: str) -> Iterator[str]:
    """Yield the preferred path, then ``-2`` … ``-5``, then one that no other event yields."""
    if preferred.rpartition("/")[2] not in _RESERVED:
        yield preferred
    for number in range(2, _NUMBERED + 1):
        yield f"{preferred}-{number}"
    yield f"{preferred}-{hashlib.sha256(event_id.encode()).hexdigest()[:12]}"
