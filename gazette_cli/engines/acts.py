"""Acts: what happens to a source bucket, one after the other, and that time passes.

An engine applies them. They name a version by the write that made it, so they do not depend on the
ids that a bucket gives.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

# The site is published after this many changes, as after the burst of an import.
BURST = 500


class Change(NamedTuple):
    """A new version of an object, or its deletion if the body is None."""

    at: datetime
    key: str
    body: bytes | None
    headers: Mapping[str, str] = MappingProxyType({})


class Removal(NamedTuple):
    """Versions of an object are deleted for good.

    ``writes`` are positions, from 0, of the changes to this key that made them.
    """

    at: datetime
    key: str
    writes: tuple[int, ...]


class Pause(NamedTuple):
    """Time passes until a moment."""

    at: datetime


Act: TypeAlias = Change | Removal | Pause


class WriteLog:
    """The version ids that a bucket gave to the changes of each key, oldest first."""

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = {}

    def add(self, key: str, version_id: str) -> None:
        self._ids.setdefault(key, []).append(version_id)

    def remove(self, removal: Removal, remove_version: Callable[[str, str], object]) -> None:
        """Call ``remove_version`` with the key and the id of each version that goes."""
        for write in removal.writes:
            remove_version(removal.key, self._ids[removal.key][write])


def bursts(acts: Sequence[Act]) -> Iterator[Sequence[Act]]:
    """Cut acts into bursts after which the site settles.

    Changes may come all at once. But what a removal takes away was published before, and a pause
    ends after everything before it: each of these is a burst of its own.
    """
    start = 0
    for end, act in enumerate(acts):
        if not isinstance(act, Change):
            if start < end:
                yield acts[start:end]
            yield acts[end : end + 1]
            start = end + 1
        elif end - start == BURST:
            yield acts[start:end]
            start = end
    if start < len(acts):
        yield acts[start:]
