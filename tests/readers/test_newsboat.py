"""The items that newsboat, a reader for terminals, keeps during the life of an event."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.readers.lifetime import (
    BYSTANDER_ID,
    EVENT_ID,
    LIFE,
    PUBLISHED,
    TOPIC,
    Step,
    publish_bystander,
)
from tests.readers.serving import World

NEWSBOAT = shutil.which("newsboat")
pytestmark = pytest.mark.skipif(
    NEWSBOAT is None, reason="needs newsboat, which .ci/install-program newsboat installs"
)
# The version in Debian does not read JSON Feed.
FORMATS = ("rss", "atom")


class CachedItem(NamedTuple):
    """An item in newsboat's cache; ``published`` is in seconds since 1970."""

    title: str
    url: str
    published: int
    content: str


class Newsboat:
    """A newsboat that follows one feed, with its own home folder."""

    def __init__(self, home: Path, url: str) -> None:
        self._home = home
        (home / "config").touch()
        (home / "urls").write_text(f"{url}\n")

    def reload(self) -> None:
        assert NEWSBOAT is not None
        files = ("-C", "config", "-u", "urls", "-c", "cache.db")
        subprocess.run(  # noqa: S603  # our command line
            [NEWSBOAT, *files, "-x", "reload"],
            cwd=self._home,
            # Otherwise it would send requests for this machine to a proxy.
            env={"PATH": os.environ["PATH"], "HOME": str(self._home), "no_proxy": "127.0.0.1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
            check=True,
        )

    def items(self) -> list[tuple[str, CachedItem]]:
        with closing(sqlite3.connect(self._home / "cache.db")) as cache:
            rows = cache.execute("SELECT guid, title, url, pubDate, content FROM rss_item")
            return [(row[0], CachedItem(*row[1:])) for row in rows]


def is_shown(step: Step, extension: str) -> bool:
    """Return whether newsboat notices a step: it ignores tombstones and missing entries."""
    return step.is_live or (step.is_withdrawn and extension == "rss")


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
        known = step if is_shown(step, extension) else known
        items = newsboat.items()
        assert sorted(guid for guid, _ in items) == [EVENT_ID, BYSTANDER_ID], step.name
        kept = dict(items)[EVENT_ID]
        # In an Atom entry it opens the last alternate link of any type (SPEC A7).
        page = f"{known.base_path}.html"
        text = known.text if known.is_withdrawn else f"<p>{known.text}</p>"
        assert kept == (
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
