"""The images that events name, and that are not in the source bucket (SPEC S11)."""

from collections.abc import Iterator

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import MissingImage, read_entry
from gazette.models.ledger.keys import ItemKey
from gazette.ports import Ledger


def missing_images(ledger: Ledger) -> Iterator[MissingImage]:
    """Yield the missing images of all live events, one by one, by publication of the events."""
    for item in ledger.scan(partitions.SITE, keys.MISSING):
        missing = MissingImage.model_validate_json(item.payload)
        named_in = ledger.get(ItemKey(partitions.SITE, keys.named_entry(item.key.sort)))
        # The item of an earlier revision stays, and means nothing.
        if named_in is not None and read_entry(named_in.payload).number == missing.number:
            named = dict.fromkeys(filter(None, (missing.key, *missing.in_text)))
            yield from (missing.model_copy(update={"key": key}) for key in named)
