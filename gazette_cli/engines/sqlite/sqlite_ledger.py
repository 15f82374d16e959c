"""The ledger in a file, under the contract tests of the DynamoDB ledger."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from sqlite3 import Connection

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.ports import Clock
from gazette.store.local_ledger import KeptItem, LocalLedger, Range

# Items are read in portions of a growing size: most readers need few.
_FIRST_PORTION, _LARGEST_PORTION = 8, 512
_ITEM = "SELECT sk, revision, payload, deleted, expires_at FROM items WHERE pk = ? AND sk = ?"
_FORWARDS = (
    "SELECT sk, revision, payload, deleted, expires_at FROM items"
    " WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk LIMIT ?"
)
_BACKWARDS = (
    "SELECT sk, revision, payload, deleted, expires_at FROM items"
    " WHERE pk = ? AND sk >= ? AND sk < ? ORDER BY sk DESC LIMIT ?"
)


class SqliteLedger(LocalLedger):
    """A `Ledger` and a `LedgerListing` in a table of SQLite."""

    def __init__(
        self,
        connection: Connection,
        calls: Counter[str],
        on_write: Callable[[ItemKey], None],
        clock: Clock,
    ) -> None:
        super().__init__(calls, on_write, clock)
        self._connection = connection

    def _kept(self, item_key: ItemKey) -> KeptItem | None:
        partition, sort = item_key
        found = self._connection.execute(_ITEM, (str(partition), sort)).fetchone()
        return _read(partition, found) if found else None

    def _range(self, partition: Partition, sorts: Range) -> Iterator[KeptItem]:
        portion = _FIRST_PORTION
        while True:
            found = self._portion(partition, sorts, portion)
            yield from found
            if len(found) < portion:
                return
            last, portion = found[-1].item.key.sort, min(4 * portion, _LARGEST_PORTION)
            sorts = (
                sorts._replace(end=last) if sorts.backwards else sorts._replace(start=last + "\0")
            )

    def _portion(self, partition: Partition, sorts: Range, most: int) -> list[KeptItem]:
        rows = self._connection.execute(
            _BACKWARDS if sorts.backwards else _FORWARDS,
            (str(partition), sorts.start, sorts.end, most),
        )
        return [_read(partition, row) for row in rows.fetchall()]

    def _keep(self, kept: KeptItem) -> None:
        item, expires_at = kept
        self._connection.execute(
            "REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?)",
            (
                str(item.key.partition),
                item.key.sort,
                str(item.revision),  # an order has more than 64 bits
                item.payload,
                item.deleted,
                expires_at,
            ),
        )

    def _drop(self, item_key: ItemKey) -> None:
        self._connection.execute(
            "DELETE FROM items WHERE pk = ? AND sk = ?", (str(item_key.partition), item_key.sort)
        )

    def _all_keys(self) -> Iterable[tuple[Partition, Iterable[str]]]:
        found = self._connection.execute("SELECT DISTINCT pk FROM items").fetchall()
        for partition in sorted(Partition.parse(name) for (name,) in found):
            rows = self._connection.execute(
                "SELECT sk FROM items WHERE pk = ? ORDER BY sk", (str(partition),)
            )
            yield partition, [sort for (sort,) in rows.fetchall()]


def _read(partition: Partition, row: tuple[str, str, str, int, int | None]) -> KeptItem:
    sort, revision, payload, deleted, expires_at = row
    return KeptItem(
        LedgerItem(ItemKey(partition, sort), int(revision), payload, bool(deleted)), expires_at
    )
