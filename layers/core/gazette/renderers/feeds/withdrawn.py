"""How a withdrawn event looks in the formats that know no tombstones (SPEC T4)."""

from gazette.models.views.feed import Tombstone

DEFAULT_NOTE = "Withdrawn by the publisher."


def withdrawn_title(tombstone: Tombstone) -> str:
    return f"Withdrawn: {tombstone.title}"


def withdrawn_note(tombstone: Tombstone) -> str:
    return tombstone.note or DEFAULT_NOTE
