"""What every room of the tests shares: options, how far hypothesis searches, a mocked AWS."""

import os

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
