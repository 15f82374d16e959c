"""The title and text of a withdrawn event (SPEC T)."""

from gazette.models.kinds import RULES, RevisionKind, default_withdrawal_note
from gazette.models.texts import text
from gazette.models.views.feed import Tombstone


def withdrawn_title(tombstone: Tombstone) -> str:
    return text("kind.title", kind=RULES[tombstone.kind].label, title=tombstone.title)


def withdrawn_note(tombstone: Tombstone) -> str:
    return tombstone.note or default_withdrawal_note(tombstone.kind, tombstone.when)


def tombstone_comment(tombstone: Tombstone) -> str | None:
    """Return the comment of a tombstone; a withdrawal without a reason has none."""
    is_expiry = tombstone.kind is RevisionKind.EXPIRED
    return withdrawn_note(tombstone) if is_expiry else tombstone.note
