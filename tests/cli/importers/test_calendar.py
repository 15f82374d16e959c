"""The events of a calendar become events by their UID."""

import pytest

from gazette_cli.importers.html_bodies import visible_text
from tests.cli.importers.imports import Importer

CONCERT = r"""BEGIN:VEVENT
UID:1@x
DTSTAMP:20260101T000000Z
CREATED:20260101T000000Z
LAST-MODIFIED:20260102T000000Z
DTSTART;TZID=Europe/Berlin:20260304T190000
DTEND;TZID=Europe/Berlin:20260304T210000
SUMMARY;LANGUAGE=de:Konzert
DESCRIPTION:First line\nsecond *line*\n\nnext
LOCATION:Town hall\, 1st floor
CATEGORIES:Music,Town
CATEGORIES:Evening
ORGANIZER;CN=R. Moss:mailto:rm@a.example
ATTACH;FMTTYPE=application/pdf:https://a.example/c.pdf
URL:https://a.example/c
END:VEVENT
"""
FAIR = """BEGIN:VEVENT
UID:2@x
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260304
DTEND;VALUE=DATE:20260307
RRULE:FREQ=YEARLY
SUMMARY:Fair
STATUS:CANCELLED
END:VEVENT
"""


def calendar(*events: str) -> str:
    text = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n" + "".join(events) + "END:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def test_an_event_keeps_its_fields(importer: Importer) -> None:
    found = importer.run("icalendar", importer.file("a.ics", calendar(CONCERT)))
    assert (found.status, found.remarks) == (0, [])
    document = dict(found.only)
    assert visible_text(document.pop("body")).split("\n\n") == [
        *("First line second *line*", "next"),
        *("2026-03-04 19:00 \N{EN DASH} 21:00 Europe/Berlin", "Town hall, 1st floor"),
    ]
    assert document == {
        "title": "Konzert",
        "date": "2026-03-04",
        "topics": ["Music", "Town", "Evening"],
        "sources": [{"url": "https://a.example/c"}],
        "attachments": [
            {"title": "c.pdf", "url": "https://a.example/c.pdf", "type": "application/pdf"}
        ],
        "language": "de",
        "byline": "R. Moss",
        "published": "2026-01-01T00:00:00Z",
        "modified": "2026-01-02T00:00:00Z",
        "guid": "1@x",
    }


def test_a_cancelled_event_is_a_retraction_and_a_repeated_one_says_so(importer: Importer) -> None:
    found = importer.run("icalendar", importer.file("a.ics", calendar(FAIR)))
    assert found.only == {
        "title": "Fair",
        "date": "2026-03-04",
        "body": "<p>2026-03-04 \N{EN DASH} 2026-03-06</p>",
        "revision": {"kind": "retraction", "note": "The event is cancelled."},
        "guid": "2@x",
    }
    assert [remark.partition(":")[0] for remark in found.remarks] == ["published", "RRULE"]


def test_one_occurrence_of_a_repeated_event_is_an_event_of_its_own(importer: Importer) -> None:
    one = FAIR.replace("RRULE:FREQ=YEARLY", "RECURRENCE-ID;VALUE=DATE:20270304")
    found = importer.run("icalendar", importer.file("a.ics", calendar(FAIR, one)))
    assert sorted(one["guid"] for one in found.documents.values()) == ["2@x", "2@x/2027-03-04"]


def test_a_new_stamp_of_an_export_changes_nothing(importer: Importer) -> None:
    text = calendar(CONCERT, FAIR)
    importer.run("icalendar", importer.file("a.ics", text))
    later = importer.file("a.ics", text.replace("DTSTAMP:2026", "DTSTAMP:2027"))
    found = importer.run("icalendar", later)
    assert [one["result"] for one in found.results] == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("DESCRIPTION:a <b>b</b>\\nc", "a b c"),
        ("DESCRIPTION:<p>a</p>\\n<p>b</p>", "a b"),
        ("X-ALT-DESC;FMTTYPE=text/html:<p>a</p>", "a"),
        ("DESCRIPTION:1 < 2 > 0", "1 < 2 > 0"),
    ],
)
def test_a_description_may_be_html(importer: Importer, line: str, words: str) -> None:
    text = calendar(FAIR.replace("STATUS:CANCELLED", line))
    body = importer.run("icalendar", importer.file("a.ics", text)).only["body"]
    assert " ".join(visible_text(body).split()).startswith(f"{words} 2026-03-04")
    assert ("<br>" in body) == ("\\nc" in line)


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (
            "DTSTART:20260304T190000Z",
            "DTEND:20260305T010000Z",
            "19:00 \N{EN DASH} 2026-03-05 01:00 UTC",
        ),
        ("DTSTART:20260304T190000", "DURATION:PT1H", "19:00 \N{EN DASH} 20:00"),
        ("DTSTART:20260304T190000", "DTEND:20260304T190000", "19:00"),
        ("DTSTART;VALUE=DATE:20260304", "DTEND;VALUE=DATE:20260305", ""),
    ],
)
def test_times_are_shown_without_a_language(
    importer: Importer, start: str, end: str, shown: str
) -> None:
    lines = [start if "DTSTART" in x else end if "DTEND" in x else x for x in FAIR.split("\n")]
    found = importer.run("icalendar", importer.file("a.ics", calendar("\n".join(lines))))
    assert visible_text(found.only["body"]) == f"2026-03-04 {shown}".strip()


def test_an_event_without_uid_or_start_is_left_out(importer: Importer) -> None:
    bad = [FAIR.replace("UID:2@x\n", ""), FAIR.replace("DTSTART;VALUE=DATE:20260304\n", "")]
    found = importer.run("icalendar", importer.file("a.ics", calendar(*bad, CONCERT)))
    assert (found.status, len(found.documents)) == (1, 1)
    assert [said.partition(":")[0] for said in found.said("left out")] == ["UID", "DTSTART"]


@pytest.mark.parametrize("text", ["", "x", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "\0"])
def test_what_is_no_calendar_is_misuse(importer: Importer, text: str) -> None:
    found = importer.run("icalendar", importer.file("a.ics", text))
    assert (found.status, found.documents) == (2, {})
    assert "a.ics" in found.error
