"""The contract of `SiteStore`, for the memory store and the one on S3 alike."""

from collections import Counter
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from gazette.delivery.memory import MemorySiteStore
from gazette.delivery.s3 import S3SiteStore
from gazette.models.views.site_document import LIVE, SUPERSEDED, Document, document
from gazette.ports import ConflictError, SiteStore
from tests.contract.conftest import Aws, make_bucket

PATHS = ("a.html", "news/2026/ñ 日本.html", "c.rss")


def page(path: str, body: str = "1") -> Document:
    return document(path, body.encode(), "text/html; charset=utf-8")


def publish(store: SiteStore, *documents: Document) -> None:
    store.write(documents, store.etags([document.path for document in documents]))


def test_a_document_has_the_etag_of_its_bytes_and_a_missing_one_has_none(
    site_store: SiteStore,
) -> None:
    first, second = page(PATHS[0]), page(PATHS[1], "🦊")
    publish(site_store, first, second)
    assert site_store.etags(PATHS) == {
        PATHS[0]: first.etag,
        PATHS[1]: second.etag,
        PATHS[2]: None,
    }
    assert site_store.etags([]) == {}


def test_the_documents_below_a_prefix_are_listed_with_their_etags(
    site_store: SiteStore, calls: Counter[str]
) -> None:
    below = [page(f"day/index.{name}") for name in ("html", "1f.html", "ñ.xml")]
    publish(site_store, *below, page("day/indexes.html"), page("day2/index.html"))
    calls.clear()
    assert site_store.etags_below("day/index.") == {one.path: one.etag for one in below}
    assert site_store.etags_below("night/") == {}
    assert calls == {"s3.ListObjectsV2": 2}


def test_a_writer_that_saw_the_current_document_replaces_it(site_store: SiteStore) -> None:
    publish(site_store, page("a.html", "1"))
    publish(site_store, page("a.html", "2"))
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "2").etag}


def test_a_writer_that_saw_no_document_does_not_replace_one(site_store: SiteStore) -> None:
    publish(site_store, page("a.html", "1"))
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.write([page("a.html", "2")], {"a.html": None})
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "1").etag}


def test_a_writer_that_saw_an_older_document_does_not_replace_the_newer(
    site_store: SiteStore,
) -> None:
    publish(site_store, page("a.html", "1"))
    seen = site_store.etags(["a.html"])
    publish(site_store, page("a.html", "2"))
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.write([page("a.html", "3")], seen)
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "2").etag}


def test_a_writer_does_not_restore_a_document_that_was_deleted_meanwhile(
    site_store: SiteStore,
) -> None:
    publish(site_store, page("a.html"))
    seen = site_store.etags(["a.html"])
    site_store.remove(["a.html"], seen)
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.write([page("a.html", "2")], seen)
    assert site_store.etags(["a.html"]) == {"a.html": None}


def test_a_writer_that_saw_the_current_document_removes_it(site_store: SiteStore) -> None:
    publish(site_store, page("a.html"), page("b.html"))
    site_store.remove(["a.html"], site_store.etags(["a.html"]))
    assert site_store.etags(["a.html", "b.html"]) == {
        "a.html": None,
        "b.html": page("b.html").etag,
    }


def test_a_writer_that_saw_an_older_document_does_not_remove_the_newer(
    site_store: SiteStore,
) -> None:
    publish(site_store, page("a.html", "1"))
    seen = site_store.etags(["a.html"])
    publish(site_store, page("a.html", "2"))
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.remove(["a.html"], seen)
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "2").etag}


def test_removing_a_document_that_was_removed_meanwhile_is_a_conflict(
    site_store: SiteStore,
) -> None:
    publish(site_store, page("a.html"))
    seen = site_store.etags(["a.html", "b.html"])
    site_store.remove(["a.html", "b.html"], seen)
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.remove(["a.html"], seen)


def test_both_stores_make_the_same_calls(site_store: SiteStore, calls: Counter[str]) -> None:
    publish(site_store, page("a.html"), page("b.html"))
    with pytest.raises(ConflictError):
        site_store.write([page("a.html", "2")], {"a.html": None})
    site_store.remove(PATHS[:1], {PATHS[0]: page("a.html").etag})
    site_store.remove(PATHS[:1], {PATHS[0]: None})
    assert calls == {"s3.HeadObject": 2, "s3.PutObject": 3, "s3.DeleteObject": 1}


def test_an_existing_document_has_the_cache_control_it_was_written_with(
    site_store: SiteStore,
) -> None:
    assert isinstance(site_store, S3SiteStore | MemorySiteStore)
    publish(site_store, page(PATHS[0]), document(PATHS[2], b"<rss/>", cache_control=SUPERSEDED))
    assert site_store.cache_controls(PATHS) == {PATHS[0]: LIVE, PATHS[2]: SUPERSEDED}
    assert site_store.cache_controls([]) == {}


