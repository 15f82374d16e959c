"""The contract of `SourceArchive`, for the memory archive and the one on S3 alike."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.object_version import ObjectVersion
from tests.contract.conftest import Aws, Publishing, make_bucket

KEY = "events/2026/ñ a.json"
EVENT = "before-send.s3.ListObjectVersions"
NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)


def shape(versions: list[ObjectVersion]) -> list[tuple[datetime, int, bool]]:
    return [(v.last_modified, v.size, v.is_delete_marker) for v in reversed(versions)]


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_key_that_never_existed_has_no_versions(publishing: Publishing) -> None:
    assert publishing.archive.versions(KEY) == []


def test_versions_come_newest_first_with_delete_markers_between(publishing: Publishing) -> None:
    publishing.put(KEY, b"1", after(0))
    publishing.delete(KEY, after(1))
    publishing.put(KEY, b"22", after(2))
    publishing.delete(KEY, after(3))
    publishing.delete(KEY, after(4))
    publishing.put(KEY, b"333", after(5))
    assert shape(publishing.archive.versions(KEY)) == [
        (after(0), 1, False),
        (after(1), 0, True),
        (after(2), 2, False),
        (after(3), 0, True),
        (after(4), 0, True),
        (after(5), 3, False),
    ]


def test_every_version_can_be_read(publishing: Publishing) -> None:
    publishing.put(KEY, b"one", after(0))
    publishing.put(KEY, "zwei 🦊".encode(), after(1))
    publishing.delete(KEY, after(2))
    _, second, first = publishing.archive.versions(KEY)
    assert publishing.archive.read(KEY, first.version_id) == b"one"
    assert publishing.archive.read(KEY, second.version_id) == "zwei 🦊".encode()


def test_versions_of_the_same_second_keep_their_order(publishing: Publishing) -> None:
    for milliseconds, body in enumerate((b"1", b"22", b"333")):
        publishing.put(KEY, body, NOON + timedelta(milliseconds=milliseconds))
    assert [size for _, size, _ in shape(publishing.archive.versions(KEY))] == [1, 2, 3]


def test_keys_with_the_same_beginning_are_other_keys(publishing: Publishing) -> None:
    publishing.put(KEY, b"1", after(0))
    publishing.put(f"{KEY}.json", b"22", after(1))
    publishing.put(f"{KEY}x", b"22", after(1))
    publishing.delete(f"{KEY}x", after(2))
    assert shape(publishing.archive.versions(KEY)) == [(after(0), 1, False)]
    assert publishing.archive.versions(KEY[:-1]) == []


def test_both_archives_make_the_same_calls(publishing: Publishing, calls: Counter[str]) -> None:
    publishing.put(KEY, b"1", after(0))
    (version,) = publishing.archive.versions(KEY)
    publishing.archive.read(KEY, version.version_id)
    publishing.archive.versions("events/other.json")
    assert calls == {"s3.ListObjectVersions": 2, "s3.GetObject": 1}


def page(key: str, *, markers: bool = False, more: bool = False) -> bytes:
    """Write a page of a listing like S3: versions and markers in one list, newest first."""
    versions = [("v3", "Version"), ("v2", "DeleteMarker"), ("v1", "Version")]
    items = "".join(
        f"<{kind}><Key>{key}</Key><VersionId>{name}</VersionId><IsLatest>false</IsLatest>"
        f"<LastModified>2026-07-04T12:00:00.000Z</LastModified><Size>1</Size>"
        f"<ETag>&quot;{name}&quot;</ETag></{kind}>"
        for name, kind in versions
        if markers or kind == "Version"
    )
    next_key = "<NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{next_key if more else ''}{items}"
        "</ListVersionsResult>"
    ).encode()


class Body(BytesIO):
    """The part of urllib3's response body that botocore uses."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


class Listing:
    """Returns prepared pages for the listings of a client."""

    def __init__(self, pages: list[bytes]) -> None:
        self.pages = pages

    def __call__(self, **_: object) -> object:
        return AWSResponse("https://s3.example/", 200, HTTPHeaders(), Body(self.pages.pop(0)))


def listed(aws: Aws, pages: list[bytes]) -> list[ObjectVersion]:
    listing = Listing(pages)
    aws.s3.meta.events.register_first(EVENT, listing, unique_id="l")  # type: ignore[arg-type]  # it may return a response
    try:
        return S3SourceArchive(aws.s3, make_bucket(aws)).versions(KEY)
    finally:
        aws.s3.meta.events.unregister(EVENT, unique_id="l")


def test_a_deletion_in_the_same_second_as_a_version_keeps_its_position(aws: Aws) -> None:
    """S3 lists whole seconds, and boto3 sorts markers apart: the XML has the right order."""
    versions = listed(aws, [page(KEY, markers=True)])
    assert [version.version_id for version in versions] == ["v3", "v2", "v1"]
    assert [version.is_delete_marker for version in versions] == [False, True, False]


def test_a_listing_is_read_until_a_page_has_no_version_of_the_key(aws: Aws) -> None:
    pages = [page(KEY, more=True), page(f"{KEY}.json", more=True), page(KEY)]
    assert [version.version_id for version in listed(aws, pages)] == ["v3", "v1"]
    assert len(pages) == 1


def test_a_listing_is_read_to_its_end_if_the_last_page_has_versions_of_the_key(aws: Aws) -> None:
    first = page(KEY, more=True)
    second = page(KEY).replace(b"v1", b"w1").replace(b"v3", b"w3")
    versions = listed(aws, [first, second])
    assert [version.version_id for version in versions] == ["v3", "v1", "w3", "w1"]


def test_a_failed_listing_raises_the_error_of_s3(aws: Aws) -> None:
    """The body of an error may not be XML."""
    bucket = make_bucket(aws)
    aws.s3.delete_bucket(Bucket=bucket)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        S3SourceArchive(aws.s3, bucket).versions(KEY)
