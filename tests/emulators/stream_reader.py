"""Reads a DynamoDB stream from its beginning, in the shape of a Lambda event."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import boto3


class StreamReader:
    """Keeps the position in each shard."""

    def __init__(self, session: "boto3.Session", stream_arn: str) -> None:
        self._client = session.client("dynamodbstreams")
        self._stream_arn = stream_arn
        shards = self._client.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]
        self._iterators = [self._from_the_beginning(shard["ShardId"]) for shard in shards]

    def read(self, most: int) -> list[Mapping[str, Any]]:
        """Return the next records, at most ``most`` of each shard; empty at the end."""
        records: list[Mapping[str, Any]] = []
        for position, iterator in enumerate(self._iterators):
            answer = self._client.get_records(ShardIterator=iterator, Limit=most)
            self._iterators[position] = answer["NextShardIterator"]
            records += [self._as_lambda_record(record) for record in answer["Records"]]
        return records

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _from_the_beginning(self, shard_id: str) -> str:
        answer = self._client.get_shard_iterator(
            StreamArn=self._stream_arn, ShardId=shard_id, ShardIteratorType="TRIM_HORIZON"
        )
        iterator: str = answer["ShardIterator"]
        return iterator

    def _as_lambda_record(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        change = record["dynamodb"]
        created = change["ApproximateCreationDateTime"].timestamp()
        return {
            **record,
            "eventVersion": "1.1",
            "eventSourceARN": self._stream_arn,
            "dynamodb": {**change, "ApproximateCreationDateTime": created},
        }
