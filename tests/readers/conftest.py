"""A site that is served while it is published, for readers to follow."""

from collections.abc import Iterator

import pytest

from tests.readers.serving import WatchedServer, World


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    # Readers would ask a proxy for the site of this machine.
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with WatchedServer() as server:
        world = World(server)
        with server.serving(world.store.read):
            yield world
            world.close()
