"""An erasure document says which revisions, and why; one that is wrong says what to write."""

import json
from datetime import date

import pytest

from gazette.models.contract.erasure import ErasedRevision, Facts, is_named, parse_erasure
from gazette.models.problems.problems import InvalidEventError

HASH = "ab" * 32
REVISIONS = 'write "all", or a list of numbers, such as [1, 2]'
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
        ({"revisions": []}, "revisions", f"[] is refused: names no revision; {REVISIONS}"),
        ({"revisions": "1"}, "revisions", f'"1" is refused: names no revision; {REVISIONS}'),
        ({"revisions": "ALL"}, "revisions", f'"ALL" is refused: names no revision; {REVISIONS}'),
        ({"revisions": 1}, "revisions", f"1 is refused: names no revision; {REVISIONS}"),
        ({"revisions": None}, "revisions", f"is missing; {REVISIONS}"),
        ({"revisions": ["1"]}, "revisions.0", f'"1" is refused: names no revision; {REVISIONS}'),
        ({"revisions": [1, "v2"]}, "revisions.1", '"v2" is refused: names no revision; write'),
        ({"revisions": [1.5]}, "revisions.0", "1.5 is refused: names no revision; write"),
        ({"revisions": [[1]]}, "revisions.0", "[1] is refused: names no revision; write"),
        (
            {"revisions": [0]},
            "revisions.0.number",
            "0 is refused: is less than 1; write the number that the history shows",
        ),
        ({"revisions": [True]}, "revisions.0", "true is refused: names no revision; write"),
        ({"revisions": [{}]}, "revisions.0", "{} is refused: names no revision; give its number"),
        (
            {"revisions": [{"number": "1"}]},
            "revisions.0.number",
            '"1" is refused: is not a whole number; write the number',
        ),
        (
            {"revisions": [{"sha256": "x"}]},
            "revisions.0.sha256",
            '"x" is refused: is not written as it must be; write the 64 digits',
        ),
        (
            {"revisions": [{"numbr": 1}]},
            "revisions.0.numbr",
            "1 is refused: is no field; did you mean number? revisions has only number, version,",
        ),
        (
            {"revisions": [2**60]},
            "revisions.0",
            f"is a number that JSON readers cannot take exactly: {2**60}; {REVISIONS}",
        ),
        ({"reason": ""}, "reason", '"" is refused: is blank; write something that can be seen'),
        ({"reason": 5}, "reason", "5 is refused: is not a text; write in one"),
        ({"reason": "x" * 9999}, "reason", '"' + "x" * 98 + "… is refused: "),
        ({"date": "soon"}, "date", '"soon" is refused: '),
        ({"date": "soon"}, "date", "write it like 2026-11-29, or leave it out"),
        (
            {"dat": "2026-07-04"},
            "dat",
            "did you mean date? the document has only revisions, reason, date",
        ),
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
