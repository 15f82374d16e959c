"""Caches that are bounded by bytes: a count would let long texts fill a warm function.

Texts count as Python stores them, and for everything else each cache has an estimate.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Concatenate, Generic, ParamSpec, TypeVar

from gazette.models.limits import MAX_CACHE_BYTES

Made = TypeVar("Made")
Arguments = ParamSpec("Arguments")
Source = TypeVar("Source")
Setting = TypeVar("Setting", bound=Hashable)


class ByteCache(Generic[Made]):
    """Remembers results by key until they take ``most`` bytes; the least recently used go first.

    One that takes more than half of that is not remembered: it would throw out all others.
    """

    def __init__(self, most: int = MAX_CACHE_BYTES) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, tuple[Made, int]] = OrderedDict()
        self.used_bytes = 0

    def find(self, key: Hashable) -> Made | None:
        """Return the result of a key, or None."""
        if key not in self._results:
            return None
        self._results.move_to_end(key)
        return self._results[key][0]

    def keep(self, key: Hashable, result: Made, size: int) -> None:
        """Remember the result of a key that has none, ``size`` bytes with all that it refers to."""
        if size > self._most // 2:
            return
        self._results[key] = result, size
        self.used_bytes += size
        while self.used_bytes > self._most:
            _, (_, freed) = self._results.popitem(last=False)
            self.used_bytes -= freed


class CachedFunction(Generic[Arguments, Made]):
    """A function of hashable arguments that remembers its results; ``size`` measures one.

    The cache holds the arguments too, so ``size`` takes them after the result.
    """

    def __init__(
        self,
        make: Callable[Arguments, Made],
        size: Callable[Concatenate[Made, Arguments], int],
        most: int = MAX_CACHE_BYTES,
    ) -> None:
        self._make = make
        self._size = size
        self.cache: ByteCache[Made] = ByteCache(most)

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Made:
        key = (args, *kwargs.items())
        found = self.cache.find(key)
        if found is None:
            found = self._make(*args, **kwargs)
            self.cache.keep(key, found, self._size(found, *args, **kwargs))
        return found


class IdentityCache(Generic[Source, Setting, Made]):
    """Calls ``make`` once for each source object and setting, and returns the result again later.

    Sources are compared by identity, so they need no hash. The cache holds a reference to each:
    Python could otherwise give its id to another object. ``size`` measures a source and a result.
    """

    def __init__(
        self,
        make: Callable[[Source, Setting], Made],
        size: Callable[[Source, Made], int],
        most: int = MAX_CACHE_BYTES,
    ) -> None:
        self._make = make
        self._size = size
        self.cache: ByteCache[tuple[Source, Made]] = ByteCache(most)

    def __call__(self, source: Source, setting: Setting) -> Made:
        key = (id(source), setting)
        found = self.cache.find(key)
        if found is None:
            found = source, self._make(source, setting)
            self.cache.keep(key, found, self._size(*found))
        return found[1]
