"""Listings of the source bucket and the site bucket."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gazette.delivery.s3_versions import ListedOrder, newest_first
from gazette.models.object_version import ObjectVersion
from gazette.ports import ListedKey

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsRequestTypeDef


class S3SourceListing:
    """A `SourceListing` of a versioned bucket, ``page`` versions per call."""

    def __init__(self, client: "S3Client", bucket: str, page: int = 1000) -> None:
        self._client = client
        self._bucket = bucket
        self._page = page
        self._order = ListedOrder(client)

    def list_versions(self, after: str = "") -> Iterator[ListedKey]:
        found: dict[str, list[ObjectVersion]] = {}
        for page in self._pages(after):
            for key, version in (one for one in page if one[0] > after):
                found.setdefault(key, []).append(version)
            # The last key of a page may have more versions on the next one.
            for key in sorted(found)[:-1]:
                yield ListedKey(key, tuple(newest_first(found.pop(key))))
        yield from (ListedKey(key, tuple(newest_first(found[key]))) for key in found)

    def _pages(self, after: str) -> Iterator[list[tuple[str, ObjectVersion]]]:
        """Yield the key of every version and delete marker, page by page."""
        request: ListObjectVersionsRequestTypeDef = {
            "Bucket": self._bucket,
            "MaxKeys": self._page,
        }
        if after:
            request["KeyMarker"] = after
        while True:
            page = self._client.list_object_versions(**request)
            yield self._order.versions(page)
            if not page["IsTruncated"]:
                return
            request["KeyMarker"] = page["NextKeyMarker"]
            request["VersionIdMarker"] = page["NextVersionIdMarker"]


class S3SiteListing:
    """A `SiteListing` of a bucket."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def list_documents(self, after: str = "") -> Iterator[tuple[str, str]]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, StartAfter=after):
            for item in page.get("Contents", []):
                yield item["Key"], item["ETag"]
