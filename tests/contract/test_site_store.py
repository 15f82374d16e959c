"""The contract of `SiteStore`, held by the one in memory and by the one on S3 alike."""

from collections import Counter

import pytest
from botocore.exceptions import ClientError

from gazette.delivery.s3 import S3SiteStore
from gazette.models.views.site_document import IMMUTABLE, Document, document
from gazette.ports import ConflictError, SiteStore
from tests.contract.conftest import Aws, make_bucket

PATHS = ("a.html", "news/2026/ñ 日本.html", "c.rss")


def page(path: str, body: str = "1") -> Document:
    return document(path, body.encode(), "text/html; charset=utf-8")


def publish(store: SiteStore, *documents: Document) -> None:
    store.write(documents, store.etags([document.path for document in documents]))


def test_a_document_has_the_entity_tag_of_its_bytes_and_none_where_there_is_none(
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


def test_a_document_is_replaced_by_who_saw_it_as_it_is(site_store: SiteStore) -> None:
    publish(site_store, page("a.html", "1"))
    publish(site_store, page("a.html", "2"))
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "2").etag}


def test_who_saw_nothing_does_not_replace_a_document(site_store: SiteStore) -> None:
    publish(site_store, page("a.html", "1"))
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.write([page("a.html", "2")], {"a.html": None})
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "1").etag}


def test_who_saw_an_older_document_does_not_replace_the_newer(site_store: SiteStore) -> None:
    publish(site_store, page("a.html", "1"))
    seen = site_store.etags(["a.html"])
    publish(site_store, page("a.html", "2"))
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.write([page("a.html", "3")], seen)
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "2").etag}


def test_who_saw_a_document_that_is_deleted_meanwhile_does_not_bring_it_back(
    site_store: SiteStore,
) -> None:
    publish(site_store, page("a.html"))
    seen = site_store.etags(["a.html"])
    site_store.remove(["a.html"], seen)
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.write([page("a.html", "2")], seen)
    assert site_store.etags(["a.html"]) == {"a.html": None}


def test_a_document_is_removed_by_who_saw_it_as_it_is(site_store: SiteStore) -> None:
    publish(site_store, page("a.html"), page("b.html"))
    site_store.remove(["a.html"], site_store.etags(["a.html"]))
    assert site_store.etags(["a.html", "b.html"]) == {
        "a.html": None,
        "b.html": page("b.html").etag,
    }


def test_who_saw_another_document_does_not_remove_this_one(site_store: SiteStore) -> None:
    publish(site_store, page("a.html", "1"))
    seen = site_store.etags(["a.html"])
    publish(site_store, page("a.html", "2"))
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.remove(["a.html"], seen)
    assert site_store.etags(["a.html"]) == {"a.html": page("a.html", "2").etag}


def test_what_was_removed_meanwhile_is_a_conflict_and_what_never_was_is_nothing(
    site_store: SiteStore,
) -> None:
    publish(site_store, page("a.html"))
    seen = site_store.etags(["a.html", "b.html"])
    site_store.remove(["a.html", "b.html"], seen)
    with pytest.raises(ConflictError, match=r"a\.html"):
        site_store.remove(["a.html"], seen)


def test_both_count_what_aws_is_asked(site_store: SiteStore, calls: Counter[str]) -> None:
    publish(site_store, page("a.html"), page("b.html"))
    with pytest.raises(ConflictError):
        site_store.write([page("a.html", "2")], {"a.html": None})
    site_store.remove(PATHS[:1], {PATHS[0]: page("a.html").etag})
    site_store.remove(PATHS[:1], {PATHS[0]: None})
    assert calls == {"s3.HeadObject": 2, "s3.PutObject": 3, "s3.DeleteObject": 1}


def test_an_object_is_served_as_its_document_says(aws: Aws) -> None:
    bucket = make_bucket(aws)
    store = S3SiteStore(aws.s3, bucket)
    publish(store, document("a.atom", b"<feed/>"), document("b.txt", b"x", cache_control=IMMUTABLE))
    feed = aws.s3.get_object(Bucket=bucket, Key="a.atom")
    assert feed["ContentType"] == "application/xml; charset=utf-8"
    assert feed["Metadata"] == {"media-type": "application/atom+xml; charset=utf-8"}
    assert feed["CacheControl"] == "public, max-age=60, stale-while-revalidate=300"
    assert feed["Body"].read() == b"<feed/>"
    text = aws.s3.get_object(Bucket=bucket, Key="b.txt")
    assert text["CacheControl"] == "public, max-age=31536000, immutable"
    assert (text["ContentType"], text["Metadata"]) == ("text/plain; charset=utf-8", {})


def test_several_requests_under_way_at_once_do_the_same(aws: Aws) -> None:
    """Moto loses updates of two threads, so that only reading is tried here with more than one."""
    bucket = make_bucket(aws)
    publish(S3SiteStore(aws.s3, bucket), *map(page, PATHS))
    etags = S3SiteStore(aws.s3, bucket, workers=4).etags([*PATHS, "none.html"])
    assert etags == {path: page(path).etag for path in PATHS} | {"none.html": None}


def test_what_aws_refuses_for_other_reasons_is_let_through(aws: Aws) -> None:
    store = S3SiteStore(aws.s3, "no-such-bucket")
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.write([page("a.html")], {"a.html": None})
    with pytest.raises(ClientError, match="NoSuchBucket"):
        store.remove(["a.html"], {"a.html": '"1"'})


def test_a_bucket_that_may_not_be_read_is_no_empty_bucket(aws: Aws) -> None:
    """Without ListBucket S3 answers 403 where there is no document: that is not *none*."""
    client = aws.s3
    refuse = {"Error": {"Code": "403", "Message": "Forbidden"}}

    def forbid(**_: object) -> None:
        raise ClientError(refuse, "HeadObject")  # type: ignore[arg-type]  # a part of an answer

    client.meta.events.register("before-call.s3.HeadObject", forbid, unique_id="forbid")
    try:
        with pytest.raises(ClientError, match="Forbidden"):
            S3SiteStore(client, make_bucket(aws)).etags(["a.html"])
    finally:
        client.meta.events.unregister("before-call.s3.HeadObject", unique_id="forbid")


@pytest.mark.parametrize(
    "code", ["PreconditionFailed", "ConditionalRequestConflict", "412", "409", "404", "NoSuchKey"]
)
def test_a_refused_condition_is_a_conflict_whatever_s3_calls_it(aws: Aws, code: str) -> None:
    """S3 answers 409 to a conditional write that races another one; moto never does."""
    client = aws.s3
    refuse = {"Error": {"Code": code, "Message": "a condition"}}

    def conflict(**_: object) -> None:
        raise ClientError(refuse, "PutObject")  # type: ignore[arg-type]  # a part of an answer

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
