"""An id follows from its key alone, differs from every other one, and is a file name everywhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract.guids import entry_id, guid_of
from gazette.models.contract.identity import event_id, event_key
from gazette_cli.importers.ids import id_of_guid, id_of_key, id_of_path

KEY = st.one_of(
    st.text(min_size=1, max_size=60),
    st.from_regex(
        r"(tag:a\.example,2026:event/|https://)?[a-zA-Z0-9./:?=_-]{1,40}", fullmatch=True
    ),
    st.text("aA./\\:", min_size=1, max_size=8),
    st.text("x/", min_size=200, max_size=500),
)
# What Windows refuses in a name, and what leads elsewhere.
REFUSED = re.compile(r'[<>:"\\|?*\x00-\x1f]|(?:^|/)\.|\.(?:/|$)|//|^/|/$')
RESERVED = re.compile(r"(?:^|/)(?:con|nul|aux|prn|com1|lpt1)(?:[./]|$)", re.IGNORECASE)


@given(KEY)
def test_an_id_is_a_file_name_on_every_system(key: str) -> None:
    for make in (id_of_key, id_of_path, id_of_guid):
        made = make(key)
        assert made == make(key)
        assert not REFUSED.search(made)
        assert not RESERVED.search(made)
        assert all(len(part.encode()) < 250 for part in made.split("/"))
        assert event_id(event_key(made)) == made


@given(KEY, KEY)
def test_different_keys_have_different_ids(one: str, other: str) -> None:
    for make in (id_of_key, id_of_path):
        assert (make(one) == make(other)) == (one == other)


@pytest.mark.parametrize(
    "path", ["con", "a/NUL.md", "../a", "a/../b", "a.", "/a", "a//b", "-a", "é"]
)
def test_a_path_that_no_file_can_have_is_replaced(path: str) -> None:
    assert id_of_path(path) == id_of_key(path) != path


@pytest.mark.parametrize("name", ["2026/bridge", "storm", "a.b_c-d"])
def test_an_entry_of_gazette_keeps_its_event(name: str) -> None:
    guid = entry_id("post.example,2026", name, None)
    assert id_of_guid(guid) == name
    assert guid_of(guid, name) is None


def test_an_entry_of_gazette_with_a_dangerous_id_gets_another_one() -> None:
    guid = "tag:post.example,2026:event/../../etc/passwd"
    assert id_of_guid(guid) == id_of_key(guid)
