"""Listings of the source bucket and the site bucket."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

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

    def list_version_counts(self, after: str = "") -> Iterator[ListedKey]:
        counts: Counter[str] = Counter()
        for versions in self._pages(after):
            counts.update(key for key in versions if key > after)
            # The last key of a page may have more versions on the next one.
            for key in sorted(counts)[:-1]:
                yield ListedKey(key, counts.pop(key))
        yield from (ListedKey(key, count) for key, count in counts.items())

    def _pages(self, after: str) -> Iterator[list[str]]:
        """Yield one key per version or delete marker, page by page."""
        request: ListObjectVersionsRequestTypeDef = {
            "Bucket": self._bucket,
            "MaxKeys": self._page,
        }
        if after:
            request["KeyMarker"] = after
        while True:
            page = self._client.list_object_versions(**request)
            found = (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            yield [item["Key"] for item in found]
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
