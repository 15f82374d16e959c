"""The two dates of an event in feeds: when it was published, and when it last changed (SPEC V4).

All moments are in UTC and whole seconds.
"""

from datetime import datetime, timedelta

_ONE_SECOND = timedelta(seconds=1)


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
    """Return when an event was published: once it is public, no revision moves this (SPEC R4, V11).

    Args:
        first: the date of the first publication, None before it.
        published: what the publisher says, if anything.
        updated: `updated` of this revision, which stands for a date that nobody says.
        public_from: when this version became public, as late as its embargo.
    """
    return first or min(published or updated, public_from)
