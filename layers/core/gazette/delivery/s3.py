"""The source archive and the site on S3."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import ClientError

from gazette.delivery.s3_versions import ListedOrder, newest_first
from gazette.delivery.unreadable import unreadable
from gazette.models.contract.decoding import decoded
from gazette.models.contract.identity import most_bytes
from gazette.models.object_version import ObjectVersion
from gazette.models.tasks.edge_invalidation import LIVE_TAG
from gazette.models.views.site_document import (
    Document,
    Headers,
    StandingETag,
    is_kept_long,
)
from gazette.ports import ConflictError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

_CONFLICTS = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
# Object metadata with the media type to serve, if it differs from the stored type. The CloudFront
# function `NameMediaType` in template.yaml reads it.
MEDIA_TYPE = "media-type"
# Object metadata with the cache tag of live documents: `CacheTagConfig` in template.yaml.
CACHE_TAG = "cache-tag"

Item = TypeVar("Item")
Result = TypeVar("Result")


class S3SourceArchive:
    """A `SourceArchive` on a versioned bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket
        self._order = ListedOrder(client)

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        pages = self._client.get_paginator("list_object_versions").paginate(
            Bucket=self._bucket, Prefix=key
        )
        found: list[ObjectVersion] = []
        for page in pages:
            listed = self._order.versions(page)
            found += (version for name, version in listed if name == key)
            # Keys come in order: a page with another key is the last one.
            is_last = any(name != key for name, _ in listed)
            if is_last or (found and known_until and found[-1].seconds <= known_until):
                break
        return newest_first(found)

    def read(self, key: str, version_id: str) -> bytes:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version_id)
        except ClientError as error:
            raise unreadable(error.response["Error"]["Code"]) or error from error
        encoding = answer.get("ContentEncoding", "")
        return decoded(answer["Body"].read(), encoding, most_bytes(key))


class S3SiteStore:
    """A `SiteStore` on a bucket, with up to ``workers`` parallel requests."""

    def __init__(self, client: "S3Client", bucket: str, workers: int = 1) -> None:
        self._client = client
        self._bucket = bucket
        # Its threads start with the first requests that can be parallel.
        self._pool = ThreadPoolExecutor(workers) if workers > 1 else None

    def etags(self, paths: Sequence[str]) -> dict[str, str | None]:
        return dict(zip(paths, self._in_parallel(self._etag, paths), strict=True))

    def etags_below(self, prefix: str) -> dict[str, str]:
        pages = self._client.get_paginator("list_objects_v2")
        return {
            item["Key"]: item["ETag"]
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix)
            for item in page.get("Contents", [])
        }

    def write(self, documents: Sequence[Document], seen: Mapping[str, str | None]) -> None:
        self._in_parallel(lambda document: self._write(document, seen[document.path]), documents)

    def remove(self, paths: Sequence[str], seen: Mapping[str, str | None]) -> None:
        self._in_parallel(lambda path: self._remove(path, seen[path]), paths)

    def cache_controls(self, paths: Sequence[str]) -> dict[str, str]:
        """Return as `ServedHeaders` does."""
        found = zip(paths, self._in_parallel(self._head, paths), strict=True)
        return {path: head.get("CacheControl", "") for path, head in found if head}

    def read_document(self, path: str) -> Document | None:
        """Return as `SiteReader` does."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=path)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise
        media_type = found["Metadata"].get(MEDIA_TYPE, found["ContentType"])
        body = found["Body"].read()
        return Document(path, body, media_type, found.get("CacheControl", ""))

    def _in_parallel(self, call: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        if self._pool is None or len(items) <= 1:
            return [call(item) for item in items]
        answers = [self._pool.submit(call, item) for item in items]
        wait(answers)  # a request that fails does not leave others running
        return [answer.result() for answer in answers]

    def _etag(self, path: str) -> str | None:
        found = self._head(path)
        if found is None:
            return None
        stored_type = found.get("ContentType", "")
        media_type = found["Metadata"].get(MEDIA_TYPE, stored_type)
        headers = Headers(found.get("CacheControl", ""), stored_type, media_type)
        return StandingETag.read(found["ETag"], headers)

    def _head(self, path: str) -> "HeadObjectOutputTypeDef | None":
        try:
            return self._client.head_object(Bucket=self._bucket, Key=path)
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                return None
            raise

    def _write(self, document: Document, seen: str | None) -> None:
        condition = {"IfMatch": seen} if seen else {"IfNoneMatch": "*"}
        try:
            self._client.put_object(
                Bucket=self._bucket,
                Key=document.path,
                Body=document.body,
                ContentType=document.stored_type,
                CacheControl=document.cache_control,
                Metadata=_metadata(document),
                **condition,  # type: ignore[arg-type]  # mypy cannot check a dict of keywords
            )
        except ClientError as error:
            raise _as_conflict(error, document.path) from error

    def _remove(self, path: str, seen: str | None) -> None:
        if seen is None:
            return
        try:
            self._client.delete_object(Bucket=self._bucket, Key=path, IfMatch=seen)
        except ClientError as error:
            raise _as_conflict(error, path) from error


def _metadata(document: Document) -> dict[str, str]:
    is_renamed = document.stored_type != document.media_type
    named = {MEDIA_TYPE: document.media_type} if is_renamed else {}
    return named if is_kept_long(document.cache_control) else {**named, CACHE_TAG: LIVE_TAG}


def _as_conflict(error: ClientError, path: str) -> Exception:
    # S3 answers 404 if the object was deleted before the conditional write.
    codes = _CONFLICTS | _MISSING
    return ConflictError(path) if error.response["Error"]["Code"] in codes else error
