"""The conventions that every function, layer and parameter of template.yaml follows."""

import os
import re
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from gazette.models.ledger.item import LedgerItem
from gazette.models.ledger.keys import (
    SNAPSHOT,
    ItemKey,
    checked_key,
    claim_key,
    deletion_key,
    image_use_key,
    is_listed,
    last_deleted_key,
    published_key,
    quarantine_key,
    translation_key,
)
from gazette.models.ledger.partitions import Partition, PartitionKind
from gazette.models.product import TOMBSTONE_DAYS
from gazette.models.site import Site
from gazette.models.tasks.tasks import stream_tasks, tasks_for
from gazette.runtime.settings import IngestSettings, PublishSettings, read
from gazette.store.dynamodb_items import write_item
from gazette_cli.emulators.template import (
    ROOT,
    event_source,
    properties,
    queue_wiring,
    resources,
    stream_wiring,
)
from tests.emulators.event_filters import matches
from tests.template.reading import (
    FUNCTIONS,
    GLOBALS,
    TEMPLATE_TREE,
    environment_of,
    folder_of,
    of_every_function,
    role_of,
    statements,
)

FOURTEEN_DAYS = 14 * 24 * 60 * 60


@of_every_function
def test_a_function_is_named_after_its_folder(function: str) -> None:
    verb_noun = folder_of(function).name
    assert function == "".join(map(str.capitalize, verb_noun.split("_"))) + "Function"
    assert environment_of(function)["POWERTOOLS_SERVICE_NAME"] == verb_noun


def test_every_function_folder_is_deployed() -> None:
    folders = {app.parent for app in ROOT.glob("functions/*/app.py")}
    assert {folder_of(function).resolve() for function in FUNCTIONS} == folders


@of_every_function
def test_a_function_folder_ships_nothing_but_its_handler(function: str) -> None:
    shipped = [file.name for file in folder_of(function).iterdir() if file.name != "__pycache__"]
    assert shipped == ["app.py"]
    assert "def handler(" in (folder_of(function) / "app.py").read_text(encoding="utf-8")
    assert GLOBALS["Handler"] == "app.handler"


@of_every_function
def test_a_function_says_how_long_and_how_large(function: str) -> None:
    own = properties(TEMPLATE_TREE, function)
    assert 0 < own["Timeout"] <= 900
    assert 128 <= own["MemorySize"] <= 10240


@of_every_function
def test_a_function_has_a_role_that_no_other_has(function: str) -> None:
    roles = [role_of(other) for other in FUNCTIONS]
    assert roles.count(role_of(function)) == 1
    assert "ManagedPolicyArns" not in properties(TEMPLATE_TREE, role_of(function))


