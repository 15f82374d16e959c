"""The conventions that every function, layer and parameter of template.yaml follows."""

import os
import re
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from gazette.models.product import TOMBSTONE_DAYS
from gazette.models.site import Site
from gazette.runtime.settings import IngestSettings, PublishSettings, read
from gazette_cli.emulators.template import (
    ROOT,
    properties,
    queue_wiring,
    resources,
)
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


def test_a_notification_that_keeps_failing_is_kept_aside() -> None:
    redrive = properties(TEMPLATE_TREE, "IngestQueue")["RedrivePolicy"]
    assert redrive["maxReceiveCount"] >= 5
    aside = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert properties(TEMPLATE_TREE, aside)["MessageRetentionPeriod"] == FOURTEEN_DAYS
