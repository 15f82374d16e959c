"""Every setting of a site is a key of gazette.toml, a parameter and a variable of each function."""

import re

import pytest

from gazette.models.branding.brand import Brand
from gazette.models.branding.site_settings import (
    SiteSettings,
    parameter_of,
    settings_of,
    texts_of,
    variable_of,
)
from gazette.models.site import Site
from gazette.runtime.settings import PublishSettings, read
from gazette_cli.commands.settings import parameter_lines
from gazette_cli.deploying.parameters import site_parameters
from gazette_cli.emulators.serve import local_parameters
from gazette_cli.emulators.template import properties
from tests.template.reading import TEMPLATE_TREE, environment_of

RENDERING = ("PublishChangesFunction", "PublishLaterFunction", "ReconcileArchiveFunction")
FIELDS = sorted(SiteSettings.model_fields)
PARAMETERS = TEMPLATE_TREE["Parameters"]
LABELS = {
    group["Label"]["default"]: group["Parameters"]
    for group in TEMPLATE_TREE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
}
SETTINGS = settings_of(
    Site(
        base_url="https://post.example",
        tag_authority="post.example,2026",
        hubs=("https://hub.example/",),
        brand=Brand(
            tagline="Every tide",
            logo="images/logo.png",
            logo_dark="images/dark.png",
            logo_is_name=True,
            icon="images/icon.png",
            accent="#7a1f3d",
            accent_dark="#e390ab",
            time_zone="America/Argentina/Buenos_Aires",
            refused_crawlers=("ai-training", "Another_Bot-2"),
            content_signals=("search=yes", "ai-input=yes", "ai-train=no"),
            footer={"about": "/about.html", "Who owns us": "https://post.example/a,b"},  # type: ignore[arg-type]  # as in a file
        ),
    )
)


@pytest.mark.parametrize("function", RENDERING)
@pytest.mark.parametrize("field", FIELDS)
def test_each_function_that_renders_gets_each_setting(function: str, field: str) -> None:
    variables = properties(TEMPLATE_TREE, function)["Environment"]["Variables"]
    value = variables[variable_of(field)]
    # The address follows from the domain, and the site's own hub is one of its hubs.
    given = value["Fn::If"][1:] if "Fn::If" in value else [value]
    assert {"Ref": parameter_of(field)} in given


@pytest.mark.parametrize("function", RENDERING)
def test_no_function_that_renders_gets_a_setting_that_is_none(function: str) -> None:
    variables = properties(TEMPLATE_TREE, function)["Environment"]["Variables"]
    of_sites = {name for name in variables if name.startswith("SITE_")} - {"SITE_BUCKET"}
    assert of_sites <= {variable_of(field) for field in FIELDS}


def test_the_console_shows_each_setting_in_a_group_of_the_site() -> None:
    shown = {*LABELS["The site"], *LABELS["The brand"]}
    of_the_domain = {"DomainName", "CertificateArn", "HostedZoneId"}
    assert shown - of_the_domain == set(map(parameter_of, FIELDS))


def test_all_functions_that_render_have_the_same_settings() -> None:
    first, *others = (read(PublishSettings, environment_of(name)).site() for name in RENDERING)
    assert others == [first] * len(others)
    assert {parameter_of(field) for field in FIELDS} <= PARAMETERS.keys()


@pytest.mark.parametrize("field", FIELDS)
def test_a_parameter_takes_what_the_file_takes(field: str) -> None:
    parameter, text = PARAMETERS[parameter_of(field)], texts_of(SETTINGS)[field]
    assert re.fullmatch(parameter.get("AllowedPattern", ".*"), text)
    assert text in parameter.get("AllowedValues", [text])
    assert len(text) <= parameter.get("MaxLength", len(text))


def test_a_stack_on_this_machine_has_all_settings_and_calls_no_search_engine_and_no_hub() -> None:
    update = {"index_now_key": "0b3f5c7e9a1d4e6f", "hubs": ("https://hub.example/",)}
    settings = SETTINGS.model_copy(update=update)
    parameters = local_parameters(settings, "http://127.0.0.1:8080")
    assert parameters.keys() <= PARAMETERS.keys()
    assert parameters.keys() >= set(map(parameter_of, FIELDS))
    assert (parameters["IndexNowKey"], parameters["Hubs"]) == ("", "")
    assert parameters["SiteTitle"] == settings.title


def test_gazette_settings_writes_a_line_for_each_parameter() -> None:
    lines = parameter_lines(site_parameters(SETTINGS, FIELDS))
    names = [re.match(r' *"(\w+)=', line)[1] for line in lines]  # type: ignore[index]  # else it fails
    assert sorted(names) == sorted(map(parameter_of, FIELDS))
