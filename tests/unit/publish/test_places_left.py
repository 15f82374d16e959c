"""The place that an event leaves on a time line is read by what shows the time line."""

import pytest

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.keys import ItemKey
from gazette.models.ledger.partitions import Partition
from gazette.models.tasks.tasks import TaskKind, stream_tasks

TIMELINES = {
    partitions.SITE: TaskKind.SITE,
    partitions.topic_partition("cats"): TaskKind.TIMELINE,
    partitions.category_partition("news"): TaskKind.TIMELINE,
}


@pytest.mark.parametrize("partition", TIMELINES, ids=str)
def test_a_place_that_is_written_last_publishes_its_time_line(partition: Partition) -> None:
    """It decides where a time line begins and is cut, and may come after the deletion (P7, P9)."""
    item_key = ItemKey(partition, keys.LEFT_ENTRY + "2026-07-01T00:00:00Z#e1")
    kinds = {task.kind for task in stream_tasks(item_key)}
    assert kinds == {TIMELINES[partition], TaskKind.SEGMENT}
