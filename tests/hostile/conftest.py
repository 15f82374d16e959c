"""The site with the attacks, published once for all tests."""

import pytest

from gazette.models.views.site_document import Document
from tests.hostile.sites import hostile_changes
from tests.site.conftest import publish


@pytest.fixture(scope="session")
def hostile_site() -> dict[str, Document]:
    changes = hostile_changes()
    return publish(changes, burst=len(changes)).documents
