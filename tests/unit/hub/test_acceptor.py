"""What the hub answers to a form (W3C WebSub §5.1): 202, or 400 with the parameter to correct."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazette.models.hub.requests import Mode
from gazette.models.limits import DEFAULT_LEASE_SECONDS, MAX_LEASE_SECONDS, MIN_LEASE_SECONDS
from gazette.models.views.site_document import LIVE, Document
from gazette.services.hub.acceptor import topic_path
from tests.unit.hub.stage import BASE, CALLBACK, FORM, PATH, TOPIC, HubStage


@pytest.fixture
def stage() -> HubStage:
    return HubStage()


def test_a_subscription_is_accepted_and_verified_later(stage: HubStage) -> None:
    """websub.rocks hub 100."""
    assert stage.ask(f"{FORM}; charset=UTF-8") == (202, "")
    (request,) = stage.queued()
    assert (request.mode, request.topic, request.callback) == (Mode.SUBSCRIBE, TOPIC, CALLBACK)
    assert (request.lease_seconds, request.secret) == (DEFAULT_LEASE_SECONDS, "")
    assert stage.callbacks.asked == []
    assert stage.standing() == []


def test_a_secret_is_taken(stage: HubStage) -> None:
    """websub.rocks hub 101."""
    assert stage.ask(secret="sésame") == (202, "")
    assert stage.queued()[0].secret == "sésame"


def test_parameters_that_websub_does_not_define_are_ignored(stage: HubStage) -> None:
    """websub.rocks hub 102."""
    assert stage.ask(foo="bar", verify="sync") == (202, "")
    assert len(stage.queued()) == 1


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("1", MIN_LEASE_SECONDS),
        ("86400", 86_400),
        ("99999999999", MAX_LEASE_SECONDS),
        ("9" * 5000, MAX_LEASE_SECONDS),
        ("", DEFAULT_LEASE_SECONDS),
    ],
)
def test_a_lease_is_within_bounds(stage: HubStage, asked: str, given: int) -> None:
    assert stage.ask(lease_seconds=asked) == (202, "")
    assert stage.queued()[0].lease_seconds == given


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"mode": None}, "hub.mode is missing"),
        ({"mode": "publish"}, "hub.mode is none of subscribe, unsubscribe"),
        ({"topic": None}, "hub.topic is missing"),
        ({"topic": ""}, "hub.topic is missing"),
        ({"topic": "https://other.example/feed.atom"}, "hub.topic is no feed of this site"),
        ({"topic": BASE}, "hub.topic is no feed of this site"),
        ({"topic": f"{BASE}/no/feed.atom"}, "hub.topic is no feed of this site"),
        ({"topic": f"{TOPIC}?x=1"}, "hub.topic is no feed of this site"),
        ({"topic": f"{TOPIC}#x"}, "hub.topic is no feed of this site"),
        ({"topic": TOPIC.replace("rivers", "r%69vers")}, "hub.topic is no feed of this site"),
        ({"topic": TOPIC.replace("https", "HTTPS")}, "hub.topic is no feed of this site"),
        ({"topic": f"{BASE}/%FF"}, "hub.topic is no feed of this site"),
        ({"topic": f"{BASE}/{'x' * 1025}"}, "hub.topic is no feed of this site"),
        ({"callback": None}, "hub.callback is missing"),
        ({"callback": "reader.example"}, "hub.callback is not an absolute http"),
        ({"callback": "http://10.0.0.1/"}, "hub.callback is no public address"),
        ({"callback": "https://reader.example:22/"}, "hub.callback has another port than 80,"),
        ({"lease_seconds": "soon"}, "hub.lease_seconds is no positive number"),
        ({"lease_seconds": "0"}, "hub.lease_seconds is no positive number"),
        ({"lease_seconds": "-5"}, "hub.lease_seconds is no positive number"),
        ({"lease_seconds": "٣"}, "hub.lease_seconds is no positive number"),
        ({"secret": "é" * 100}, "hub.secret has more than 199 bytes"),
        ({"secret": "a\uffff"}, "hub.secret has U+FFFE or U+FFFF"),
    ],
)
def test_a_wrong_parameter_is_named(
    stage: HubStage, fields: dict[str, str | None], named: str
) -> None:
    status, text = stage.ask(**fields)
    assert (status, text.startswith(named)) == (400, True), text
    assert text.endswith("\n")
    assert stage.queued() == []


@pytest.mark.parametrize(
    ("form", "named"),
    [
        (b"hub.mode=subscribe&hub.mode=unsubscribe", "hub.mode is given 2 times"),
        (b"hub.mode=%ff", "the form cannot be read"),
        (b"\xff", "the form cannot be read"),
        (b"&".join(b"x=1" for _ in range(60)), "the form cannot be read"),
        (b"x" * 9000, "the form has more than 8,192 bytes"),
        (b"", "hub.mode is missing"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(stage: HubStage, form: bytes, named: str) -> None:
    status, text = stage.acceptor.accept(form, FORM)
    assert (status, text.startswith(named)) == (400, True), text


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_whatever_a_stranger_sends_gets_an_answer(form: bytes) -> None:
    for start in (b"", b"hub.mode=subscribe&hub.topic=a&hub.callback="):
        assert HubStage().acceptor.accept(start + form, FORM).status == 400


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=50))
def test_whatever_stands_in_a_parameter_gets_an_answer(
    topic: str, callback: str, lease: str
) -> None:
    stage = HubStage()
    fields = {"topic": topic, "callback": f"https://{callback}", "lease_seconds": lease}
    status, text = stage.ask(**fields)
    assert status == 400
    assert text.startswith("hub.")


def test_another_media_type_is_refused(stage: HubStage) -> None:
    assert stage.ask("application/json") == (400, f"Content-Type is not {FORM}\n")


def test_a_document_that_names_no_hub_is_no_topic(stage: HubStage) -> None:
    """Archives of a feed do not change, and pages are no feeds: subscribers would hear nothing."""
    stage.site.documents[PATH] = Document(PATH, b"", "application/atom+xml", LIVE)
    assert stage.ask().status == 400


def test_a_feed_with_signs_in_its_path_is_a_topic(stage: HubStage) -> None:
    path = "topics/c++ & ñandú/feed.atom"
    stage.site.documents[path] = stage.site.documents[PATH]
    topic = f"{BASE}/topics/c%2B%2B%20&%20%C3%B1and%C3%BA/feed.atom"
    assert topic_path(BASE, topic) == path
    assert stage.ask(topic=topic) == (202, "")


def test_a_feed_that_has_vanished_can_be_unsubscribed_from(stage: HubStage) -> None:
    stage.site.documents.clear()
    assert stage.ask(mode="unsubscribe") == (202, "")
    assert stage.queued()[0].mode is Mode.UNSUBSCRIBE
