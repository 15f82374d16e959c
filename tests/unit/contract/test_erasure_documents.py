"""An erasure document says which revisions, and why; one that is wrong says what to write."""

import json
from datetime import date

import pytest

from gazette.models.contract.erasure import ErasedRevision, Facts, is_named, parse_erasure
from gazette.models.contract.problems import InvalidEventError

HASH = "ab" * 32
FACTS = Facts(2, "v2", (HASH, None))


def written(**fields: object) -> bytes:
    return json.dumps({"revisions": [1], "reason": "Personal data."} | fields).encode()


def test_revisions_are_named_by_number_version_or_hash() -> None:
    parts = [2, {"number": 3}, {"version": "v2"}, {"sha256": HASH, "number": 2}]
    found = parse_erasure(written(revisions=parts, date="2026-07-04"))
    assert [str(one) for one in found.revisions] == [
        "number 2",
        "number 3",
        "version v2",
        f"number 2, sha256 {HASH}",
    ]
    assert (found.reason, found.date) == ("Personal data.", date(2026, 7, 4))


def test_all_names_every_revision_and_no_date_need_be_given() -> None:
    found = parse_erasure(written(revisions="all"))
    assert (found.revisions, found.date) == ((), None)


@pytest.mark.parametrize(
    ("erased", "expected"),
    [
        (ErasedRevision(number=2), True),
        (ErasedRevision(number=1), False),
        (ErasedRevision(version="v2"), True),
        (ErasedRevision(version="v1"), False),
        (ErasedRevision(sha256=HASH), True),
        (ErasedRevision(sha256="cd" * 32), False),
        (ErasedRevision(number=2, version="v1"), False),
    ],
)
def test_all_that_is_given_must_fit(erased: ErasedRevision, expected: bool) -> None:
    assert is_named(FACTS, erased) is expected


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ({"revisions": []}, "revisions", "names no revision; write"),
        ({"revisions": "1"}, "revisions", "names no revision; write"),
        ({"revisions": None}, "revisions", 'Field required; write "all", or a list of numbers'),
        ({"revisions": [0]}, "revisions.0.number", "greater than or equal to 1; write"),
        ({"revisions": [True]}, "revisions.0", "write"),
        ({"revisions": [{}]}, "revisions.0", "names no revision; give its number"),
        ({"revisions": [{"sha256": "x"}]}, "revisions.0.sha256", "should match pattern"),
        ({"revisions": [{"numbr": 1}]}, "revisions.0.numbr", "not permitted; write"),
        ({"revisions": [2**60]}, "revisions.0", "is a number that JSON readers cannot take"),
        ({"reason": ""}, "reason", "is blank; write something that can be seen; write in one line"),
        ({"date": "soon"}, "date", "write it like 2026-11-29, or leave it out"),
        ({"dat": "2026-07-04"}, "dat", "an erasure has only revisions, reason, date"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(
    fields: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(InvalidEventError) as caught:
        parse_erasure(written(**fields))
    (problem,) = caught.value.problems
    assert problem.field == field
    assert reason in problem.reason
