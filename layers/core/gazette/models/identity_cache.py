"""What was made of an object, kept while that very object is shown again."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Source = TypeVar("Source")
Setting = TypeVar("Setting", bound=Hashable)
Made = TypeVar("Made")


class IdentityCache(Generic[Source, Setting, Made]):
    """Makes something of a source in a setting once, and returns the same from then on.

    A source is known by its identity: no two can be taken for each other, and none has to be
    hashed. It is held, so that its identity is not given to another. At ``most`` all are dropped,
    which bounds the memory and costs a rendering.
    """

    def __init__(self, make: Callable[[Source, Setting], Made], most: int) -> None:
        self._make = make
        self._most = most
        self._kept: dict[tuple[int, Setting], tuple[Source, Made]] = {}

    def __call__(self, source: Source, setting: Setting) -> Made:
        key = (id(source), setting)
        if key not in self._kept:
            made = self._make(source, setting)
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = (source, made)
        return self._kept[key][1]
