"""The images that only a version under embargo names: they are not published either."""

from collections.abc import Iterator

from gazette.models.contract.document import EventDocument
from gazette.models.ledger import keys
from gazette.models.ledger.item import LedgerItem
from gazette.projections.history.entries import preferred_path
from gazette.projections.history.linked_images import linked_images
from gazette.projections.items.item_order import item_order


def hidden_image_items(event_id: str, document: EventDocument) -> Iterator[LedgerItem]:
    """Record the images of a document that is held.

    The items stay: an image that a published revision shows or leads to is published nevertheless.
    """
    own = {document.image.key} if document.image else set()
    for key in sorted(filter(None, own | {*linked_images(document, preferred_path(document))})):
        yield LedgerItem(keys.image_erased_key(key, event_id), item_order(1), "{}")
