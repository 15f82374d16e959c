"""Full checks of events, and what a night believes of them.

A check says: from these items, this release makes these documents. That stays true for ever, so it
may be written late, twice, or not at all. A night compares both sides with what it finds. Whatever
was changed, lost or added differs, and the event is built.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gazette.models.ledger import keys
from gazette.models.ledger.event_check import (
    EventCheck,
    digest_of_documents,
    digest_of_items,
    next_check,
)
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.routes import route_of
from gazette.models.tasks.tasks import PublishTask, TaskKind
from gazette.ports import Clock, NightLedger
from gazette.services.publish.composer import Composer
from gazette.services.reconcile.inventory import ListedSite


class ListedEvents:
    """The documents of events in a listing of the site, by base path."""

    def __init__(self, site: ListedSite) -> None:
        self._last = site.last
        self._documents: dict[str, list[tuple[str, str]]] = {}
        for path, etag in site.known.items():
            route = route_of(path)
            if route.kind is PartitionKind.PATH:
                self._documents.setdefault(route.name, []).append((path, etag))

    def paths(self, base_path: str) -> list[str]:
        return [path for path, _ in self._documents.get(base_path, [])]

    def digest(self, base_path: str) -> str:
        return digest_of_documents(self._documents.get(base_path, []))

    def knows(self, base_path: str) -> bool:
        """Return whether the listing reached the end of a base path; a dot follows it."""
        return self._last is None or f"{base_path}/" <= self._last


@dataclass(frozen=True, slots=True)
class EventChecks:
    """Reads and writes the checks of events under one release."""

    ledger: NightLedger
    release: str
    clock: Clock

    def read(self, event_ids: Iterable[str]) -> dict[str, EventCheck]:
        """Return the checks of this release."""
        wanted = {keys.checked_key(event_id): event_id for event_id in event_ids}
        items = self.ledger.get_many(list(wanted)) if wanted else {}
        found = {
            wanted[item_key]: EventCheck.model_validate_json(item.payload)
            for item_key, item in items.items()
        }
        return {name: check for name, check in found.items() if check.release == self.release}

    def healthy(
        self, partitions: Mapping[Partition, Mapping[str, int]], listed: ListedEvents
    ) -> dict[Partition, int]:
        """Return the events whose items and documents are those of their last full check.

        And for each the number of its documents.
        """
        events = [one for one in partitions if one.kind is PartitionKind.EVENT]
        checks = self.read(one.name for one in events if keys.CHECKED in partitions[one])
        today = self.clock().date()
        return {
            event: sum(len(listed.paths(base_path)) for base_path in check.documents)
            for event in events
            if (check := checks.get(event.name))
            and today < check.until
            and check.items == digest_of_items(partitions[event].items())
            and all(
                listed.knows(base_path) and listed.digest(base_path) == digest
                for base_path, digest in check.documents.items()
            )
        }

    def write(
        self, event: Partition, revisions: Mapping[str, int], documents: dict[str, str]
    ) -> None:
        """Record a full check; without documents the night believes nothing of the event."""
        now = self.clock()
        check = EventCheck(
            release=self.release,
            items=digest_of_items(revisions.items()) if documents else "",
            documents=documents,
            until=next_check(event.name, now.date()),
        )
        # Later than an older check, whatever the clock of its function said.
        revision = max(int(now.timestamp()), revisions.get(keys.CHECKED, 0) + 1)
        key = keys.checked_key(event.name)
        self.ledger.put(LedgerItem(key, revision, check.model_dump_json()))


def checked_documents(
    builders: Mapping[TaskKind, Composer], tasks: Iterable[PublishTask], listed: ListedEvents
) -> dict[str, str]:
    """Return digests of the listed documents by base path; none if a document is not known.

    An orphan below the base path of an event must be reported each night.
    """
    # The event names the documents of its history.
    builds = [task for task in tasks if task.kind is not TaskKind.HISTORY]
    known = {path for task in builds for path in builders[task.kind].every_path(task)}
    routes = {route_of(path) for path in known}
    bases = [route.name for route in routes]
    are_known = all(known.issuperset(listed.paths(base_path)) for base_path in bases)
    return {base_path: listed.digest(base_path) for base_path in sorted(bases)} if are_known else {}
