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


def updated_after(
    previous: datetime | None, modified: datetime | None, uploaded: datetime
) -> datetime:
    """Return `updated` of a significant revision, which is later than that of the revision before.

    Readers order and show changes by it. Some publishers write a constant ``modified``, or an old
    one, so it counts only if it moves the date. A date after the upload is a mistake (SPEC X8).

    Args:
        previous: `updated` of the revision before, None for the first publication.
        modified: what the publisher says, if anything.
        uploaded: when the version was stored, or became public if that was later.
    """
    declared = min(modified or uploaded, uploaded)
    if previous is None or declared > previous:
        return declared
    return uploaded if uploaded > previous else previous + _ONE_SECOND


def published_once(
    first: datetime | None, published: datetime | None, updated: datetime, public_from: datetime
) -> datetime:
    """Return when an event was published: once it is public, no revision moves this (SPEC V4, V11).

    Args:
        first: the date of the first publication, None before it.
        published: what the publisher says, if anything.
        updated: the date of this revision, if the publisher says nothing.
        public_from: when this version became public.
    """
    return first or min(published or updated, public_from)


def updated(last: Entry | None, kind: RevisionKind, at: datetime, published: datetime) -> datetime:
    """Return when the event was last updated; a minor revision does not move it (SPEC V3)."""
    before = max(last.updated, published) if last else published
    return max(before, at) if RULES[kind].is_significant else before
