"""What was withdrawn from a day, beyond what the document of the day shows (SPEC T2).

Only a withdrawal, or the return of an event, builds it: it reads all withdrawals of the day, which
no other event of the day has to pay for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from gazette.models import paths
from gazette.models.formats import ViewKind
from gazette.models.ledger import keys
from gazette.models.ledger.entry import Entry
from gazette.models.product import TOMBSTONES_SHOWN
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.calendar.day_parts import DayPart, day_parts
from gazette.projections.feeds.event_feeds import make_feed
from gazette.projections.items.tombstones import read_withdrawn, with_deletions
from gazette.services.publish.builder import ViewBuilder


@dataclass(frozen=True, slots=True)
class WithdrawnBuilder(ViewBuilder[tuple[Entry, ...]]):
    """Builds Atom documents of the older withdrawals of a day, cut as its events are."""

    site: Site
    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return ()

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        bases = (paths.withdrawn_path(_day(task), part.name) for part in _parts(self.load(task)))
        return tuple(path for base in bases for path in self.site.paths(ViewKind.WITHDRAWN, base))

    def load(self, task: PublishTask) -> tuple[Entry, ...]:
        newest_first = list(self.ledger.scan(task.partition, keys.LEFT_ENTRY))[::-1]
        return read_withdrawn(newest_first[TOMBSTONES_SHOWN:])

    def build(self, task: PublishTask, loaded: tuple[Entry, ...]) -> BuildResult:
        day = _day(task)
        return BuildResult(
            views=tuple(self._views(day, _parts(loaded))),
            further_prefixes=(paths.withdrawn_folder(day),),
        )

    def _views(self, day: date, parts: Sequence[DayPart]) -> Iterator[View]:
        bases = [paths.withdrawn_path(day, part.name) for part in parts]
        urls = [*map(self.site.url, (paths.day_path(day), *bases)), None]
        for position, part in enumerate(parts):
            feed = make_feed(
                self.site,
                tag=self.site.tag("day", day.isoformat()),
                title=self.site.texts(
                    "day.withdrawn_title", site=self.site.title, date=self.site.texts.long_date(day)
                ),
                description=self.site.texts("day.withdrawn_description"),
                base_path=bases[position],
                home_path=paths.day_path(day),
                updated=max(entry.updated for entry in part.entries),
                items=(),
            )
            linked = replace(feed, next=urls[position], previous=urls[position + 2], hubs=())
            feed = with_deletions(self.site, linked, part.entries)
            yield View(ViewKind.WITHDRAWN, bases[position], feed=feed)


def _parts(entries: Sequence[Entry]) -> list[DayPart]:
    return day_parts(entries, least=1) if entries else []


def _day(task: PublishTask) -> date:
    return date.fromisoformat(task.partition.name)
