"""Changes characters of a published site at random, and asks `gazette verify` about them."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from urllib.parse import unquote

import pytest

from gazette.delivery.memory import MemorySiteStore
from gazette_cli.commands.verify import BROKEN, verify
from gazette_cli.engines.acts import Act, bursts
from gazette_cli.engines.memory_engine import MemoryEngine
from gazette_cli.verification.hash_chain import check_history, read_history
from gazette_cli.verification.published_site import PublishedSite, open_site
from tests.unit.publish.worlds import SITE

# What the hash chain protects: the JSON forms of revisions, and the histories.
_OF_CHAIN = re.compile(r"news/.+\.(?:r\d+|history(?:\.\d+)?)\.json")
_REVISION = re.compile(r"\.r\d+\.json$")
_OF_EVENT = re.compile(r"news/\d+/\d\d/\d\d?/(?!index\.).+")
# The settings of a site are what most of these say, so only one of them is changed at a time.
_SETTINGS = ("feed.atom", "feed.json", "feed.rss")
_IMAGES = ("image/", "thumbnails/", "favicon.ico", "assets/card.png")
_OTHERS = "aZ5<&> é-\n"


def publish(acts: Sequence[Act], folder: Path) -> Path:
    """Publish acts into a folder."""
    store = MemorySiteStore(Counter())
    engine = MemoryEngine(SITE, store, Counter())
    for burst in bursts(acts):
        for act in burst:
            engine.apply(act)
        engine.settle()
    for path, document in store.documents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(document.body)
    return folder


def found_in_chains(
    folder: Path, chance: Random, deferred: dict[str, bytes]
) -> Iterator[tuple[str, bool]]:
    """Change each document of the hash chains in turn; yield its path, and if it is named.

    A chain does not check what a history says of its event: such changes are ``deferred``.
    """
    site = open_site(str(folder))
    for address in list(site.histories()):
        start = address.partition("/news/")[0] + "/"
        event = read_history(site, address).event
        for document in _chain(site, address):
            path = unquote(document.removeprefix(start))
            changed = {path: change_one((folder / path).read_bytes(), chance)}
            with _changed(folder, changed):
                problems = list(check_history(site, address))
            if not (problems or _REVISION.search(path)):
                deferred |= changed
            else:
                # A history that cannot be read does not say of which event it is.
                yield path, any(event in line or address in line for line in problems)


def _chain(site: PublishedSite, address: str) -> Iterator[str]:
    """Yield the addresses of a history, its older parts and its revisions."""
    while address:
        part = json.loads(site.read(address))
        yield address
        yield from (one["json"] for one in part.get("revisions") or part["changes"])
        address = part.get("previous", "")


def found_by_publishing(
    folder: Path,
    chance: Random,
    deferred: dict[str, bytes],
    capsys: pytest.CaptureFixture[str],
) -> Iterator[tuple[str, bool]]:
    """Change all other documents at once; yield the path of each, and if it is named.

    A line that names a document of an event names the event and a revision as well.
    """
    kept = chance.sample(_SETTINGS, 2)
    start = f"{SITE.base_url}/"
    chains = {unquote(one.removeprefix(start)) for one in open_site(str(folder)).histories()}
    changed = deferred | {
        path: change_one((folder / path).read_bytes(), chance)
        for path in _paths(folder)
        if not (_OF_CHAIN.fullmatch(path) or path in chains or path in kept)
        if not path.startswith(_IMAGES)
    }
    with _changed(folder, changed):
        assert verify(str(folder)) == BROKEN
    lines = capsys.readouterr().err.splitlines()
    named = {line.partition(": ")[0].partition(" (event ")[0]: line for line in lines}
    for path in changed:
        line = named.get(path, "")
        yield path, bool(line) and (" revision " in line or not _OF_EVENT.fullmatch(path))


def report(found: Iterable[tuple[str, bool]]) -> str:
    """Return how many characters were changed and found, by format, and what was not found."""
    tried, missed = Counter[str](), []
    for path, is_found in found:
        tried[path.rpartition(".")[2]] += 1
        if not is_found:
            missed.append(path)
    counts = ", ".join(f"{name} {count}" for name, count in sorted(tried.items()))
    assert not missed, f"of {counts} not found: {missed[:20]}"
    return f"{tried.total()} changed characters, all found: {counts}"


def change_one(body: bytes, chance: Random) -> bytes:
    """Replace one character at random by another one."""
    text = body.decode()
    position = chance.randrange(len(text))
    other = chance.choice([one for one in _OTHERS if one != text[position]])
    return (text[:position] + other + text[position + 1 :]).encode()


@contextmanager
def _changed(folder: Path, changed: Mapping[str, bytes]) -> Iterator[None]:
    """Write other bytes into some documents within the block."""
    before = {path: (folder / path).read_bytes() for path in changed}
    for path, body in changed.items():
        (folder / path).write_bytes(body)
    try:
        yield
    finally:
        for path, body in before.items():
            (folder / path).write_bytes(body)


def _paths(folder: Path) -> list[str]:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return [file.relative_to(folder).as_posix() for file in files]
