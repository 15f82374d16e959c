"""No attack runs in a browser, on a page or in a reader that shows a feed.

The first two tests prove that the others can fail, and that the policy alone is enough.
"""

import re
from pathlib import Path

import pytest

from gazette.models.views.site_document import Document
from gazette.renderers.pages.html import CONTENT_SECURITY_POLICY
from tests.hostile.browser import Page, Sighting, show, with_beacon, with_prod
from tests.hostile.payloads import PAYLOADS, Payload
from tests.hostile.syndication import items_of
from tests.unit.pages.page_reading import READER

# The test shows pages in frames, so the policy on frames is left out.
POLICY = re.sub(r"frame-ancestors [^;]*;? ?", "", CONTENT_SECURITY_POLICY)
META_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="[^"]*">')
# The collection keeps attacks that browsers no longer run, because other readers might.
LIVELY = {"html": 80, "mutation": 12, "markdown": 22, "attribute": 12, "raw text": 5}


def bare(content: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>x</title></head><body>{content}</body>".encode()


def unprotected(payload: Payload) -> bytes:
    """Return a page that trusts the attack."""
    if payload.context:
        return bare(payload.context.format(payload.text))
    return bare(READER.render(payload.text))


def without_policy(page: bytes) -> bytes:
    stripped, found = META_POLICY.subn(b"", page)
    assert found == 1
    return stripped


def pages_of(site: dict[str, Document]) -> list[bytes]:
    """Return the correction of each event, which has the most content, and some of the other pages.

    Three hundred frames take a browser twenty seconds, and it shows a thousand at most.
    """
    pages = [path for path in site if path.endswith(".html")]
    corrections = [path for path in pages if path.endswith(".r2.html")]
    others = [path for path in pages if path not in corrections]
    return [site[path].body for path in (*corrections, *others[::12])]


def report(pages: list[bytes], folder: Path, policy: str | None, *, prodded: bool) -> Sighting:
    dressed = (with_beacon(number, page) for number, page in enumerate(pages))
    return show(
        [Page(with_prod(page) if prodded else page, policy=policy) for page in dressed], folder
    )


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path / "profile"


def test_attacks_run_on_a_page_without_any_defence(profile: Path) -> None:
    """Without this, the other tests would prove nothing."""
    sighting = report([unprotected(p) for p in PAYLOADS], profile, None, prodded=True)
    ran = [payload.kind for payload in PAYLOADS if payload.number in sighting.ran]
    assert {kind: ran.count(kind) >= least for kind, least in LIVELY.items()} == dict.fromkeys(
        LIVELY, True
    )


def test_the_policy_alone_stops_every_attack(profile: Path) -> None:
    sighting = report([unprotected(p) for p in PAYLOADS], profile, POLICY, prodded=False)
    assert sighting.ran == set()
    assert sighting.seen == set(range(len(PAYLOADS)))


def test_no_attack_runs_on_a_page_without_its_policy(
    hostile_site: dict[str, Document], profile: Path
) -> None:
    pages = [without_policy(page) for page in pages_of(hostile_site)]
    sighting = report(pages, profile, None, prodded=True)
    assert sighting.ran == set()
    assert sighting.seen == set(range(len(pages)))
    print(f"{len(PAYLOADS)} attacks on {len(pages)} pages")  # noqa: T201  # shows how much was tested


def test_no_attack_runs_on_a_page_as_it_is_served(
    hostile_site: dict[str, Document], profile: Path
) -> None:
    pages = pages_of(hostile_site)[::3]
    sighting = report(pages, profile, POLICY, prodded=False)
    assert sighting.ran == set()
    assert sighting.seen == set(range(len(pages)))


def test_no_attack_runs_in_a_reader_that_shows_everything_as_html(
    hostile_site: dict[str, Document], profile: Path
) -> None:
    shown = [*items_of(hostile_site), *markdown_of(hostile_site)]
    assert len(shown) > 1.2 * len(PAYLOADS)
    sighting = report([bare(content) for content in shown], profile, None, prodded=True)
    assert sighting.ran == set()
    assert sighting.seen == set(range(len(shown)))


def markdown_of(site: dict[str, Document]) -> list[str]:
    """Return the Markdown of every second correction as a reader without a sanitiser shows it."""
    paths = [path for path in site if path.endswith(".r2.md")][::2]
    return [READER.render(site[path].body.decode()) for path in paths]
