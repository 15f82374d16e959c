"""Chooses the related events of a page, and their order."""

from collections.abc import Iterable

from gazette.models.identifiers.languages import direction
from gazette.models.ledger.entry import Entry
from gazette.models.product import RELATED_EVENTS_SHOWN
from gazette.models.site import Site
from gazette.models.views.page import RelatedEvent
from gazette.projections.pages.event_pages import topic_link


def related_events(
    site: Site, entry: Entry, candidates: Iterable[Entry]
) -> tuple[RelatedEvent, ...]:
    """Return the candidates that share most topics, then nearest in time, then by id."""
    shared = [(candidate, _shared(entry, candidate)) for candidate in candidates]
    ranked = sorted(
        shared,
        key=lambda pair: (
            -len(pair[1]),
            abs(pair[0].published - entry.published),
            pair[0].event_id,
        ),
    )
    return tuple(_related(site, entry, *pair) for pair in ranked[:RELATED_EVENTS_SHOWN])


def those_before(entry: Entry, candidates: Iterable[Entry]) -> list[Entry]:
    """Return the candidates that stand before an event on the time lines of its topics."""
    position = (entry.published, entry.event_id)
    return [one for one in candidates if (one.published, one.event_id) < position]


def _shared(entry: Entry, candidate: Entry) -> frozenset[str]:
    return frozenset(topic.slug for topic in entry.topics) & frozenset(
        topic.slug for topic in candidate.topics
    )


def _related(site: Site, entry: Entry, candidate: Entry, shared: frozenset[str]) -> RelatedEvent:
    language = candidate.language or site.language
    return RelatedEvent(
        title=candidate.title,
        url=site.url(f"{candidate.base_path}.html"),
        date=candidate.date,
        language=language,
        direction=direction(language),
        context=tuple(topic_link(site, topic) for topic in entry.topics if topic.slug in shared),
    )
