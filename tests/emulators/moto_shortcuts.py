"""Makes queries and version listings of moto faster, with the same results.

For each Query moto sorts the whole table, and for each listing of versions it copies the whole
bucket. With a thousand events this is most of its time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends


def shorten_queries(region: str, table_name: str) -> None:
    """Make a Query sort only the items of its partition."""
    table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables[table_name]
    query = table.query

    def query_partition(hash_key: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # moto's
        with _replaced(table, "items", {hash_key: table.items.get(hash_key, {})}):
            return query(hash_key, *args, **kwargs)

    table.query = query_partition


def shorten_listings(bucket_name: str) -> None:
    """Make a listing of versions copy only the objects under its prefix."""
    backend: Any = s3_backends[DEFAULT_ACCOUNT_ID]["aws"]
    listing = backend.list_object_versions

    def list_prefix(bucket: str, *args: Any, prefix: str = "", **kwargs: Any) -> Any:  # noqa: ANN401  # moto's
        whole = backend.get_bucket(bucket)
        if bucket != bucket_name:
            return listing(bucket, *args, prefix=prefix, **kwargs)
        keys = type(whole.keys)()
        for key in whole.keys:
            if key.startswith(prefix):
                keys.setlist(key, whole.keys.getlist(key))
        with _replaced(whole, "keys", keys):
            return listing(bucket, *args, prefix=prefix, **kwargs)

    backend.list_object_versions = list_prefix


@contextmanager
def _replaced(owner: Any, name: str, value: object) -> Iterator[None]:  # noqa: ANN401  # moto's
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
