"""Reads times as sources write them, and writes them as the contract wants them."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from gazette.models.contract.tidying import Fields
from gazette.models.frozen import rfc3339, to_utc_seconds


def moment_of(text: str | None) -> datetime | None:
    """Read a time of RFC 3339, ISO 8601 or RFC 822; one without a zone is in UTC."""
    if not text:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip())
        except (ValueError, OverflowError, IndexError):
            continue
        return in_utc_if_naive(found)
    return None


def in_utc_if_naive(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def times(published: datetime | None, modified: datetime | None, day: date | None = None) -> Fields:
    """Return the fields of times; without a day, the event is of that of its first time.

    The day is that of the time zone in which the source writes. An event that was never changed was
    last changed when it was published: otherwise, the time of its upload would count.
    """
    first = published or modified
    fields: Fields = {}
    if day is None and first is not None:
        day = first.date()
    if day is not None:
        fields["date"] = day.isoformat()
    if first:
        fields["published"] = _written(first)
        fields["modified"] = _written(max(first, modified or first))
    return fields


def at_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _written(moment: datetime) -> str:
    return rfc3339(to_utc_seconds(moment))
