"""A night believes the last full check of an event, and still finds each kind of damage."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.aggregates import TopicMonthCount
from gazette.models.ledger.entry import read_entry
from gazette.models.ledger.event_check import EventCheck, next_check
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import PartitionKind
from gazette.models.limits import MAX_DAYS_BETWEEN_CHECKS, MAX_PATHS_A_STEP
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.reconciliation import AuditWork, Iteration, Outcome, PublishWork
from gazette.models.tasks.reports import IngestReport
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.projections.topics.topic_counts import month_count
from gazette.services.publish.composer import Composer
from gazette.services.reconcile.audit import SiteAuditor
from gazette.services.reconcile.event_checks import EventChecks, ListedEvents
from gazette.services.reconcile.inventory import list_site
from gazette.services.reconcile.reconcile import Reconciler
from gazette.services.reconcile.site import SiteReconciler
from gazette.services.reconcile.source import SourceReconciler
from tests.unit.erasures.erasing import erase
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import MORNING, SITE, World, hours
from tests.unit.reconcile import reconciling
from tests.unit.reconcile.reconciling import always, broken
from tests.unit.reconcile.test_reconcile_site import BrokenBuilder

IMAGE = "images/a.png"
PAGE = "news/2026/07/4/river-a.html"
STRANGER = "news/2026/07/4/river-a.xyz"
WHOLE = PublishWork(segment=0, segments=1)
FOXES = partitions.topic_partition("foxes")


def reconciler_of(world: World, release: str = "1") -> Reconciler:
    checks = EventChecks(world.ledger, release, world.clock)
    return Reconciler(
        SourceReconciler(world.source, world.ledger, world.ingestor),
        SiteReconciler(world.ledger, world.store, world.writer, checks),
        SiteAuditor(world.ledger, world.store, world.writer.builders, checks),
        world.ledger,
        world.clock,
    )


def night(world: World, release: str = "1") -> Iteration:
    return reconciling.reconcile_with(world, reconciler_of(world, release), 1)


def checked() -> World:
    """Three events that the night before has found healthy."""
    world = World()
    for hour, name in enumerate("abc"):
        world.put(name, hours(hour), title=f"River {name}", topics=["Foxes"])
    world.settle()
    night(world)
    world.now = hours(24)
    return world


def check_of(world: World, name: str) -> EventCheck:
    return EventCheck.model_validate_json(world.records()[keys.checked_key(name)].payload)


class Listening(NamedTuple):
    """A builder that remembers what it composes."""

    builder: Composer
    ran: list[str]

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return self.builder.paths(task)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        return self.builder.every_path(task)

    def compose(self, task: PublishTask) -> BuildResult:
        self.ran.append(str(task))
        return self.builder.compose(task)

    def load(self, task: PublishTask) -> object:
        return self.builder.load(task)


def built(world: World) -> list[str]:
    """Return the tasks of events that a night runs."""
    ran: list[str] = []

    writer = world.writer
    builders = {kind: Listening(builder, ran) for kind, builder in writer.builders.items()}
    world.writer = replace(writer, builders=builders)
    night(world)
    world.writer = writer
    return [task for task in ran if " EVENT#" in task or task.startswith("topic_count")]


def test_a_healthy_event_is_not_built_again_and_the_night_writes_nothing() -> None:
    world = checked()
    before = world.records()
    assert built(world) == []
    assert world.records() == before


def test_what_is_believed_counts_as_unchanged() -> None:
    world = checked()
    assert night(world).counts.documents_unchanged >= len(world.site())


def test_an_event_that_changes_is_built_and_believed_after_that() -> None:
    world = checked()
    world.put("a", hours(25), title="River a", topics=["Foxes"], body="More.")
    world.settle()
    assert {task.split()[1] for task in built(world)} >= {"EVENT#a"}
    assert built(world) == []


def vandalise(world: World) -> None:
    broken(world, PAGE, b"vandals")


def remove_page(world: World) -> None:
    broken(world, PAGE, None)


def remove_month(world: World) -> None:
    world.ledger._remove(ItemKey(FOXES, "MONTHS#2026-07"), 10**9)


def set_month(world: World, payload: str) -> None:
    key = ItemKey(FOXES, "MONTHS#2026-07")
    held = world.records()[key]
    assert world.ledger.replace(LedgerItem(key, held.revision + 1, payload), held.revision)


def miscount(world: World) -> None:
    set_month(world, month_count("2026-07", {4: 9}).model_dump_json())


def missum(world: World) -> None:
    held = world.records()[ItemKey(FOXES, "MONTHS#2026-07")]
    set_month(world, held.payload.replace('"count":', '"count":9'))


def forget_days(world: World) -> None:
    """As an earlier release has counted."""
    held = TopicMonthCount.model_validate_json(
        world.records()[ItemKey(FOXES, "MONTHS#2026-07")].payload
    )
    set_month(world, held.model_dump_json(exclude={"days"}))


def remove_check(world: World) -> None:
    world.ledger._remove(keys.checked_key("a"), 10**12)


@pytest.mark.parametrize(
    "damage",
    [vandalise, remove_page, remove_month, miscount, missum, forget_days, remove_check],
)
def test_damage_is_mended_in_the_very_next_night(damage: Callable[[World], None]) -> None:
    world = checked()
    site, counts = world.site(), counts_of_topics(world)
    damage(world)
    world.changes.clear()
    night(world)
    assert (world.site(), counts_of_topics(world)) == (site, counts)
    night(world)
    assert built(world) == []


def counts_of_topics(world: World) -> dict[ItemKey, str]:
    return {
        key: item.payload
        for key, item in world.records().items()
        if key.sort.startswith(keys.MONTHS)
    }


def test_an_item_of_an_event_that_is_lost_has_its_documents_built() -> None:
    world = World()
    world.put("a", MORNING, title="River a")
    correction = {"kind": "correction", "note": "Wrong."}
    world.put("a", hours(1), title="River a", body="Right.", revision=correction)
    world.settle()
    night(world)
    whole = world.site()
    world.ledger._remove(keys.correction_key("a", 2), 10**12)
    assert built(world) != []
    assert world.site() == whole


def test_another_release_builds_everything_once() -> None:
    world = checked()
    broken_check = check_of(world, "a")
    broken(world, PAGE, b"by the old release")
    night(world, "2")
    assert world.site()[PAGE] != b"by the old release"
    night(world, "2")
    assert check_of(world, "a").release == "2"
    assert check_of(world, "a").documents == broken_check.documents


def test_a_superfluous_page_is_removed_in_the_next_night() -> None:
    world = World()
    world.put("a", MORNING, title="A name")
    world.settle()
    erase(world, "a", hours(1), "all")
    world.settle()
    night(world)
    assert built(world) == []
    left = "news/2026/07/4/a-name.html"
    assert left not in world.site()
    broken(world, left, b"a name")
    night(world)
    assert left not in world.site()


def test_an_orphan_below_the_path_of_an_event_is_reported_each_night() -> None:
    world = checked()
    broken(world, STRANGER, b"?")
    for _ in range(3):
        assert night(world).orphans == (STRANGER,)
    broken(world, STRANGER, None)
    night(world)
    assert night(world).orphans == ()
    assert built(world) == []


def test_an_audit_believes_the_checks() -> None:
    world = checked()
    before = world.calls.copy()
    reconciler_of(world).auditor._checked({}, {})
    assert world.calls == before
    paths = {path: document.etag for path, document in world.store.documents.items()}
    assert reconciler_of(world).auditor._orphans({PAGE: paths[PAGE]}) == []


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_page_whose_image_changed_is_requested_also_if_the_stream_lost_it(
    is_lost: bool,
) -> None:
    world = World()
    world.source.put(IMAGE, image_file(40, 30), MORNING)
    world.put("a", MORNING, title="River a", image={"key": IMAGE, "alt": "A"})
    world.settle()
    night(world)
    world.source.put(IMAGE, image_file(80, 30), hours(1))
    while world.notifications:
        world.ingestor.ingest(world.notifications.pop(0), IngestReport())
    if is_lost:
        world.changes.clear()
    world.settle()
    night(world)
    assert b'width="80"' in world.site()[PAGE]


def test_what_pages_show_of_other_events_is_right_within_four_weeks() -> None:
    """Its change requests a rebuild; only if that was lost, the full check finds it."""
    world = checked()
    whole = world.site()
    world.put("b", hours(25), title="Bridge b", topics=["Foxes"])
    world.settle()
    right = world.site()
    assert right[PAGE] != whole[PAGE]
    related = ItemKey(partitions.related_partition("foxes"), keys.entry_sort(hours(1), "b"))
    night(world)
    wrong = replace_title(world, related)
    world.changes.clear()
    days = 0
    while b"Renamed" not in world.site()[PAGE]:
        days += 1
        world.now += timedelta(days=1)
        night(world)
    assert 1 <= days <= MAX_DAYS_BETWEEN_CHECKS
    assert wrong


def replace_title(world: World, key: ItemKey) -> bool:
    held = world.records()[key]
    entry = read_entry(held.payload).model_copy(update={"title": "Renamed"})
    return world.ledger.put(LedgerItem(key, held.revision + 1, entry.model_dump_json()))


def test_full_checks_are_spread_over_the_days() -> None:
    today = MORNING.date()
    days = {next_check(f"event-{number}", today) for number in range(300)}
    assert len(days) == MAX_DAYS_BETWEEN_CHECKS
    assert min(days) == today + timedelta(days=1)
    assert max(days) == today + timedelta(days=MAX_DAYS_BETWEEN_CHECKS)


def test_an_event_that_fails_or_was_damaged_is_not_believed() -> None:
    world = checked()
    builders = world.writer.builders
    world.put("a", hours(25), title="River a", topics=["Foxes"], body="More.")
    world.settle()
    world.writer = replace(world.writer, builders={**builders, TaskKind.REVISION: BrokenBuilder()})
    assert reconciler_of(world).site.publish(WHOLE, always)[1].failed != []
    assert check_of(world, "a").documents == {}
    world.writer = replace(world.writer, builders=builders)
    night(world)
    assert check_of(world, "a").documents != {}


def test_a_rebuild_believes_no_check() -> None:
    world = checked()
    work = WHOLE.model_copy(update={"compares_headers": True})
    _, report = reconciler_of(world).site.publish(work, always)
    assert report.tasks > 9


def test_a_listing_knows_the_base_paths_before_its_end() -> None:
    world = checked()
    paths = sorted(world.site())
    whole = ListedEvents(list_site(world.store, world.store))
    assert whole.knows("news/2026/07/4/river-c")
    assert PAGE in whole.paths("news/2026/07/4/river-a")
    most = paths.index(PAGE) + 1
    part = ListedEvents(list_site(world.store, world.store, most))
    assert not part.knows("news/2026/07/4/river-a")
    assert part.knows("news/2026/07/4/another")


def test_a_check_wakes_nobody() -> None:
    world = checked()
    world.changes.clear()
    reconciler_of(world, "2").site.publish(WHOLE, always)
    checks = [key for key in world.changes if key.sort == keys.CHECKED]
    assert {key.partition.kind for key in checks} == {PartitionKind.EVENT}
    before = world.calls["s3.HeadObject"]
    world.settle()
    assert world.calls["s3.HeadObject"] == before


def test_a_step_of_the_audit_has_all_documents_of_a_base_path() -> None:
    """Otherwise their digest would differ from that of the check."""
    world = World()
    for number in range(MAX_PATHS_A_STEP // 4):
        world.put(f"{number:03}", MORNING, title=f"River {number:03}")
        world.ingest(f"{number:03}")
    world.notifications.clear()
    publish_at_once(world)
    night(world)
    world.calls.clear()
    done = reconciler_of(world).work(AuditWork(), always)
    assert isinstance(done.answer, AuditWork)
    assert done.answer.counts.audited > MAX_PATHS_A_STEP
    assert world.calls["dynamodb.Query"] < MAX_PATHS_A_STEP // 4


def publish_at_once(world: World) -> None:
    while world.changes:
        changes, world.changes[:] = list(world.changes), []
        world.publish(changes)


def test_segments_are_restored_with_their_notes() -> None:
    world = World(replace(SITE, feed_entries=5))
    for number in range(90):
        world.put(f"{number:03}", hours(number), title=f"River {number:03}")
        world.ingest(f"{number:03}")
    world.notifications.clear()
    publish_at_once(world)
    night(world)
    site = world.site()
    notes = {key for key in world.records() if key.sort.startswith(keys.SEGMENT)}
    archived = [path for path in site if "archive/" in path]
    assert len(notes) > 1
    assert len(archived) > 1
    for key in notes:
        world.ledger._remove(key, 10**12)
    for path in archived:
        broken(world, path, None)
    night(world)
    assert world.site() == site
    assert {key for key in world.records() if key.sort.startswith(keys.SEGMENT)} == notes


def test_the_first_night_finds_no_difference_in_a_healthy_site_with_images() -> None:
    """An image that was published before its event has never asked for the event."""
    world = World()
    world.source.put("images/a.png", image_file(4, 3), hours(0))
    world.settle()
    world.put("a", hours(1), image={"key": "images/a.png", "alt": "A fox"})
    world.settle()
    before = world.site()
    assert night(world).outcome is Outcome.SETTLED
    world.settle()
    assert night(world).outcome is Outcome.SETTLED
    assert world.site() == before
