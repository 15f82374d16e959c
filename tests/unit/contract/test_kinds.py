"""SPEC V1 to V4, as a table next to the code's own."""

from typing import get_args

from gazette.models.contract.document import RevisionNote
from gazette.models.kinds import RULES, RevisionKind

KINDS = {
    "significant": {"publication", "update", "correction", "retraction", "restored", "expired"},
    "needs a note": {"correction", "retraction"},
    "in the updates feed": {"update", "correction", "retraction", "restored", "expired"},
    "in the corrections feed": {"correction", "retraction"},
    "withdraws": {"retraction", "expired"},
}


def test_the_rules_of_the_kinds_are_those_of_the_specification() -> None:
    found = {
        "significant": {str(kind) for kind, rules in RULES.items() if rules.is_significant},
        "needs a note": {str(kind) for kind, rules in RULES.items() if rules.needs_note},
        "in the updates feed": {str(kind) for kind, rules in RULES.items() if rules.in_updates},
        "in the corrections feed": {
            str(kind) for kind, rules in RULES.items() if rules.in_corrections
        },
        "withdraws": {str(kind) for kind, rules in RULES.items() if rules.withdraws},
    }
    assert found == KINDS


def test_every_kind_has_rules_and_a_label_of_its_own() -> None:
    assert set(RULES) == set(RevisionKind)
    assert len({rules.label for rules in RULES.values()}) == len(RevisionKind)


def test_a_publisher_may_declare_every_kind_that_gazette_does_not_find_itself() -> None:
    declared = set(get_args(RevisionNote.model_fields["kind"].annotation))
    assert declared == set(RevisionKind) - {
        RevisionKind.PUBLICATION,
        RevisionKind.RESTORED,
        RevisionKind.EXPIRED,
    }
