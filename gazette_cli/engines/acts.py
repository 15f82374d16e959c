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
    """Versions of an object are deleted for good, by somebody or by a lifecycle rule.

    ``writes`` are positions, from 0, of the writes to this key that made them.
    """

    at: datetime
    key: str
    writes: tuple[int, ...]
    by_lifecycle: bool = False


class Expiration(NamedTuple):
    """A lifecycle rule deletes an object: it writes a delete marker, dated 00:00 of the day."""

    at: datetime
    key: str


class Denial(NamedTuple):
    """From now on S3 refuses to serve a version, with an error code; it still lists it."""

    at: datetime
    key: str
    write: int
    code: str


class Versioning(NamedTuple):
    """Versioning of the bucket is suspended or enabled again.

    While it is suspended a write replaces the one before it that was made in that state.
    """

    at: datetime
    is_suspended: bool


class Pause(NamedTuple):
    """Time passes until a moment."""

    at: datetime


Act: TypeAlias = Change | Removal | Expiration | Denial | Versioning | Pause

_TAKES_AWAY = (Removal, Expiration, Denial)


class WriteLog:
    """The version ids that a bucket gave to the writes of each key, oldest first."""

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = {}

    def add(self, key: str, version_id: str) -> None:
        self._ids.setdefault(key, []).append(version_id)

    def remove(self, removal: Removal, remove_version: Callable[[str, str], object]) -> None:
        """Call ``remove_version`` with the key and the id of each version that goes."""
        for write in removal.writes:
            remove_version(removal.key, self.id_of(removal.key, write))

    def id_of(self, key: str, write: int) -> str:
        """Return the version id of a write, by its position from 0."""
        return self._ids[key][write]


class Before(NamedTuple):
    """What went before the acts of a run: the time until which it went, the state of versioning."""

    until: datetime | None = None
    is_suspended: bool = False


NOTHING_BEFORE = Before()


def bursts(acts: Sequence[Act], before: Before = NOTHING_BEFORE) -> Iterator[Sequence[Act]]:
    """Cut acts into bursts after which the site settles.

    Changes may come all at once. But what a removal or a denial takes away was published before,
    and a pause ends after everything before it: each of these is a burst of its own. Time passes
    before something is taken away: a held version that was due by then was released. While
    versioning is suspended a change takes away the one before it, too.
    """
    burst: list[Act] = []
    until, is_suspended = before
    for act in acts:
        if burst and _begins_another(act, burst, is_suspended=is_suspended):
            yield burst
            burst = []
        if not burst and isinstance(act, _TAKES_AWAY) and until and until < act.at:
            yield [Pause(act.at)]
        burst.append(act)
        until = act.at
        if isinstance(act, Versioning):
            is_suspended = act.is_suspended
    if burst:
        yield burst


def _begins_another(act: Act, burst: Sequence[Act], *, is_suspended: bool) -> bool:
    """Return whether the site settles between a burst and an act."""
    if not isinstance(act, Change) or not isinstance(burst[-1], Change):
        return True
    replaces = is_suspended and any(isinstance(one, Change) and one.key == act.key for one in burst)
    return replaces or len(burst) == BURST
