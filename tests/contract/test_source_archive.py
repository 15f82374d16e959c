"""The contract of `SourceArchive`, for the memory archive and the one on S3 alike."""

import gzip
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from gazette.delivery.local_source import NULL_VERSION
from gazette.models.limits import MAX_DOCUMENT_BYTES
from gazette.models.object_version import ObjectVersion
from gazette.models.problems.problems import InvalidEventError
from gazette.ports import UnreadableVersionError
from tests.contract.conftest import MemoryPublishing, Publishing

KEY = "events/2026/ñ a.json"
EVENT = "before-send.s3.ListObjectVersions"
NOON = datetime(2026, 7, 4, 12, 0, tzinfo=UTC)


def oldest_first(publishing: Publishing, key: str = KEY) -> list[ObjectVersion]:
    return publishing.archive.versions(key)[::-1]


def shape(versions: list[ObjectVersion]) -> list[tuple[datetime, int, bool]]:
    return [(v.last_modified, v.size, v.is_delete_marker) for v in versions]


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_a_key_that_never_existed_has_no_versions(publishing: Publishing) -> None:
    assert oldest_first(publishing) == []


def test_versions_and_delete_markers_are_listed_in_their_order(publishing: Publishing) -> None:
    publishing.put(KEY, b"1", after(0))
    publishing.delete(KEY, after(1))
    publishing.put(KEY, b"22", after(2))
    publishing.delete(KEY, after(3))
    publishing.delete(KEY, after(4))
    publishing.put(KEY, b"333", after(5))
    assert shape(oldest_first(publishing)) == [
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
    first, second, _ = oldest_first(publishing)
    assert publishing.archive.read(KEY, first.version_id) == b"one"
    assert publishing.archive.read(KEY, second.version_id) == "zwei 🦊".encode()


def test_a_version_that_was_stored_with_gzip_is_read_unpacked(publishing: Publishing) -> None:
    packed = gzip.compress(b"one")
    publishing.put(KEY, packed, after(0), {"Content-Encoding": "gzip"})
    publishing.put(KEY, packed, after(1))
    first, second = oldest_first(publishing)
    assert publishing.archive.read(KEY, first.version_id) == b"one"
    assert publishing.archive.read(KEY, second.version_id) == packed
    assert first.size == second.size == len(packed)


def test_an_image_may_unpack_to_more_bytes_than_a_document(publishing: Publishing) -> None:
    large = b" " * (MAX_DOCUMENT_BYTES + 1)
    for key in ("images/a.png", KEY):
        publishing.put(key, gzip.compress(large), after(0), {"Content-Encoding": "gzip"})
    (image,) = publishing.archive.versions("images/a.png")
    (document,) = publishing.archive.versions(KEY)
    assert publishing.archive.read("images/a.png", image.version_id) == large
    with pytest.raises(InvalidEventError, match="when unpacked"):
        publishing.archive.read(KEY, document.version_id)


def test_versions_of_the_same_second_keep_their_order(publishing: Publishing) -> None:
    for milliseconds, body in enumerate((b"1", b"22", b"333")):
        publishing.put(KEY, body, NOON + timedelta(milliseconds=milliseconds))
    assert [size for _, size, _ in shape(oldest_first(publishing))] == [1, 2, 3]


def test_keys_with_the_same_beginning_are_other_keys(publishing: Publishing) -> None:
    publishing.put(KEY, b"1", after(0))
    publishing.put(f"{KEY}.json", b"22", after(1))
    publishing.put(f"{KEY}x", b"22", after(1))
    publishing.delete(f"{KEY}x", after(2))
    assert shape(oldest_first(publishing)) == [(after(0), 1, False)]
    assert oldest_first(publishing, KEY[:-1]) == []


def test_both_archives_make_the_same_calls(publishing: Publishing, calls: Counter[str]) -> None:
    publishing.put(KEY, b"1", after(0))
    (version,) = oldest_first(publishing)
    publishing.archive.read(KEY, version.version_id)
    publishing.archive.versions("events/other.json")
    assert calls == {"s3.ListObjectVersions": 2, "s3.GetObject": 1}


def served(publishing: Publishing, key: str = KEY) -> bytes | None:
    """Return what S3 serves to a request without a version: the newest, if it is no marker."""
    versions = oldest_first(publishing, key)
    if not versions or versions[-1].is_delete_marker:
        return None
    return publishing.archive.read(key, versions[-1].version_id)


def notified(publishing: Publishing) -> list[tuple[str, str]]:
    """Return the names of the notifications, each with the version that it is about."""
    assert {event.key for event in publishing.events} <= {KEY}
    return [(event.name, event.version_id) for event in publishing.events]


def test_a_version_has_the_md5_of_its_bytes_as_entity_tag(publishing: Publishing) -> None:
    publishing.put(KEY, b"one", after(0))
    publishing.delete(KEY, after(1))
    assert [version.etag for version in oldest_first(publishing)] == [
        "f97c5d29941bfb1b2fdab0874906ab82",
        "",
    ]


def test_an_upload_and_a_deletion_are_notified(publishing: Publishing) -> None:
    first = publishing.put(KEY, b"one", after(0))
    marker = publishing.delete(KEY, after(1))
    assert notified(publishing) == [
        ("ObjectCreated:Put", first),
        ("ObjectRemoved:DeleteMarkerCreated", marker),
    ]


def test_a_key_that_never_was_can_be_deleted(publishing: Publishing) -> None:
    marker = publishing.delete(KEY, after(0))
    assert shape(oldest_first(publishing)) == [(after(0), 0, True)]
    assert notified(publishing) == [("ObjectRemoved:DeleteMarkerCreated", marker)]


def test_who_removes_the_delete_marker_undeletes_the_object(publishing: Publishing) -> None:
    publishing.put(KEY, b"one", after(0))
    marker = publishing.delete(KEY, after(1))
    assert served(publishing) is None
    publishing.remove_version(KEY, marker)
    assert served(publishing) == b"one"
    assert notified(publishing)[2:] == [("ObjectRemoved:Delete", marker)]


def test_who_removes_the_newest_version_serves_the_one_before(publishing: Publishing) -> None:
    publishing.put(KEY, b"one", after(0))
    second = publishing.put(KEY, b"two", after(1))
    publishing.remove_version(KEY, second)
    assert served(publishing) == b"one"


def test_a_marker_that_is_uncovered_deletes_again(publishing: Publishing) -> None:
    publishing.put(KEY, b"one", after(0))
    publishing.delete(KEY, after(1))
    third = publishing.put(KEY, b"three", after(2))
    publishing.remove_version(KEY, third)
    assert served(publishing) is None


@pytest.mark.parametrize("position", [0, 1])
def test_an_older_version_that_is_removed_changes_nothing_of_what_is_served(
    publishing: Publishing, position: int
) -> None:
    bodies = [b"1", b"22", b"333"]
    ids = [publishing.put(KEY, body, after(n)) for n, body in enumerate(bodies)]
    publishing.remove_version(KEY, ids[position])
    assert served(publishing) == b"333"
    left = [version.version_id for version in oldest_first(publishing)]
    assert left == [one for one in ids if one != ids[position]]


def test_a_version_that_is_gone_cannot_be_read_and_its_id_does_not_come_back(
    publishing: Publishing,
) -> None:
    first = publishing.put(KEY, b"one", after(0))
    publishing.remove_version(KEY, first)
    assert oldest_first(publishing) == []
    again = publishing.put(KEY, b"one", after(1))
    assert again != first
    with pytest.raises(UnreadableVersionError, match=r"^NoSuchVersion: "):
        publishing.archive.read(KEY, first)


def test_what_never_was_is_removed_in_silence(publishing: Publishing) -> None:
    first = publishing.put(KEY, b"one", after(0))
    for name, version_id in ((KEY, "nobodys"), ("events/b.json", first)):
        publishing.remove_version(name, version_id)
        publishing.expire_version(name, version_id)
    assert served(publishing) == b"one"
    assert notified(publishing) == [("ObjectCreated:Put", first)]


def test_a_delete_marker_cannot_be_read(publishing: Publishing) -> None:
    publishing.put(KEY, b"one", after(0))
    marker = publishing.delete(KEY, after(1))
    with pytest.raises(UnreadableVersionError):
        publishing.archive.read(KEY, marker)


def test_a_denied_version_is_listed_and_not_served(publishing: Publishing) -> None:
    first = publishing.put(KEY, b"one", after(0))
    second = publishing.put(KEY, b"two", after(1))
    publishing.deny(KEY, second)
    assert len(oldest_first(publishing)) == 2
    with pytest.raises(UnreadableVersionError, match=r"^AccessDenied: "):
        publishing.archive.read(KEY, second)
    assert publishing.archive.read(KEY, first) == b"one"


def test_while_versioning_is_suspended_an_upload_replaces_the_null_version(
    publishing: Publishing,
) -> None:
    first = publishing.put(KEY, b"one", after(0))
    publishing.suspend_versioning()
    assert publishing.put(KEY, b"two", after(1)) == NULL_VERSION
    assert publishing.put(KEY, b"three", after(2)) == NULL_VERSION
    versions = oldest_first(publishing)
    assert [version.version_id for version in versions] == [first, NULL_VERSION]
    assert [version.last_modified for version in versions] == [after(0), after(2)]
    assert versions[1].etag == "35d6d33467aae9a2e3dccb4b6b027878"
    assert (served(publishing), publishing.archive.read(KEY, first)) == (b"three", b"one")


def test_while_versioning_is_suspended_a_deletion_replaces_the_null_version(
    publishing: Publishing,
) -> None:
    first = publishing.put(KEY, b"one", after(0))
    publishing.suspend_versioning()
    publishing.put(KEY, b"two", after(1))
    assert publishing.delete(KEY, after(2)) == NULL_VERSION
    versions = oldest_first(publishing)
    assert [version.version_id for version in versions] == [first, NULL_VERSION]
    assert [version.is_delete_marker for version in versions] == [False, True]
    assert notified(publishing)[2:] == [("ObjectRemoved:DeleteMarkerCreated", NULL_VERSION)]
    publishing.remove_version(KEY, NULL_VERSION)
    assert served(publishing) == b"one"


def test_after_a_suspension_the_null_version_stays_among_the_others(
    publishing: Publishing,
) -> None:
    publishing.suspend_versioning()
    publishing.put(KEY, b"one", after(0))
    publishing.resume_versioning()
    second = publishing.put(KEY, b"two", after(1))
    publishing.suspend_versioning()
    publishing.put(KEY, b"three", after(2))
    versions = oldest_first(publishing)
    assert [version.version_id for version in versions] == [second, NULL_VERSION]
    assert served(publishing) == b"three"


def test_a_null_version_of_a_key_that_begins_alike_is_not_taken(publishing: Publishing) -> None:
    publishing.suspend_versioning()
    publishing.put(KEY, b"1", after(0))
    publishing.put(f"{KEY}x", b"22", after(1))
    assert shape(oldest_first(publishing)) == [(after(0), 1, False)]


def test_a_new_null_version_is_not_denied_with_the_old_one(publishing: Publishing) -> None:
    publishing.suspend_versioning()
    publishing.put(KEY, b"one", after(0))
    publishing.deny(KEY, NULL_VERSION)
    publishing.put(KEY, b"two", after(1))
    assert served(publishing) == b"two"


def test_a_lifecycle_rule_deletes_what_is_served_by_a_marker_of_midnight(
    publishing: Publishing,
) -> None:
    """The marker is dated before the version that it deletes, and it is the newest all the same."""
    first = publishing.put(KEY, b"one", after(0))
    publishing.expire(KEY, after(5))
    midnight = NOON.replace(hour=0)
    assert shape(oldest_first(publishing)) == [(NOON, 3, False), (midnight, 0, True)]
    marker = oldest_first(publishing)[-1].version_id
    publishing.expire_version(KEY, first)
    assert notified(publishing)[1:] == [
        ("LifecycleExpiration:DeleteMarkerCreated", marker),
        ("LifecycleExpiration:Delete", first),
    ]
    assert shape(oldest_first(publishing)) == [(midnight, 0, True)]


def test_a_lifecycle_rule_leaves_alone_what_is_deleted(publishing: Publishing) -> None:
    publishing.expire(KEY, after(0))
    publishing.put(KEY, b"one", after(1))
    publishing.delete(KEY, after(2))
    publishing.expire(KEY, after(3))
    assert [v.is_delete_marker for v in oldest_first(publishing)] == [False, True]


def test_a_lifecycle_rule_replaces_the_null_version_while_versioning_is_suspended(
    publishing: Publishing,
) -> None:
    publishing.suspend_versioning()
    publishing.put(KEY, b"one", after(0))
    publishing.expire(KEY, after(1))
    assert shape(oldest_first(publishing)) == [(NOON.replace(hour=0), 0, True)]


def test_an_upload_that_began_before_another_ended_is_behind_it(publishing: Publishing) -> None:
    """S3 dates an upload in parts by its start."""
    publishing.put(KEY, b"1", after(0))
    publishing.put(KEY, b"333", after(2))
    publishing.put(KEY, b"22", after(1))
    assert [size for _, size, _ in shape(oldest_first(publishing))] == [1, 2, 3]
    assert served(publishing) == b"333"


def test_uploads_deletions_and_removals_of_one_second_stay_in_order(
    publishing: Publishing,
) -> None:
    publishing.put(KEY, b"1", after(0))
    publishing.delete(KEY, after(0))
    third = publishing.put(KEY, b"333", after(0))
    publishing.delete(KEY, after(0))
    publishing.remove_version(KEY, third)
    markers = [version.is_delete_marker for version in oldest_first(publishing)]
    assert markers == [False, True, True]


def test_versions_of_a_real_bucket_keep_their_ids_in_memory() -> None:
    publishing = MemoryPublishing(Counter())
    publishing.copy_version(KEY, ObjectVersion("3HL4kqtJlcpXroDTDmJ", NOON, 3), b"one")
    assert publishing.read(KEY, "3HL4kqtJlcpXroDTDmJ") == b"one"
    assert notified(publishing) == [("ObjectCreated:Copy", "3HL4kqtJlcpXroDTDmJ")]


def test_headers_of_an_upload_are_kept_in_memory() -> None:
    publishing = MemoryPublishing(Counter())
    version_id = publishing.put(KEY, b"one", NOON, {"Content-Encoding": "gzip"})
    assert publishing.headers(KEY, version_id) == {"Content-Encoding": "gzip"}
