"""A local AWS whose functions do not run by themselves, and processes that race on it."""

from collections.abc import Iterator

import pytest

from gazette_cli.emulators.ministack import Ministack
from tests.races.ground import Clients, make_clients, make_ground
from tests.races.racecourse import Racecourse, open_racecourse
from tests.races.referee import Referee


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "ministack: starts a local AWS; some seconds each")


@pytest.fixture(scope="session")
def endpoint() -> Iterator[str]:
    with Ministack() as ministack:
        yield ministack.endpoint


@pytest.fixture(scope="session")
def clients(endpoint: str) -> Iterator[Clients]:
    clients = make_clients(endpoint)
    yield clients
    clients.s3.close()
    clients.dynamodb.close()


@pytest.fixture(scope="session")
def racecourse(endpoint: str) -> Iterator[Racecourse]:
    with open_racecourse(endpoint) as racecourse:
        yield racecourse


@pytest.fixture
def referee(clients: Clients) -> Referee:
    """A referee of a new ground."""
    return Referee(make_ground(clients), clients)
