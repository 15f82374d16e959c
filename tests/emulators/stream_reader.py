"""Reads a DynamoDB stream from its beginning, in the shape Lambda hands its records over."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3


class StreamReader:
    """Remembers how far each shard was read."""

    def __init__(self, session: "boto3.Session", stream_arn: str) -> None:
        self._client = session.client("dynamodbstreams")
        self._stream_arn = stream_arn
        shards = self._client.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]
        self._iterators = [self._from_the_beginning(shard["ShardId"]) for shard in shards]

    def read(self, most: int) -> list[Mapping[str, Any]]:
        """Return the next records of all shards, ``most`` of each; none where all are read."""
        records: list[Mapping[str, Any]] = []
        for position, iterator in enumerate(self._iterators):
            answer = self._client.get_records(ShardIterator=iterator, Limit=most)
            self._iterators[position] = answer["NextShardIterator"]
            records += [self._as_lambda_has_it(record) for record in answer["Records"]]
        return records

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def _from_the_beginning(self, shard_id: str) -> str:
        answer = self._client.get_shard_iterator(
            StreamArn=self._stream_arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )
        iterator: str = answer["ShardIterator"]
        return iterator

    def _as_lambda_has_it(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        change = record["dynamodb"]
        created = change["ApproximateCreationDateTime"].timestamp()
        return {
            **record,
            "eventVersion": "1.1",
            "eventSourceARN": self._stream_arn,
            "dynamodb": {**change, "ApproximateCreationDateTime": created},
        }
