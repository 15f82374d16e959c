"""The engine of `gazette publish`: run again on the same folder, it publishes what has changed."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from gazette import __version__
from gazette.delivery.local_source import SourceEvent
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.snapshot import DERIVATION
from gazette.models.site import Site
from gazette.models.tasks.reports import PublishReport
from gazette.ports import Clock
from gazette_cli.engines.acts import Before, WriteLog
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.engines.sqlite.planned_documents import PlannedDocuments, without_stand_ins
from gazette_cli.engines.sqlite.site_file import SiteFile
from gazette_cli.engines.sqlite.site_folder import SiteFolder
from gazette_cli.engines.sqlite.sqlite_ledger import SqliteLedger
from gazette_cli.engines.sqlite.sqlite_source import SqliteSourceArchive

_NOW, _SETTLED, _SETTINGS = "now", "settled", "settings"


class RememberedWrites(WriteLog):
    """The version ids of all writes, in the file."""

    def __init__(self, file: SiteFile) -> None:
        super().__init__()
        self._connection = file.connection
        rows = self._connection.execute("SELECT key, version_id FROM writes ORDER BY position")
        for key, version_id in rows.fetchall():
            super().add(key, version_id)

    def add(self, key: str, version_id: str) -> None:
        super().add(key, version_id)
        self._connection.execute(
            "INSERT INTO writes SELECT ?, COUNT(*), ? FROM writes WHERE key = ?",
            (key, version_id, key),
        )


class SqliteEngine(MemoryEngine):
    """An `Engine` that keeps its state in a file.

    A folder whose documents were written with other settings, by another release or by a run that
    was killed is published again as a whole: what has the right bytes is not written, and what the
    site has no more is removed.

    ``jobs`` is the number of processes that render next to this one.
    """

    def __init__(self, site: Site, file: SiteFile, jobs: int = 0) -> None:
        calls: Counter[str] = Counter()
        self._file = file
        missing = file.missing_documents()
        self._folder = SiteFolder(file, calls)
        super().__init__(site, self._folder, calls)
        self._planned = PlannedDocuments(site, self.ledger, self._folder, jobs)
        self._publisher = self._planned.planning(self._publisher)
        self._writes = RememberedWrites(file)
        self._clock.go_on(_moment(file.fact(_NOW)), _moment(file.fact(_SETTLED)))
        settings = f"{__version__} {DERIVATION} {site!r}"
        if missing or file.fact(_SETTINGS) not in {None, settings}:
            self._publish_all()
        file.remember(_SETTINGS, settings)

    @property
    def before(self) -> Before:
        """What earlier runs have done, for `gazette_cli.engines.acts.bursts`."""
        return Before(self._clock.until(), self._sqlite_source.is_suspended)

    @property
    def source(self) -> SqliteSourceArchive:
        """The versions of the source."""
        return self._sqlite_source

    def settle(self) -> None:
        super().settle()
        with self._timed("render"):
            self.report.add_publish(self._planned.finish())
        self._folder.remove_outdated()
        now = self._clock.now().isoformat()
        self._file.remember(_NOW, now)
        self._file.remember(_SETTLED, now)
        self._file.commit()

    def _count(self, report: PublishReport) -> None:
        super()._count(without_stand_ins(report))

    def _make_ledger(self, on_write: Callable[[ItemKey], None], clock: Clock) -> SqliteLedger:
        return SqliteLedger(self._file.connection, self.calls, on_write, clock)

    def _make_source(self, on_event: Callable[[SourceEvent], None]) -> SqliteSourceArchive:
        self._sqlite_source = SqliteSourceArchive(self._file.connection, self.calls, on_event)
        return self._sqlite_source

    def _publish_all(self) -> None:
        self._folder.expect_all_documents()
        for listed in self._sqlite_source.list_versions():
            self._add_key(listed.key)
        for page in self.ledger.list_keys(0, 1, None):
            for item_key in page.item_keys:
                self._add_item_key(item_key)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
