"""Imports a source: reads it, checks each event, and writes the documents that have changed."""

from collections.abc import Iterator, Mapping

from gazette.models.problems.problems import InvalidEventError, Problem
from gazette_cli.engines.file_errors import file_reason
from gazette_cli.importers.documents import ready
from gazette_cli.importers.draft import (
    Draft,
    Found,
    ImportOptions,
    LeftOut,
    Outcome,
    Reader,
    Result,
)
from gazette_cli.importers.images import ImageFolder
from gazette_cli.importers.kinds.calendar_file import read_calendar
from gazette_cli.importers.kinds.csv_table import read_table
from gazette_cli.importers.kinds.feed import read_feed
from gazette_cli.importers.kinds.markdown_folder import read_folder
from gazette_cli.importers.kinds.osv import read_advisories
from gazette_cli.importers.kinds.wikipedia import read_day_pages
from gazette_cli.importers.kinds.wordpress import read_export
from gazette_cli.importers.out_folder import OutFolder

READERS: Mapping[str, Reader] = {
    "csv": read_table,
    "feed": read_feed,
    "icalendar": read_calendar,
    "markdown": read_folder,
    "osv": read_advisories,
    "wikipedia": read_day_pages,
    "wordpress": read_export,
}


def import_source(options: ImportOptions) -> Iterator[Outcome]:
    """Yield what becomes of each event of a source.

    Raises:
        SourceError: the source cannot be read.
        OSError: a file cannot be read or written.
    """
    importing = _Importing(options)
    for found in READERS[options.kind](options):
        yield importing.outcome(found)


class _Importing:
    def __init__(self, options: ImportOptions) -> None:
        self._options = options
        self._out = OutFolder(options.out)
        self._images = ImageFolder(options.out) if options.with_images else None
        self._labels: dict[str, str] = {}

    def outcome(self, found: Found) -> Outcome:
        if isinstance(found, LeftOut):
            result = Result.SKIPPED if found.was_meant else Result.LEFT_OUT
            return Outcome(found.label, result, problems=(found.problem,))
        first = self._labels.setdefault(found.event_id, found.label)
        if first != found.label:
            reason = f"is that of {first} already; give each its own, or leave one out"
            return _left_out(found, Problem("id", reason))
        try:
            return self._write(self._images.taken_in(found) if self._images else found)
        except InvalidEventError as error:
            return _left_out(found, *error.problems)
        except OSError as error:
            return _left_out(found, Problem("document", file_reason(error)))

    def _write(self, draft: Draft) -> Outcome:
        fields, remarks = ready(draft, self._options.language)
        fields, claimed = self._out.without_claimed_aliases(draft.event_id, fields)
        result = self._out.write(draft.event_id, fields)
        return Outcome(draft.label, result, draft.event_id, remarks=(*remarks, *claimed))


def _left_out(draft: Draft, *problems: Problem) -> Outcome:
    return Outcome(draft.label, Result.LEFT_OUT, draft.event_id, problems)
