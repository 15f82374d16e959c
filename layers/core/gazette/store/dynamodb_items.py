"""How the ledger's items look in DynamoDB.

Attributes: ``pk``, ``sk``, ``revision``, ``payload``; ``deleted`` and ``expires_at`` where needed.
"""

from typing import TYPE_CHECKING, TypeAlias

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey, Partition, is_listed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]


def key_of(item_key: ItemKey) -> "Item":
    return {"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}}


def write_item(ledger_item: LedgerItem, expires_at: int | None) -> "Item":
    """Return the attributes of an item; ``expires_at`` is in seconds (TTL of DynamoDB)."""
    item: Item = {
        **key_of(ledger_item.key),
        "revision": {"N": str(ledger_item.revision)},
        "payload": {"S": ledger_item.payload},
    }
    if ledger_item.deleted:
        item["deleted"] = {"BOOL": True}
    if expires_at is not None:
        item["expires_at"] = {"N": str(expires_at)}
    return item


def is_known(item: "Item") -> bool:
    """Return whether this release knows the kind of an item's partition."""
    return Partition.is_known(item["pk"]["S"])


def read_key(item: "Item") -> ItemKey:
    return ItemKey(Partition.parse(item["pk"]["S"]), item["sk"]["S"])


def read_item(item: "Item", now: int) -> LedgerItem | None:
    """Return an item, or None if it is absent: expired, or deleted in a list of release 0.1.0."""
    item_key = read_key(item)
    # Release 0.1.0 wrote `gone`.
    deleted = bool({"deleted", "gone"} & item.keys())
    if is_expired(item, now) or (deleted and is_listed(item_key)):
        return None
    return LedgerItem(item_key, int(item["revision"]["N"]), item["payload"]["S"], deleted)


def is_expired(item: "Item", now: int) -> bool:
    return "expires_at" in item and int(item["expires_at"]["N"]) <= now
