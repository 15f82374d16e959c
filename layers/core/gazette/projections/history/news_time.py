"""What is worth telling a hub (SPEC W3): news, and not what only changes bytes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger.entry import Entry
from gazette.models.ledger.update import UpdateEntry

# Two versions of a key that were stored so shortly one after the other may be published as one.
_AT_ONCE = timedelta(seconds=2)
# As much as SPEC S4 lets news be old; some publishers tell a day and no time.
_BACKDATED = timedelta(days=2)


def news_time(
    last: Entry | None, kind: RevisionKind, dated: datetime, stored_at: datetime
) -> datetime | None:
    """Return when a revision was stored if it is news, and else None.

    A minor one is none, but does not take the news away from the one right before it. Neither is
    what its publisher dates long before it was stored: somebody fills an archive.
    """
    if RULES[kind].is_significant:
        return stored_at if stored_at - dated <= _BACKDATED else None
    if last and last.news_at and stored_at - last.news_at <= _AT_ONCE:
        return last.news_at
    return None


def news_of(told: Iterable[Entry | UpdateEntry]) -> dict[str, datetime]:
    """Return when the news of each event was stored; events that bring none are left out."""
    news: dict[str, datetime] = {}
    for entry in told:
        if entry.news_at:
            news[entry.event_id] = max(entry.news_at, news.get(entry.event_id, entry.news_at))
    return news
