"""What a full check of an event found healthy, so that a later night need not build it again."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from gazette.models.frozen import Stored
from gazette.models.ledger import keys
from gazette.models.limits import MAX_DAYS_BETWEEN_CHECKS


class EventCheck(Stored):
    """The documents that follow from the items of an event under one release.

    ``items`` is a digest of the keys and revisions of its partition; ``documents`` has a digest of
    paths and ETags for each base path. ``until`` is the day of its next full check.
    """

    release: str
    items: str
    documents: dict[str, str]
    until: date


def digest_of_items(items: Iterable[tuple[str, int]]) -> str:
    """Digest the sort keys and revisions of an event, in any order, without its check."""
    lines = sorted(f"{sort}\0{revision}" for sort, revision in items if sort != keys.CHECKED)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def digest_of_documents(documents: Iterable[tuple[str, str]]) -> str:
    """Digest paths and ETags, in any order."""
    lines = sorted(f"{path}\0{etag}" for path, etag in documents)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def next_check(identity: str, today: date) -> date:
    """Return the day of the next full check, within four weeks; spread over the events."""
    offset = int(hashlib.sha256(identity.encode()).hexdigest()[:8], 16)
    since = (today.toordinal() + offset) % MAX_DAYS_BETWEEN_CHECKS
    return today + timedelta(days=MAX_DAYS_BETWEEN_CHECKS - since)
