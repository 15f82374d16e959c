"""The contestants of `make bench ARGS=peers` do what they are measured for."""

import pytest

from tests.bench.peers import CONTESTANTS, NotShownError, measure, missing


@pytest.mark.parametrize("name", CONTESTANTS)
def test_a_contestant_shows_the_new_events(name: str) -> None:
    if name in missing():
        pytest.skip(f"{name} is not installed: apt-get install {name}")
    first, more, files = measure(name, size=12, new=2)
    assert first > 0
    assert len(more) == 2
    # A page for each event, and for the site, a topic and a category of them.
    assert files >= 12 + 3


def test_a_contestant_that_shows_nothing_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.bench.peers.Gazette.feed", lambda _: "<rss></rss>")
    with pytest.raises(NotShownError, match="Gazette does not show 'New event 0 of Gazette'"):
        measure("Gazette", size=2, new=1)
