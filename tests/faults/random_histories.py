"""Random histories of an archive in random disorder. The same seed repeats the same history."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Literal, TypeAlias

from gazette.models.contract.identity import erasure_key, event_key
from gazette.models.frozen import rfc3339
from gazette.ports import UnreadableVersionError
from tests.faults.disorder import BATCHES, Disorder, published_in_order
from tests.faults.faults import Fault
from tests.faults.fresh import published_afresh, shown
from tests.faults.source_acts import What
from tests.faults.stages import Stage, let_time_pass, settle
from tests.property.archives import DAYS, MOMENTS, NAMES, TOPICS
from tests.unit.images.image_files import image_file
from tests.unit.publish.worlds import MORNING

IMAGES = ("images/a.png", "images/b.png")
IMAGE_FILES = (image_file(400, 300), image_file(30, 20), b"no image")
Acts: TypeAlias = Literal["changes", "all"]
# With changes alone a history only grows. To be "all" as soon as ingest follows every act.
ACTS: Acts = "all"
# How often another act takes the place of a change.
_OTHERWISE = 0.4
# Hours: some embargoes end between two changes, some when days have passed.
_AHEAD = (1, 2, 3, 5, 30, 800)
KINDS = ("minor", "update", "correction", "retraction")


def document(random: Random, name: str, now: datetime | None = None) -> bytes:
    """Write a document with few different topics, days and moments, so that events share them.

    One in twenty is invalid. With a time, some are under embargo, and some expire.
    """
    if random.random() < 0.05:
        return b"{}"
    fields: dict[str, object] = {
        "title": f"{random.choice(('River', 'Sea'))} {name}",
        "date": random.choice(DAYS),
        "topics": random.sample(TOPICS, random.randint(0, 3)),
        "body": random.choice(("One.", "Two.", None, f"![One]({random.choice(IMAGES)})")),
    }
    if random.random() < 0.5:
        fields["published"] = random.choice(MOMENTS)
    if random.random() < 0.3:
        fields["category"] = "Nature"
    if random.random() < 0.3:
        fields["image"] = {"key": random.choice(IMAGES), "alt": "An image"}
    if random.random() < 0.3:
        fields["translations"] = random.sample(NAMES, 2)
    if random.random() < 0.4:
        fields["revision"] = {"kind": random.choice(KINDS), "note": "Because."}
    for name_of_time, share in (("published", 0.3), ("expires", 0.15)) if now else ():
        if now and random.random() < share:
            fields[name_of_time] = rfc3339(now + timedelta(hours=random.choice(_AHEAD)))
    return json.dumps(fields).encode()


def erasure(random: Random) -> bytes:
    """Write an erasure of all revisions or some, or one that is invalid."""
    some = random.sample(range(1, 6), random.randint(1, 3))
    revisions = random.choice(("all", some, some, []))
    return json.dumps({"revisions": revisions, "reason": "Asked for."}).encode()


def change_something(disorder: Disorder, random: Random, names: Sequence[str], acts: Acts) -> None:
    """Write or delete one of these events, an erasure of it, or an image, as publishers do."""
    now = disorder.now if acts == "all" else None
    name, what = random.choice(names), random.random()
    if what < 0.08:
        disorder.write(erasure_key(name), erasure(random))
    elif what < 0.12:
        disorder.delete(erasure_key(name))
    elif what < 0.7:
        disorder.write(event_key(name), document(random, name, now))
    elif what < 0.85:
        disorder.delete(event_key(name))
    elif what < 0.955:
        disorder.write(random.choice(IMAGES), random.choice(IMAGE_FILES))
    else:
        disorder.delete(random.choice(IMAGES))


def do_something_else(disorder: Disorder, random: Random) -> None:
    """Do what owners of a bucket do to what it holds, or let time pass."""
    held = disorder.stage.source_keys()
    what = random.choice(list(What))
    if what is What.PASS:
        disorder.act(what, wait=timedelta(days=random.choice((1, 3, 40))))
    elif not what.has_key:
        disorder.act(what)
    elif held:
        disorder.act(what, random.choice(held))


def let_something_happen(disorder: Disorder, random: Random) -> None:
    """Take one random step between two changes."""
    pick, what = random.randrange(1000), random.random()
    if what < 0.2:
        disorder.ingest(pick)
    elif what < 0.4:
        disorder.publish(pick, random.choice(BATCHES))
    elif what < 0.8:
        disorder.go_on(pick, random.choice((1, 2, 3, 5, 8, 20)))
    elif what < 0.84:
        disorder.lose_notification(pick)
    elif what < 0.88:
        disorder.notify_again(pick)
    elif what < 0.955:
        disorder.try_again(pick)
    elif what < 0.96:
        disorder.rebuild()
    else:
        disorder.fail(pick, random.choice(list(Fault)))


def happened(seed: int, stage: Stage, most: int = 15, acts: Acts = "changes") -> Disorder:
    """Publish a history in disorder, until nothing is left to do."""
    random = Random(seed)  # noqa: S311  # a history that can be had again
    disorder = Disorder(stage, moves_clock=acts == "all")
    names = random.sample(NAMES, random.choice((1, 2, 4, 9)))
    for _ in range(random.randint(3, most)):
        if acts == "all" and random.random() < _OTHERWISE:
            do_something_else(disorder, random)
        else:
            change_something(disorder, random, names, acts)
        for _ in range(random.randrange(12)):
            let_something_happen(disorder, random)
    disorder.finish(random)
    return disorder


def differing(seed: int, make_stage: Callable[[], Stage], most: int = 15) -> list[str]:
    """Publish a history in disorder and in order; return the paths that are not the same."""
    return unlike_in_order(happened(seed, make_stage(), most), make_stage)


def unlike_in_order(disorder: Disorder, make_stage: Callable[[], Stage]) -> list[str]:
    """Publish a history in order on another stage; return the paths that are not the same.

    The site is read first: there may be only one mocked AWS at a time.
    """
    site = disorder.stage.site()
    return _unlike(site, published_in_order(make_stage(), disorder.operations))


def differing_afresh(
    seed: int, make_stage: Callable[[], Stage], most: int = 15, acts: Acts = ACTS
) -> list[str]:
    """Publish a history in disorder, and then afresh what is left of it.

    Returns:
        The paths of documents that are not the same.
    """
    return unlike_afresh(happened(seed, make_stage(), most, acts), acts)


def unlike_afresh(disorder: Disorder, acts: Acts) -> list[str]:
    """Publish afresh what is left of a history; return the paths that are not the same."""
    if acts == "all":
        upload_denied_images_again(disorder)
        # A worker that published while time passed may have written what is too old by now.
        let_time_pass(disorder.stage, disorder.now, disorder.now - MORNING)
        settle(disorder.stage)
    site = shown(disorder.stage)
    return _unlike(site, published_afresh(disorder.stage))


def upload_denied_images_again(disorder: Disorder) -> None:
    """Upload each image again of which S3 denies a version.

    An image that was published stays on the site; a fresh publication cannot read it. This is what
    Gazette advises.
    """
    for key in IMAGES:
        if is_denied(disorder.stage, key):
            disorder.write(key, IMAGE_FILES[1])
    settle(disorder.stage)


def is_denied(stage: Stage, key: str) -> bool:
    """Return whether S3 does not give out some version of a key."""
    source = stage.services().ingestor.source
    try:
        for version in source.versions(key):
            if not version.is_delete_marker:
                source.read(key, version.version_id)
    except UnreadableVersionError:
        return True
    return False


def _unlike(one: Mapping[str, object], other: Mapping[str, object]) -> list[str]:
    return [path for path in sorted({*one, *other}) if one.get(path) != other.get(path)]
