"""The kinds of revision and their rules, in one table (SPEC V1 to V4)."""

from enum import StrEnum
from typing import NamedTuple

from gazette.models.texts import text


class RevisionKind(StrEnum):
    """How a revision differs from the one before it."""

    PUBLICATION = "publication"
    MINOR = "minor"
    UPDATE = "update"
    CORRECTION = "correction"
    RETRACTION = "retraction"
    RESTORED = "restored"
    EXPIRED = "expired"


class Rules(NamedTuple):
    """The label of a kind and where its revisions appear."""

    label: str
    is_significant: bool  # moves `updated`, the order of updates, lastmod and pings
    needs_note: bool
    in_updates: bool
    in_corrections: bool
    withdraws: bool


RULES = {
    RevisionKind.PUBLICATION: Rules(text("kind.publication"), True, False, False, False, False),
    RevisionKind.MINOR: Rules(text("kind.minor"), False, False, False, False, False),
    RevisionKind.UPDATE: Rules(text("kind.update"), True, False, True, False, False),
    RevisionKind.CORRECTION: Rules(text("kind.correction"), True, True, True, True, False),
    RevisionKind.RETRACTION: Rules(text("kind.retraction"), True, True, True, True, True),
    RevisionKind.RESTORED: Rules(text("kind.restored"), True, False, True, False, False),
    RevisionKind.EXPIRED: Rules(text("kind.expired"), True, False, True, False, True),
}
