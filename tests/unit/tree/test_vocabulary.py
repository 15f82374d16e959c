"""Old private words stay out of code, prose and template; each thing has one name."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = (
    ".ci",
    "docs",
    "functions",
    "gazette_cli",
    "layers/core",
    "layers/dependencies",
    "requirements",
    "statemachines",
    "tests",
)
FILES = ("Makefile", "README.md", "pyproject.toml", "template.yaml")
SUFFIXES = ("", ".in", ".md", ".py", ".json", ".yaml", ".toml", ".j2", ".html", ".css", ".js")
# Sample documents, expected output, the table below, and a changelog, which names what was renamed.
LEFT_OUT = (
    ".ci/lighthouse/package-lock.json",
    "tests/fixtures/*",
    "tests/golden/expected/*",
    "tests/golden/seed/*",
    "tests/unit/tree/test_vocabulary.py",
)

# In code and in prose, as a whole word or as a part of an identifier: what to write instead.
ANYWHERE = {
    "anew": "again",
    "announcement": "hub ping",
    "announcements": "hub pings",
    "announcer": "hub ping planner",
    "assignment": "task",
    "assignments": "tasks",
    "beside": "next to, neighbour",
    "chronicle": "event history",
    "departed": "deleted",
    "desk": "builder",
    "desks": "builders",
    "edition": "build result",
    "editions": "build results",
    "hint": "notification",
    "hints": "notifications",
    "nudge": "rebuild request",
    "nudged": "requested",
    "nudges": "rebuild requests",
    "picture": "image",
    "pictures": "images",
    "pump": "poller",
    "rollup": "aggregates",
    "rollups": "aggregates",
    "stem": "base path",
    "stems": "base paths",
    "tally": "counts",
    "tell": "report, request",
    "telling": "reporting",
    "tells": "reports, shows",
    "told": "reported, notified",
    "unclaimed": "orphan",
    "whoever": "name the actor",
    "wish": "preferred path",
    "wishes": "preferred paths",
}
PHRASES = {
    r"last[ _]receives?": "dead letters",
    r"looks?[ _]again": "verify after write",
    r"second[ _]tr(y|ies)": "retries",
    r"spare[ _]stems?": "path candidates",
    r"there (is|are) none\b": "say what does not exist",
    r"holds? up nobody": "delays nothing",
}
# Refused as the whole name that our code gives to something, in lower case and as a class.
AS_A_NAME = {
    "departed": "deleted",
    "fate": "diff kind",
    "gone": "deleted",
    "owners": "routes",
    "place": "item_key, position",
    "places": "item_keys, positions",
    "register": "item_store",
    "registers": "item_store",
    "spare": "path_candidates",
    "stretch": "changed_range",
    "wording": "words",
}
# Ordinary words of English, which only a class may not be called.
AS_A_CLASS = {
    "Around": "PageContext",
    "Beside": "Neighbours",
    "Figures": "counts",
    "Head": "Snapshot",
    "Kept": "IdentityCache",
    "Mark": "DiffSpan",
    "Piece": "WorkItem",
    "Publisher": "SiteWriter",
    "Record": "LedgerItem",
    "Round": "Iteration",
    "Step": "Transition",
}
# (files, word): why it may stay.
ALLOWED = {
    ("layers/core/gazette/models/texts/english.py", "beside"): "published text: a change of bytes",
    ("layers/core/gazette/renderers/pages/assets/gazette.css", "beside"): "published file",
    ("layers/core/gazette/renderers/pages/assets/gazette.css", "tell"): "published file",
    ("layers/core/gazette/models/contract/document.py", "picture"): "published schema",
    ("layers/core/gazette/projections/markup/visible.py", "picture"): "an element of HTML",
    ("layers/core/gazette/renderers/pages/templates/*", "picture"): "an element of HTML",
    ("tests/unit/pages/test_branded_pages.py", "picture"): "an element of HTML",
    ("template.yaml", "hints"): "logical id of a deployed event source",
    ("template.yaml", "announcements"): "logical id of a deployed event source",
    ("tests/golden/seed_changes.py", "beside"): "text of a sample",
    ("tests/hostile/test_supply_chain.py", "stem"): "pathlib's name",
    ("tests/functions/test_events.py", "stem"): "pathlib's name",
    ("tests/unit/ledger/test_old_payloads.py", "stem"): "names in old payloads",
    ("tests/unit/ledger/test_old_payloads.py", "stems"): "names in old payloads",
    ("tests/bench/rendering.py", "desk"): "sample data: the address of an author",
    ("tests/golden/changes.py", "desk"): "sample data: desks of a newspaper",
    ("tests/golden/test_golden.py", "desk"): "sample data: desks of a newspaper",
    ("tests/unit/markup/test_markup.py", "desk"): "sample data: an attack's address",
}

WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
# Sort keys and prefixes of stored items, such as "NUDGE#", and payload fields read by an alias.
STORED = re.compile(
    r"[\"'`][A-Z]+(#[^\"'`]*)?[\"'`]|AliasChoices\([^)]*\)|renamed\([^)]*\)|ROLLUP#|ignore\[\w+\]"
)


def texts() -> Iterator[tuple[str, str]]:
    inside = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    for path in sorted([*inside, *(ROOT / name for name in FILES)]):
        name = path.relative_to(ROOT).as_posix()
        is_read = path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in name
        if is_read and not any(fnmatch(name, pattern) for pattern in LEFT_OUT):
            yield name, path.read_text()


TEXTS = dict(texts())


def is_allowed(name: str, word: str) -> bool:
    return any(fnmatch(name, files) and word == allowed for files, allowed in ALLOWED)


def lines_with(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
    """Yield each match in lower case with its line, counted from 1; stored names are left out."""
    for number, line in enumerate(text.splitlines(), 1):
        for found in pattern.finditer(STORED.sub("", line)):
            yield found[0].lower(), number


def uses() -> dict[str, list[str]]:
    """Return where each word of `ANYWHERE` is used."""
    found: dict[str, list[str]] = {word: [] for word in ANYWHERE}
    for name, text in TEXTS.items():
        for word, line in lines_with(WORD, text):
            if word in found and not is_allowed(name, word):
                found[word].append(f"{name}:{line}")
    return found


USES = uses()


def names_given(source: str) -> Iterator[tuple[str, int]]:
    """Yield each name that the code gives to a class, function, argument, variable or field."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name, node.lineno
            case ast.arg(arg=name):
                yield name, node.lineno
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno


