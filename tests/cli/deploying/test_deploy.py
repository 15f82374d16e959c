"""`gazette deploy` checks first, deploys, may be repeated, and says what to do next."""

import json
from pathlib import Path

import pytest

from gazette_cli.deploying.account import DeployError
from gazette_cli.deploying.deploy import DeployOptions, deploy_to
from gazette_cli.operate.deployment import StackAddress
from tests.cli.deploying.formation import ADDRESS, PARAMETERS, Formation, Programs, account

BUILT = DeployOptions(template=Path("built.yaml"), asks=False)
CHANGES = BUILT._replace(only_changes=True)
ADDED = {"Action": "Add", "LogicalResourceId": "Ledger", "ResourceType": "AWS::DynamoDB::Table"}
REPLACED = {**ADDED, "Action": "Modify", "Replacement": "True"}


def deployed(
    formation: Formation,
    options: DeployOptions = BUILT,
    *,
    fails: str = "",
    leaves: str = "CREATE_COMPLETE",
) -> Programs:
    run = Programs(formation, fails, leaves)
    deploy_to(account(formation), ADDRESS, PARAMETERS, options, run)
    return run


def refused(formation: Formation, options: DeployOptions = BUILT) -> str:
    run = Programs(formation)
    with pytest.raises(DeployError) as error:
        deploy_to(account(formation), ADDRESS, PARAMETERS, options, run)
    assert run.commands == []
    return str(error.value)


def test_a_new_stack_is_built_checked_and_deployed() -> None:
    run = deployed(Formation(), DeployOptions(asks=True))
    build, check, deploy = run.commands
    # The arguments of `make deploy` are not those of the build.
    assert build == ("make", "--no-print-directory", "build", "ARGS=")
    assert {"validate", "--lint"} <= set(check)
    assert deploy[-1] == "--confirm-changeset"


@pytest.mark.parametrize(
    ("deployed_for", "wanted", "built_for"),
    [
        ("", "", None),
        ("", "x86_64", "x86_64"),
        ("x86_64", "", "x86_64"),
        ("arm64", "x86_64", "x86_64"),
    ],
)
def test_the_layer_is_built_for_the_functions_that_load_it(
    deployed_for: str, wanted: str, built_for: str | None
) -> None:
    before = {**PARAMETERS, **({"Architecture": deployed_for} if deployed_for else {})}
    run = Programs(Formation("UPDATE_COMPLETE", before))
    given = {**PARAMETERS, **({"Architecture": wanted} if wanted else {})}
    deploy_to(account(run.formation), ADDRESS, given, DeployOptions(), run)
    assert run.environments[0].get("ARCHITECTURE") == built_for


def test_a_built_template_is_deployed_with_the_settings_as_parameters() -> None:
    (command,) = deployed(Formation()).commands
    first = command.index("--parameter-overrides") + 1
    assert command[first:] == [
        'TagAuthority="post.example,2026"',
        'SiteTitle="The \\"Post\\""',
        'AlarmEmail="alarms@post.example"',
        "--no-confirm-changeset",
    ]
    for option in (
        ("--template-file", str(Path("built.yaml").absolute())),
        ("--stack-name", "post"),
        ("--region", "eu-west-1"),
        ("--capabilities", "CAPABILITY_IAM"),
    ):
        assert command[command.index(option[0]) + 1] == option[1]


def test_after_a_deployment_the_next_steps_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    deployed(Formation())
    said = capsys.readouterr().out
    for line in (
        "The site        https://post.example/",
        "Source bucket   post-source-1-eu-west-1",
        "AWS has sent a mail to alarms@post.example. Confirm it, or no alarm arrives.",
        "Pages name post.example. Let its DNS lead to d1.cloudfront.net",
        "  gazette put events/YEAR/my-first-event.json --stack-name post --endpoint-url",
        "Subscribe to https://post.example/feed.atom in a feed reader.",
    ):
        assert line in said
    assert "gazette rebuild" not in said


def test_after_other_settings_of_the_site_a_rebuild_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    formation = Formation("CREATE_COMPLETE", {**PARAMETERS, "SiteTitle": "The Old Post"})
    deployed(formation)
    said = capsys.readouterr().out
    assert "  gazette rebuild --stack-name post" in said
    # Both were said when the stack was created.
    assert "has sent a mail" not in said
    assert "Let its DNS lead" not in said
    deployed(formation)
    assert "gazette rebuild" not in capsys.readouterr().out


def test_the_outputs_are_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    deployed(Formation(), BUILT._replace(as_json=True))
    shape = json.loads(capsys.readouterr().out)
    assert (shape["stack"], shape["status"]) == ("post", "CREATE_COMPLETE")
    assert shape["outputs"]["SourceBucketName"] == "post-source-1-eu-west-1"


