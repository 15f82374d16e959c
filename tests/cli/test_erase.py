"""`gazette erase` over moto: what it writes into the source bucket, refuses and prints."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from gazette.models.ledger import keys, partitions
from gazette.models.ledger.snapshot import Revision
from gazette.models.limits import MAX_ERASED_REVISIONS
from gazette_cli.commands.cli import FAILED, main
from gazette_cli.emulators.template import load_template
from gazette_cli.operate.deployment import StackAddress
from gazette_cli.operate.erase import EraseOptions, run_erase
from gazette_cli.operate.erase_report import Commands
from gazette_cli.operate.erasures import EraseError
from tests.cli.operators import Operator
from tests.emulators.moto_stack import REGION, SOURCE_BUCKET, create_stack

FERRY = {"title": "Ferry", "date": "2026-07-04"}
TODAY = datetime(2026, 8, 1, 9, 0, tzinfo=UTC)
ADDRESS = StackAddress("gazette", "http://127.0.0.1:4566", "eu-west-1")
WHY = "By order of a court."


class Eraser(Operator):
    """An operator who erases; the reports of the command are what it printed."""

    def erase(self, *numbers: int, reason: str = WHY, event_id: str = "ferry") -> str:
        return self._run_erase(EraseOptions(event_id, numbers, reason))

    def erase_all(self, reason: str = WHY) -> str:
        return self._run_erase(EraseOptions("ferry", None, reason))

    def undo(self, *numbers: int, event_id: str = "ferry") -> str:
        return self._run_erase(EraseOptions(event_id, numbers or None, undo=True))

    def _run_erase(self, options: EraseOptions) -> str:
        self.stack.clock.now = self.now
        run_erase(self.deployment, options, Commands(SOURCE_BUCKET, ADDRESS), TODAY)
        return self.capsys.readouterr().out

    def document(self) -> Any:  # noqa: ANN401  # JSON
        try:
            answer = self.stack.s3.get_object(Bucket=SOURCE_BUCKET, Key="erasures/ferry.json")
        except self.stack.s3.exceptions.NoSuchKey:
            return None
        return json.loads(answer["Body"].read())

    def numbers(self) -> list[int | None]:
        return [named.get("number") for named in self.document()["revisions"]]

    def revisions(self, event_id: str = "ferry") -> list[Revision]:
        found = self.deployment.ledger.scan(partitions.event_partition(event_id), keys.REVISION)
        return [Revision.model_validate_json(item.payload) for item in found]

    def remove_version(self, number: int) -> None:
        version_id = self.revisions()[number - 1].version_id
        self.stack.remove_version("events/ferry.json", version_id)


@pytest.fixture
def eraser(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Eraser]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        eraser = Eraser(create_stack(load_template()), capsys)
        for body in ("Sinks.", "Sails.", "Rests."):
            eraser.put("ferry", FERRY | {"body": body})
        yield eraser


def test_the_document_names_a_revision_by_number_version_and_hash(eraser: Eraser) -> None:
    """A number alone could mean another revision after the ledger was made again."""
    first, second, _ = eraser.revisions()
    eraser.erase(1, 2)
    assert eraser.document() == {
        "revisions": [
            {"number": n, "version": one.version_id, "sha256": one.entry.sha256}
            for n, one in ((1, first), (2, second))
        ],
        "reason": WHY,
        "date": "2026-08-01",
    }


def test_all_needs_no_numbers(eraser: Eraser) -> None:
    output = eraser.erase_all()
    assert eraser.document() == {"revisions": "all", "reason": WHY, "date": "2026-08-01"}
    assert all(revision.entry.sha256 in output for revision in eraser.revisions())


def test_an_erasure_is_added_to_the_one_before(eraser: Eraser) -> None:
    eraser.erase(1)
    output = eraser.erase(2, 1, reason="A name.")
    assert eraser.numbers() == [1, 2]
    assert eraser.document()["reason"] == "A name."
    assert f"The reason of the erasure before was: {WHY}" in output


def test_numbers_that_somebody_wrote_by_hand_stay(eraser: Eraser) -> None:
    body = b'{"revisions": [2, {"version": "ab"}], "reason": "x"}'
    eraser.stack.s3.put_object(Bucket=SOURCE_BUCKET, Key="erasures/ferry.json", Body=body)
    eraser.erase(1)
    listed = eraser.document()["revisions"]
    assert listed[:2] == [{"number": 2}, {"version": "ab"}]
    assert listed[2]["number"] == 1


def test_what_was_uploaded_since_all_was_erased_is_not_erased_with_the_next_one(
    eraser: Eraser,
) -> None:
    """The document that says "all" would be newer than the later upload."""
    eraser.put("ferry", FERRY | {"published": "not a date"})
    eraser.erase_all()
    eraser.now += timedelta(hours=1)
    for body in ("Again.", "And again."):
        eraser.put("ferry", FERRY | {"body": body})
    eraser.erase(5)
    assert eraser.numbers() == [1, 2, 3, None, 5]
    (unread,) = [named for named in eraser.document()["revisions"] if "number" not in named]
    assert set(unread) == {"version"}


def test_what_is_printed_says_what_goes_and_what_remains(eraser: Eraser) -> None:
    output = eraser.erase(1)
    first, second, third = eraser.revisions()
    assert re.search(f"1  publication  .*Z  sha256 {first.entry.sha256}", output)
    assert second.entry.sha256 not in output
    assert third.entry.sha256 not in output
    assert f"number, time and hash of each, and the reason: {WHY}" in output
    assert "The newest revision is among them" not in output
    assert "The newest revision is among them" in eraser.erase(3)


def commands_in(output: str) -> list[list[str]]:
    return [shlex.split(line) for line in output.splitlines() if line.startswith("  aws ")]


def test_a_command_deletes_each_version_that_is_still_there(eraser: Eraser) -> None:
    (command,) = commands_in(eraser.erase(1))
    assert command == [
        *("aws", "s3api", "delete-object", "--bucket", SOURCE_BUCKET),
        *("--key", "events/ferry.json", "--version-id", eraser.revisions()[0].version_id),
        *("--endpoint-url", "http://127.0.0.1:4566", "--region", "eu-west-1"),
    ]
    eraser.remove_version(1)
    output = eraser.erase(1)
    assert commands_in(output) == []
    assert f"{SOURCE_BUCKET} has none of their versions any more." in output


def test_a_key_with_special_characters_survives_the_shell() -> None:
    command = Commands("bucket", StackAddress("gazette")).delete_object("events/it's $HOME.json")
    assert shlex.split(command)[-1] == "events/it's $HOME.json"
    assert len(shlex.split(command)) == 7


def test_before_the_newest_version_is_deleted_a_marker_keeps_the_older_one_hidden(
    eraser: Eraser,
) -> None:
    output = eraser.erase(3)
    marker, version = commands_in(output)
    assert "--version-id" not in marker
    assert "--version-id" in version
    assert "publish that again as a new revision" in output
    assert all("--version-id" in command for command in commands_in(eraser.erase_all()))


def test_a_revision_with_the_same_text_is_named(eraser: Eraser) -> None:
    eraser.put("ferry", FERRY | {"body": "Sinks."})
    output = eraser.erase(1)
    assert "Revision 4 has the same text as an erased one, and is not erased." in output
    assert "has the same text" not in eraser.erase(4)


def test_undone_the_document_goes_and_its_versions_stay(eraser: Eraser) -> None:
    eraser.erase(1, 2)
    output = eraser.undo()
    assert eraser.document() is None
    assert "No longer erased, revisions of ferry:" in output
    listed = eraser.stack.s3.list_object_versions(Bucket=SOURCE_BUCKET, Prefix="erasures/")
    assert len(listed["Versions"]) == 1


def test_one_of_several_comes_back(eraser: Eraser) -> None:
    eraser.erase(1, 2)
    eraser.undo(1)
    assert eraser.numbers() == [2]
    assert eraser.document()["reason"] == WHY
    assert eraser.document()["date"] == "2026-08-01"
    eraser.undo(2)
    assert eraser.document() is None


def test_one_of_all_comes_back(eraser: Eraser) -> None:
    eraser.erase_all()
    eraser.undo(2)
    assert eraser.numbers() == [1, 3]


def test_what_is_deleted_in_s3_stays_erased(eraser: Eraser) -> None:
    eraser.erase(1, 2)
    eraser.remove_version(1)
    with pytest.raises(
        EraseError, match=r"revisions: 1 cannot come back: .* upload the text again"
    ):
        eraser.undo(1)
    assert eraser.numbers() == [1, 2]
    first, second = eraser.undo().splitlines()[1:]
    assert first.endswith("stays erased, its version is deleted")
    assert not second.endswith("its version is deleted")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (EraseOptions("boat", (1,), WHY), "id: the stack has published no event boat; the id is"),
        (EraseOptions("ferry", (1, 7, 8), WHY), "revisions: ferry has no revision 7, 8; it has 1"),
        (EraseOptions("ferry", (), WHY), "revisions: none is given; name them with --revisions"),
        (EraseOptions("ferry", (1,), " "), "reason: is empty, and readers see it; give one"),
        (EraseOptions("ferry", (1,), "x" * 501), "reason: has 501 characters; shorten it to 500"),
        (EraseOptions("ferry", None, undo=True), "id: nothing of ferry is erased: "),
    ],
)
def test_a_refusal_names_the_field_the_reason_and_the_remedy(
    eraser: Eraser, options: EraseOptions, problem: str
) -> None:
    with pytest.raises(EraseError) as refused:
        eraser._run_erase(options)
    assert str(refused.value).startswith(problem)
    assert eraser.document() is None


def test_an_event_under_embargo_is_held_back_and_can_be_undone(eraser: Eraser) -> None:
    eraser.put("secret", FERRY | {"published": "2099-01-01T00:00:00Z"})
    with pytest.raises(EraseError, match="secret is under embargo and has no number yet; use --al"):
        eraser.erase(1, event_id="secret")
    options = EraseOptions("secret", None, WHY)
    printed = eraser._run_erase(options)
    assert "It is not published as long as this erasure is there" in printed
    assert "The newest revision" not in printed
    listed = eraser.stack.s3.list_object_versions(Bucket=SOURCE_BUCKET, Prefix="events/secret")
    version_id = listed["Versions"][0]["VersionId"]
    assert f"--key events/secret.json --version-id {version_id}" in printed
    assert "secret was never public" in eraser.undo(event_id="secret")


def test_a_revision_that_is_not_erased_cannot_come_back(eraser: Eraser) -> None:
    eraser.erase(1)
    with pytest.raises(EraseError, match="revisions: 2 of ferry is not erased; leave it out"):
        eraser.undo(1, 2)
    assert eraser.numbers() == [1]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "document: "),
        (b'{"revisions": [1]}', "reason: is missing"),
        (b'{"revisions": "every", "reason": "x"}', 'write "all", or a list of numbers'),
        (b'{"revisions": [{}], "reason": "x"}', "names no revision"),
    ],
)
def test_a_document_that_breaks_the_contract_is_not_overwritten(
    eraser: Eraser, body: bytes, problem: str
) -> None:
    eraser.stack.s3.put_object(Bucket=SOURCE_BUCKET, Key="erasures/ferry.json", Body=body)
    for run in (eraser.erase, eraser.undo):
        with pytest.raises(EraseError) as refused:
            run(1)
        assert str(refused.value).startswith("erasures/ferry.json: ")
        assert problem in str(refused.value)
        assert str(refused.value).endswith("; upload a corrected one first")


def test_a_document_that_would_break_the_contract_is_not_written(eraser: Eraser) -> None:
    listed = [{"version": f"{number}"} for number in range(MAX_ERASED_REVISIONS)]
    body = json.dumps({"revisions": listed, "reason": "x"}).encode()
    eraser.stack.s3.put_object(Bucket=SOURCE_BUCKET, Key="erasures/ferry.json", Body=body)
    with pytest.raises(EraseError, match=r"revisions.*1,000"):
        eraser.erase(1)
    assert len(eraser.document()["revisions"]) == MAX_ERASED_REVISIONS


def test_two_operators_at_once_lose_nothing(eraser: Eraser) -> None:
    """The second one is refused, and adds to what the first one wrote when she tries again."""
    head = eraser.stack.s3.meta.events
    rivals = [1]

    def interfere(**_: object) -> None:
        if rivals:
            rivals.pop()
            eraser.erase(2)

    head.register("before-call.s3.PutObject", interfere)
    with pytest.raises(EraseError, match="somebody else has just changed it; run the command aga"):
        eraser.erase(1)
    eraser.erase(1)
    assert eraser.numbers() == [2, 1]


def test_the_command_line_checks_the_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["erase", "ferry", "--revisions", "1,x", "--reason", WHY])
    assert "'1,x' is not a list of numbers such as 1,2" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["erase", "ferry", "--revisions", "1", "--all", "--reason", WHY])
    assert "not allowed with argument" in capsys.readouterr().err


def test_a_stack_that_does_not_answer_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    stack = ["--stack-name", "gone", "--endpoint-url", "http://127.0.0.1:9", "--region", REGION]
    for chosen in (["--all"], ["--revisions", "1"], ["--undo"], []):
        assert main(["erase", "ferry", *chosen, *stack]) == FAILED
        assert capsys.readouterr().err.startswith("gazette: stack gone: ")
