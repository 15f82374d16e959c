"""A list of feeds without a format: what OPML is written from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed with its page, or another list of feeds to include, or a group of outlines.

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
    """A document of outlines, of which there is at least one."""

    title: str
    owner: str
    owner_url: str
    language: str
    outlines: tuple[Outline, ...]
