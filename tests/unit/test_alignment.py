from hypothesis import given
from hypothesis import strategies as st

from gazette.projections.diff.alignment import ChangedRange, Effort, changed_ranges

LETTERS = st.lists(st.sampled_from("abc"), max_size=30)
PLENTY = 1_000_000


def applied(before: list[str], after: list[str], stretches: list[ChangedRange]) -> list[str]:
    """Put what is new in the place of what it replaced."""
    result, end = [], 0
    for stretch in stretches:
        result += before[end : stretch.before_start]
        result += after[stretch.after_start : stretch.after_end]
        end = stretch.before_end
    return result + before[end:]


def common_length(before: list[str], after: list[str]) -> int:
    """Return the length of the longest common subsequence, by the book."""
    row = [0] * (len(after) + 1)
    for there in before:
        corner = 0
        for position, here in enumerate(after, 1):
            longest = corner + 1 if there == here else max(row[position], row[position - 1])
            corner, row[position] = row[position], longest
    return row[-1]


@given(LETTERS, LETTERS)
def test_stretches_lead_from_one_to_the_other_and_none_is_longer_than_it_must(
    before: list[str], after: list[str]
) -> None:
    stretches = changed_ranges(before, after, Effort(PLENTY))
    assert applied(before, after, stretches) == after
    deleted = sum(stretch.before_end - stretch.before_start for stretch in stretches)
    assert len(before) - deleted == common_length(before, after)


@given(LETTERS, LETTERS, st.integers(0, 30))
def test_with_little_effort_the_stretches_are_right_if_not_short(
    before: list[str], after: list[str], steps: int
) -> None:
    stretches = changed_ranges(before, after, Effort(steps))
    assert applied(before, after, stretches) == after


def test_what_both_begin_and_end_with_costs_nothing() -> None:
    before, after = ["a"] * 1000 + ["b"] + ["c"] * 1000, ["a"] * 1000 + ["d"] + ["c"] * 1000
    assert changed_ranges(before, after, Effort(1)) == [ChangedRange(1000, 1001, 1000, 1001)]


def test_beyond_the_effort_everything_was_replaced() -> None:
    assert changed_ranges(list("abc"), list("cab"), Effort(1)) == [ChangedRange(0, 3, 0, 3)]
    assert changed_ranges(list("abc"), list("cab"), Effort(PLENTY)) == [
        ChangedRange(0, 0, 0, 1),
        ChangedRange(2, 3, 3, 3),
    ]
