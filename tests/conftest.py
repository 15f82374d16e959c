"""Options of all tests: hypothesis profiles, which tests are slow, time limits, coverage."""

import os
from functools import cache
from pathlib import Path

import botocore.session
import pytest
from hypothesis import HealthCheck, settings

# Each session of botocore would read the same descriptions of services again, which are megabytes.
botocore.session.create_loader = cache(botocore.session.create_loader)

# "ci" and "quick" try the same examples every time, so that a failure can be repeated. `make test`
# uses "quick". "soak" is for a long search: HYPOTHESIS_PROFILE=soak.
_CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
for _name, _examples in (("ci", 60), ("quick", 20)):
    settings.register_profile(
        _name,
        derandomize=True,
        database=None,
        max_examples=_examples,
        deadline=None,
        suppress_health_check=_CALM,
    )
settings.register_profile(
    "soak", max_examples=3000, deadline=None, print_blob=True, suppress_health_check=_CALM
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# A test is slow if its id begins with one of these: `make test` leaves it out, `make check` runs
# it. Each starts a server, a browser or a stack, or took more than 5 seconds with "quick"
# (`make check ARGS=--durations=50` shows the times).
_SLOW = (
    "cli/importers/test_hostile_sources.py",
    "cli/importers/test_published_archive.py",
    "cli/test_changed_characters.py",
    "cli/test_site_check.py",
    "corpus/",
    "e2e/",
    "emulators/test_histories.py",
    "faults/",
    "hostile/",
    "pipeline/test_bounds.py",
    "pipeline/test_console.py",
    "pipeline/test_console_form.py",
    "cost/",
    "property/test_held_and_erased.py",
    "property/test_hub_pings.py",
    "property/test_any_document.py",
    "property/test_archive_contents.py",
    "property/test_dead_links.py",
    "property/test_erased_words.py",
    "property/test_every_word.py",
    "property/test_ids_and_addresses.py",
    "property/test_image_orders.py",
    "property/test_long_histories.py",
    "property/test_long_time_lines.py",
    "property/test_passing_time.py",
    "property/test_published_again.py",
    "property/test_reconciliation.py",
    "property/test_search.py",
    "property/test_verified_sites.py",
    "property/test_whole_site.py",
    "races/",
    "readers/test_newsboat.py",
    "readers/test_reader_library.py",
    "site/",
    "stack/",
    "unit/announce/test_feed_hubs.py",
    "unit/ingest/test_ingest_crashes.py",
)
# The files that take longest come first: one that came last would keep one process busy and leave
# the others idle. Each of them is run by one process (`--dist loadscope`).
_LONGEST = (
    "e2e/test_life.py",
    "faults/test_every_call.py",
    "stack/test_rebuild.py",
    "corpus/test_revisions.py",
    "e2e/test_permissions.py",
    "site/test_schemas.py",
    "stack/test_failures.py",
    "cost/test_withdrawals.py",
    "cost/test_cost.py",
    "emulators/test_histories.py",
    "faults/test_disorder.py",
    "site/test_judges.py",
    "cli/importers/test_hostile_sources.py",
    "cli/importers/test_published_archive.py",
    "cli/test_changed_characters.py",
    "property/test_verified_sites.py",
    "property/test_reconciliation.py",
    "property/test_long_time_lines.py",
)
# Setup included. The longest one deploys a whole stack. pyproject.toml limits the quick tests.
_SLOW_SECONDS = 900


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden",
        action="store_true",
        help="write the golden files instead of comparing with them",
    )


_HALVES = {"slow": True, "not slow": False}


def _is_slow(file: Path) -> bool:
    return file.relative_to(Path(__file__).parent).as_posix().startswith(_SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore files of the other half: each process would import them, which takes 11 seconds."""
    is_wanted = _HALVES.get(config.option.markexpr)
    if is_wanted is None or not collection_path.name.startswith("test_"):
        return None
    return True if _is_slow(collection_path) != is_wanted else None


# These quick tests alone must reach every branch. Measuring a test triples its time.
_MEASURED = ("contract", "functions", "pipeline", "unit")
# Except these, which take longest. A branch that only they reach needs a test in another file.
_UNMEASURED = (
    "pipeline/test_pipeline.py",
    "pipeline/test_put.py",
    "pipeline/test_release.py",
    "unit/erasures/test_erased_titles.py",
    "unit/erasures/test_erasure_crashes.py",
    "unit/erasures/test_unreadable_erasures.py",
    "unit/feeds/test_changes_archives.py",
    "unit/feeds/test_corrections_stay.py",
    "unit/images/test_missing_in_text.py",
    "unit/languages/test_site_language.py",
    "unit/ledger/test_busy_days.py",
    "unit/ledger/test_item_bounds.py",
    "unit/ledger/test_left_entries.py",
    "unit/ledger/test_periods.py",
)


def _is_measured(path: Path) -> bool:
    """Return whether a file of tests, by its path below this folder, is measured."""
    return path.parts[0] in _MEASURED and path.as_posix() not in _UNMEASURED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent
    ranks = {file: rank for rank, file in enumerate(_LONGEST)}
    paths = {item: item.path.relative_to(root) for item in items}
    # A test that is not measured fills caches: what is computed once would never be seen to run.
    items.sort(
        key=lambda item: (
            ranks.get(paths[item].as_posix(), len(_LONGEST)),
            not _is_measured(paths[item]),
            paths[item].as_posix() not in _UNMEASURED,
        )
    )
    for item, path in paths.items():
        if _is_slow(item.path):
            item.add_marker(pytest.mark.slow)
            if not item.get_closest_marker("timeout"):
                item.add_marker(pytest.mark.timeout(_SLOW_SECONDS))
        if not _is_measured(path):
            item.add_marker(pytest.mark.no_cover)


# These tests print how much they tried; the summary shows it although they passed.
_REPORTING = ("faults", "hostile", "races", "e2e/test_permissions")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    folders = tuple(f"tests/{folder}" for folder in _REPORTING)
    lines = [
        line
        for report in terminalreporter.stats.get("passed", [])
        if report.nodeid.startswith(folders)
        for line in report.capstdout.splitlines()
    ]
    if lines:
        terminalreporter.section("how much was tried")
        terminalreporter.write_line("\n".join(lines))
