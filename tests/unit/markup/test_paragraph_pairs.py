"""Which new paragraph an old one became: by similarity, and by position beyond the budget."""

from gazette.projections.diff.paragraph_pairs import PairingBudget, paragraph_pairs
from gazette.projections.diff.words import Words

OLD = [Words("The ferry sails at six."), Words("The bridge opens late.")]
NEW = [Words("The bridge opens very late."), Words("The ferry sails at six sharp.")]


def texts(budget: PairingBudget) -> list[tuple[str | None, str | None]]:
    pairs = paragraph_pairs(OLD, NEW, budget)
    return [(old.text if old else None, new.text if new else None) for old, new in pairs]


def test_paragraphs_are_paired_by_similarity_in_their_order() -> None:
    found = texts(PairingBudget())
    assert (OLD[0].text, NEW[1].text) in found or (OLD[1].text, NEW[0].text) in found


def test_without_steps_left_paragraphs_are_paired_by_position() -> None:
    assert texts(PairingBudget(0)) == [
        (OLD[0].text, NEW[0].text),
        (OLD[1].text, NEW[1].text),
    ]
