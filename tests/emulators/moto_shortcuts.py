"""Makes queries of moto faster, with the same results.

For each Query moto sorts the whole table. With a thousand events this is most of its time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends


def shorten_queries(region: str, table_name: str) -> None:
    """Make a Query sort only the items of its partition."""
    table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables[table_name]
    query = table.query

    def query_partition(hash_key: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # moto's
        with _replaced(table, "items", {hash_key: table.items.get(hash_key, {})}):
            return query(hash_key, *args, **kwargs)

    table.query = query_partition


@contextmanager
def _replaced(owner: Any, name: str, value: object) -> Iterator[None]:  # noqa: ANN401  # moto's
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
