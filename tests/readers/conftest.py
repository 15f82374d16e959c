"""Serves a site while it is published, for feed readers that follow it."""

from collections.abc import Iterator

import pytest

from tests.readers.serving import WatchedServer, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # Otherwise readers would send requests for this machine to a proxy.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with WatchedServer() as server:
        world = World(server)
        with server.serving(world.store.read):
            yield world
            world.close()
