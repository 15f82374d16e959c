"""A stack that the real SAM CLI builds and deploys, over TLS and with IAM enforced."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gazette_cli.emulators.ministack import Ministack
from tests.e2e.certificates import make_tls
from tests.e2e.user import User, missing_tools


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[User]:
    """A user who has run `make build` and `gazette deploy`."""
    if missing := missing_tools():
        pytest.skip(f"make e2e installs {', '.join(missing)}")
    home: Path = tmp_path_factory.mktemp("user")
    with Ministack(make_tls(home), enforces_iam=True) as ministack:
        user = User(ministack, home)
        user.build()
        user.deploy()
        yield user
        user.close()
