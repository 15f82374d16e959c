"""The item of a withdrawn event, and its title and text (SPEC T)."""

from html import escape

from gazette.models.kinds import RevisionKind, default_withdrawal_note
from gazette.models.views.feed import FeedItem, Tombstone


def withdrawn_item(tombstone: Tombstone) -> FeedItem:
    """Make the item that a subscriber sees, dated by the first publication (SPEC R4, T1)."""
    note = withdrawn_note(tombstone)
    return FeedItem(
        id=tombstone.id,
        url=tombstone.url,
        title=withdrawn_title(tombstone),
        summary=note,
        published=tombstone.published,
        updated=tombstone.when,
        revision=tombstone.revision,
        kind=tombstone.kind,
        sha256=tombstone.sha256,
        content_html=f"<p>{escape(note)}</p>",
        content_text=note,
        note=tombstone.note,
        history_url=tombstone.history_url,
        guid=tombstone.guid,
        language=tombstone.language,
    )


def withdrawn_title(tombstone: Tombstone) -> str:
    texts = tombstone.texts
    return texts("kind.title", kind=texts(tombstone.kind.label), title=tombstone.title)


def withdrawn_note(tombstone: Tombstone) -> str:
    return tombstone.note or default_withdrawal_note(
        tombstone.texts, tombstone.kind, tombstone.when
    )


def tombstone_comment(tombstone: Tombstone) -> str | None:
    """Return the comment of a tombstone; a withdrawal without a reason has none."""
    is_expiry = tombstone.kind is RevisionKind.EXPIRED
    return withdrawn_note(tombstone) if is_expiry else tombstone.note
