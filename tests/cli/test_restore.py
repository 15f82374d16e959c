"""`gazette restore` over moto: what the ledger lacks is copied, and what it has stays."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import claim_key
from gazette.store.dynamodb_items import write_item
from gazette_cli.emulators.template import load_template
from gazette_cli.operate.restore import copy_items
from tests.emulators.moto_stack import LEDGER, MotoStack, create_stack

RESTORED = "gazette-restored"
PATHS = [f"news/2026/07/4/event-{number}" for number in range(25)]


def claims(event: str) -> list[LedgerItem]:
    return [LedgerItem(claim_key(path), 1, event) for path in PATHS]


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[MotoStack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        stack = create_stack(load_template())
        stack.dynamodb.create_table(
            TableName=RESTORED,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        for item in claims("first"):
            stack.dynamodb.put_item(TableName=RESTORED, Item=write_item(item, None))
        yield stack


def ledger(stack: MotoStack) -> list[object]:
    items = stack.dynamodb.scan(TableName=LEDGER)["Items"]
    return sorted(items, key=str)


def test_an_empty_ledger_gets_every_item_as_it_was(stack: MotoStack) -> None:
    assert copy_items(stack.dynamodb, RESTORED, LEDGER) == (len(PATHS), 0)
    assert ledger(stack) == sorted(stack.dynamodb.scan(TableName=RESTORED)["Items"], key=str)


def test_what_the_ledger_has_is_newer_and_stays(stack: MotoStack) -> None:
    newer = write_item(LedgerItem(claim_key(PATHS[3]), 2, "second"), None)
    stack.dynamodb.put_item(TableName=LEDGER, Item=newer)
    assert copy_items(stack.dynamodb, RESTORED, LEDGER) == (len(PATHS) - 1, 1)
    assert newer in ledger(stack)
    assert copy_items(stack.dynamodb, RESTORED, LEDGER) == (0, len(PATHS))


def test_another_refusal_is_no_item_that_is_there(stack: MotoStack) -> None:
    with pytest.raises(ClientError, match="ResourceNotFound"):
        copy_items(stack.dynamodb, RESTORED, "no-such-ledger")
