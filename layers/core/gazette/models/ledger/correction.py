"""A correction of an event, with what its page says of it."""

from gazette.models.frozen import Moment, Stored
from gazette.models.kinds import RevisionKind


class Correction(Stored):
    """A revision that corrects or retracts an event.

    The page of an event lists all of them (SPEC V12), so they are stored apart from the revisions:
    one small read brings them, however long the history is. ``base_path`` is the path of the event
    at that time; the page of the revision has the difference.
    """

    number: int
    kind: RevisionKind
    at: Moment
    note: str | None = None
    base_path: str
