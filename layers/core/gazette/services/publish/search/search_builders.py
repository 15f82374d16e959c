"""What the search reads: a document for each month and for each year, and the page with its script.

A day notes its events, a month the words of its documents, a year that it has events: each is
computed from what is below it, as in the calendar. A site without search has no events here, so
what was published before is removed.
"""

from dataclasses import dataclass
from typing import NamedTuple

from gazette.models import paths
from gazette.models.formats import SCRIPT_TYPE, ViewKind
from gazette.models.ledger import keys, partitions
from gazette.models.ledger.entry import read_entry
from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.search import search_rows
from gazette.models.search.search_rows import (
    SearchPart,
    SearchParts,
    SearchRow,
    SearchRows,
    SearchYear,
)
from gazette.models.site import Site
from gazette.models.tasks.build_result import BuildResult, Replacement
from gazette.models.tasks.tasks import PublishTask
from gazette.models.views.site_document import document
from gazette.models.views.view import View
from gazette.ports import Ledger
from gazette.projections.search import rows
from gazette.projections.search.search_page import search_page
from gazette.renderers.json.search import render_search_part, render_search_year
from gazette.renderers.pages import brand_files
from gazette.services.publish.builder import Builder, FollowUpBuilder, ViewBuilder

_NO_ROWS = SearchRows().model_dump_json(exclude_defaults=True)


@dataclass(frozen=True, slots=True)
class SearchDayBuilder(FollowUpBuilder[BuildResult]):
    """Notes for its month what the search knows of the events of a day."""

    site: Site
    ledger: Ledger

    def load(self, task: PublishTask) -> BuildResult:
        day = task.partition
        noted = self.ledger.scan(search_rows.search_month(day), search_rows.rows_prefix(day))
        seen = {item.key: item for item in noted}
        payloads = dict.fromkeys(seen, _NO_ROWS) | self._rows(day)
        return BuildResult(
            replacements=tuple(
                Replacement(item_key, payload, seen.get(item_key))
                for item_key, payload in payloads.items()
            )
        )

    def build(self, _task: PublishTask, loaded: BuildResult) -> BuildResult:
        return loaded

    def _rows(self, day: Partition) -> dict[ItemKey, str]:
        if not self.site.brand.search:
            return {}
        entries = (read_entry(item.payload) for item in self.ledger.scan(day, keys.ENTRY))
        return rows.rows_of_day(day, entries)


class LoadedMonth(NamedTuple):
    """The events of a month by the part that has them, and what its year has of that."""

    parts: dict[str, tuple[SearchRow, ...]]
    noted: Replacement
    was_cut: bool


@dataclass(frozen=True, slots=True)
class SearchMonthBuilder(Builder[LoadedMonth]):
    """Builds the documents with the events of a month."""

    site: Site
    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return (paths.search_path(task.partition.name),)

    def every_path(self, task: PublishTask) -> tuple[str, ...]:
        loaded = self.load(task)
        return (*self.paths(task), *map(paths.search_path, loaded.parts if loaded else ()))

    def load(self, task: PublishTask) -> LoadedMonth | None:
        month = task.partition
        item_key = search_rows.parts_key(month)
        seen = self.ledger.get(item_key)
        found = rows.read_rows(self.ledger.scan(month, keys.AGGREGATE))
        if seen is None and not found:
            return None
        parts = rows.parts_of_month(month.name, found)
        before = SearchParts.model_validate_json(seen.payload) if seen else SearchParts()
        # For good: what was written of a former cut is found by its name alone.
        was_cut = before.was_cut or len(parts) > 1
        noted = SearchParts(parts=rows.with_filters(parts), was_cut=was_cut)
        return LoadedMonth(parts, Replacement(item_key, noted.model_dump_json(), seen), was_cut)

    def build(self, task: PublishTask, loaded: LoadedMonth) -> BuildResult:
        name = task.partition.name
        language = self.site.language
        return BuildResult(
            documents=tuple(
                document(paths.search_path(part), render_search_part(some, language))
                for part, some in loaded.parts.items()
            ),
            removals=() if name in loaded.parts else self.paths(task),
            further_prefixes=(paths.search_prefix(name),) if loaded.was_cut else (),
            replacements=(loaded.noted,),
        )


class LoadedYear(NamedTuple):
    """The parts of the months of a year, newest first, and what the page has of the year."""

    parts: tuple[SearchPart, ...]
    noted: Replacement


@dataclass(frozen=True, slots=True)
class SearchYearBuilder(Builder[LoadedYear]):
    """Builds the document that says which words are in which months of a year."""

    ledger: Ledger

    def paths(self, task: PublishTask) -> tuple[str, ...]:
        return (paths.search_path(task.partition.name),)

    def load(self, task: PublishTask) -> LoadedYear | None:
        item_key = search_rows.year_key(task.partition)
        seen = self.ledger.get(item_key)
        months = list(self.ledger.scan(task.partition, keys.AGGREGATE))[::-1]
        if not months:
            return None
        parts = tuple(
            part
            for month in months
            for part in SearchParts.model_validate_json(month.payload).parts
        )
        payload = SearchYear(has_events=bool(parts)).model_dump_json()
        return LoadedYear(parts, Replacement(item_key, payload, seen))

    def build(self, task: PublishTask, loaded: LoadedYear) -> BuildResult:
        path = paths.search_path(task.partition.name)
        return BuildResult(
            documents=(document(path, render_search_year(loaded.parts)),) if loaded.parts else (),
            removals=() if loaded.parts else (path,),
            replacements=(loaded.noted,),
        )


@dataclass(frozen=True, slots=True)
class SearchBuilder(ViewBuilder[tuple[str, ...]]):
    """Builds the search page, which leads to all years, and its script."""

    site: Site
    ledger: Ledger

    def paths(self, _task: PublishTask) -> tuple[str, ...]:
        return (*self.site.paths(ViewKind.SEARCH, paths.SEARCH), paths.SEARCH_SCRIPT)

    def load(self, _task: PublishTask) -> tuple[str, ...]:
        return tuple(
            map(_year_of, filter(_has_events, self.ledger.scan(partitions.TOPICS, _SEARCHED)))
        )

    def build(self, task: PublishTask, loaded: tuple[str, ...]) -> BuildResult:
        if not self.site.brand.search:
            return BuildResult(removals=self.paths(task))
        page = search_page(self.site, loaded)
        script = document(paths.SEARCH_SCRIPT, brand_files.search_script(), SCRIPT_TYPE)
        return BuildResult(
            views=(View(ViewKind.SEARCH, paths.SEARCH, page=page),), documents=(script,)
        )


_SEARCHED = search_rows.SEARCHED


def _year_of(item: LedgerItem) -> str:
    return item.key.sort.removeprefix(_SEARCHED)


def _has_events(item: LedgerItem) -> bool:
    return SearchYear.model_validate_json(item.payload).has_events
