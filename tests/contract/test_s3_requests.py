"""What the adapters ask of S3, and what they make of answers that moto does not give."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Lock, get_ident
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError

from gazette.delivery.s3 import S3SiteStore, S3SourceArchive
from gazette.models.object_version import ObjectVersion
from gazette.models.views.site_document import Headers, StandingETag
from gazette.ports import UnreadableVersionError
from tests.contract.answers import Body, answering
from tests.contract.conftest import Aws, make_bucket

KEY = "events/2026/ñ a.json"
NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)
LIST = "before-send.s3.ListObjectVersions"
PAIRS = [("ETag", '"1"')]

REFUSALS = [
    ("InvalidRequest", 400, UnreadableVersionError),
    ("InvalidObjectState", 403, UnreadableVersionError),
    ("KMS.DisabledException", 400, UnreadableVersionError),
    ("NoSuchBucket", 404, ClientError),
]


@pytest.mark.parametrize(("code", "status", "expected"), REFUSALS)
def test_what_s3_never_serves_is_another_error_than_what_fails_today(
    aws: Aws, code: str, status: int, expected: type[Exception]
) -> None:
    """SSE-C, an archive class and a key of KMS that is off; a wrong name of the bucket."""

    def refuse(**_: object) -> object:
        body = f"<Error><Code>{code}</Code><Message>m</Message></Error>".encode()
        return AWSResponse("https://s3.example/", status, HTTPHeaders(), Body(body))

    archive = S3SourceArchive(aws.s3, make_bucket(aws))
    with answering(aws.s3, "before-send.s3.GetObject", refuse), pytest.raises(expected, match=code):
        archive.read(KEY, "v1")


def page(
    key: str,
    *,
    markers: bool = False,
    more: bool = False,
    minutes: tuple[int, int, int] = (0, 0, 0),
) -> bytes:
    """Write a page of a listing like S3: versions and markers in one list, newest first.

    The three versions were stored some ``minutes`` after noon.
    """
    versions = [("v3", "Version"), ("v2", "DeleteMarker"), ("v1", "Version")]
    items = "".join(
        f"<{kind}><Key>{key}</Key><VersionId>{name}</VersionId><IsLatest>false</IsLatest>"
        f"<LastModified>2026-07-04T12:{minute:02}:00.000Z</LastModified>"
        f"<ETag>&quot;e&quot;</ETag><Size>1</Size></{kind}>"
        for (name, kind), minute in zip(versions, minutes, strict=True)
        if markers or kind == "Version"
    )
    next_key = "<NextKeyMarker>k</NextKeyMarker><NextVersionIdMarker>v</NextVersionIdMarker>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<IsTruncated>{str(more).lower()}</IsTruncated>{next_key if more else ''}{items}"
        "</ListVersionsResult>"
    ).encode()


class Listing:
    """Returns prepared pages for the listings of a client, and keeps the addresses asked for."""

    def __init__(self, pages: list[bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, request: AWSPreparedRequest, **_: object) -> object:
        self.asked.append(request.url)
        return AWSResponse("https://s3.example/", 200, HTTPHeaders(), Body(self.pages.pop(0)))


def listed(
    aws: Aws, pages: list[bytes], known_until: datetime | None = None
) -> list[ObjectVersion]:
    with answering(aws.s3, LIST, Listing(pages)):
        known_seconds = int(known_until.timestamp()) if known_until else None
        return S3SourceArchive(aws.s3, make_bucket(aws)).versions(KEY, known_seconds)


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


def test_a_listing_names_the_key_so_that_no_other_keys_are_read(aws: Aws) -> None:
    listing = Listing([page(KEY)])
    with answering(aws.s3, LIST, listing):
        S3SourceArchive(aws.s3, make_bucket(aws)).versions(KEY)
    (asked,) = listing.asked
    assert parse_qs(urlsplit(asked).query)["prefix"] == [KEY]


@pytest.mark.parametrize(("known_until", "pages_left"), [(30, 1), (31, 1), (29, 0)])
def test_a_listing_ends_with_the_page_whose_last_version_is_known(
    aws: Aws, known_until: int, pages_left: int
) -> None:
    older = page(KEY, minutes=(20, 15, 10)).replace(b"v1", b"w1").replace(b"v3", b"w3")
    pages = [page(KEY, markers=True, more=True, minutes=(50, 40, 30)), older]
    listed(aws, pages, NOON + timedelta(minutes=known_until))
    assert len(pages) == pages_left


def test_an_object_that_somebody_else_stored_without_headers_has_an_etag(aws: Aws) -> None:
    """A proxy may drop headers; S3 keeps no Cache-Control that was not sent."""

    def bare(**_: object) -> object:
        return AWSResponse("https://s3.example/", 200, HTTPHeaders.from_pairs(PAIRS), Body(b""))

    store = S3SiteStore(aws.s3, make_bucket(aws))
    with answering(aws.s3, "before-send.s3.HeadObject", bare):
        (etag,) = store.etags(["a.html"]).values()
        assert store.cache_controls(["a.html"]) == {"a.html": ""}
    assert etag == '"1"'
    assert isinstance(etag, StandingETag)
    assert etag.headers == Headers("", "", "")


class Waiting:
    """Answers a request when ``count`` of them wait, and keeps the threads and how many waited."""

    def __init__(self, count: int) -> None:
        self._meeting = Barrier(count, timeout=20)
        self._lock = Lock()
        self._waiting = 0
        self.most = 0
        self.threads: set[int] = set()

    def __call__(self, **_: object) -> object:
        with self._lock:
            self._waiting += 1
            self.most = max(self.most, self._waiting)
            self.threads.add(get_ident())
        self._meeting.wait()
        with self._lock:
            self._waiting -= 1
        return AWSResponse("https://s3.example/", 200, HTTPHeaders.from_pairs(PAIRS), Body(b""))


@pytest.mark.parametrize(("workers", "paths", "together"), [(3, 6, 3), (2, 2, 2), (2, 4, 2)])
def test_as_many_requests_wait_together_as_there_are_workers(
    aws: Aws, workers: int, paths: int, together: int
) -> None:
    waiting = Waiting(together)
    with answering(aws.s3, "before-send.s3.HeadObject", waiting):
        S3SiteStore(aws.s3, make_bucket(aws), workers).etags([f"{n}.html" for n in range(paths)])
    assert waiting.most == together


@pytest.mark.parametrize(("workers", "paths"), [(None, 3), (4, 1)])
def test_one_worker_or_one_request_needs_no_thread(
    aws: Aws, workers: int | None, paths: int
) -> None:
    waiting, bucket = Waiting(1), make_bucket(aws)
    store = S3SiteStore(aws.s3, bucket, workers) if workers else S3SiteStore(aws.s3, bucket)
    with answering(aws.s3, "before-send.s3.HeadObject", waiting):
        store.etags([f"{n}.html" for n in range(paths)])
    assert waiting.threads == {get_ident()}
