"""Chooses the sentence that names a revision at the head of its page."""

from gazette.models.kinds import RevisionKind
from gazette.models.ledger.snapshot import Revision


def notice_sentence(revision: Revision) -> str:
    """Return the key of the text: what a revision did to its event."""
    if revision.entry.kind is RevisionKind.EXPIRED:
        return "notice.sentence_of_expiry"
    return "notice.sentence_of_withdrawal" if revision.withdraws else "notice.sentence"
