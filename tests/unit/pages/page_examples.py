"""View models of pages with made-up text, for the tests of the page renderers."""

from dataclasses import replace
from datetime import UTC, date, datetime

from gazette.models.contract.document import EventDocument
from gazette.models.identifiers.languages import direction
from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import Entry, SourceRef, TopicRef
from gazette.models.ledger.snapshot import Revision
from gazette.models.texts.catalogue import catalogue_of
from gazette.models.views.feed import FeedImage
from gazette.models.views.list_pages import (
    CalendarPage,
    ListedEvent,
    ListPage,
)
from gazette.models.views.page import (
    Correction,
    EventPage,
    Link,
    MovedPage,
    PageFrame,
)

SITE = "https://gazette.example/"
BASE_PATH = f"{SITE}news/2026/07/4/river-opens"
DAY = date(2026, 7, 4)
PUBLISHED = datetime(2026, 7, 4, 9, 30, tzinfo=UTC)
UPDATED = datetime(2026, 7, 5, 16, 5, tzinfo=UTC)
NAMES = {"html": "HTML", "md": "Markdown", "json": "JSON", "xml": "XML"}
TYPES = {
    "html": "text/html",
    "md": "text/markdown",
    "json": "application/json",
    "xml": "application/atom+xml",
}
TOPICS = (
    TopicRef(slug="rivers", label="Rivers"),
    TopicRef(slug="engineering", label="Engineering"),
)
CATEGORY = TopicRef(slug="environment", label="Environment")
SOURCES = (
    SourceRef(
        title="River opens to swimmers",
        url="https://news.example/river?a=1&b=2",
        publisher="The Example",
        published="2026-07-03",
    ),
    SourceRef(title="Water report (2026)", url="https://lab.example/water_(2026)"),
)
IMAGE = FeedImage(
    url=f"{SITE}image/2026/river.png",
    alt="Swimmers on the stairs of the quay",
    credit="Photo: A. Person",
    media_type="image/png",
    width=1200,
    height=630,
)
ENTRY = Entry(
    event_id="2026/river-opens",
    number=1,
    kind=RevisionKind.PUBLICATION,
    title="River opens to swimmers after a hundred years",
    date=DAY,
    published=PUBLISHED,
    updated=PUBLISHED,
    at=PUBLISHED,
    base_path="news/2026/07/4/river-opens",
    first_path="news/2026/07/4/river-opens",
    topics=TOPICS,
    category=CATEGORY,
    summary="The city has opened three bathing places on its river.",
    sources=SOURCES,
    sha256="a" * 64,
)


CORRECTION = Correction(2, UPDATED, "Three,\n\n- not four", f"{BASE_PATH}.r2.html#difference")


def make_entry(**changes: object) -> Entry:
    return ENTRY.model_copy(update=changes)


def formats(base_path: str, *extensions: str) -> tuple[Link, ...]:
    return tuple(
        Link(NAMES[extension], address(base_path, extension), TYPES[extension])
        for extension in extensions or NAMES
    )


def address(base_path: str, extension: str) -> str:
    if extension == "html" and base_path.endswith("/index"):
        return base_path.removesuffix("index")
    return f"{base_path}.{extension}"


def feeds(base_path: str = f"{SITE}topics/rivers/feed") -> tuple[Link, ...]:
    return (
        Link("Rivers (RSS)", f"{base_path}.rss", "application/rss+xml"),
        Link("Rivers (Atom)", f"{base_path}.atom", "application/atom+xml"),
        Link("Rivers (JSON Feed)", f"{base_path}.json", "application/feed+json"),
    )


