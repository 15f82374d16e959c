"""No ping is lost where writers of one feed meet, and one of them has to start over."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from gazette.delivery.memory import MemorySiteStore
from gazette.models.limits import MAX_WRITE_ATTEMPTS
from gazette.models.tasks.hub_ping import HubPing
from gazette.models.tasks.messages import StreamRecord
from gazette.models.views.site_document import Document
from gazette.ports import ConflictError
from gazette.services.publish.batch import publish_batch
from tests.unit.announce.hubs import FOXES, HubWorld
from tests.unit.publish.worlds import hours


class Rival(MemorySiteStore):
    """A rival publishes the same changes before the first write, then a second version comes."""

    def __init__(self, world: HubWorld) -> None:
        super().__init__(Counter())
        self.world = world
        self.has_written = False

    def write(self, documents: Sequence[Document], etags: Mapping[str, str | None]) -> None:
        feeds = {document.path for document in documents}
        if "feed.rss" in feeds and not self.has_written:
            self.has_written = True
            rival = replace(self.world.writer, site=self)
            publish_batch(rival, [StreamRecord("", key) for key in self.world.changes])
            self.world.put("a", hours(0), title="Foxes seen", **FOXES)
            self.world.ingest("a")
        super().write(documents, etags)


def test_a_writer_that_met_another_one_at_a_new_feed_announces_the_second_version() -> None:
    """The rival has shown the first version, so the feed may have subscribers."""
    world = HubWorld()
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.ingest("a")
    site = Rival(world)
    world.publish(list(world.changes), site)
    assert b"Foxes seen" in site.documents["feed.rss"].body
    # The feed itself met the rival. The check finds four more tasks of its round that had shown the
    # first version before: they are published again, too.
    assert world.report.conflicts == 5
    sent = [HubPing.model_validate_json(body).feed for body in world.outbox.bodies]
    assert world.settings.url("feed.rss") in sent


class Contested(MemorySiteStore):
    """Writes one feed; at another one this writer always comes too late."""

    is_contested = False

    def write(self, documents: Sequence[Document], etags: Mapping[str, str | None]) -> None:
        if not self.is_contested:
            super().write(documents, etags)
            return
        written = [document for document in documents if document.path == "feed.rss"]
        super().write(written, etags)
        for document in documents:
            if document.path == "feed.atom":
                raise ConflictError(document.path)


def test_a_feed_is_announced_though_the_rest_of_its_task_fails() -> None:
    """The next attempt finds the feed as it should be, and does not announce it any more."""
    world = HubWorld()
    site = Contested(Counter())
    world.put("a", hours(0), title="Fox seen", **FOXES)
    world.ingest("a")
    world.publish(list(world.changes), site)
    world.changes.clear()
    world.put("a", hours(0), title="Foxes seen", **FOXES)
    world.ingest("a")
    site.is_contested = True
    writer = replace(world.writer, site=site)
    records = [StreamRecord("", key) for key in world.changes]
    report = publish_batch(writer, records)
    assert report.conflicts >= MAX_WRITE_ATTEMPTS
    assert {type(failure.error) for failure in report.failed} == {ConflictError}
    world.hub_ping_planner.plan(records, report)
    sent = [HubPing.model_validate_json(body).feed for body in world.outbox.bodies]
    assert world.settings.url("feed.rss") in sent
