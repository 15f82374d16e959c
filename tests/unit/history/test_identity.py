import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.contract import identity
from gazette.models.contract.parsing import InvalidEventError
from gazette.models.limits import MAX_KEY_BYTES
from gazette.models.site import Site

# RFC 4151 §2.1 with pchar of RFC 3986: what a reader may compare character by character.
TAG_URI = re.compile(
    r"tag:[a-z0-9.@-]+,\d{4}(-\d\d){0,2}:(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-F]{2})*"
)


@given(st.text(min_size=1, max_size=200))
def test_an_event_is_named_by_its_key_and_its_key_by_it(name: str) -> None:
    assert identity.event_id(identity.event_key(name)) == name


@pytest.mark.parametrize("key", ["", "a.json", "events/a", "events/.json", "images/a.json"])
def test_other_keys_name_no_event(key: str) -> None:
    with pytest.raises(InvalidEventError, match=r"key: is not of the form events/<id>\.json"):
        identity.event_id(key)


def test_a_key_is_as_long_as_the_ledger_can_hold() -> None:
    fits = identity.event_key("ä" * 444)
    assert len(fits.encode()) == MAX_KEY_BYTES
    assert identity.event_id(fits) == "ä" * 444
    with pytest.raises(InvalidEventError, match="key: is longer than 900 bytes"):
        identity.event_id(identity.event_key("ä" * 444 + "a"))


def test_a_tag_never_changes() -> None:
    """Feed readers know an entry by this alone: if this fails, every entry appears as new."""
    site = Site(base_url="https://moved.example", tag_authority="gazette.example,2026")
    assert site.event_tag("2026/07/river opens #1") == (
        "tag:gazette.example,2026:event/2026/07/river%20opens%20%231"
    )
    assert site.tag("topics", "foxes") == "tag:gazette.example,2026:topics/foxes"


@given(st.text(max_size=100))
def test_any_name_makes_a_valid_tag(name: str) -> None:
    assert TAG_URI.fullmatch(identity.tag_uri("gazette.example,2026-07", "event", name))


@given(st.text(), st.text())
def test_two_events_never_share_a_tag(one: str, other: str) -> None:
    tags = {identity.tag_uri("gazette.example,2026", "event", name) for name in (one, other)}
    assert len(tags) == len({one, other})
