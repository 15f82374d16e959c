"""How the ledger's items look in DynamoDB.

Attributes: ``pk``, ``sk``, ``revision``, ``payload``; ``deleted`` and ``expires_at`` where needed.
A payload is text, or binary where `gazette.store.payloads` has compressed it.
"""

from typing import TYPE_CHECKING, TypeAlias

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import SNAPSHOT, ItemKey, is_listed
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.store.payloads import pack, unpack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item: TypeAlias = dict[str, AttributeValueTypeDef]


def key_of(item_key: ItemKey) -> "Item":
    return {"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}}


def write_item(ledger_item: LedgerItem, expires_at: int | None) -> "Item":
    """Return the attributes of an item; ``expires_at`` is in seconds (TTL of DynamoDB)."""
    payload = pack(ledger_item.payload)
    item: Item = {
        **key_of(ledger_item.key),
        "revision": {"N": str(ledger_item.revision)},
        "payload": {"S": payload} if isinstance(payload, str) else {"B": payload},
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
    found = read_raw(item)
    if is_expired(item, now) or (found.deleted and is_listed(found.key)):
        return None
    return found


def read_raw(item: "Item") -> LedgerItem:
    """Return an item whatever its state."""
    stored = item["payload"]
    payload = stored["S"] if "S" in stored else unpack(stored["B"])
    return LedgerItem(read_key(item), int(item["revision"]["N"]), payload, _is_deleted(item))


def is_undated(item: "Item") -> bool:
    """Return whether release 0.1.0 deleted an item: it lies in its list and has no expiry.

    The snapshot of a deleted image has none in any release. Nobody reads what is left of the old
    index of related events, and no function may remove it.
    """
    partition, sort = read_key(item)
    stays = sort == SNAPSHOT or partition.kind is PartitionKind.OLD_RELATED
    return _is_deleted(item) and "expires_at" not in item and not stays


def _is_deleted(item: "Item") -> bool:
    # Release 0.1.0 wrote `gone`.
    return bool({"deleted", "gone"} & item.keys())


def is_expired(item: "Item", now: int) -> bool:
    return "expires_at" in item and int(item["expires_at"]["N"]) <= now
