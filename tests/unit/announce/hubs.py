"""A world whose feeds have hubs, with a fake queue between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from gazette.models.ledger.keys import ItemKey
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import StreamRecord
from gazette.models.tasks.reports import PublishReport
from gazette.ports import SiteStore
from gazette.services.announce.hub_ping_planner import HubPingPlanner, OwnHub
from tests.unit.publish.worlds import SITE, World

HUB, OTHER_HUB = "https://hub.example/", "https://other.example/push"
FORMATS = ("atom", "json", "rss")


@dataclass
class FakeBulkOutbox:
    """A `BulkOutbox` that records messages; it refuses the last ``refuses``, or raises."""

    bodies: list[str] = field(default_factory=list)
    refuses: int = 0
    is_broken: bool = False

    def send_all(self, bodies: Sequence[str]) -> Sequence[str]:
        if self.is_broken:
            raise ConnectionError("no such queue")
        taken = len(bodies) - self.refuses
        self.bodies += bodies[:taken]
        return ["Throttled: later"] * self.refuses


class HubWorld(World):
    """A `World` that queues hub pings after publishing."""

    def __init__(self, *hubs: str, own: str | None = None) -> None:
        self.settings = replace(SITE, hubs=hubs or (HUB,))
        super().__init__(self.settings)
        self.outbox, self.news = FakeBulkOutbox(), FakeBulkOutbox()
        self.report = PublishReport()
        self.reports: list[PublishReport] = []
        self.hub_ping_planner = HubPingPlanner(
            self.settings,
            self.ledger,
            self.outbox,
            lambda: self.now,
            OwnHub(own, self.news) if own else None,
        )

    def publish(self, item_keys: Iterable[ItemKey], site: SiteStore | None = None) -> PublishReport:
        written = list(item_keys)
        self.report = super().publish(written, site)
        records = [StreamRecord("", item_key) for item_key in written]
        self.hub_ping_planner.plan(records, self.report)
        self.reports.append(self.report)
        return self.report

    def pings(self) -> list[tuple[str, str]]:
        """Settle and return the queued pings as (hub, path)."""
        self.outbox.bodies.clear()
        self.settle()
        found = [HubPing.model_validate_json(body) for body in self.outbox.bodies]
        base = self.settings.url("")
        return [(one.hub, one.feed.removeprefix(base)) for one in found]

    def feeds(self) -> set[str]:
        """Settle and return the paths of the feeds with a ping."""
        return {path for _, path in self.pings()}


def feeds_of(*base_paths: str) -> set[str]:
    return {f"{base_path}.{extension}" for base_path in base_paths for extension in FORMATS}


# The feeds that show an event with one topic and one category.
FOXES = {"topics": ["Foxes"], "category": "Nature"}
TIMELINES = feeds_of("feed", "topics/foxes/feed", "categories/nature/feed")
UPDATES = feeds_of("updates", "topics/foxes/updates", "categories/nature/updates")
CORRECTIONS = feeds_of("corrections", "topics/foxes/corrections", "categories/nature/corrections")
DAY, HISTORY = "news/2026/07/4/index.xml", "news/2026/07/4/river-opens.history.atom"
