"""The contract of `SourceArchive`, held by the one in memory and by the one on S3 alike."""

import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.contract.problems import InvalidEventError
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.ports import ObjectVersion
from tests.contract.conftest import Aws, Publishing, make_bucket

KEY = "events/2026/ñ a.json"
EVENT = "before-send.s3.ListObjectVersions"
NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)


def shape(versions: list[ObjectVersion]) -> list[tuple[datetime, int, bool]]:
    return [(v.last_modified, v.size, v.is_delete_marker) for v in versions]


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_key_that_never_was_has_no_versions(publishing: Publishing) -> None:
    assert publishing.archive.versions(KEY) == []


def test_versions_come_oldest_first_with_delete_markers_between(publishing: Publishing) -> None:
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


def test_every_version_stays_readable(publishing: Publishing) -> None:
    publishing.put(KEY, b"one", after(0))
    publishing.put(KEY, "zwei 🦊".encode(), after(1))
    publishing.delete(KEY, after(2))
    first, second, _ = publishing.archive.versions(KEY)
    assert publishing.archive.read(KEY, first.version_id) == b"one"
    assert publishing.archive.read(KEY, second.version_id) == "zwei 🦊".encode()


def test_a_version_that_was_stored_with_gzip_is_read_unpacked(publishing: Publishing) -> None:
    packed = gzip.compress(b"one")
    publishing.put(KEY, packed, after(0), "gzip")
    publishing.put(KEY, packed, after(1))
    first, second = publishing.archive.versions(KEY)
    assert publishing.archive.read(KEY, first.version_id) == b"one"
    assert publishing.archive.read(KEY, second.version_id) == packed
    assert first.size == second.size == len(packed)


def test_an_image_may_unpack_to_more_bytes_than_a_document(publishing: Publishing) -> None:
    large = b" " * (MAX_DOCUMENT_BYTES + 1)
    for key in ("images/a.png", KEY):
        publishing.put(key, gzip.compress(large), after(0), "gzip")
    (image,) = publishing.archive.versions("images/a.png")
    (document,) = publishing.archive.versions(KEY)
    assert publishing.archive.read("images/a.png", image.version_id) == large
    with pytest.raises(InvalidEventError, match="when unpacked"):
        publishing.archive.read(KEY, document.version_id)


def test_versions_of_the_same_second_keep_their_order(publishing: Publishing) -> None:
    for milliseconds, body in enumerate((b"1", b"22", b"333")):
        publishing.put(KEY, body, NOON + timedelta(milliseconds=milliseconds))
    assert [size for _, size, _ in shape(publishing.archive.versions(KEY))] == [1, 2, 3]


def test_keys_that_begin_alike_are_other_keys(publishing: Publishing) -> None:
    publishing.put(KEY, b"1", after(0))
    publishing.put(f"{KEY}.json", b"22", after(1))
    publishing.put(f"{KEY}x", b"22", after(1))
    publishing.delete(f"{KEY}x", after(2))
    assert shape(publishing.archive.versions(KEY)) == [(after(0), 1, False)]
    assert publishing.archive.versions(KEY[:-1]) == []


def test_both_count_what_aws_is_asked(publishing: Publishing, calls: Counter[str]) -> None:
    publishing.put(KEY, b"1", after(0))
    (version,) = publishing.archive.versions(KEY)
    publishing.archive.read(KEY, version.version_id)
    publishing.archive.versions("events/other.json")
    assert calls == {"s3.ListObjectVersions": 2, "s3.GetObject": 1}


def page(key: str, *, markers: bool = False, more: bool = False) -> bytes:
    """Write a page of a listing as S3 does: versions and markers in one list, newest first."""
    versions = [("v3", "Version"), ("v2", "DeleteMarker"), ("v1", "Version")]
    items = "".join(
        f"<{kind}><Key>{key}</Key><VersionId>{name}</VersionId><IsLatest>false</IsLatest>"
        f"<LastModified>2026-07-04T12:00:00.000Z</LastModified><Size>1</Size></{kind}>"
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
    """What urllib3 hands to botocore, as far as botocore looks."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


class Listing:
    """Answers the listings of a client as S3 would, page by page."""

    def __init__(self, pages: list[bytes]) -> None:
        self.pages = pages

    def __call__(self, **_: object) -> object:
        return AWSResponse("https://s3.example/", 200, HTTPHeaders(), Body(self.pages.pop(0)))


def listed(aws: Aws, pages: list[bytes]) -> list[ObjectVersion]:
    listing = Listing(pages)
    aws.s3.meta.events.register_first(EVENT, listing, unique_id="l")  # type: ignore[arg-type]  # it may answer
    try:
        return S3SourceArchive(aws.s3, make_bucket(aws)).versions(KEY)
    finally:
        aws.s3.meta.events.unregister(EVENT, unique_id="l")


def test_a_deletion_in_the_second_of_a_version_is_at_its_place(aws: Aws) -> None:
    """S3 lists whole seconds, and boto3 sorts markers apart: the order is that of the XML."""
    versions = listed(aws, [page(KEY, markers=True)])
    assert [version.version_id for version in versions] == ["v1", "v2", "v3"]
    assert [version.is_delete_marker for version in versions] == [False, True, False]


def test_a_listing_is_followed_until_a_page_holds_none_of_the_key(aws: Aws) -> None:
    pages = [page(KEY, more=True), page(f"{KEY}.json", more=True), page(KEY)]
    assert [version.version_id for version in listed(aws, pages)] == ["v1", "v3"]
    assert len(pages) == 1


def test_a_listing_that_ends_with_the_key_ends(aws: Aws) -> None:
    first = page(KEY, more=True)
    second = page(KEY).replace(b"v1", b"w1").replace(b"v3", b"w3")
    versions = listed(aws, [first, second])
    assert [version.version_id for version in versions] == ["w1", "w3", "v1", "v3"]


def test_a_listing_that_fails_says_so_as_s3_does(aws: Aws) -> None:
    """The body of an error may be no XML at all."""
    bucket = make_bucket(aws)
    aws.s3.delete_bucket(Bucket=bucket)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        S3SourceArchive(aws.s3, bucket).versions(KEY)
