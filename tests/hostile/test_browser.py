"""No attack runs in a browser: neither in the pages, nor in what others make of feeds.

The first two tests are there to prove that the others can fail, and that the policy holds alone.
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

# A frame is how so many pages are shown at once; who may frame them is not what is tested here.
POLICY = re.sub(r"frame-ancestors [^;]*;? ?", "", CONTENT_SECURITY_POLICY)
META_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="[^"]*">')
# What browsers have long stopped to run stays in the collection: other readers may still do it.
LIVELY = {"html": 80, "mutation": 12, "markdown": 22, "attribute": 12, "raw text": 5}


def bare(content: str) -> bytes:
    return f"<!DOCTYPE html><html><head><title>x</title></head><body>{content}</body>".encode()


def unprotected(payload: Payload) -> bytes:
    """Return a page whose maker trusts everybody."""
    if payload.context:
        return bare(payload.context.format(payload.text))
    return bare(READER.render(payload.text))


def without_policy(page: bytes) -> bytes:
    stripped, found = META_POLICY.subn(b"", page)
    assert found == 1
    return stripped


def pages_of(site: dict[str, Document]) -> list[bytes]:
    """Return the correction of each event, which shows most, and some of all other pages.

    A browser takes a thousand frames, and a third of a minute for three hundred.
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


def test_attacks_run_where_nobody_defends(profile: Path) -> None:
    """Were this to fail, the silence of the other pages would prove nothing."""
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
    print(f"{len(PAYLOADS)} attacks on {len(pages)} pages")  # noqa: T201  # how much was tried


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
    """Return the Markdown of every other correction as the most trusting reader shows it."""
    paths = [path for path in site if path.endswith(".r2.md")][::2]
    return [READER.render(site[path].body.decode()) for path in paths]
