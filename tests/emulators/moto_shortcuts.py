"""Makes moto look only where it is asked: the answers are its own, and come in time.

For every Query moto sorts the whole table, and for every listing of versions it copies the whole
bucket. With an archive of a thousand events that is nearly all it does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import s3_backends


def shorten_queries(region: str, table_name: str) -> None:
    """Let a Query sort the items of its partition only."""
    table: Any = dynamodb_backends[DEFAULT_ACCOUNT_ID][region].tables[table_name]
    query = table.query

    def query_partition(hash_key: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  # moto's
        with _instead(table, "items", {hash_key: table.items.get(hash_key, {})}):
            return query(hash_key, *args, **kwargs)

    table.query = query_partition


def shorten_listings(bucket_name: str) -> None:
    """Let a listing of versions copy the objects under its prefix only."""
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
        with _instead(whole, "keys", keys):
            return listing(bucket, *args, prefix=prefix, **kwargs)

    backend.list_object_versions = list_prefix


@contextmanager
def _instead(owner: Any, name: str, value: object) -> Iterator[None]:  # noqa: ANN401  # moto's
    kept = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, kept)