@pytest.mark.parametrize("word", ANYWHERE)
def test_an_old_word_is_nowhere(word: str) -> None:
    assert USES[word] == [], f"write {ANYWHERE[word]!r}"


@pytest.mark.parametrize("phrase", PHRASES)
def test_an_old_phrase_is_nowhere(phrase: str) -> None:
    pattern = re.compile(phrase, re.IGNORECASE)
    found = [f"{name}:{n}" for name, text in TEXTS.items() for _, n in lines_with(pattern, text)]
    assert found == [], f"write {PHRASES[phrase]!r}"


def test_nothing_is_named_by_an_old_word() -> None:
    found = [
        f"{name}:{line} {given}: write {AS_A_NAME[word]!r}"
        for name, text in TEXTS.items()
        if name.endswith(".py")
        for given, line in names_given(text)
        if (word := given.strip("_").lower()) in AS_A_NAME and not is_allowed(name, word)
    ]
    assert found == []


def test_no_class_that_is_installed_has_an_old_name() -> None:
    found = [
        f"{name}:{node.lineno} {node.name}: write {AS_A_CLASS[word]!r}"
        for name, text in TEXTS.items()
        if name.startswith(("layers/", "functions/", "gazette_cli/"))
        if name.endswith(".py")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
        if (word := node.name.strip("_")) in AS_A_CLASS
    ]
    assert found == []


def test_words_are_found_in_prose_and_within_identifiers_but_not_in_stored_names() -> None:
    text = "no builder\nclass TopicDesk: ...\ntopic_desk = 'a Desk'\ndesktop = 'DESK#1'"
    assert [line for word, line in lines_with(WORD, text) if word == "desk"] == [2, 3, 3]
    given = set(names_given("def place(head):\n    self.kept = round = 1"))
    assert given == {("place", 1), ("head", 1), ("kept", 2), ("round", 2)}
