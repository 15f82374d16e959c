"""No log line is longer than CloudWatch takes, whatever it quotes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from gazette.models.limits import MAX_LOG_LINE_BYTES
from gazette.runtime.telemetry import log_line

NAMES = st.text(max_size=10)
TEXTS = st.builds(lambda text, times: text * times, st.text(max_size=10), st.integers(0, 90_000))
VALUES = st.recursive(
    st.none() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=8))
def test_a_line_of_any_length_is_json_that_fits(fields: dict[str, object]) -> None:
    line = log_line(fields)
    assert line.isascii()
    assert len(line) <= MAX_LOG_LINE_BYTES
    whole = json.dumps(fields)
    read = json.loads(line)
    assert read.keys() == fields.keys()
    assert (read == fields) is (len(whole) <= MAX_LOG_LINE_BYTES)


def test_a_burst_of_the_longest_names_leaves_the_counts_whole() -> None:
    names = [f"{number} " + "\U0001f98a" * 250 for number in range(1000)]
    fields = {"item_keys": names, "documents": names, "exception": "x" * 10**6, "counts": {"a": 1}}
    read = json.loads(log_line(fields))
    assert read["counts"] == {"a": 1}
    assert 10 < len(read["documents"]) < 1000
    assert read["documents"] == names[: len(read["documents"])]
    assert read["exception"].endswith("x…")
