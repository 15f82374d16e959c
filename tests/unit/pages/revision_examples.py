"""View models of an event's history with made-up text, for the tests of the page renderers."""

from dataclasses import replace
from datetime import date

from gazette.models.kinds import RevisionKind
from gazette.models.ledger.entry import Entry
from gazette.models.views.diff import DiffKind, DiffRun, FieldChange
from gazette.models.views.page import (
    EventPage,
    HistoryPage,
    Link,
    ListedRevision,
    RecordPage,
    RelatedEvent,
    RevisionPage,
)
from tests.unit.pages.page_examples import (
    BASE_PATH,
    ENTRY,
    PUBLISHED,
    SITE,
    UPDATED,
    make_entry,
    make_event_page,
    make_frame,
    topic_links,
)


def make_revisions() -> tuple[ListedRevision, ...]:
    """Return three revisions as in the seed, oldest first."""
    return (
        ListedRevision(
            1,
            RevisionKind.PUBLICATION,
            PUBLISHED,
            "Rivers: River opens",
            f"{BASE_PATH}.r1.html",
            f"{BASE_PATH}.r1.json",
            "a" * 64,
        ),
        ListedRevision(
            2,
            RevisionKind.UPDATE,
            UPDATED,
            "River opens to swimmers",
            f"{BASE_PATH}.r2.html",
            f"{BASE_PATH}.r2.json",
            "b" * 64,
            note="A quote of the mayor was added.",
        ),
        ListedRevision(
            3,
            RevisionKind.CORRECTION,
            UPDATED.replace(hour=18),
            ENTRY.title,
            f"{BASE_PATH}.html",
            f"{BASE_PATH}.r3.json",
            "c" * 64,
            note="There are three bathing places, not four.",
            is_current=True,
        ),
    )


def make_related() -> tuple[RelatedEvent, ...]:
    rivers, engineering = topic_links(ENTRY)
    return (
        RelatedEvent(
            "Engineers finish the cleaning of the river",
            f"{SITE}news/2026/06/30/engineers-finish.html",
            date(2026, 6, 30),
            "en",
            "ltr",
            (rivers, engineering),
        ),
        RelatedEvent(
            "افتتاح النهر",
            f"{SITE}news/2026/06/2/river.html",
            date(2026, 6, 2),
            "ar",
            "rtl",
            (rivers,),
        ),
    )


def make_revision_page(  # a test names what it needs
    entry: Entry | None = None,
    *,
    changes: tuple[FieldChange, ...] = (),
    event: EventPage | None = None,
    predecessor_url: str | None = f"{BASE_PATH}.r1.html",
) -> RevisionPage:
    """Make the page of the second revision, an update that was superseded."""
    entry = entry or make_entry(
        number=2, kind=RevisionKind.UPDATE, at=UPDATED, updated=UPDATED, note="The mayor's words."
    )
    frame = make_frame(f"{BASE_PATH}.r2", title=f"{entry.title} (revision 2)", indexed=False)
    return RevisionPage(
        event=event or make_event_page(entry, frame=frame, previous_sha256="b" * 64),
        current=Link("River opens", f"{BASE_PATH}.html"),
        differences=changes,
        history_url=f"{BASE_PATH}.history.json",
        predecessor_url=predecessor_url,
    )


def make_record() -> RecordPage:
    """Make the record of the second revision."""
    page = make_revision_page()
    return RecordPage(
        revision=page.event.revision,
        url=f"{BASE_PATH}.r2.json",
        record={"number": 2, "document": {"title": "نهر", "size": 1.5}},
        topics=page.event.topics,
        category=page.event.category,
        current_url=f"{BASE_PATH}.html",
        history_url=f"{BASE_PATH}.history.json",
        predecessor_url=f"{BASE_PATH}.r1.html",
    )


def kept(text: str) -> DiffRun:
    return DiffRun(DiffKind.KEPT, text)


def inserted(text: str) -> DiffRun:
    return DiffRun(DiffKind.INSERTED, text)


def deleted(text: str) -> DiffRun:
    return DiffRun(DiffKind.DELETED, text)


def make_page_with_history(page: EventPage | None = None) -> EventPage:
    """Add the sections at the end of the seed to a page."""
    return replace(page or make_event_page(), changes=make_revisions(), related=make_related())


def make_history_page() -> HistoryPage:
    return HistoryPage(
        tag="tag:gazette.example,2026:event/2026/river-opens",
        event_id="2026/river-opens",
        title=ENTRY.title,
        url=f"{BASE_PATH}.html",
        revisions=make_revisions(),
    )
