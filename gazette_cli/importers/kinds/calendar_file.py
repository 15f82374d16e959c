"""Imports the events of a calendar (iCalendar, RFC 5545) by their UID.

A repeated event is imported once, with its first day. One that is cancelled is a retraction.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar

from gazette.models.characters import one_line
from gazette.models.contract.tidying import Fields
from gazette.models.problems.problems import Problem
from gazette_cli.engines.sources import SourceError
from gazette_cli.importers.draft import Draft, Found, ImportOptions, LeftOut
from gazette_cli.importers.html_bodies import body_of, html_body, looks_like_html, text_body
from gazette_cli.importers.ids import id_of_key
from gazette_cli.importers.reading import read_source_bytes
from gazette_cli.importers.times import in_utc_if_naive, times

_WEB = ("http://", "https://")
_BREAK = re.compile(r"<(?:br|p|div|li)\b", re.IGNORECASE)
_NOTE = "The event is cancelled."


def read_calendar(options: ImportOptions) -> Iterator[Found]:
    """Yield each event of a calendar.

    Raises:
        SourceError: it is no calendar.
        OSError: the file cannot be read.
    """
    data = read_source_bytes(options.source).data
    try:
        calendars = icalendar.Calendar.from_ical(data, multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise SourceError(f"{options.source}: is no calendar: {error}; export it again") from error
    if not calendars:
        raise SourceError(f"{options.source}: contains no VCALENDAR; name an .ics file")
    for calendar in calendars:
        for event in calendar.walk("VEVENT"):
            yield _found(event)


def _found(event: Any) -> Found:  # noqa: ANN401  # the library has no types
    uid, title = _text(event, "UID").strip(), one_line(_text(event, "SUMMARY"))
    label = f'event {uid or "without UID"} "{title}"'
    if not uid:
        return LeftOut(label, Problem("UID", "is missing; RFC 5545 requires one"))
    start = _moment(event, "DTSTART")
    if start is None:
        return LeftOut(label, Problem("DTSTART", "is missing, or is no time; write one"))
    occurrence = _moment(event, "RECURRENCE-ID")
    guid = f"{uid}/{occurrence.isoformat()}" if occurrence else uid
    created, changed = _aware(event, "CREATED"), _aware(event, "LAST-MODIFIED")
    fields: Fields = {
        "title": title,
        **times(created, changed, start if not isinstance(start, datetime) else start.date()),
        "topics": [*_categories(event)],
        "body": "\n\n".join(filter(None, (_description(event), *_facts(event, start)))),
        "sources": [{"url": url} for url in (_text(event, "URL"),) if url.startswith(_WEB)],
        "attachments": list(_attachments(event)),
        "byline": one_line(str(_parameter(event, "ORGANIZER", "CN"))),
        "language": str(_parameter(event, "SUMMARY", "LANGUAGE")),
        "guid": guid,
    }
    if _text(event, "STATUS").upper() == "CANCELLED":
        fields["revision"] = {"kind": "retraction", "note": _NOTE}
    return Draft(label, id_of_key(guid), fields, tuple(_remarks(event, created or changed)))


def _remarks(event: Any, published: datetime | None) -> Iterator[Problem]:  # noqa: ANN401  # as above
    if not published:
        yield Problem("published", "is not in the calendar: the time of its upload counts")
    if event.get("RRULE"):
        yield Problem("RRULE", "repeats the event, which is imported once, with its first day")


def _text(event: Any, name: str) -> str:  # noqa: ANN401  # as above
    value = event.get(name)
    return str(value[0] if isinstance(value, list) else value or "")


def _parameter(event: Any, name: str, parameter: str) -> str:  # noqa: ANN401  # as above
    return str(getattr(event.get(name), "params", {}).get(parameter, ""))


def _moment(event: Any, name: str) -> date | None:  # noqa: ANN401  # as above
    found = getattr(event.get(name), "dt", None)
    return found if isinstance(found, date) else None


def _aware(event: Any, name: str) -> datetime | None:  # noqa: ANN401  # as above
    found = _moment(event, name)
    return in_utc_if_naive(found) if isinstance(found, datetime) else None


def _categories(event: Any) -> list[str]:  # noqa: ANN401  # as above
    value = event.get("CATEGORIES")
    lists = value if isinstance(value, list) else [value] if value else []
    return list(dict.fromkeys(one_line(str(name)) for one in lists for name in one.cats))


def _description(event: Any) -> str:  # noqa: ANN401  # as above
    html = _text(event, "X-ALT-DESC")
    if "<" in html:
        return html_body(html)
    text = _text(event, "DESCRIPTION")
    # Programs put HTML there, too, and some of them leave its lines as they are.
    is_without_breaks = looks_like_html(text) and not _BREAK.search(text)
    return body_of(text.replace("\n", "<br>\n") if is_without_breaks else text)


def _facts(event: Any, start: date) -> Iterator[str]:  # noqa: ANN401  # as above
    """Yield when and where the event is, in a form that needs no language."""
    length = getattr(event.get("DURATION"), "dt", None)
    end = _moment(event, "DTEND") or (start + length if isinstance(length, timedelta) else None)
    yield text_body(_shown(start, end))
    if location := _text(event, "LOCATION").strip():
        yield text_body(location)


def _shown(start: date, end: date | None) -> str:
    if not isinstance(start, datetime):
        last = end - timedelta(days=1) if end else start
        return (
            f"{start.isoformat()} \N{EN DASH} {last.isoformat()}"
            if last > start
            else start.isoformat()
        )
    zone = "" if start.tzinfo is None else f" {'UTC' if start.tzinfo is UTC else start.tzinfo}"
    if not isinstance(end, datetime) or end == start:
        return f"{start:%Y-%m-%d %H:%M}{zone}"
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} \N{EN DASH} {until}{zone}"


def _attachments(event: Any) -> Iterator[Fields]:  # noqa: ANN401  # as above
    value = event.get("ATTACH")
    for one in value if isinstance(value, list) else [value]:
        url = str(one or "")
        if url.startswith(_WEB):
            kind = str(getattr(one, "params", {}).get("FMTTYPE", ""))
            yield {"title": url.rpartition("/")[2] or url, "url": url, "type": kind}
