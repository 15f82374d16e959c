"""An event in other languages: if one names the other, both link to each other."""

import pytest
from lxml import etree, html

from gazette.models.ledger import keys, partitions
from gazette.services.publish.event.translations import translations
from tests.unit.publish.worlds import World, hours

ATOM = "{http://www.w3.org/2005/Atom}"
RETRACTION = {"kind": "retraction", "note": "It never opened."}


def world_of(**named: list[str]) -> World:
    """Publish an event a letter, each with those it names as itself in other languages."""
    world = World()
    for name, others in named.items():
        world.put(name, hours(0), title=name.upper(), language=LANGUAGES[name], translations=others)
        world.settle()
    return world


LANGUAGES = {"a": "en", "b": "de", "c": "ar"}


def shown(world: World, name: str) -> dict[str, str]:
    """Return where the page of an event leads, by language."""
    page = html.fromstring(world.site()[f"{world.newest(name).base_path}.html"])
    links = page.iterfind("head/link[@hreflang]")
    return {
        str(link.attrib["hreflang"]): str(link.attrib["href"]).rpartition("/")[2] for link in links
    }


A_AND_B = {"en": "a.html", "de": "b.html"}


@pytest.mark.parametrize("declared", [{"a": ["b"], "b": []}, {"a": [], "b": ["a"]}])
def test_one_that_names_the_other_is_enough_in_either_order(
    declared: dict[str, list[str]],
) -> None:
    world = world_of(**declared)
    assert shown(world, "a") == shown(world, "b") == A_AND_B
    backwards = world_of(**dict(reversed(declared.items())))
    assert shown(backwards, "a") == shown(backwards, "b") == A_AND_B


@pytest.mark.parametrize("key", ["b", "events/b.json"])
def test_an_event_is_named_by_its_id_or_its_object_key(key: str) -> None:
    assert shown(world_of(a=[key], b=[]), "a") == A_AND_B


def test_an_event_without_translations_links_to_none() -> None:
    assert shown(world_of(a=["a", "missing"]), "a") == {}


def test_each_is_shown_once_in_order_of_its_id() -> None:
    world = world_of(a=["c", "b"], b=["a"], c=[])
    found = translations(world.ledger, world.newest("a"))
    assert [entry.event_id for entry in found] == ["b", "c"]
    assert list(shown(world, "a")) == ["en", "de", "ar"]
    assert shown(world, "c") == {"ar": "c.html", "en": "a.html"}


def test_the_entry_document_has_the_same_links() -> None:
    world = world_of(a=["b"], b=[])
    entry = etree.fromstring(world.site()[f"{world.newest('a').base_path}.xml"])
    pages = [link.attrib for link in entry.iter(f"{ATOM}link") if link.get("type") == "text/html"]
    assert [
        (link["rel"], link["hreflang"], str(link["href"]).rpartition("/")[2]) for link in pages
    ] == [
        ("alternate", "en", "a.html"),
        ("alternate", "de", "b.html"),
    ]


@pytest.mark.parametrize("declared", [{"a": ["b"], "b": []}, {"a": [], "b": ["a"]}])
def test_a_changed_title_and_a_withdrawn_event_change_the_links_to_translations(
    declared: dict[str, list[str]],
) -> None:
    world = world_of(**declared)
    world.put("b", hours(1), title="New", language="de", translations=declared["b"])
    world.settle()
    assert shown(world, "a") == {"en": "a.html", "de": "new.html"}
    world.put("b", hours(2), title="New", revision=RETRACTION)
    world.settle()
    assert shown(world, "a") == {}


def test_an_event_that_is_named_no_more_is_no_translation_any_more() -> None:
    world = world_of(a=["b"], b=[])
    world.put("a", hours(1), title="A", language="en")
    world.settle()
    assert shown(world, "a") == shown(world, "b") == {}


def test_an_event_that_names_another_is_rebuilt_for_its_revisions() -> None:
    world = world_of(a=["b"], b=[])
    item_key = keys.rebuild_request_key(partitions.event_partition("a"), f"{keys.TRANSLATION}b")
    assert world.records()[item_key].revision == 1
    world.put("b", hours(1), title="New")
    world.settle()
    assert world.records()[item_key].revision == 2
