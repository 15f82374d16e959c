"""View models of a list of feeds, for OPML."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed and its page, another list of feeds, or a group of outlines.

    All addresses are absolute, all text is plain.
    """

    text: str
    feed_url: str | None = None
    page_url: str | None = None
    list_url: str | None = None
    description: str | None = None
    category: str | None = None
    outlines: tuple["Outline", ...] = ()


@dataclass(frozen=True, slots=True)
class OutlineList:
    """A document of at least one outline."""

    title: str
    owner: str
    owner_url: str
    language: str
    outlines: tuple[Outline, ...]
