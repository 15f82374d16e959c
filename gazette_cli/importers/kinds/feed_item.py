"""An entry of a feed, whatever its format, and the event that it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlsplit

from gazette.models.characters import one_line
from gazette.models.contract.guids import guid_of
from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem
from gazette_cli.importers.draft import Draft, Found, LeftOut
from gazette_cli.importers.html_bodies import visible_text
from gazette_cli.importers.ids import id_of_guid
from gazette_cli.importers.times import moment_of, times

_NO_DATE = "is missing, or is no date; write one into the feed"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """What an entry says; texts are bodies of the contract, the title is plain."""

    guid: str
    link: str
    title: str
    body: str
    summary: str
    published: str
    updated: str
    authors: Sequence[str] = ()
    language: str = ""
    topics: Sequence[str] = ()
    sources: Sequence[Fields] = ()
    attachments: Sequence[Fields] = ()
    image: Fields = field(default_factory=dict)


class FeedPage(NamedTuple):
    """Entries of a document, and the address of the one with older ones, or an empty text."""

    found: Sequence[Found]
    older: str = ""


def draft_of(item: FeedItem, home: str) -> Found:
    """Return the event of an entry; ``home`` is an address of the site that the feed is of."""
    guid = item.guid.strip() or item.link.strip()
    label = f'entry "{one_line(item.title) or guid or "without a title"}"'
    if not guid:
        reason = "is missing, and so is a link; write an id into the feed, which never changes"
        return LeftOut(label, Problem("guid", reason))
    published, updated = moment_of(item.published), moment_of(item.updated)
    if not (published or updated):
        return LeftOut(label, Problem("date", _NO_DATE))
    event_id = id_of_guid(guid)
    fields: Fields = {
        "title": item.title,
        **times(published, updated),
        "topics": [*dict.fromkeys(map(one_line, item.topics))],
        **_texts(item),
        "sources": [*_linked(item.link, home), *item.sources],
        "attachments": list(item.attachments),
        "image": dict(item.image) if _is_shown_once(item) else {},
        "language": item.language,
        "byline": [*_byline(item.authors)],
        "guid": guid_of(guid, event_id),
        "aliases": [item.link] if _is_alias(item.link, home) else [],
    }
    return Draft(label, event_id, fields)


def _texts(item: FeedItem) -> Fields:
    """Return body and summary; one that says the same is left to Gazette."""
    if not item.body:
        return {"body": item.summary}
    summary = visible_text(item.summary)
    is_same = one_line(summary) == one_line(visible_text(item.body))
    return {"body": item.body, "summary": "" if is_same else summary}


def _is_shown_once(item: FeedItem) -> bool:
    """Return whether the text does not show the image itself."""
    return bool(item.image) and str(item.image.get("url")) not in item.body


def _byline(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, map(one_line, names))))


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_alias(link: str, home: str) -> bool:
    """Return whether a link leads to a page of the site itself, by its path."""
    return _host(link) == _host(home) != "" and urlsplit(link).path.strip("/") != ""


def _linked(link: str, home: str) -> list[Fields]:
    """Return the page of another site that an entry is about."""
    return [{"url": link}] if _host(link) and _host(link) != _host(home) else []
