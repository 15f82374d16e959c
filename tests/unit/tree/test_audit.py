"""Every document is claimed by what publishes it, and a stranger by nobody."""

import pytest

from gazette.models.ledger import partitions
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.routes import route_of
from gazette.models.tasks.reconciliation import AuditWork
from tests.unit.images.image_files import PNG
from tests.unit.publish.worlds import World, hours
from tests.unit.reconcile.reconciling import always, broken, never, reconciler_of

FOXES, NATURE = partitions.topic_partition("foxes"), partitions.category_partition("nature")
STRANGERS = (
    "404.htm",
    "archive/2026-07-04-abcdef01.rss",
    "categories/nobodys/index.html",
    "image/none.png",
    "news/2026/07/4/nobody.html",
    "news/2026/07/4/river-opens.r7.html",
    "news/2027/01/1/index.html",
    "news/9999/99/99/index.html",
    "notes/a.txt",
    "thumbnails/320/none.png.webp",
    "topics/a-z/q/index.html",
    "topics/foxes/extra.html",
    "topics/nobodys/updates.rss",
)


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("index.html", partitions.SITE),
        ("robots.txt", partitions.SITE),
        ("archive/first.atom", partitions.SITE),
        ("sitemap.xml", partitions.CALENDAR),
        ("news/index.md", partitions.CALENDAR),
        ("news/2026/index.json", Partition(PartitionKind.YEAR, "2026")),
        ("news/2026/07/index.html", Partition(PartitionKind.MONTH, "2026-07")),
        ("news/2026/07/4/index.xml", Partition(PartitionKind.DAY, "2026-07-04")),
        ("sitemaps/2026-07-04.xml", Partition(PartitionKind.DAY, "2026-07-04")),
        ("news/2026/07/4/a-b.html", Partition(PartitionKind.PATH, "news/2026/07/4/a-b")),
        ("news/2026/07/4/a.r12.json", Partition(PartitionKind.PATH, "news/2026/07/4/a")),
        ("news/2026/07/4/a.history.atom", Partition(PartitionKind.PATH, "news/2026/07/4/a")),
        ("image/2026/a.png", Partition(PartitionKind.IMAGE, "images/2026/a.png")),
        ("thumbnails/320/2026/a.png.webp", Partition(PartitionKind.IMAGE, "images/2026/a.png")),
        ("topics/index.html", partitions.TOPICS),
        ("topics/by-size/index.html", partitions.TOPICS),
        ("topics.opml", partitions.TOPICS),
        ("topics/a-z/日/from-日本.html", Partition(PartitionKind.INITIAL, "日")),
        ("topics/a-z/f.opml", Partition(PartitionKind.INITIAL, "f")),
        ("categories/index.html", partitions.TOPICS),
        ("categories/from-日本.md", partitions.TOPICS),
        ("categories/from-a/index.html", Partition(PartitionKind.CATEGORY, "from-a")),
        ("topics/foxes/archive/first.rss", FOXES),
        ("topics/foxes/updates.rss", partitions.updates_partition(FOXES)),
        ("topics/foxes/corrections.json", partitions.corrections_partition(FOXES)),
        ("topics/by-size/feed.rss", partitions.topic_partition("by-size")),
        ("categories/nature/feed.rss", NATURE),
        ("categories/nature/updates.rss", partitions.updates_partition(NATURE)),
        ("categories/nature/corrections.rss", partitions.corrections_partition(NATURE)),
        ("updates.atom", partitions.updates_partition(partitions.SITE)),
        ("corrections.rss", partitions.corrections_partition(partitions.SITE)),
    ],
)
def test_a_path_routes_to_the_partition_that_publishes_it(path: str, owner: Partition) -> None:
    assert route_of(path) == owner


def published() -> World:
    """Return a world with images, moved and withdrawn events, and all that follows from them."""
    world = World()
    world.source.put("images/a.png", PNG, hours(0))
    for name in ("a", "b", "c"):
        image = {"key": "images/a.png", "alt": "A"}
        fields = {"topics": ["Foxes", "3 Bears"], "category": "Nature", "image": image}
        world.put(name, hours(1), title=f"River {name}", **fields)
    world.put("a", hours(2), title="River opens", topics=["Foxes"])
    world.put("b", hours(3), date="2026-08-01", revision={"kind": "correction", "note": "No."})
    world.delete("c", hours(4))
    world.source.delete("images/a.png", hours(5))
    world.settle()
    return world


def audited(world: World) -> AuditWork:
    work_item, _ = reconciler_of(world).auditor.audit(AuditWork(), always)
    return work_item


def test_all_that_gazette_publishes_is_claimed() -> None:
    world = published()
    work_item = audited(world)
    assert work_item.is_done
    assert (work_item.orphans, work_item.counts.audited) == ((), len(world.site()))


def test_an_orphan_is_reported_and_not_removed() -> None:
    world = published()
    for path in STRANGERS:
        broken(world, path, b"?")
    work_item, found = reconciler_of(world).auditor.audit(AuditWork(), always)
    assert found == list(work_item.orphans) == list(STRANGERS)
    assert work_item.counts.orphans == len(STRANGERS)
    assert set(STRANGERS) <= set(world.site())


def test_an_audit_continues_at_its_cursor_and_lists_a_few_of_many_orphans() -> None:
    world = World()
    for number in range(1100):
        broken(world, f"notes/{number:04d}.txt", b"?")
    auditor, work_item, steps = reconciler_of(world).auditor, AuditWork(), 0
    while not work_item.is_done:
        work_item, found = auditor.audit(work_item, never)
        steps += 1
        assert len(found) <= 500
    assert (work_item.counts.audited, work_item.counts.orphans, steps) == (1100, 1100, 4)
    assert work_item.orphans == tuple(f"notes/{number:04d}.txt" for number in range(20))
