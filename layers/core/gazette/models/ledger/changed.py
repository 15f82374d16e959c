"""What a time line notes of changes to events that it has already."""

from gazette.models.frozen import Moment, Stored


class LastChange(Stored):
    """The newest significant change of a time line that is no first publication."""

    at: Moment


class CorrectedEvent(Stored):
    """An event that was corrected; the key has its id, and when. ``published`` is its place."""

    published: Moment
