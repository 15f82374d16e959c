from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.projections.diff.alignment import ChangedRange, changed_ranges

LETTERS = st.lists(st.sampled_from("abc"), max_size=30)


def applied(before: list[str], after: list[str], ranges: list[ChangedRange]) -> list[str]:
    """Put what is new in the place of what it replaced."""
    result, end = [], 0
    for changed in ranges:
        result += before[end : changed.before_start]
        result += after[changed.after_start : changed.after_end]
        end = changed.before_end
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
def test_the_ranges_turn_one_text_into_the_other_and_are_the_shortest(
    before: list[str], after: list[str]
) -> None:
    ranges = changed_ranges(before, after)
    assert applied(before, after, ranges) == after
    deleted = sum(changed.before_end - changed.before_start for changed in ranges)
    assert len(before) - deleted == common_length(before, after)


@given(LETTERS, LETTERS, st.integers(1, 30))
def test_the_ranges_of_texts_that_are_compared_in_parts_are_correct(
    before: list[str], after: list[str], max_cells: int
) -> None:
    ranges = changed_ranges(before, after, max_cells)
    assert applied(before, after, ranges) == after
    # Between two ranges lies something equal, or they would be one.
    assert all(
        one.before_end < two.before_start and one.after_end < two.after_start
        for one, two in pairwise(ranges)
    )


def test_the_common_beginning_and_end_are_not_part_of_the_comparison() -> None:
    before, after = ["a"] * 1000 + ["b"] + ["c"] * 1000, ["a"] * 1000 + ["d"] + ["c"] * 1000
    assert changed_ranges(before, after, 1) == [ChangedRange(1000, 1001, 1000, 1001)]


def test_a_moved_item_is_deleted_in_one_place_and_inserted_in_another() -> None:
    assert changed_ranges(list("abc"), list("cab")) == [
        ChangedRange(0, 0, 0, 1),
        ChangedRange(2, 3, 3, 3),
    ]


@pytest.mark.parametrize("max_cells", [100_000, 100_000_000])
def test_a_long_text_with_few_changes_is_not_shown_as_replaced(max_cells: int) -> None:
    before = [f"{number % 700}" for number in range(8_000)]
    after = ["new", *before[1:2_000], *before[2_003:5_000], "other", *before[5_000:-1], "end"]
    ranges = changed_ranges(before, after, max_cells)
    assert applied(before, after, ranges) == after
    deleted = sum(changed.before_end - changed.before_start for changed in ranges)
    assert deleted < 500


def test_the_work_for_long_texts_without_any_order_is_bounded() -> None:
    before = ["a", "a", "b"] * 60_000
    after = ["a", "b", "b"] * 60_000
    assert applied(before, after, changed_ranges(before, after)) == after
