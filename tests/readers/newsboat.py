"""Runs newsboat, a reader for terminals, and looks into its cache."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

NEWSBOAT = shutil.which("newsboat")
needs_newsboat = pytest.mark.skipif(
    NEWSBOAT is None, reason="needs newsboat, which .ci/install-program newsboat installs"
)


class CachedItem(NamedTuple):
    """An item in newsboat's cache; ``published`` is in seconds since 1970."""

    title: str
    url: str
    published: int
    content: str
    is_unread: bool


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
            rows = cache.execute("SELECT guid, title, url, pubDate, content, unread FROM rss_item")
            return [(row[0], CachedItem(*row[1:])) for row in rows]

    def mark_as_read(self) -> None:
        with closing(sqlite3.connect(self._home / "cache.db")) as cache:
            cache.execute("UPDATE rss_item SET unread = 0")
            cache.commit()
