"""Decides which revisions are news, and so worth a hub ping (SPEC W3)."""

from collections.abc import Iterable
from datetime import datetime

from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.update import UpdateEntry
from gazette.models.product import NEWS_AGE, SAME_NEWS


def news_time(
    last: Entry | None, kind: RevisionKind, dated: datetime, stored_at: datetime
) -> datetime | None:
    """Return when a revision was stored if it is news, else None.

    A revision dated (``dated``) more than `NEWS_AGE` before it was stored is no news: the publisher
    fills an archive. A minor revision is no news, but keeps that of a revision right before it.
    """
    if RULES[kind].is_significant:
        return stored_at if stored_at - dated <= NEWS_AGE else None
    if last and last.news_at and stored_at - last.news_at <= SAME_NEWS:
        return last.news_at
    return None


def news_of(entries: Iterable[Entry | UpdateEntry]) -> dict[str, datetime]:
    """Return when the news of each event was stored, by id; events without news are left out."""
    news: dict[str, datetime] = {}
    for entry in entries:
        if entry.news_at:
            news[entry.event_id] = max(entry.news_at, news.get(entry.event_id, entry.news_at))
    return news
