"""`gazette import`: turn what people have into documents that `gazette publish` publishes."""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.progress import Progress

from gazette_cli.commands.argparse_types import Subparsers, path, shown
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import ImportOptions, Outcome, Result

SOMETHING_LEFT_OUT = 1
# The reader of each is in gazette_cli/importers/importing.py.
KINDS = {
    "csv": "a table, its first line with the names of the columns",
    "feed": "RSS, Atom or JSON Feed and its archive, from a file or an http(s) address",
    "icalendar": "a calendar (.ics)",
    "markdown": "a folder of Markdown with front matter: Jekyll, Hugo, Eleventy",
    "osv": "security advisories of OSV: a file, a folder, or a zip file",
    "wikipedia": "the wikitext of a day of Portal:Current events: a file, or a folder of them",
    "wordpress": "an export of WordPress (WXR)",
}
# Of each; --json lists all.
_LINES_SHOWN = 20


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("import", help="make documents from a feed, a blog, a table …")
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "Kinds:\n" + "\n".join(f"  {name:10} {of}" for name, of in KINDS.items())
    parser.epilog = (
        "Importing again writes only what has changed, under the same ids.\n"
        "Exit status: 0 if everything was imported, 1 if something was left out, 2 if nothing\n"
        "could be done. What the source itself does not publish, such as drafts, is only listed."
    )
    parser.add_argument("kind", choices=sorted(KINDS), metavar="KIND")
    parser.add_argument("source", metavar="SOURCE", help="file, folder or http(s) address")
    parser.add_argument(
        "--out",
        type=path,
        required=True,
        metavar="DIR",
        help="folder for events/<id>.json, new or of an earlier import",
    )
    parser.add_argument(
        "--images", action="store_true", help="copy or fetch images into DIR/images"
    )
    parser.add_argument("--language", metavar="TAG", help="of events whose source names none")
    _add_options_of_kinds(parser)
    parser.add_argument("--json", action="store_true", help="print what became of each as JSON")
    parser.set_defaults(run=_run)


def _add_options_of_kinds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        type=_mapping,
        metavar="FIELD=COLUMN",
        help="csv: which column a field is in, such as title=Headline; can be repeated",
    )
    parser.add_argument(
        "--date-format", metavar="FORMAT", help="csv: of days and times, such as %%d.%%m.%%Y"
    )
    parser.add_argument(
        "--permalink",
        metavar="PATTERN",
        help="markdown: the addresses that posts had, such as /:year/:month/:title/",
    )
    parser.add_argument("--pages", action="store_true", help="wordpress: import pages, too")


def _mapping(text: str) -> tuple[str, str]:
    """Read ``field=column``.

    Raises:
        argparse.ArgumentTypeError: it is none, or the field does not exist.
    """
    from gazette.models.problems.messages import did_you_mean  # noqa: PLC0415  # slow to import
    from gazette_cli.importers.kinds.csv_table import COLUMNS  # noqa: PLC0415  # the same

    field, is_given, column = text.partition("=")
    if not is_given or not column:
        raise argparse.ArgumentTypeError(f"{shown(text)} is no FIELD=COLUMN such as title=Headline")
    if field not in COLUMNS:
        meant = did_you_mean(field, COLUMNS) or f"fields are {', '.join(COLUMNS)}"
        raise argparse.ArgumentTypeError(f"{shown(field)} is no field; {meant}")
    return field, column


def _run(options: argparse.Namespace) -> int:
    return import_events(
        ImportOptions(
            kind=options.kind,
            source=options.source,
            out=options.out,
            with_images=options.images,
            language=options.language,
            with_pages=options.pages,
            columns=dict(options.map),
            date_format=options.date_format,
            permalink=options.permalink,
            is_json=options.json,
        )
    )


def import_events(options: ImportOptions) -> int:
    """Import a source; return `SOMETHING_LEFT_OUT` if not all of it became documents.

    Raises:
        SourceError: the source cannot be read.
        OSError: a file cannot be read or written.
    """
    from gazette_cli.importers.importing import import_source  # noqa: PLC0415  # slow to import

    if options.out.exists() and not options.out.is_dir():
        raise SourceError(f"{options.out}: is a file; name a folder")
    outcomes = list(_with_progress(import_source(options)))
    for line in _lines(options.source, outcomes):
        sys.stderr.write(f"{line}\n")
    counts = Counter(outcome.result for outcome in outcomes)
    if options.is_json:
        listed = [_as_json(outcome) for outcome in outcomes]
        sys.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False) + "\n")
    else:
        said = ", ".join(f"{counts[result]:,} {result}" for result in Result)
        sys.stdout.write(f"{said}; documents are in {options.out}\n")
    return SOMETHING_LEFT_OUT if counts[Result.LEFT_OUT] else 0


def _with_progress(outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("Importing", total=None)
        for outcome in outcomes:
            progress.advance(task)
            yield outcome


def _lines(source: str, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what was left out, skipped, and changed, each with its reason, and how many more."""
    for result in (Result.LEFT_OUT, Result.SKIPPED):
        of_result = [outcome for outcome in outcomes if outcome.result is result]
        yield from _some(
            f"{source}: {result}: {one.label}: {field}: {reason}"
            for one in of_result
            for field, reason in one.problems
        )
    yield from _some(
        f"{source}: remark: {one.label}: {field}: {reason}"
        for one in outcomes
        for field, reason in one.remarks
    )


def _some(lines: Iterator[str]) -> Iterator[str]:
    all_lines = list(lines)
    yield from all_lines[:_LINES_SHOWN]
    if len(all_lines) > _LINES_SHOWN:
        yield f"… and {len(all_lines) - _LINES_SHOWN:,} more; --json lists all"


def _as_json(outcome: Outcome) -> dict[str, object]:
    return {
        "source": outcome.label,
        "result": str(outcome.result),
        "id": outcome.event_id,
        "problems": [problem._asdict() for problem in outcome.problems],
        "remarks": [remark._asdict() for remark in outcome.remarks],
    }
