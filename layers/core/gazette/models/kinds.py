"""The kinds of revision and their rules, in one table (SPEC V1 to V4)."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from gazette.models.texts.catalogue import Catalogue, catalogue_of


class RevisionKind(StrEnum):
    """How a revision differs from the one before it; its label is a text for readers."""

    PUBLICATION = "publication"
    MINOR = "minor"
    UPDATE = "update"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    RESTORED = "restored"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        """The key of its name."""
        return f"kind.{self.value}"

    @property
    def label_inside(self) -> str:
        """The key of its name within a sentence."""
        return f"kind_inside.{self.value}"


class Rules(NamedTuple):
    """The English label of a kind, which programs read, and where its revisions appear."""

    label: str
    is_significant: bool  # moves `updated`, the order of updates, lastmod and pings
    needs_note: bool
    in_updates: bool
    in_corrections: bool
    withdraws: bool


_ENGLISH = catalogue_of("en")
RULES = {
    RevisionKind.PUBLICATION: Rules(_ENGLISH("kind.publication"), True, False, False, False, False),
    RevisionKind.MINOR: Rules(_ENGLISH("kind.minor"), False, False, False, False, False),
    RevisionKind.UPDATE: Rules(_ENGLISH("kind.update"), True, False, True, False, False),
    RevisionKind.CORRECTION: Rules(_ENGLISH("kind.correction"), True, True, True, True, False),
    RevisionKind.RETRACTION: Rules(_ENGLISH("kind.retraction"), True, True, True, True, True),
    RevisionKind.RESTORED: Rules(_ENGLISH("kind.restored"), True, False, True, False, False),
    RevisionKind.EXPIRED: Rules(_ENGLISH("kind.expired"), True, False, True, False, True),
}


def default_withdrawal_note(texts: Catalogue, kind: RevisionKind, at: datetime) -> str:
    """Say why an event is not shown any more, if its publisher gave no reason."""
    if kind is RevisionKind.EXPIRED:
        return texts("expiry.note", date=texts.long_date(at))
    return texts("withdrawal.note")
