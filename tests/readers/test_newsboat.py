"""The items that newsboat, a reader for terminals, keeps during the life of an event."""

from http import HTTPStatus
from pathlib import Path

import pytest

from tests.readers.lifetime import (
    BYSTANDER_ID,
    EVENT_ID,
    LIFE,
    PUBLISHED,
    TOPIC,
    Step,
    publish_bystander,
    text_in,
)
from tests.readers.newsboat import Newsboat, needs_newsboat
from tests.readers.serving import World

pytestmark = needs_newsboat
# The version in Debian does not read JSON Feed.
FORMATS = ("rss", "atom")


def is_shown(step: Step) -> bool:
    """Return whether newsboat notices a step: it ignores missing entries."""
    return step.is_live or step.is_withdrawn


@pytest.mark.parametrize("extension", FORMATS)
def test_newsboat_keeps_one_item_and_updates_it_with_each_change(
    world: World, tmp_path: Path, extension: str
) -> None:
    """SPEC R3, R4, A2, A4, T4, T6, V3, V4, V6: its only date is that of the first publication."""
    publish_bystander(world)
    newsboat = Newsboat(tmp_path, world.site.url(f"{TOPIC}.{extension}"))
    known = LIFE[0]
    for step in LIFE:
        step.happen(world)
        newsboat.reload()
        known = step if is_shown(step) else known
        items = newsboat.items()
        assert sorted(guid for guid, _ in items) == [EVENT_ID, BYSTANDER_ID], step.name
        kept = dict(items)[EVENT_ID]
        # In an Atom entry it opens the last alternate link of any type (SPEC A7).
        page = f"{known.base_path}.html"
        text = f"<p>{known.text}</p>"
        assert (kept.title, kept.url, kept.published, text_in(kept.content)) == (
            known.shown_title,
            world.site.url(page),
            int(PUBLISHED.timestamp()),
            text,
        ), step.name


@pytest.mark.parametrize("extension", FORMATS)
def test_newsboat_gets_a_304_without_a_change(world: World, tmp_path: Path, extension: str) -> None:
    """SPEC H1; it does not keep the validators of the first response of a feed."""
    publish_bystander(world)
    newsboat = Newsboat(tmp_path, world.site.url(f"{TOPIC}.{extension}"))
    newsboat.reload()
    for step in LIFE:
        step.happen(world)
        for status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
            newsboat.reload()
            assert world.server.answers[-1] == (f"/{TOPIC}.{extension}", status), step.name
