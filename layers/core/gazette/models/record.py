"""One item of the ledger."""

from typing import NamedTuple

from gazette.models.keys import Place


class Record(NamedTuple):
    """A register at a place: whoever brings the higher revision number wins.

    ``gone`` says that the event has left this place with that revision; the item stays, so that a
    late writer cannot bring it back. ``payload`` is a model as JSON.
    """

    place: Place
    revision: int
    payload: str
    gone: bool = False