def test_an_object_has_the_media_type_and_the_cache_control_of_its_document(aws: Aws) -> None:
    bucket = make_bucket(aws)
    store = S3SiteStore(aws.s3, bucket)
    publish(
        store, document("a.atom", b"<feed/>"), document("b.txt", b"x", cache_control=SUPERSEDED)
    )
    feed = aws.s3.get_object(Bucket=bucket, Key="a.atom")
    assert feed["ContentType"] == "application/xml; charset=utf-8"
    assert feed["Metadata"] == {
        "media-type": "application/atom+xml; charset=utf-8",
        "cache-tag": "live",
    }
    assert feed["CacheControl"] == "public, max-age=60, stale-while-revalidate=300"
    assert feed["Body"].read() == b"<feed/>"
    text = aws.s3.get_object(Bucket=bucket, Key="b.txt")
    assert text["CacheControl"] == "public, max-age=3600, s-maxage=31536000"
    assert (text["ContentType"], text["Metadata"]) == ("text/plain; charset=utf-8", {})


def test_an_etag_knows_the_headers_of_its_document(site_store: SiteStore) -> None:
    shown = (document("a.atom", b"<feed/>"), document("b.txt", b"x", cache_control=SUPERSEDED))
    publish(site_store, *shown)
    seen = site_store.etags(["a.atom", "b.txt"])
    for one in shown:
        assert one.stands_as(seen[one.path])
        assert not replace(one, cache_control="no-store").stands_as(seen[one.path])
        assert not replace(one, media_type="text/x-other").stands_as(seen[one.path])


def test_a_document_is_written_over_the_same_bytes_with_other_headers(
    site_store: SiteStore,
) -> None:
    publish(site_store, document("b.txt", b"x"))
    publish(site_store, document("b.txt", b"x", cache_control=SUPERSEDED))
    assert document("b.txt", b"x", cache_control=SUPERSEDED).stands_as(
        site_store.etags(["b.txt"])["b.txt"]
    )


def test_concurrent_requests_have_the_same_result(aws: Aws) -> None:
    """Moto loses updates of two threads, so only reading is tested with more than one."""
    bucket = make_bucket(aws)
    publish(S3SiteStore(aws.s3, bucket), *map(page, PATHS))
    etags = S3SiteStore(aws.s3, bucket, workers=4).etags([*PATHS, "none.html"])
    assert etags == {path: page(path).etag for path in PATHS} | {"none.html": None}


def test_other_errors_of_aws_are_raised(aws: Aws) -> None:
    store = S3SiteStore(aws.s3, "no-such-bucket")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.write([page("a.html")], {"a.html": None})
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.remove(["a.html"], {"a.html": '"1"'})


def test_a_refused_read_is_an_error_and_not_a_missing_document(aws: Aws) -> None:
    """Without the permission ListBucket S3 returns 403 for a missing document. It may exist."""
    client = aws.s3
    refuse = {"Error": {"Code": "403", "Message": "Forbidden"}}

    def forbid(**_: object) -> None:
        raise ClientError(refuse, "HeadObject")  # type: ignore[arg-type]  # a part of a response

    client.meta.events.register("before-call.s3.HeadObject", forbid, unique_id="forbid")
    try:
        with pytest.raises(ClientError, match="Forbidden"):
            S3SiteStore(client, make_bucket(aws)).etags(["a.html"])
    finally:
        client.meta.events.unregister("before-call.s3.HeadObject", unique_id="forbid")


@pytest.mark.parametrize(
    "code", ["PreconditionFailed", "ConditionalRequestConflict", "412", "409", "404", "NoSuchKey"]
)
def test_a_refused_condition_is_a_conflict_for_every_code_of_s3(aws: Aws, code: str) -> None:
    """S3 returns 409 for a conditional write that races another one; moto never does."""
    client = aws.s3
    refuse = {"Error": {"Code": code, "Message": "a condition"}}

    def conflict(**_: object) -> None:
        raise ClientError(refuse, "PutObject")  # type: ignore[arg-type]  # a part of a response

    store = S3SiteStore(client, make_bucket(aws))
    events = ("before-call.s3.PutObject", "before-call.s3.DeleteObject")
    for event in events:
        client.meta.events.register(event, conflict, unique_id="conflict")
    try:
        with pytest.raises(ConflictError, match=r"a\.html"):
            store.write([page("a.html")], {"a.html": None})
        with pytest.raises(ConflictError, match=r"a\.html"):
            store.remove(["a.html"], {"a.html": '"1"'})
    finally:
        for event in events:
            client.meta.events.unregister(event, unique_id="conflict")


def test_a_document_is_read_with_its_bytes_and_how_it_is_served(site_store: SiteStore) -> None:
    assert isinstance(site_store, MemorySiteStore | S3SiteStore)
    feed = document("feed.atom", "<feed>ñ</feed>".encode())
    publish(site_store, feed, page("a.html"))
    read = site_store.read_document("feed.atom")
    assert read is not None
    assert (read.path, read.body, read.etag) == (feed.path, feed.body, feed.etag)
    assert (read.media_type, read.cache_control) == (feed.media_type, feed.cache_control)
    assert site_store.read_document("b.html") is None


def test_a_document_that_cannot_be_read_is_not_taken_for_missing(aws: Aws) -> None:
    store = S3SiteStore(aws.s3, "no-such-bucket")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.read_document("a.html")
