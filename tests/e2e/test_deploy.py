"""`gazette deploy` with the real SAM CLI, on a small stack: a failed creation may be repeated."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from gazette_cli.emulators.ministack import Ministack
from tests.e2e.certificates import make_tls
from tests.e2e.user import SETTINGS, CommandError, User, missing_tools

pytestmark = pytest.mark.ministack
NAME, BUCKET = "gazette-small", "taken-by-somebody"
OUTPUTS = ("SiteAddress", "FeedAddress", "SourceBucketName", "DashboardAddress")
TEMPLATE = {
    "Parameters": {name: {"Type": "String"} for name in ("TagAuthority", "SiteTitle")},
    "Resources": {"SiteBucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}}},
    "Outputs": {name: {"Value": "https://d1.cloudfront.net"} for name in OUTPUTS}
    | {"DistributionDomain": {"Value": "d1.cloudfront.net"}},
}


@pytest.fixture
def small(tmp_path: Path) -> Iterator[User]:
    """A user with a small template and settings for it."""
    if missing := missing_tools():
        pytest.skip(f"make e2e installs {', '.join(missing)}")
    (tmp_path / "template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    settings = SETTINGS.format(title='The \\"Post\\"', name=NAME)
    (tmp_path / "gazette.toml").write_text(settings, encoding="utf-8")
    with Ministack(make_tls(tmp_path)) as ministack:
        yield User(ministack, tmp_path)


def deploy(user: User, *options: str) -> str:
    return user.run_deploy(user.home / "gazette.toml", user.home / "template.json", *options)


def stacks(user: User) -> dict[str, str]:
    listed = user.ask("cloudformation", "describe-stacks")["Stacks"]
    return {stack["StackName"]: stack["StackStatus"] for stack in listed}


def test_a_deployment_is_looked_at_fails_and_is_repeated(small: User) -> None:
    (change,) = json.loads(deploy(small, "--changes", "--json"))["changes"]
    assert (change["action"], change["resource"]) == ("Add", "SiteBucket")
    assert NAME not in stacks(small)
    small.aws("s3", "mb", f"s3://{BUCKET}")
    with pytest.raises(CommandError, match="the deployment failed"):
        deploy(small, "--yes")
    assert stacks(small)[NAME] == "ROLLBACK_COMPLETE"
    small.aws("s3", "rb", f"s3://{BUCKET}")
    assert "Its feed        https://d1.cloudfront.net" in deploy(small, "--yes")
    assert stacks(small)[NAME] == "CREATE_COMPLETE"
    (stack,) = small.ask("cloudformation", "describe-stacks", "--stack-name", NAME)["Stacks"]
    given = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert given["SiteTitle"] == 'The "Post"'