def make_frame(base_path: str = BASE_PATH, **changes: object) -> PageFrame:
    language = str(changes.get("language", "en"))
    frame = PageFrame(
        title=ENTRY.title,
        description=ENTRY.summary,
        url=address(base_path, "html"),
        language=language,
        direction=direction(language),
        texts=catalogue_of("en"),
        site_title="Gazette",
        site_url=SITE,
        stylesheet_url=f"{SITE}assets/gazette.css",
        icon_url=f"{SITE}assets/icon.svg",
        formats=formats(base_path),
        breadcrumb=(
            Link("Gazette", SITE),
            Link("2026", f"{SITE}news/2026/"),
            Link("July", f"{SITE}news/2026/07/"),
        ),
    )
    return replace(frame, **changes)  # type: ignore[arg-type]  # tests name fields of the frame


def topic_links(entry: Entry) -> tuple[Link, ...]:
    return tuple(Link(topic.label, f"{SITE}topics/{topic.slug}/") for topic in entry.topics)


def category_link(entry: Entry) -> Link | None:
    category = entry.category
    return Link(category.label, f"{SITE}categories/{category.slug}/") if category else None


def make_event_page(  # noqa: PLR0913  # a test names what it needs
    entry: Entry = ENTRY,
    *,
    body: str = "The water is *clean* again, says the [report](https://lab.example/).",
    image: FeedImage | None = None,
    frame: PageFrame | None = None,
    previous_sha256: str | None = None,
    extra: dict[str, object] | None = None,
    sources: tuple[SourceRef, ...] | None = None,
) -> EventPage:
    return EventPage(
        frame=frame or make_frame(title=entry.title),
        tag="tag:gazette.example,2026:event/2026/river-opens",
        revision=Revision(version_id="v1", entry=entry, previous_sha256=previous_sha256),
        day=Link("2026-07-4", f"{SITE}news/2026/07/4/"),
        topics=topic_links(entry),
        category=category_link(entry),
        document=EventDocument(title=ENTRY.title, date=entry.date).model_copy(
            update={"body": body, **(extra or {})}
        ),
        image=image,
        language=entry.language or "en",
        sources=entry.sources if sources is None else sources,
    )


def make_withdrawn_page(
    note: str | None = "The report was a hoax.", **changes: object
) -> EventPage:
    entry = make_entry(
        number=2, kind=RevisionKind.RETRACTION, note=note, at=UPDATED, updated=UPDATED, **changes
    )
    return make_event_page(entry, previous_sha256="b" * 64, body="SECRET", extra={"secret": 1})


def make_moved_page(title: str = ENTRY.title) -> MovedPage:
    return MovedPage(
        frame=make_frame(f"{SITE}news/2026/07/3/old", title=title, indexed=False),
        target=Link(title, f"{BASE_PATH}.html"),
        tag="tag:gazette.example,2026:event/2026/river-opens",
    )


def listed(entry: Entry = ENTRY) -> ListedEvent:
    language = entry.language or "en"
    return ListedEvent(
        tag=f"tag:gazette.example,2026:event/{entry.event_id}",
        title=entry.title,
        url=f"{SITE}{entry.base_path}.html",
        date=entry.date,
        published=entry.published,
        updated=entry.updated,
        summary=entry.summary,
        language=language,
        direction=direction(language),
        topics=topic_links(entry),
        category=category_link(entry),
        entry=entry,
    )


def make_list_page(
    *events: ListedEvent,
    frame: PageFrame | None = None,
    count: int | None = None,
    by_date: bool = True,
) -> ListPage:
    base_path = f"{SITE}topics/rivers/index"
    return ListPage(
        frame=frame
        or make_frame(base_path, title="Rivers", formats=formats(base_path, "html"), feeds=feeds()),
        events=events,
        count=count,
        by_date=by_date,
    )


def make_calendar_page(**changes: object) -> CalendarPage:
    base_path = f"{SITE}news/2026/07/index"
    frame = make_frame(
        base_path, title="July 2026", formats=formats(base_path, "html", "md", "json")
    )
    return CalendarPage(
        frame=replace(frame, **changes),  # type: ignore[arg-type]  # tests name fields of the frame
        periods=(
            Link("3 July", f"{SITE}news/2026/07/3/", count=1),
            Link("4 July", f"{SITE}news/2026/07/4/", count=1200),
        ),
        count=1201,
    )
