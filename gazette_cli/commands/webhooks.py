"""`gazette webhooks`: add, list, remove, rotate and test the webhooks of a stack."""

import argparse

from gazette.models.identifiers.slugs import topic_slug
from gazette.models.webhooks.webhook import WebhookKind
from gazette_cli.commands.argparse_types import Subparsers
from gazette_cli.commands.operate import add_json, add_stack, address_of_stack


def add_parser(commands: Subparsers) -> None:
    parser = commands.add_parser("webhooks", help="say who gets signed messages of a stack")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _add_add(actions.add_parser("add", help="add a webhook, and print its secret"))
    _add_list(actions.add_parser("list", help="list the webhooks and their filters"))
    remove = actions.add_parser("remove", help="send no more to a webhook")
    rotate = actions.add_parser("rotate", help="print a new secret; the old one signs for a day")
    test = actions.add_parser("test", help="send a test message from here, and print the answer")
    for action, run in ((remove, _remove), (rotate, _rotate), (test, _test)):
        _add_url(action)
        add_stack(action)
        action.set_defaults(run=run)


def _add_add(parser: argparse.ArgumentParser) -> None:
    _add_url(parser)
    parser.add_argument(
        "--topic",
        nargs="+",
        default=[],
        metavar="TOPIC",
        help="only of events with one of these topics; default: all",
    )
    parser.add_argument(
        "--kind",
        nargs="+",
        default=[],
        choices=[str(kind) for kind in WebhookKind],
        metavar="KIND",
        help=f"only of these kinds: {', '.join(WebhookKind)}; default: all",
    )
    add_stack(parser)
    parser.set_defaults(run=_add)


def _add_list(parser: argparse.ArgumentParser) -> None:
    add_stack(parser)
    add_json(parser)
    parser.set_defaults(run=_list)


def _add_url(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", metavar="URL", help="the address that takes the messages")


def _add(options: argparse.Namespace) -> int:
    from gazette_cli.operate.webhooks import Filter, open_webhooks  # noqa: PLC0415  # boto3 is slow to import

    topics = tuple(dict.fromkeys(map(topic_slug, options.topic)))
    kinds = tuple(WebhookKind(kind) for kind in dict.fromkeys(options.kind))
    with open_webhooks(address_of_stack(options)) as webhooks:
        return webhooks.add(options.url, Filter(topics, kinds))


def _list(options: argparse.Namespace) -> int:
    from gazette_cli.operate.webhooks import open_webhooks  # noqa: PLC0415  # boto3 is slow to import

    with open_webhooks(address_of_stack(options)) as webhooks:
        return webhooks.list_all(as_json=options.as_json)


def _remove(options: argparse.Namespace) -> int:
    from gazette_cli.operate.webhooks import open_webhooks  # noqa: PLC0415  # boto3 is slow to import

    with open_webhooks(address_of_stack(options)) as webhooks:
        return webhooks.remove(options.url)


def _rotate(options: argparse.Namespace) -> int:
    from gazette_cli.operate.webhooks import open_webhooks  # noqa: PLC0415  # boto3 is slow to import

    with open_webhooks(address_of_stack(options)) as webhooks:
        return webhooks.rotate(options.url)


def _test(options: argparse.Namespace) -> int:
    from gazette_cli.operate.webhooks import open_webhooks  # noqa: PLC0415  # boto3 is slow to import

    with open_webhooks(address_of_stack(options)) as webhooks:
        return webhooks.test(options.url)
