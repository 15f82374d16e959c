"""What every room of the tests shares: options, how far hypothesis searches, a mocked AWS."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# "ci" finds the same examples every time, so that a red build can be repeated; "soak" is for a
# machine that has the night: HYPOTHESIS_PROFILE=soak.
_CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    max_examples=60,
    deadline=None,
    suppress_health_check=_CALM,
)
settings.register_profile(
    "soak", max_examples=3000, deadline=None, print_blob=True, suppress_health_check=_CALM
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden",
        action="store_true",
        help="write the golden files anew instead of comparing with them",
    )


# Every branch is taken by these, which know what it is for. The others run the same code over and
# over, and twice as long where it is counted which.
_MEASURED = ("unit", "contract", "functions", "pipeline", "hostile")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    room = Path(__file__).parent
    for item in items:
        if item.path.relative_to(room).parts[0] not in _MEASURED:
            item.add_marker(pytest.mark.no_cover)


# Their tests print how much was tried, which a person wants to see of those that pass as well.
_TELLING = ("faults", "hostile", "races", "e2e/test_permissions")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rooms = tuple(f"tests/{room}" for room in _TELLING)
    told = [
        line
        for report in terminalreporter.stats.get("passed", [])
        if report.nodeid.startswith(rooms)
        for line in report.capstdout.splitlines()
    ]
    if told:
        terminalreporter.section("how much was tried")
        terminalreporter.write_line("\n".join(told))
