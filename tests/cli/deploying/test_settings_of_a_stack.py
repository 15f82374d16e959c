"""The table `[stack]` of gazette.toml: what it may have, and what a deployment needs."""

from argparse import Namespace
from pathlib import Path

import pytest

from gazette_cli.commands.cli import FAILED, main
from gazette_cli.commands.operate import address_of_stack
from gazette_cli.commands.settings import parameters_of
from gazette_cli.commands.site_config import DEFAULTS, read_config
from gazette_cli.deploying.parameters import override, stack_keys
from gazette_cli.emulators.template import ROOT, TEMPLATE, load_template
from gazette_cli.operate.deployment import StackAddress

SITE = 'title = "The Post"\ntag_authority = "post.example,2026"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(folder: Path, text: str) -> None:
    (folder / "gazette.toml").write_text(SITE + text, encoding="utf-8")


def said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(arguments) == FAILED
    return capsys.readouterr().err


def test_each_parameter_has_one_key_in_the_file() -> None:
    parameters = set(load_template(TEMPLATE)["Parameters"])
    of_the_site = {*parameters} - set(stack_keys().values())
    assert not {"AlarmEmail", "DomainName", "MonthlyBudget"} & of_the_site
    assert {"SiteTitle", "TagAuthority", "Hubs", "Search"} <= of_the_site
    assert not stack_keys().keys() & type(DEFAULTS).model_fields.keys()


def test_the_guide_names_each_key() -> None:
    guide = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    assert [key for key in stack_keys() if f"`{key}`" not in guide] == []


def test_the_table_becomes_parameters_and_is_no_setting_of_the_site(folder: Path) -> None:
    write(folder, '[stack]\nname = "post"\nhub_enabled = true\nmonthly_budget = 20\n')
    parameters = parameters_of(None)
    assert (parameters["HubEnabled"], parameters["MonthlyBudget"]) == ("true", "20")
    assert parameters["SiteTitle"] == "The Post"
    assert "LaterSeconds" not in parameters
    assert read_config(None).title == "The Post"


def test_a_tag_authority_that_is_written_is_deployed_also_if_it_is_that_of_examples(
    folder: Path,
) -> None:
    text = f'tag_authority = "{DEFAULTS.tag_authority}"\n'
    (folder / "gazette.toml").write_text(text, encoding="utf-8")
    assert parameters_of(None)["TagAuthority"] == DEFAULTS.tag_authority
    (folder / "gazette.toml").write_text('title = "The Post"\n', encoding="utf-8")
    assert "TagAuthority" not in parameters_of(None)


def test_gazette_settings_writes_them_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "[stack]\nlater_seconds = 0\n")
    assert main(["settings"]) == 0
    assert '  "LaterSeconds=\\"0\\"",\n' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('alarm_email = "nobody"', '"nobody" is refused; write an e-mail address, or nothing'),
        ('alarm_mail = "a@b"', "is no setting of a stack; did you mean alarm_email?"),
        ("zzz = 1", "is no setting of a stack; it has access_log_bucket, alarm_email, "),
        ("log_retention_days = 6", "write one of 1, 3, 5, 7, "),
        ("later_seconds = 301", "write a number from 0 to 300"),
        ("later_seconds = -1", "write a number from 0 to 300"),
        ('price_class = "all"', "write one of PriceClass_100, PriceClass_200, PriceClass_All"),
        ('name = "The Post"', "write at most 28 small letters, digits and dashes"),
        ('region = "Europe"', "write a region such as eu-west-1"),
    ],
)
def test_a_mistake_is_named_with_what_to_write(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    write(folder, f"[stack]\n{line}\n")
    text = said(["settings"], capsys)
    assert text.startswith(f"gazette: gazette.toml: stack.{line.partition(' ')[0]}: ")
    assert message in text


def test_a_table_that_is_none_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, "stack = 1\n")
    assert "stack: is no table; write a line [stack]" in said(["settings"], capsys)


def test_a_deployment_needs_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.is_dir()
    text = said(["deploy", "--yes"], capsys)
    assert text == (
        "gazette: gazette.toml: does not exist in this folder; write it with `gazette init`\n"
    )


def test_what_has_no_default_is_asked_for_all_at_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "gazette.toml").write_text('title = "The Post"\n', encoding="utf-8")
    first, second = said(["deploy", "--yes"], capsys).splitlines()
    assert "tag_authority: is missing; write a domain of yours and a year" in first
    assert "stack.alarm_email: is missing; write below [stack] who gets the alarms" in second


def test_a_domain_needs_its_certificate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, '[stack]\nalarm_email = ""\ndomain_name = "post.example"\n')
    assert "stack.certificate_arn: is missing" in said(["deploy", "--yes"], capsys)


def test_without_a_terminal_a_deployment_is_confirmed_before(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, '[stack]\nalarm_email = ""\n')
    assert "there is no terminal to ask on; give --yes" in said(["deploy"], capsys)


def test_without_a_region_it_says_where_to_write_one(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "none"))
    write(folder, "[stack]\n")
    assert "no region is known; give --region" in said(["drift"], capsys)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, StackAddress("harbour-post", None, "eu-west-1")),
        ({"stack_name": "other"}, StackAddress("other", None, "eu-west-1")),
        ({"region": "eu-north-1"}, StackAddress("harbour-post", None, "eu-north-1")),
    ],
)
def test_commands_find_the_stack_that_the_file_names(
    folder: Path, given: dict[str, str], expected: StackAddress
) -> None:
    write(folder, '[stack]\nname = "harbour-post"\nregion = "eu-west-1"\n')
    none = {"stack_name": None, "endpoint_url": None, "region": None}
    assert address_of_stack(Namespace(**{**none, **given})) == expected


def test_without_a_file_the_stack_has_the_name_that_it_always_had(folder: Path) -> None:
    assert folder.is_dir()
    options = Namespace(stack_name=None, endpoint_url=None, region=None)
    assert address_of_stack(options) == StackAddress("gazette")


def test_a_parameter_is_quoted_as_sam_reads_it() -> None:
    assert override("SiteTitle", 'A "b" \\ c') == 'SiteTitle="A \\"b\\" \\\\ c"'
