"""When a revision happened, and when its event was last updated (SPEC V4)."""

from datetime import datetime, timedelta

from gazette.models.kinds import RULES, RevisionKind
from gazette.models.ledger.entry import Entry

_ONE_SECOND = timedelta(seconds=1)


def revised_at(
    last: Entry | None, kind: RevisionKind, dated: datetime, stored_at: datetime
) -> datetime:
    """Return when a revision happened: never before the one that it follows.

    ``dated`` is the time in its document, ``stored_at`` when S3 stored it. A significant revision
    is later than the last update, or readers would not notice it.
    """
    if last is None:
        return dated
    if not RULES[kind].is_significant:
        return max(dated, last.at)
    return max(last.at, updated_after(last.updated, dated, stored_at))


def updated_after(previous: datetime, dated: datetime, stored_at: datetime) -> datetime:
    """Return the first of three times that is later than the previous update."""
    return next(
        moment for moment in (dated, stored_at, previous + _ONE_SECOND) if moment > previous
    )


def updated(last: Entry | None, kind: RevisionKind, at: datetime, published: datetime) -> datetime:
    """Return when the event was last updated; a minor revision does not move it (SPEC V3)."""
    before = max(last.updated, published) if last else published
    return max(before, at) if RULES[kind].is_significant else before
