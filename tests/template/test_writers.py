"""Who publishes may write and notify, and no more; who pays hears of the costs in time."""

import json
import re
from typing import Any

import yaml

from gazette_cli.emulators.template import ROOT, properties
from tests.template.reading import TEMPLATE_TREE, statements

EXAMPLES = ROOT / "docs" / "examples"
WORKFLOW: dict[Any, Any] = yaml.safe_load((EXAMPLES / "publish-events.yml").read_text("utf-8"))
TRUST = json.loads((EXAMPLES / "github-trust.json").read_text(encoding="utf-8"))
OUTPUTS = TEMPLATE_TREE["Outputs"]


def test_a_writer_may_write_events_and_images_and_notify_ingest() -> None:
    granted = {
        statement["Action"]: statement["Resource"]
        for statement in statements(properties(TEMPLATE_TREE, "WriterPolicy"))
    }
    folders = ("events", "images")
    assert granted == {
        "s3:PutObject": [{"Fn::Sub": f"${{SourceBucket.Arn}}/{folder}/*"} for folder in folders],
        "sqs:SendMessage": {"Fn::GetAtt": ["IngestQueue", "Arn"]},
    }
    assert OUTPUTS["WriterPolicyArn"]["Value"] == {"Ref": "WriterPolicy"}


def test_the_workflow_gets_credentials_by_its_identity_and_stores_no_key() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read", "id-token": "write"}
    (job,) = WORKFLOW["jobs"].values()
    (credentials,) = [s["with"] for s in job["steps"] if "configure-aws" in s.get("uses", "")]
    assert set(credentials) == {"role-to-assume", "aws-region"}
    assert "secrets." not in (EXAMPLES / "publish-events.yml").read_text("utf-8")


def test_each_variable_of_the_workflow_is_explained() -> None:
    text = (EXAMPLES / "publish-events.yml").read_text("utf-8")
    guide = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    names = set(re.findall(r"vars\.(\w+)", text))
    assert len(names) == 4
    assert [name for name in sorted(names) if f"`{name}`" not in guide] == []


def test_only_one_branch_of_one_repository_may_take_the_role() -> None:
    (statement,) = TRUST["Statement"]
    condition = statement["Condition"]["StringEquals"]
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    issuer = "token.actions.githubusercontent.com"
    assert statement["Principal"]["Federated"].endswith(f":oidc-provider/{issuer}")
    assert set(condition) == {f"{issuer}:aud", f"{issuer}:sub"}
    assert condition[f"{issuer}:sub"] == "repo:OWNER/REPOSITORY:ref:refs/heads/main"


def test_costs_reach_the_alarm_topic_before_the_budget_is_spent() -> None:
    assert TEMPLATE_TREE["Parameters"]["MonthlyBudget"]["Default"] == 0
    own = properties(TEMPLATE_TREE, "Budget")
    assert own["Budget"]["BudgetLimit"] == {"Amount": {"Ref": "MonthlyBudget"}, "Unit": "USD"}
    notified = [one["Notification"] for one in own["NotificationsWithSubscribers"]]
    assert [(one["NotificationType"], one["Threshold"]) for one in notified] == [
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    ]
    for one in own["NotificationsWithSubscribers"]:
        assert one["Subscribers"] == [{"SubscriptionType": "SNS", "Address": {"Ref": "AlarmTopic"}}]


def test_a_topic_that_takes_messages_of_the_budget_still_takes_those_of_alarms() -> None:
    found = list(statements(properties(TEMPLATE_TREE, "AlarmTopicPolicy")))
    services = {statement["Principal"]["Service"] for statement in found}
    assert services == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    for statement in found:
        same_account = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert statement["Condition"]["StringEquals"] == same_account
        assert (statement["Effect"], statement["Action"]) == ("Allow", "sns:Publish")
