"""The title and text of a withdrawn event, for formats without tombstones (SPEC T4)."""

from gazette.models.kinds import RULES, default_withdrawal_note
from gazette.models.texts import text
from gazette.models.views.feed import Tombstone


def withdrawn_title(tombstone: Tombstone) -> str:
    return text("kind.title", kind=RULES[tombstone.kind].label, title=tombstone.title)


def withdrawn_note(tombstone: Tombstone) -> str:
    return tombstone.note or default_withdrawal_note(tombstone.kind, tombstone.when)
