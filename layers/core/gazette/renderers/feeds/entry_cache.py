"""Entries that are rendered once: feedgen is given copies of what it rendered before.

Every topic of an event shows the same entry, and so does every batch until the next revision. A
copy of a tree costs a fraction of making it.
"""

from copy import deepcopy
from dataclasses import dataclass

from lxml.etree import _Element

# Enough for the feeds of a batch, each of fifty and on to a boundary.
MOST_FRAGMENTS = 1024


@dataclass(frozen=True, slots=True)
class Fragment:
    """An entry rendered before, as feedgen asks each entry of a feed for its element."""

    element: _Element

    def register_extension(self, *_: object) -> None:
        """Take none: what extensions add is in the element already."""

    def atom_entry(self) -> _Element:
        return deepcopy(self.element)

    def rss_entry(self) -> _Element:
        return deepcopy(self.element)
