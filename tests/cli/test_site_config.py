"""`gazette.toml` carries the settings of a site; mistakes are named with field and remedy."""

import json
import tomllib
from pathlib import Path

import pytest

from gazette.models.branding.site_settings import SiteSettings
from gazette_cli.commands.cli import FAILED, main
from gazette_cli.commands.site_config import DEFAULTS, ConfigError, read_config

EVENT = {"title": "Bridge", "date": "2026-11-20", "published": "2026-11-20T23:30:00Z"}
FILE = """
title = "The Post"
tagline = "Every tide"
url = "https://post.example/"
accent = "#7a1f3d"
time_zone = "Europe/Berlin"
hubs = ["https://hub.example/"]

[footer]
about = "/about.html"
"Who owns us" = "https://owners.example"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a source, which is the current one."""
    source = tmp_path / "source/events/bridge.json"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(EVENT), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "gazette.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        read_config(write(folder, text))
    return str(refused.value).removeprefix(f"{folder}/")


def published(folder: Path, *options: str) -> str:
    """Publish the source, and return the home page."""
    assert main(["publish", "source", "--out", "site", *options]) == 0
    return (folder / "site/index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("engine", ["sqlite", "memory"])
def test_publish_reads_the_file_of_the_current_folder(folder: Path, engine: str) -> None:
    write(folder, FILE)
    home = published(folder, "--engine", engine)
    assert "<title>The Post</title>" in home
    assert ">Every tide</p>" in home
    assert 'href="https://post.example/about.html"' in home
    assert 'href="https://owners.example/" lang="en" dir="auto">Who owns us</a>' in home
    assert "--brand:#7a1f3d" in (folder / "site/assets/gazette.css").read_text(encoding="utf-8")
    event = next((folder / "site/news").rglob("bridge.html")).read_text(encoding="utf-8")
    assert "21 November 2026, 00:30 CET" in event
    assert 'datetime="2026-11-20T23:30:00Z"' in event
    assert 'rel="hub"' in (folder / "site/feed.rss").read_text(encoding="utf-8")


def test_a_named_file_and_an_option_of_the_command_line_win(folder: Path) -> None:
    write(folder, FILE)
    write(folder, 'title = "The Other"\nurl = "https://other.example"', "other.toml")
    home = published(folder, "--config", "other.toml", "--base-url", "https://third.example")
    assert "<title>The Other</title>" in home
    assert 'href="https://third.example/"' in home
    assert "other.example" not in home


def test_without_a_file_everything_has_its_default(folder: Path) -> None:
    assert read_config(None) == DEFAULTS
    assert "<title>Gazette</title>" in published(folder)


def test_other_settings_publish_the_folder_again(folder: Path) -> None:
    published(folder)
    write(folder, FILE)
    assert "<title>The Post</title>" in published(folder)


def test_a_site_with_settings_for_crawlers_and_authors_is_verified_with_them(folder: Path) -> None:
    """SPEC V14: the home says which they are."""
    event = EVENT | {"title": "Quay", "byline": "Ada Moss"}
    (folder / "source/events/quay.json").write_text(json.dumps(event), encoding="utf-8")
    for authors in ("true", "false"):
        more = f'authors = {authors}\nrefused_crawlers = ["ai-training"]\n\n[footer]'
        write(folder, FILE.replace("[footer]", more))
        published(folder)
        assert (folder / "site/authors/ada-moss/feed.atom").exists() == (authors == "true")
        assert main(["verify", "site", "--jobs", "1"]) == 0


def test_a_branded_site_is_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The home says in its JSON what the pages show."""
    write(folder, FILE)
    published(folder)
    assert main(["verify", "site", "--jobs", "1"]) == 0
    home = folder / "site/index.json"
    brand = json.loads(home.read_text(encoding="utf-8"))["brand"]
    assert brand["footer"] == {"about": "/about.html", "Who owns us": "https://owners.example/"}
    home.write_text(home.read_text(encoding="utf-8").replace("Every tide", "Every side"))
    capsys.readouterr()
    assert main(["verify", "site", "--jobs", "1"]) == 1
    home.write_text(home.read_text(encoding="utf-8").replace("#7a1f3d", "#ffee00"))
    assert main(["verify", "site", "--jobs", "1"]) == 1
    assert "index.html" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'accent = "#ffee00"',
            'accent: "#ffee00" is refused: has a contrast of 1.0 with #f5f0e4, a background of',
        ),
        (
            'accent = "red"',
            'accent: "red" is refused: is no colour; write a colour such as #12445c',
        ),
        (
            'titel = "x"',
            'titel: "x" is refused: is no field; did you mean title? the file has only',
        ),
        ("title = 7", "title: 7 is refused: is not a text; write a text, such as"),
        (
            'title = " "',
            'title: " " is refused: is blank; write a text, such as "The Harbour Post"',
        ),
        ('language = "en_US"', "did you mean en-US?"),
        ('time_zone = "Berlin"', "time_zone: "),
        ("tombstone_days = 0", "tombstone_days: 0 is refused: is less than 1; write a number"),
        ('url = "post.example"', "write the address of the site, such as https://news.example"),
        ('hubs = ["hub"]', "hubs.0: "),
        ('[footer]\nabuot = "/a"', "did you mean about?"),
        ('footer = "about"', "has no address for about; write https://…"),
        (
            "footer = 7",
            "footer: 7 is refused: is not a list; write a table with names such as about",
        ),
        (
            "title = x",
            "is not TOML: Invalid value (at line 1, column 9); write lines such as title =",
        ),
    ],
)
def test_a_mistake_is_named_with_file_field_reason_and_remedy(
    folder: Path, text: str, message: str
) -> None:
    said = refusal(folder, text)
    assert said.startswith("gazette.toml: ")
    assert message in said


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    file = folder / "gazette.toml"
    file.write_bytes(b'title = "\xff"')
    with pytest.raises(ConfigError, match="is not UTF-8; save it in this encoding"):
        read_config(file)


def test_every_mistake_of_a_file_has_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, 'titel = "x"\naccent = "red"')
    assert main(["publish", "source", "--out", "site"]) == FAILED
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("gazette: gazette.toml: accent: ")
    assert second.startswith("gazette.toml: titel: ")
    assert not (folder / "site").exists()


def test_a_file_that_is_not_there_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder.is_dir()
    assert main(["publish", "source", "--out", "site", "--config", "no.toml"]) == FAILED
    assert capsys.readouterr().err == "gazette: no.toml: does not exist; correct the path\n"


def test_settings_writes_what_the_stack_needs_to_publish_the_same_site(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, 'title = \'The "Harbour" Post\'\n[footer]\nabout = "/about.html"')
    assert main(["settings"]) == 0
    written = tomllib.loads(f"overrides = [\n{capsys.readouterr().out}]")["overrides"]
    # SAM reads a backslash within quotes as JSON does.
    overrides = {
        name: json.loads(text) for name, _, text in (one.partition("=") for one in written)
    }
    assert overrides["SiteTitle"] == 'The "Harbour" Post'
    assert overrides["SiteFooter"] == "about=/about.html"
    # These have no default that suits a stack.
    assert overrides.keys() & {"SiteUrl", "TagAuthority"} == set()
    assert len(overrides) == len(SiteSettings.model_fields) - 2


def test_the_file_in_the_documentation_is_right(folder: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/branding.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    settings = read_config(write(folder, example))
    assert tomllib.loads(example).keys() == SiteSettings.model_fields.keys()
    assert settings.site() != DEFAULTS.site()
    assert refusal(folder, 'accent = "#ffee00"').partition(";")[0] in page.replace("\n    ", " ")
