"""A cache that knows its keys by identity."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Source = TypeVar("Source")
Setting = TypeVar("Setting", bound=Hashable)
Made = TypeVar("Made")


class IdentityCache(Generic[Source, Setting, Made]):
    """Calls ``make`` once for each source object and setting, and returns the result again later.

    Sources are compared by identity, so they need no hash. The cache holds a reference to each:
    Python could otherwise give its id to another object. At ``most`` items the cache is emptied.
    """

    def __init__(self, make: Callable[[Source, Setting], Made], most: int) -> None:
        self._make = make
        self._most = most
        self._cached: dict[tuple[int, Setting], tuple[Source, Made]] = {}

    def __call__(self, source: Source, setting: Setting) -> Made:
        key = (id(source), setting)
        if key not in self._cached:
            made = self._make(source, setting)
            if len(self._cached) >= self._most:
                self._cached.clear()
            self._cached[key] = (source, made)
        return self._cached[key][1]
