"""What to do after a deployment: where to write, where to read, and what is still to be done."""

import json
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

from gazette_cli.deploying.account import StackState
from gazette_cli.operate.deployment import StackAddress

# Pages show them, so these are written again only by a rebuild.
_SHOWN = ("Site", "Hubs", "HubEnabled", "IndexNowKey", "Search", "DomainName")


def print_next_steps(
    address: StackAddress, before: StackState | None, after: StackState, *, as_json: bool
) -> None:
    """Print the outputs that a publisher needs, and the commands to go on with."""
    if as_json:
        shape = {"stack": address.name, "status": after.status, "outputs": dict(after.outputs)}
        sys.stdout.write(json.dumps(shape, indent=2) + "\n")
        return
    sys.stdout.writelines(f"{line}\n" for line in _lines(address, before, after))


def _lines(address: StackAddress, before: StackState | None, after: StackState) -> Iterator[str]:
    site, feed = after.outputs["SiteAddress"], after.outputs["FeedAddress"]
    yield f"The site        {site}/"
    yield f"Its feed        {feed}"
    yield f"Source bucket   {after.outputs['SourceBucketName']}"
    yield f"Dashboard       {after.outputs['DashboardAddress']}"
    yield from _unfinished(before, after, site)
    where = f" --stack-name {address.name}"
    where += f" --endpoint-url {address.endpoint}" if address.endpoint else ""
    where += f" --region {address.region}" if address.region else ""
    yield "\nWrite an event, and publish it:\n"
    yield '  gazette new "My first event" --topic Harbour'
    yield f"  gazette put events/YEAR/my-first-event.json{where}"
    if before and _shown(before) != _shown(after):
        yield "\nPages have the old settings until they are written again:\n"
        yield f"  gazette rebuild{where}"
    yield f"\nSubscribe to {feed} in a feed reader."


def _unfinished(before: StackState | None, after: StackState, site: str) -> Iterator[str]:
    """Yield what only a person can do: a mail to confirm, the records of a domain."""
    email = after.parameters.get("AlarmEmail", "")
    if email and (before is None or before.parameters.get("AlarmEmail") != email):
        yield f"\nAWS has sent a mail to {email}. Confirm it, or no alarm arrives."
    domain, host = after.outputs["DistributionDomain"], urlsplit(site).hostname
    is_known = before is not None and before.outputs.get("SiteAddress") == site
    if host != domain and not is_known and not after.parameters.get("HostedZoneId"):
        yield (
            f"\nPages name {host}. Let its DNS lead to {domain}, an alias or a CNAME:"
            "\ndocs/deploy.md, A domain of your own."
        )


def _shown(state: StackState) -> dict[str, str]:
    return {name: text for name, text in state.parameters.items() if name.startswith(_SHOWN)}
