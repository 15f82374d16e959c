"""A byline may be a list of names: each is an author where the format knows several."""

import json
import re

import pytest
from lxml import etree, html

from gazette.models.contract.canonical import document_form
from gazette.models.contract.document import EventDocument
from gazette.models.contract.parsing import InvalidEventError, parse
from gazette.models.contract.stored_document import read_stored, written
from gazette.models.limits import MAX_BYLINE_CHARACTERS, MAX_BYLINES
from tests.unit.publish.worlds import World, document_of, hours

ATOM = "{http://www.w3.org/2005/Atom}"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
PAGE = "news/2026/07/4/river-opens"
NAMES = ["Ada Moss", "Bo Fern", "<b>Cy</b>"]


def site_of(byline: object) -> dict[str, bytes]:
    world = World()
    world.put("a", hours(0), byline=byline)
    world.settle()
    return world.site()


def document(byline: object) -> EventDocument:
    return parse(document_of(byline=byline)).document


@pytest.mark.parametrize(
    ("byline", "names"),
    [(NAMES, NAMES), (NAMES[:1], NAMES[:1]), (NAMES[0], NAMES[:1]), (NAMES + NAMES[:1], NAMES)],
)
def test_each_name_is_an_author_in_every_format(byline: object, names: list[str]) -> None:
    site = site_of(byline)
    for path in ("feed.atom", f"{PAGE}.xml"):
        root = etree.fromstring(site[path])
        entry = root if path == f"{PAGE}.xml" else root.find(f"{ATOM}entry")
        assert entry is not None
        assert [one.findtext(f"{ATOM}name") for one in entry.iterfind(f"{ATOM}author")] == names
    (item,) = etree.fromstring(site["feed.rss"]).iter("item")
    assert [one.text for one in item.iterfind(CREATOR)] == names
    (shown,) = json.loads(site["feed.json"])["items"]
    assert shown["authors"] == [{"name": name} for name in names]


def test_pages_join_the_names() -> None:
    site = site_of(NAMES)
    joined = "Ada Moss, Bo Fern, <b>Cy</b>"
    page = html.fromstring(site[f"{PAGE}.html"])
    (shown,) = page.iterfind(".//span[@class='byline']")
    assert "".join(map(str, shown.itertext())) == joined
    described = json.loads(str(page.findtext(".//script[@type='application/ld+json']")))
    assert described["author"] == [{"@type": "Person", "name": name} for name in NAMES]
    assert json.loads(site[f"{PAGE}.json"])["byline"] == joined
    assert "Ada Moss, Bo Fern, " in re.sub("[\u2066-\u2069]", "", site[f"{PAGE}.md"].decode())


def test_another_name_is_a_change_of_the_byline() -> None:
    world = World()
    world.put("a", hours(0), byline=NAMES[:1])
    world.put("a", hours(1), byline=NAMES[:2])
    world.settle()
    assert b"Byline" in world.site()["updates.atom"]


def test_without_names_the_site_is_the_author() -> None:
    assert site_of([]) == site_of(None)


@pytest.mark.parametrize("byline", [NAMES, NAMES[0]])
def test_a_byline_is_kept_as_it_was_written(byline: object) -> None:
    found = document(byline)
    assert document_form(found)["byline"] == byline
    assert read_stored(written(found)).bylines == found.bylines


@pytest.mark.parametrize(
    ("byline", "field", "reason"),
    [
        (5, "byline", "is not a text; write a name, or a list of names"),
        ({"name": "Ada"}, "byline", "is not a text; write a name, or a list of names"),
        (["Ada", 5], "byline.1", "is not a text; write a name, or a list of names"),
        (["Ada", " "], "byline.1", "is blank; write something that can be seen"),
        (["A"] * (MAX_BYLINES + 1), "byline", "has more than 20 items; shorten it"),
        (
            ["A" * (MAX_BYLINE_CHARACTERS // 2 + 1)] * 2,
            "byline",
            "is longer than 480 characters with all names together",
        ),
    ],
)
def test_a_wrong_byline_is_refused_in_our_words(byline: object, field: str, reason: str) -> None:
    with pytest.raises(InvalidEventError) as caught:
        document(byline)
    assert caught.value.problems == ((field, reason),)
