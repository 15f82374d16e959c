"""`gazette init` writes settings that can be read, asks for what is missing, overwrites nothing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.characters import drop_unprintable, is_blank, one_line
from gazette_cli.commands.cli import FAILED, main
from gazette_cli.commands.init import init
from gazette_cli.commands.site_config import ConfigError, read_config

GIVEN = {"title": "The Post", "url": "https://post.example", "tag_authority": "post.example,2026"}
OPTIONS = [part for name, text in GIVEN.items() for part in (f"--{name.replace('_', '-')}", text)]


def no_question(_: str) -> str:
    raise AssertionError("nothing is missing")


def test_a_new_site_has_its_settings_and_a_folder_for_events(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "my site"
    assert main(["init", str(folder), *OPTIONS, "--language", "pt-BR"]) == 0
    settings = read_config(folder / "gazette.toml")
    assert {name: getattr(settings, name) for name in GIVEN} == GIVEN
    assert (settings.author, settings.language) == ("The Post", "pt-BR")
    assert (folder / "events").is_dir()
    printed = capsys.readouterr().out
    assert f"  cd {folder}\n" in printed
    assert "  gazette preview .\n" in printed


@given(title=st.text(max_size=40), author=st.text(max_size=40))
def test_any_text_is_written_so_that_it_is_read_again_or_refused(
    tmp_path_factory: pytest.TempPathFactory, title: str, author: str
) -> None:
    folder = tmp_path_factory.mktemp("site")
    try:
        init(folder, GIVEN | {"title": title, "author": author}, no_question)
    except ConfigError:
        assert list(folder.iterdir()) == []
        assert any(is_blank(drop_unprintable(text)) for text in (title, author))
    else:
        read = read_config(folder / "gazette.toml")
        texts = (one_line(drop_unprintable(text)) for text in (title, author))
        assert (read.title, read.author) == tuple(texts)


def test_it_asks_for_what_is_missing(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "https://post.example" if "address" in question else "post.example,2026"

    assert init(tmp_path, {"title": "The Post"}, ask) == 0
    assert [question.split()[0] for question in asked] == ["Its", "A"]
    assert "must never change" in asked[1]
    assert read_config(tmp_path / "gazette.toml").url == "https://post.example"


def test_where_nobody_can_answer_the_option_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tag_authority: is missing; give --tag-authority"):
        init(tmp_path, {"title": "A", "url": "https://a.example"}, None)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_named_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--title", "A", "--url", "post.example", "--tag-authority", "post.example"]
    assert main(["init", str(tmp_path), *options]) == FAILED
    error = capsys.readouterr().err
    assert "url: " in error
    assert "write a domain and a year in which it was yours" in error
    assert list(tmp_path.iterdir()) == []


def test_settings_that_exist_are_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "gazette.toml"
    file.write_text('title = "Kept"\n', encoding="utf-8")
    assert main(["init", str(tmp_path), *OPTIONS]) == FAILED
    assert "exists already; edit it" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == 'title = "Kept"\n'
