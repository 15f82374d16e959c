"""`gazette new` writes a document that the contract accepts, and overwrites none."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.characters import is_blank
from gazette.models.contract.parsing import parse_document
from gazette.models.limits import MAX_TITLE_CHARACTERS
from gazette_cli.commands.cli import FAILED, main


def test_a_new_document_has_the_words_of_its_title_in_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--in", str(tmp_path), "--date", "2026-07-04", "--topic", "Harbour"]
    assert main(["new", "The bridge opens", *arguments, "--topic", "Ferries"]) == 0
    file = tmp_path / "events/2026/the-bridge-opens.json"
    assert capsys.readouterr().out == f"{file}\n"
    assert json.loads(file.read_text(encoding="utf-8")) == {
        "title": "The bridge opens",
        "date": "2026-07-04",
        "topics": ["Harbour", "Ferries"],
        "summary": "",
        "body": "",
    }


def test_without_a_date_it_is_today(tmp_path: Path) -> None:
    before = datetime.now(UTC).date()
    assert main(["new", "A", "--in", str(tmp_path)]) == 0
    (file,) = (tmp_path / "events").rglob("*.json")
    written = parse_document(file.read_bytes())
    assert before <= written.date <= datetime.now(UTC).date()
    assert written.body is None


@given(title=st.text(min_size=1, max_size=300))
def test_any_title_is_written_or_refused_with_its_reason(
    tmp_path_factory: pytest.TempPathFactory, title: str
) -> None:
    folder = tmp_path_factory.mktemp("source")
    status = main(["new", "--in", str(folder), "--", title])
    files = list((folder / "events").rglob("*.json"))
    assert len(files) == (0 if status else 1)
    for file in files:
        assert not is_blank(parse_document(file.read_bytes()).title)


def test_a_document_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["new", "A bridge", "--in", str(tmp_path), "--date", "2026-07-04"]
    assert main(arguments) == 0
    file = tmp_path / "events/2026/a-bridge.json"
    file.write_text("{}", encoding="utf-8")
    assert main(arguments) == FAILED
    assert "exists already; edit it, or choose another title" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "{}"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([" "], "title: is blank"),
        (["A" * (MAX_TITLE_CHARACTERS + 1)], "title: "),
        (["A", "--topic", " "], "topics"),
    ],
)
def test_what_breaks_the_contract_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], reason: str
) -> None:
    assert main(["new", *arguments, "--in", str(tmp_path)]) == FAILED
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "events").exists()


def test_a_day_that_is_none_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["new", "A", "--date", "4.7.2026"])
    assert "'4.7.2026' is no day such as 2026-07-04" in capsys.readouterr().err
