"""Which versions are new, and which ones a ledger of release 0.1.0 had handled."""

from datetime import timedelta

import pytest

from gazette.models.ledger.snapshot import DERIVATION, KnownVersion, Origin, Revision, Snapshot
from gazette.models.limits import MAX_KNOWN_VERSIONS
from gazette.models.object_version import ObjectVersion
from gazette.projections.history.known_versions import (
    is_served,
    migrated,
    unknown_versions,
    versions_before,
    with_known,
)
from tests.unit.publish.worlds import World, hours


def version(number: int, *, hour: float | None = None) -> ObjectVersion:
    at = hours(0) + timedelta(hours=number if hour is None else hour)
    return ObjectVersion(f"v{number}", at, 9, etag=str(number))


LISTED = [version(number) for number in (4, 3, 2, 1)]


def revision_of(listed: ObjectVersion, number: int) -> Revision:
    world = World()
    world.put("a", listed.last_modified)
    world.ingest("a")
    revision = world.revision("a", 1)
    entry = revision.entry.model_copy(update={"number": number})
    update = {"version_id": listed.version_id, "entry": entry, "identity": listed.identity}
    return revision.model_copy(update=update)


def old(taken: int, revision: Revision | None = None) -> Snapshot:
    return Snapshot(event_id="a", taken=taken, revision=revision)


def known_numbers(snapshot: Snapshot) -> list[int]:
    by_identity = {one.identity: int(one.version_id.removeprefix("v")) for one in LISTED}
    return [by_identity[one.identity] for one in snapshot.known]


@pytest.mark.parametrize(
    ("taken", "newest", "handled"),
    [
        (2, 2, [1, 2]),
        (3, 2, [1, 2, 3]),
        (4, 2, [1, 2, 3, 4]),
        (9, 2, [1, 2, 3, 4]),
        (4, 4, [1, 2, 3, 4]),
        (1, 1, [1]),
    ],
)
def test_a_counted_version_after_the_newest_revision_was_in_quarantine(
    taken: int, newest: int, handled: list[int]
) -> None:
    revision = revision_of(version(newest), newest)
    after = migrated(old(taken, revision), LISTED)
    assert known_numbers(after) == handled
    assert after.known[-1].at == LISTED[-handled[-1]].seconds
    assert after.served == version(handled[-1]).identity
    assert after.revision is not None
    assert after.revision.identity == version(newest).identity


@pytest.mark.parametrize(
    ("taken", "handled"), [(1, [1]), (3, [1, 2, 3]), (4, [1, 2, 3, 4]), (7, [1, 2, 3, 4])]
)
def test_without_a_revision_all_counted_versions_were_in_quarantine(
    taken: int, handled: list[int]
) -> None:
    after = migrated(old(taken), LISTED)
    assert known_numbers(after) == handled
    assert after.served == version(handled[-1]).identity


def test_without_any_listed_version_nothing_is_known_or_served() -> None:
    after = migrated(old(3), [])
    assert (after.known, after.served) == ((), "")


def test_if_s3_has_removed_the_newest_version_all_of_its_time_and_before_were_handled() -> None:
    removed = version(9, hour=3)
    after = migrated(old(2, revision_of(removed, 2)), LISTED)
    assert known_numbers(after) == [1, 2, 3]
    assert after.served == "v9"
    assert after.revision is not None
    assert after.revision.identity == ""


def test_a_migration_counts_as_a_change_and_has_the_derivation_of_today() -> None:
    after = migrated(old(2), LISTED)
    assert (after.taken, after.derivation) == (3, DERIVATION)


def test_a_migrated_revision_keeps_no_former_paths() -> None:
    """They are items of their own now, and the snapshot has a bound."""
    revision = revision_of(version(2), 2).model_copy(update={"former_paths": ("news/one",)})
    after = migrated(old(2, revision), LISTED).revision
    assert after is not None
    assert after.former_paths == ()


def test_what_is_migrated_or_was_never_written_stays_as_it_is() -> None:
    for before in (old(0), old(2).model_copy(update={"derivation": 1})):
        assert migrated(before, LISTED) is before


def test_only_the_newest_known_versions_are_kept_and_a_time_stands_for_the_rest() -> None:
    some = [KnownVersion(f"i{number}", number) for number in range(MAX_KNOWN_VERSIONS + 2)]
    assert with_known(old(1), some[:-2]).known_until is None
    assert with_known(old(1), some[:-2]).known == tuple(some[:-2])
    full = with_known(old(1), some)
    assert full.known == tuple(some[2:])
    assert full.known_until == 1
    later = with_known(full, [KnownVersion("late", 0)])
    assert later.known_until == 2
    early = full.model_copy(update={"known_until": 99})
    assert with_known(early, [KnownVersion("late", 0)]).known_until == 99


def test_a_version_is_new_if_it_is_neither_known_nor_of_a_time_that_is() -> None:
    snapshot = with_known(old(1), [KnownVersion(version(2).identity, version(2).seconds)])
    assert unknown_versions(snapshot, LISTED) == [version(1), version(3), version(4)]
    until = snapshot.model_copy(update={"known_until": version(3).seconds})
    assert unknown_versions(until, LISTED) == [version(4)]
    just_before = snapshot.model_copy(update={"known_until": version(3).seconds - 1})
    assert unknown_versions(just_before, LISTED) == [version(3), version(4)]


def test_versions_before_the_newest_revision_that_made_none_are_handled() -> None:
    revisions = [revision_of(version(number), number) for number in (1, 3)]
    found = versions_before(old(1), revisions, LISTED)
    assert found == [KnownVersion(version(2).identity, version(2).seconds)]


def test_versions_of_the_second_of_a_revision_are_handled_if_s3_lists_them_before_it() -> None:
    together = [version(number, hour=1) for number in (3, 2, 1)]
    found = versions_before(old(1), [revision_of(together[1], 1)], together)
    assert found == [KnownVersion(version(1, hour=1).identity, version(1, hour=1).seconds)]


def test_if_s3_lists_no_version_of_the_revisions_the_time_decides() -> None:
    revision = revision_of(version(9, hour=3), 2)
    for one in (revision, revision.model_copy(update={"stored_at": None})):
        found = versions_before(old(1), [one], LISTED)
        assert found == [KnownVersion(v.identity, v.seconds) for v in (version(1), version(2))]
    assert versions_before(old(1), [], LISTED) == []


def test_a_version_that_a_revision_shows_again_was_handled_with_all_before_it() -> None:
    """A run that shows it again knows it, even if the snapshot was never written."""
    again = revision_of(version(3), 1).model_copy(update={"origin": Origin.RESTORED})
    expired = again.model_copy(update={"origin": Origin.EXPIRED})
    handled = [KnownVersion(v.identity, v.seconds) for v in map(version, (1, 2, 3))]
    assert versions_before(old(1), [again, expired], LISTED) == handled
    assert versions_before(old(1), [expired], LISTED) == []
    upload = revision_of(version(2), 1)
    assert versions_before(old(1), [again, upload], LISTED) == [handled[0], handled[2]]


def test_any_version_of_the_newest_second_counts_as_served() -> None:
    together = [version(2, hour=2), version(1, hour=2), version(0, hour=1)]
    served = [old(1).model_copy(update={"served": one.identity}) for one in together]
    assert [is_served(snapshot, together) for snapshot in served] == [True, True, False]
