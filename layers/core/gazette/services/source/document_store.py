"""Accepted documents, kept in the ledger: no later step has to read them from S3 again.

A document is one item if it fits. The first part of a long one begins with a line that says how
many parts there are; JSON as `written` writes it has only one line.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gazette.models.contract.document import EventDocument
from gazette.models.contract.erasure import ErasureDocument, parse_erasure, written_erasure
from gazette.models.contract.stored_document import read_stored, written
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.order import order
from gazette.models.limits import MAX_DOCUMENT_PART_BYTES
from gazette.ports import Ledger

# Before the identity of an erasure document, which is that of another object.
_ERASURE = "erasure-"
# A UTF-8 byte whose two highest bits are these is not the first of a character.
_MASK, _CONTINUES = 0xC0, 0x80


@dataclass(frozen=True, slots=True)
class DocumentStore:
    """Keeps documents by event and version, a long one in several items."""

    ledger: Ledger

    def put(self, event_id: str, identity: str, document: EventDocument, erasures: int = 0) -> None:
        """Keep a document; a repeat changes nothing.

        ``erasures`` counts those that were applied to the event: a document that one of them
        removed can be kept again by the next.
        """
        self._put(event_id, identity, written(document), erasures)

    def get(self, event_id: str, identity: str) -> EventDocument | None:
        """Return the document of a version, or None if it was not kept."""
        text = self._get(event_id, identity)
        return None if text is None else read_stored(text)

    def put_erasure(self, event_id: str, identity: str, erasure: ErasureDocument) -> None:
        """Keep an erasure document: one that S3 does not give out any more stays in force."""
        self._put(event_id, _ERASURE + identity, written_erasure(erasure), 0)

    def get_erasure(self, event_id: str, identity: str) -> ErasureDocument | None:
        """Return the erasure document of a version, or None if it was not kept."""
        text = self._get(event_id, _ERASURE + identity)
        return None if text is None else parse_erasure(text.encode())

    def remove(self, event_id: str, identity: str, erasures: int) -> None:
        """Remove a document. A late writer of it finds its first part taken."""
        partition = keys.document_key(event_id, identity, 0).partition
        found = {item.key for item in self.ledger.scan(partition, f"{identity}#")}
        for key in sorted({keys.document_key(event_id, identity, 0), *found}):
            self.ledger.put(LedgerItem(key, order(1, erasures), "", deleted=True))

    def _put(self, event_id: str, identity: str, text: str, erasures: int) -> None:
        parts = list(_parts(text.encode()))
        if len(parts) > 1:
            parts[0] = f"{len(parts)}\n{parts[0]}"
        # The first part is written last: it says that all are there. A document is the same in
        # every derivation: everything else is derived from it.
        for number in reversed(range(len(parts))):
            key = keys.document_key(event_id, identity, number)
            self.ledger.put(LedgerItem(key, order(1, erasures), parts[number]))

    def _get(self, event_id: str, identity: str) -> str | None:
        first = self.ledger.get(keys.document_key(event_id, identity, 0))
        if first is None or first.deleted:
            return None
        count, is_long, text = first.payload.partition("\n")
        if not is_long:
            return first.payload
        further = (
            self.ledger.get(keys.document_key(event_id, identity, number))
            for number in range(1, int(count))
        )
        return text + "".join(item.payload for item in further if item)


def _parts(raw: bytes) -> Iterator[str]:
    """Cut text between characters into parts of at most `MAX_DOCUMENT_PART_BYTES`."""
    start = 0
    while start < len(raw):
        end = min(start + MAX_DOCUMENT_PART_BYTES, len(raw))
        while end < len(raw) and raw[end] & _MASK == _CONTINUES:
            end -= 1
        yield raw[start:end].decode()
        start = end
