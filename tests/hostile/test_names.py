"""Names that try to leave their folder, replace another document, or exceed a limit."""

import re
import unicodedata

import pytest

from gazette.models import paths
from gazette.models.contract.document import EventDocument
from gazette.models.contract.identity import EVENTS, SUFFIX
from gazette.models.contract.parsing import InvalidEventError, parse_document
from gazette.models.identifiers.slugs import title_slug, topic_slug
from gazette.models.images.image_rules import check_image_key
from gazette.models.limits import MAX_KEY_BYTES
from tests.unit.pages.page_reading import found, parsed
from tests.unit.publish.worlds import World, document_of, hours

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
MAX_PARTITION_KEY, MAX_SORT_KEY = 2048, 1024
MAX_OBJECT_KEY = 1024

IDS = [
    *("..", "../../etc/passwd", "..\\..\\x", "a//b", "/a", "a/", ".", "%2e%2e/x", "%00", "a?b#c"),
    *(
        "a#b#000001",
        "ENTRY#2026-10-01T00:00:00Z#b",
        "index",
        "index.html",
        "feed.rss",
        "CON",
        "a\nb",
    ),
    *(
        "a\x1b[31m\x9b31mb",
        "\u202egpj.exe",
        "\x00",
        "x" * 888,
        "é" * 440,
        "\U0001f98a" * 220,
        ".json",
    ),
]
LABELS = [
    *(
        "..",
        ".",
        "/",
        "//",
        "%2e%2e",
        "..%2f",
        "\\",
        "\u2044\u2215",
        "\u2025",
        "\uff0e\uff0e\uff0f",
    ),
    *(
        "index.html",
        "index",
        "feed.rss",
        "feed",
        "updates.atom",
        "archive",
        "A-Z",
        "a z",
        "By size",
    ),
    *(
        "by_size!",
        "b\u200dy size",
        "x" * 190,
        "\U0001f98a" * 190,
        "CON",
        "aux",
        "nul.html",
        "*",
        "~",
    ),
    *(
        "<script>",
        "'",
        '"',
        "&amp;",
        "{{x}}",
        "%s",
        "../../index.html",
        "sitemap.xml",
        "robots.txt",
    ),
]


def briefly(name: str) -> str:
    return ascii(name)[:30]


def world_of(name: str, **fields: object) -> World:
    """Publish an event, correct it, and do all the work that follows."""
    world = World()
    world.put(name, hours(0), **fields)
    world.put(name, hours(1), **fields | {"revision": {"kind": "correction", "note": "x"}})
    ingested, published = world.settle()
    assert ingested.quarantined == []
    assert published.conflicts == 0
    return world


def assert_paths_are_clean(site: dict[str, bytes]) -> None:
    for path in site:
        assert all(part not in {"", ".", ".."} for part in path.split("/")), path
        assert not re.search(r'[\\%?#<>"\'\s&]', path), path
        assert path.isprintable()
        assert path == unicodedata.normalize("NFKC", path)
        assert len(path.encode()) < MAX_OBJECT_KEY
        assert all(len(part.encode()) <= 255 for part in path.split("/")), path


@pytest.mark.parametrize("name", IDS, ids=briefly)
def test_the_id_of_an_event_changes_no_path_and_fits_the_keys(name: str) -> None:
    world = world_of(name, topics=["Foxes"], body="x", translations=["other"])
    plain = world_of("plain", topics=["Foxes"], body="x")
    assert_paths_are_clean(world.site())
    assert set(world.site()) == set(plain.site())
    for item_key in world.records():
        assert len(str(item_key.partition).encode()) <= MAX_PARTITION_KEY
        assert len(item_key.sort.encode()) <= MAX_SORT_KEY


@pytest.mark.parametrize("label", LABELS, ids=briefly)
def test_a_label_never_leaves_its_folder_and_replaces_no_other_page(label: str) -> None:
    alone = world_of("a", topics=["Foxes"], category="Nature").site()
    fields = {"topics": ["Foxes", f"{label} "], "category": f"{label}-"}
    site = world_of("a", title="River opens", **fields).site()
    assert_paths_are_clean(site)
    for path in (paths.HOME, paths.TOPICS, paths.LARGEST_TOPICS, paths.NEWS):
        title = re.compile(rb"<h1[^>]*>(.*?)</h1>")
        assert title.findall(site[f"{path}.html"]) == title.findall(alone[f"{path}.html"])
    own = parsed(site[f"topics/{topic_slug(label)}/index.html"])
    assert found(own, "//h1") == [" ".join(label.split())]


@pytest.mark.parametrize("label", LABELS, ids=briefly)
def test_a_title_never_leaves_its_folder(label: str) -> None:
    site = world_of("a", title=f"{label} ", slug=label).site()
    assert_paths_are_clean(site)
    assert_paths_are_clean(world_of("a", title=label).site())


@pytest.mark.parametrize(
    "key",
    [
        *("images/../a.jpg", "images/./a.jpg", "images//a.jpg", "images/a\\b.jpg", "images/.."),
        *("images/a\x00.jpg", "images/a\nb.jpg", "images/\u202eb.jpg", "images/" + "x" * 900),
    ],
    ids=briefly,
)
def test_the_key_of_an_image_never_leaves_its_folder(key: str) -> None:
    with pytest.raises(InvalidEventError, match="key: "):
        check_image_key(key)


@pytest.mark.parametrize("character", ["a", "é", "\U0001f98a"])
def test_a_translation_needs_an_id_that_an_event_can_have(character: str) -> None:
    """DynamoDB refuses such a key, so the message would be retried until it is a dead letter."""
    longest = MAX_KEY_BYTES - len(EVENTS) - len(SUFFIX)
    taken = character * min(800, longest // len(character.encode()))
    document = parse_document(document_of(translations=[taken]))
    assert document.translations == (taken,)
    with pytest.raises(InvalidEventError, match=r"translations\.0: "):
        parse_document(document_of(translations=[taken + character]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Straße", "STRASSE"),
        ("file", "ﬁle"),
        ("K", "\N{KELVIN SIGN}"),
        ("a", "\N{FULLWIDTH LATIN SMALL LETTER A}"),
        ("a", "a\N{ZERO WIDTH JOINER}"),
        ("a", "a\N{VARIATION SELECTOR-16}"),
        ("a", "a\N{COMBINING GRAPHEME JOINER}"),
        ("a", "a\N{VARIATION SELECTOR-17}"),
        ("ab", "a\N{HANGUL FILLER}b"),
        ("é", "e\N{COMBINING ACUTE ACCENT}"),
        ("a", "a\N{TAG LATIN SMALL LETTER A}"),
    ],
    ids=briefly,
)
def test_labels_that_look_the_same_are_one_topic(one: str, other: str) -> None:
    assert topic_slug(one) == topic_slug(other)
    assert title_slug(one) == title_slug(other)


def test_letters_of_other_scripts_are_other_topics_even_if_they_look_alike() -> None:
    """A Cyrillic A must not take over the feed of "Apple", although both look alike."""
    assert topic_slug("Apple") != topic_slug("\N{CYRILLIC CAPITAL LETTER A}pple")


def test_unknown_fields_never_replace_known_ones() -> None:
    document = parse_document(document_of(**{"ti\x00tle": "other", "t\u0456tle": "other"}))
    assert document.title in {"River opens", "other"}
    assert set(EventDocument.model_fields).isdisjoint(document.model_extra or {})
