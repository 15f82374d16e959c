"""`gazette restore`: copy the items of a restored table into the ledger of a stack.

DynamoDB restores into a new table only, whose stream nobody reads.
"""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from gazette_cli.operate.deployment import StackAddress, open_deployment, session_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# As many requests at a time as the client has connections.
_WORKERS = 10
_REFUSED = "ConditionalCheckFailedException"


def restore(address: StackAddress, table: str) -> int:
    """Copy what the ledger lacks, print how much that was, and return 0.

    An item that is there is newer than the backup, so it stays.

    Raises:
        DeploymentError: the stack or the table does not exist, or AWS refuses a call.
    """
    with open_deployment(address) as deployment:
        session: Any = session_of(address)
        dynamodb = session.client("dynamodb", endpoint_url=address.endpoint)
        copied, present = copy_items(dynamodb, table, deployment.outputs["LedgerName"])
    print(f"{copied:,} items copied from {table}; {present:,} were in the ledger already.")
    print("Now run `gazette rebuild`, which brings what has happened since the backup.")
    return 0


def copy_items(dynamodb: "DynamoDBClient", table: str, ledger: str) -> tuple[int, int]:
    """Copy the items of a table that another one lacks; return how many it lacked, and had."""
    copied = present = 0
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    with ThreadPoolExecutor(_WORKERS) as workers:
        for page in pages:
            results = workers.map(lambda item: _copy(dynamodb, item, ledger), page["Items"])
            lacked = sum(results)
            copied += lacked
            present += len(page["Items"]) - lacked
    return copied, present


def _copy(dynamodb: "DynamoDBClient", item: Mapping[str, Any], ledger: str) -> bool:
    """Write an item, unless the ledger has one with its key; return whether it was written."""
    try:
        dynamodb.put_item(
            TableName=ledger, Item=item, ConditionExpression="attribute_not_exists(pk)"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != _REFUSED:
            raise
        return False
    return True
