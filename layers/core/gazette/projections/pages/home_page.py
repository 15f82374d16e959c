"""What the home page shows next to the newest events: corrections, and topics."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gazette.models.characters import one_line, shorten
from gazette.models.ledger.entry import CorrectionRef, Entry
from gazette.models.product import (
    CORRECTION_CHARACTERS_ON_HOME,
    CORRECTIONS_ON_HOME,
    TOPICS_ON_HOME,
)
from gazette.models.site import Site
from gazette.models.views.list_pages import ListedCorrection, ListPage
from gazette.projections.pages.event_pages import topic_link
from gazette.projections.pages.frames import authors_link, authors_opml_link, opml_link
from gazette.projections.topics.topic_counts import most_frequent_topics


def with_home_parts(
    site: Site, page: ListPage, live: Sequence[Entry], corrected: Iterable[Entry]
) -> ListPage:
    """Add lists of feeds, corrections, the topics that most live events have, and the brand.

    ``corrected`` are events behind the live ones that were corrected lately. What authors wrote is
    offered where one of the live events has an author: so no site without authors leads to none.
    """
    topics = most_frequent_topics(live, TOPICS_ON_HOME)
    has_authors = site.brand.authors and any(entry.author_slugs for entry in live)
    lists = (opml_link(site), *([authors_opml_link(site)] if has_authors else []))
    return replace(
        page,
        frame=replace(page.frame, feeds=(*page.frame.feeds, *lists)),
        authors=authors_link(site) if has_authors else None,
        corrected=tuple(_newest_corrections(site, (*live, *corrected))),
        related_topics=tuple(topic_link(site, topic) for topic, _ in topics),
        brand=site.brand,
    )


def _newest_corrections(site: Site, entries: Iterable[Entry]) -> Iterator[ListedCorrection]:
    """Yield the newest correction of each of the events that were corrected last."""
    corrected = [(entry.corrections[0], entry) for entry in entries if entry.corrections]
    corrected.sort(key=lambda pair: (pair[0].at, pair[1].event_id), reverse=True)
    for correction, entry in corrected[:CORRECTIONS_ON_HOME]:
        yield _listed_correction(site, correction, entry)


def _listed_correction(site: Site, correction: CorrectionRef, entry: Entry) -> ListedCorrection:
    return ListedCorrection(
        title=entry.title,
        url=f"{site.url(f'{entry.base_path}.html')}#correction-{correction.number}",
        at=correction.at,
        note=shorten(one_line(correction.note), CORRECTION_CHARACTERS_ON_HOME),
        language=entry.language or site.language,
    )
