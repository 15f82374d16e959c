"""The page that the design began with, in our words: its sections, their order, their links."""

from pathlib import Path

import pytest
from lxml import html as lxml_html

from tests.golden.seed_changes import LONG, MINISTER, OFFICE, RELATED, RELATIONS, SEED_CHANGES
from tests.golden.test_golden import publish, read, write

EXPECTED = Path(__file__).parent / "seed"
FOLDER = "news/2017/03/4/"


def consulates() -> dict[str, bytes]:
    """Publish, and keep what is published of the event: its page, its revisions, its history."""
    published = publish(SEED_CHANGES)
    return {path: body for path, body in published.items() if path.startswith(f"{FOLDER}mexico")}


def test_the_page_of_the_seed_is_the_golden_one(request: pytest.FixtureRequest) -> None:
    found = consulates()
    if request.config.getoption("--regenerate-golden"):
        write(found, EXPECTED)
    assert found == read(EXPECTED)


def test_the_page_has_the_sections_of_the_seed_in_its_order() -> None:
    page = markdown()
    marks = ["Formats: ", "### [2017-03-4]", f"##### [{RELATIONS}]", f"# {LONG}"]
    marks += ["### Sources:", "Cover Image", "### Changes:", "### Related:"]
    positions = [page.index(mark) for mark in marks]
    assert positions == sorted(positions)


def test_the_related_events_are_those_of_the_seed_with_their_context() -> None:
    page = markdown()
    related = page[page.index("### Related:") :]
    positions = [related.index(title) for _, _, title, _ in RELATED]
    assert positions == sorted(positions)
    contexts = [line for line in related.splitlines() if "_Context: " in line]
    assert [context.partition("_Context: ")[2].rstrip("_") for context in contexts] == [
        f"{RELATIONS}, {MINISTER}",
        f"{MINISTER}, {OFFICE}",
        f"{RELATIONS}, {OFFICE}",
        MINISTER,
        RELATIONS,
    ]


def test_the_changes_are_three_each_at_an_address_of_its_own() -> None:
    pages = {path for path in consulates() if path.endswith(".html")}
    (current,) = (path for path in pages if ".r" not in path and b"Current version" in body(path))
    root = lxml_html.fromstring(body(current))
    links = [str(link.get("href")) for link in root.findall(".//section[@class='changes']//li/a")]
    assert len(links) == len(set(links)) == 3
    paths = [link.removeprefix("https://gazette.example/") for link in links]
    assert paths[0] == current
    assert [path.rpartition(".r")[2] for path in paths[1:]] == ["2.html", "1.html"]
    assert set(paths) <= pages


def markdown() -> str:
    (current,) = (
        text.decode()
        for path, text in consulates().items()
        if path.endswith(".md") and b"### Changes" in text and ".r" not in path
    )
    return current


def body(path: str) -> bytes:
    return consulates()[path]
