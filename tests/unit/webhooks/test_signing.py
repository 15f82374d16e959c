"""Signatures of Standard Webhooks, as a receiver checks them."""

import base64
import re
import time
from collections.abc import Callable, Mapping

import pytest

from gazette.models.webhooks.signing import (
    SECRET_BYTES,
    message_id,
    signatures,
    signed_post,
    written_secret,
)
from gazette_cli.emulators.template import ROOT
from tests.unit.webhooks.webhook_stage import (
    OTHER,
    SECRET,
    ForgedError,
    Receiver,
    headers_of,
    webhook_at,
)

NOW, BODY = 1_783_152_000, b'{"type":"event.corrected"}'


def test_a_signature_is_that_of_the_published_example() -> None:
    """The example of the reference libraries of Standard Webhooks."""
    example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    made = signatures(
        [example], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_has_the_length_that_is_asked_for() -> None:
    assert 24 <= SECRET_BYTES <= 64
    text = written_secret(bytes(SECRET_BYTES))
    assert text.startswith("whsec_")
    assert base64.b64decode(text.removeprefix("whsec_"), validate=True) == bytes(SECRET_BYTES)


def test_a_receiver_takes_a_message_once() -> None:
    post = signed_post(webhook_at(), "revision", BODY, NOW)
    receiver = Receiver()
    assert headers_of(post)["Content-Type"] == "application/json"
    assert receiver.take(headers_of(post), post.body, NOW + 10)
    again = signed_post(webhook_at(), "revision", BODY, NOW + 30)
    assert headers_of(again)["webhook-timestamp"] == str(NOW + 30)  # that of the attempt
    assert not receiver.take(headers_of(again), again.body, NOW + 31)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_another"},
        {"webhook-timestamp": str(NOW + 1)},
        {"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    ],
)
def test_a_receiver_sees_a_forged_header(changed: dict[str, str]) -> None:
    post = signed_post(webhook_at(), "revision", BODY, NOW)
    with pytest.raises(ForgedError, match="signature"):
        Receiver().take(headers_of(post) | changed, post.body, NOW)


def test_a_receiver_sees_another_body_another_secret_and_a_replay() -> None:
    post = signed_post(webhook_at(), "revision", BODY, NOW)
    with pytest.raises(ForgedError, match="signature"):
        Receiver().take(headers_of(post), post.body + b" ", NOW)
    with pytest.raises(ForgedError, match="signature"):
        Receiver(written_secret(b"t" * 32)).take(headers_of(post), post.body, NOW)
    with pytest.raises(ForgedError, match="timestamp"):
        Receiver().take(headers_of(post), post.body, NOW + 3600)


def test_the_receiver_in_the_documentation_takes_what_is_sent_and_nothing_else() -> None:
    page = (ROOT / "docs/push.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(import base64.*?)```", page, re.DOTALL)
    names: dict[str, Callable[[Mapping[str, str], bytes, str], str]] = {}
    exec(code, names)  # noqa: S102  # our own page
    now = int(time.time())
    post = signed_post(webhook_at(), "revision", BODY, now)
    assert names["check"](headers_of(post), BODY, SECRET) == headers_of(post)["webhook-id"]
    old = signed_post(webhook_at(), "revision", BODY, now - 3600)
    for headers, body in ((headers_of(post), b"{}"), (headers_of(old), BODY)):
        with pytest.raises(ValueError, match="forged, or replayed"):
            names["check"](headers, body, SECRET)


def test_a_replaced_secret_signs_for_a_day() -> None:
    new = written_secret(b"n" * 32)
    webhook = webhook_at(secret=new, former_secret=SECRET, former_until=NOW + 86_400)
    both = signed_post(webhook, "revision", BODY, NOW)
    for secret in (SECRET, new):
        assert Receiver(secret).take(headers_of(both), BODY, NOW)
    alone = signed_post(webhook, "revision", BODY, NOW + 86_400)
    assert Receiver(new).take(headers_of(alone), BODY, NOW + 86_400)
    with pytest.raises(ForgedError):
        Receiver().take(headers_of(alone), BODY, NOW + 86_400)


def test_an_id_names_the_message_and_the_webhook_and_has_no_full_stop() -> None:
    names = {
        message_id("a", webhook_at()),
        message_id("b", webhook_at()),
        message_id("a", webhook_at(OTHER)),
        message_id("a", webhook_at(topics=["foxes"], registration="second")),
    }
    assert len(names) == 3
    assert not any("." in name for name in names)