@of_every_function
def test_a_function_logs_to_a_group_of_its_own_that_forgets(function: str) -> None:
    group = properties(TEMPLATE_TREE, function)["LoggingConfig"]["LogGroup"]["Ref"]
    assert group == function.replace("Function", "LogGroup")
    assert properties(TEMPLATE_TREE, group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    written = [
        statement["Resource"]
        for statement in statements(properties(TEMPLATE_TREE, role_of(function)))
        if "logs:PutLogEvents" in statement["Action"]
    ]
    assert written == [{"Fn::GetAtt": [group, "Arn"]}]


@of_every_function
def test_a_function_gets_only_failed_records_again(function: str) -> None:
    for event in properties(TEMPLATE_TREE, function).get("Events", {}).values():
        if event["Type"] != "Schedule":  # which brings no batch
            assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_runtime_is_the_one_that_layers_are_built_for() -> None:
    for name, layer in resources(TEMPLATE_TREE, "AWS::Serverless::LayerVersion").items():
        assert layer["Properties"]["CompatibleRuntimes"] == [GLOBALS["Runtime"]], name
        assert layer["Metadata"]["BuildMethod"] == "makefile"
        assert layer["Metadata"]["BuildArchitecture"] == {"Ref": "Architecture"}
        assert layer["Properties"]["CompatibleArchitectures"] == [{"Ref": "Architecture"}]
    assert GLOBALS["Architectures"] == [{"Ref": "Architecture"}]


def test_the_core_layer_ships_the_package_and_nothing_else() -> None:
    content = ROOT / properties(TEMPLATE_TREE, "CoreLayer")["ContentUri"]
    assert {entry.name for entry in content.iterdir()} == {"Makefile", "gazette"}


def test_the_core_layer_is_built_with_bytecode_that_is_never_checked(tmp_path: Path) -> None:
    """PEP 552: Lambda can write none, and comparing it with its source is a look at every file."""
    content = ROOT / properties(TEMPLATE_TREE, "CoreLayer")["ContentUri"]
    # The interpreter that is here stands in for Lambda's: only its number differs.
    (tmp_path / "python3.13").symlink_to(sys.executable)
    subprocess.run(  # noqa: S603  # our own Makefile
        ["make", "--silent", "build-CoreLayer", f"ARTIFACTS_DIR={tmp_path / 'made'}"],  # noqa: S607  # as sam does
        cwd=content,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        check=True,
    )
    made = tmp_path / "made" / "python"
    sources = sorted(file.relative_to(made) for file in made.rglob("*.py"))
    assert sources == sorted(file.relative_to(content) for file in content.rglob("*.py"))
    kinds = {
        source: (made / cache_from_source(str(source))).read_bytes()[4:8] for source in sources
    }
    assert set(kinds.values()) == {b"\1\0\0\0"}


def test_the_dependency_layer_is_built_from_the_pins_that_are_tested() -> None:
    content = ROOT / properties(TEMPLATE_TREE, "DependencyLayer")["ContentUri"]
    assert (content / "requirements.txt").resolve() == ROOT / "requirements" / "layer.txt"
    makefile = (content / "Makefile").read_text(encoding="utf-8")
    assert "--require-hashes" in makefile
    default = TEMPLATE_TREE["Parameters"]["Architecture"]["Default"]
    assert f"ARCHITECTURE ?= {default}\n" in makefile


def test_the_settings_are_all_there() -> None:
    ingest = read(IngestSettings, environment_of("IngestEventFunction"))
    assert ingest.ledger_table == "Ledger"
    settings = read(PublishSettings, environment_of("PublishChangesFunction"))
    assert ingest.tag_authority == settings.tag_authority
    assert settings.source_bucket == "SourceBucket"
    assert settings.site_bucket == "SiteBucket"
    assert settings.site().base_url == "https://${Distribution.DomainName}"


def test_a_deployed_site_has_the_same_defaults_as_one_of_gazette_publish() -> None:
    deployed = read(PublishSettings, environment_of("PublishChangesFunction")).site()
    assert deployed == Site(base_url=deployed.base_url, tag_authority=deployed.tag_authority)
    assert deployed.tombstone_days == TOMBSTONE_DAYS


@pytest.mark.parametrize("url", ["https://a.example", "http://127.0.0.1:8080", "https://a.b/c/d"])
def test_a_site_url_may_have_a_path(url: str) -> None:
    assert re.fullmatch(TEMPLATE_TREE["Parameters"]["SiteUrl"]["AllowedPattern"], url)


@pytest.mark.parametrize("url", ["https://a.example/", "a.example", "ftp://a.b", "https://a.b/?c"])
def test_a_site_url_is_not_anything_else(url: str) -> None:
    assert not re.fullmatch(TEMPLATE_TREE["Parameters"]["SiteUrl"]["AllowedPattern"], url)


def test_a_parameter_explains_itself() -> None:
    for name, parameter in TEMPLATE_TREE["Parameters"].items():
        assert parameter["Description"].endswith("."), name


def test_a_notification_is_not_taken_twice_at_once() -> None:
    wiring = queue_wiring(TEMPLATE_TREE, "IngestEventFunction")
    timeout = properties(TEMPLATE_TREE, "IngestEventFunction")["Timeout"]
    assert wiring.visibility >= 6 * timeout


def test_no_news_waits_for_a_window() -> None:
    """W5: nothing on the way from the bucket to the feed waits for more of the same."""
    for function, kind in (("IngestEventFunction", "SQS"), ("PublishChangesFunction", "DynamoDB")):
        source = event_source(TEMPLATE_TREE, function, kind)
        assert source.get("MaximumBatchingWindowInSeconds", 0) == 0, function


def test_a_notification_that_keeps_failing_is_kept_aside() -> None:
    redrive = properties(TEMPLATE_TREE, "IngestQueue")["RedrivePolicy"]
    assert redrive["maxReceiveCount"] >= 5
    aside = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert properties(TEMPLATE_TREE, aside)["MessageRetentionPeriod"] == FOURTEEN_DAYS


def test_a_partition_that_keeps_failing_lets_the_others_pass() -> None:
    source = event_source(TEMPLATE_TREE, "PublishChangesFunction", "DynamoDB")
    assert source["BisectBatchOnFunctionError"] is True
    assert 0 < source["MaximumRetryAttempts"] <= 10


def test_nothing_written_before_the_first_deployment_is_missed() -> None:
    source = event_source(TEMPLATE_TREE, "PublishChangesFunction", "DynamoDB")
    assert source["StartingPosition"] == "TRIM_HORIZON"


SORTS = (
    *(
        SNAPSHOT,
        "REVISION#000001",
        "REBUILD#X",
        "TRANSLATION#name",
        "CHANGE#2026-10-01T00:00:00Z#name#1",
    ),
    *("ENTRY#2026-10-01T00:00:00Z#name", "ROLLUP#name", "DAYS#2026-10-01", "SEGMENT#first"),
    *("RETRACTED#2026-10-01T00:00:00Z#name", "WITHDRAWN#2026-10-01T00:00:00Z#name"),
    *("MONTHS#2026-10", "USE#name", "IMAGES#2026-10-01T00:00:00Z#name", "REMARK#name", "NAMED"),
)
ITEM_KEYS = [ItemKey(Partition(kind, "name"), sort) for kind in PartitionKind for sort in SORTS]
UNHEARD = [
    ItemKey(Partition(PartitionKind.EVENT, "name"), SNAPSHOT),
    claim_key("news/2026/10/1/storm"),
]


LISTED = [
    *(item_key for item_key in ITEM_KEYS if is_listed(item_key) and tasks_for(item_key)),
    image_use_key("images/a.jpg", "name"),
    quarantine_key("events/name.json"),
]


def is_let_through(item_key: ItemKey, event: str = "INSERT") -> bool:
    keys = {"pk": {"S": str(item_key.partition)}, "sk": {"S": item_key.sort}}
    record = {"eventName": event, "dynamodb": {"Keys": keys}}
    filters = stream_wiring(TEMPLATE_TREE, "PublishChangesFunction").filters
    return any(matches(pattern, record) for pattern in filters)


def test_publishing_is_woken_by_every_place_that_sets_off_work() -> None:
    missed = [
        item_key for item_key in ITEM_KEYS if tasks_for(item_key) and not is_let_through(item_key)
    ]
    assert missed == []
    assert len([item_key for item_key in ITEM_KEYS if tasks_for(item_key)]) > len(PartitionKind)


@pytest.mark.parametrize("item_key", UNHEARD, ids=lambda item_key: "/".join(map(str, item_key)))
def test_bookkeeping_items_do_not_invoke_publishing(item_key: ItemKey) -> None:
    assert tasks_for(item_key) == ()
    assert not is_let_through(item_key)


@pytest.mark.parametrize("item_key", LISTED, ids=lambda item_key: "/".join(map(str, item_key)))
def test_publishing_hears_of_listed_items_and_of_their_deletions(item_key: ItemKey) -> None:
    """Publishing removes live items whose deletion is newer."""
    assert is_let_through(item_key)
    assert is_let_through(deletion_key(item_key), "MODIFY")


@pytest.mark.parametrize("item_key", LISTED, ids=lambda item_key: "/".join(map(str, item_key)))
def test_an_item_that_expires_or_is_removed_wakes_nobody(item_key: ItemKey) -> None:
    assert not is_let_through(item_key, "REMOVE")
    assert not is_let_through(deletion_key(item_key), "REMOVE")


def test_publishing_is_not_woken_by_the_last_deleted_entry_alone() -> None:
    """The deletion that is written after it names the event, so that it can be announced."""
    item_key = last_deleted_key(Partition(PartitionKind.TOPIC, "name"))
    assert tasks_for(item_key) != ()
    assert stream_tasks(item_key) == ()
    assert not is_let_through(item_key)


@pytest.mark.parametrize(
    "item_key", [checked_key("a"), published_key(Partition(PartitionKind.TOPIC, "a"))]
)
def test_publishing_is_not_woken_by_checks_of_events_and_counts_of_publications(
    item_key: ItemKey,
) -> None:
    assert tasks_for(item_key) == ()
    assert not is_let_through(item_key)


def test_deleted_items_expire_by_the_attribute_that_the_ledger_writes() -> None:
    item = LedgerItem(translation_key("a", "b"), 1, "{}", deleted=True)
    expiry = properties(TEMPLATE_TREE, "Ledger")["TimeToLiveSpecification"]
    assert expiry == {"AttributeName": "expires_at", "Enabled": True}
    assert expiry["AttributeName"] in write_item(item, 1)


def test_the_filters_are_as_many_as_aws_allows() -> None:
    assert len(stream_wiring(TEMPLATE_TREE, "PublishChangesFunction").filters) <= 5
