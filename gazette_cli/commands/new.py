"""`gazette new`: write the beginning of an event document."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from gazette.models.characters import drop_unprintable, one_line
from gazette.models.contract.identity import event_key
from gazette.models.contract.parsing import parse_document
from gazette.models.identifiers.slugs import title_slug
from gazette.models.problems.problems import InvalidEventError
from gazette_cli.commands.argparse_types import Subparsers, day, path
from gazette_cli.engines.sources import SourceError


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("new", help="begin an event document")
    parser.add_argument("title", help='such as "The bridge opens"')
    parser.add_argument(
        "--in",
        dest="folder",
        type=path,
        default=Path(),
        metavar="FOLDER",
        help="folder of the source, in which events/ is (default: the current one)",
    )
    parser.add_argument("--date", type=day, help="day of the event (default: today)")
    parser.add_argument("--topic", action="append", default=[], help="may be given several times")
    parser.set_defaults(
        run=lambda options: new(
            options.folder,
            options.title,
            options.date or datetime.now(UTC).date(),
            options.topic,
        )
    )


def new(folder: Path, title: str, on: date, topics: list[str]) -> int:
    """Write a document and print its path. Its id, and so its file, has the words of the title.

    Raises:
        SourceError: the title or a topic breaks the contract, or the file exists.
    """
    fields = {"title": one_line(drop_unprintable(title)), "date": on.isoformat(), "topics": topics}
    fields |= {"summary": "", "body": ""}  # empty texts are absent until somebody fills them in
    written = json.dumps(fields, indent=2, ensure_ascii=False) + "\n"
    try:
        parse_document(written.encode())
    except InvalidEventError as error:
        raise SourceError(str(error)) from error
    file = folder / event_key(f"{on.year}/{title_slug(title)}")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with file.open("x", encoding="utf-8") as new_file:
            new_file.write(written)
    except FileExistsError:
        reason = f"{file}: exists already; edit it, or choose another title"
        raise SourceError(reason) from None
    sys.stdout.write(f"{file}\n")
    return 0