def test_a_deployment_may_be_repeated_after_its_creation_failed() -> None:
    formation = Formation()
    with pytest.raises(DeployError, match="the deployment failed"):
        deployed(formation, fails="deploy")
    formation.status = "ROLLBACK_COMPLETE"
    deployed(formation)
    assert formation.deleted == ["arn:post"]
    assert formation.status == "CREATE_COMPLETE"


def test_what_cannot_be_deleted_after_a_failed_creation_is_named() -> None:
    formation = Formation("ROLLBACK_COMPLETE", is_stuck=True)
    with pytest.raises(DeployError, match="could not be deleted; its events say why"):
        deployed(formation)


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        ("CREATE_FAILED", "delete it with `aws cloudformation delete-stack`"),
        ("ROLLBACK_FAILED", "delete it with `aws cloudformation delete-stack`"),
        ("DELETE_FAILED", "delete it again"),
        ("UPDATE_FAILED", "go back with `aws cloudformation rollback-stack`"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback"),
        ("UPDATE_IN_PROGRESS", "wait until that has ended"),
        ("DELETE_IN_PROGRESS", "wait until that has ended"),
    ],
)
def test_a_stack_that_takes_no_deployment_is_named_with_what_to_do(
    status: str, remedy: str
) -> None:
    said = refused(Formation(status, PARAMETERS))
    assert said.startswith(f"stack post: is {status}; ")
    assert remedy in said


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"]
)
def test_any_other_stack_is_updated(status: str) -> None:
    assert len(deployed(Formation(status, PARAMETERS)).commands) == 1


def test_the_tag_authority_of_a_stack_never_changes() -> None:
    said = refused(Formation("UPDATE_COMPLETE", {"TagAuthority": "gazette.example,2026"}))
    assert "the stack post has gazette.example,2026, and all ids of its feeds begin with" in said


@pytest.mark.parametrize("kind", ["source", "site"])
def test_a_bucket_that_a_deleted_stack_has_left_is_named_before_anything_is_built(
    kind: str,
) -> None:
    run = Programs(Formation())
    left = account(run.formation, [f"post-{kind}-1-eu-west-1"])
    with pytest.raises(DeployError, match=f"has left the bucket post-{kind}-1-eu-west-1; deploy"):
        deploy_to(left, ADDRESS, PARAMETERS, BUILT, run)
    assert run.commands == []


def test_a_failed_build_deploys_nothing() -> None:
    run = Programs(Formation(), fails="build")
    with pytest.raises(DeployError, match=r"the build failed \(exit status 1\)"):
        deploy_to(account(run.formation), ADDRESS, PARAMETERS, DeployOptions(), run)
    assert len(run.commands) == 1


def test_a_deployment_that_was_not_confirmed_is_not_called_one() -> None:
    with pytest.raises(DeployError, match="was not deployed"):
        deployed(Formation(), leaves="")


def test_changes_are_listed_and_nothing_is_left_of_a_new_stack(
    capsys: pytest.CaptureFixture[str],
) -> None:
    formation = Formation(changes=[ADDED])
    deployed(formation, CHANGES._replace(as_json=True))
    assert json.loads(capsys.readouterr().out) == {
        "changes": [
            {
                "action": "Add",
                "resource": "Ledger",
                "type": "AWS::DynamoDB::Table",
                "replacement": "",
            }
        ]
    }
    assert (formation.change_sets, formation.deleted) == ([], ["post"])


def test_the_changes_of_a_stack_leave_it_and_the_change_sets_of_others_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    formation = Formation("UPDATE_COMPLETE", PARAMETERS, ["arn:other"], [REPLACED])
    deployed(formation, CHANGES)
    assert "Ledger" in capsys.readouterr().out
    assert (formation.change_sets, formation.deleted) == (["arn:other"], [])
    formation.changes = ()
    deployed(formation, CHANGES)
    assert capsys.readouterr().out == "Nothing would change.\n"


def test_a_new_stack_whose_changes_somebody_else_looks_at_stays() -> None:
    formation = Formation("REVIEW_IN_PROGRESS", {}, ["arn:other"], [ADDED])
    deployed(formation, CHANGES)
    assert (formation.change_sets, formation.deleted) == (["arn:other"], [])


def test_the_changes_of_a_failed_creation_are_all_of_it() -> None:
    said = refused(Formation("ROLLBACK_COMPLETE"), CHANGES)
    assert "all of it would be created" in said


def test_a_stack_on_aws_takes_its_keys_as_the_sam_cli_finds_them() -> None:
    formation, environments = Formation(), []

    def run(_: object, environment: object) -> int:
        environments.append(environment)
        formation.status = "CREATE_COMPLETE"
        return 0

    deploy_to(account(formation), StackAddress("post"), PARAMETERS, BUILT, run)
    assert environments == [{}]
