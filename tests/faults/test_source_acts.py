"""What happens to a source bucket happens alike in memory and on moto; what is left is published.

Ingest does not follow every act yet: `ACTS` of the random histories says which ones are tried.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from random import Random

import pytest
from moto import mock_aws

from gazette.delivery.s3 import S3SourceArchive
from gazette.models.ledger import keys
from gazette.models.ledger.keys import ItemKey
from gazette.models.object_version import ObjectVersion
from gazette.ports import SourceArchive, UnreadableVersionError
from gazette.services.ingest.ingest import Ingestor
from tests.emulators.moto_stack import SOURCE_BUCKET
from tests.faults.disorder import Disorder, EndlessError
from tests.faults.fresh import is_carried_over, published_afresh, shown
from tests.faults.memory_stage import MemoryStage
from tests.faults.moto_stage import MotoStage
from tests.faults.random_histories import differing_afresh, happened
from tests.faults.scenario import EVENT, IMAGE, LOSSY_LIFE, PUBLICATION, WHOLE_LIFE
from tests.faults.source_acts import SourceAct, What
from tests.faults.stages import Happening, Services, Stage, Work, happen, settle
from tests.property.archives import SMALL

SEEDS = range(6)
# A version: its time, size, kind and tag, and what is read of it, None if it is denied.
StoredFacts = tuple[datetime, int, bool, str, bytes | None]


def kept_of(stage: Stage, archive: SourceArchive) -> dict[str, list[StoredFacts]]:
    return {
        key: [
            (
                one.last_modified,
                one.size,
                one.is_delete_marker,
                one.etag,
                _read(archive, key, one[0]),
            )
            for one in archive.versions(key)
        ]
        for key in stage.source_keys()
    }


def _read(archive: SourceArchive, key: str, version_id: str) -> bytes | None:
    try:
        return archive.read(key, version_id)
    except UnreadableVersionError:
        return None


def after_all(
    stage: Stage, happenings: Sequence[Happening]
) -> tuple[dict[str, list[StoredFacts]], object]:
    """Let everything happen; return what is in the bucket, and what was notified."""
    for happening in happenings:
        stage.apply(happening)
    if isinstance(stage, MemoryStage):
        return kept_of(stage, stage.world.source), stage.waiting()
    assert isinstance(stage, MotoStage)
    return kept_of(stage, S3SourceArchive(stage._stack.s3, SOURCE_BUCKET)), stage.waiting()


def history_of(seed: int) -> list[Happening]:
    return happened(seed, Idle(SMALL), acts="all").operations


class Idle(MemoryStage):
    """A stage whose functions do nothing: only the history counts."""

    def waiting(self) -> list[str | ItemKey]:
        return []


@pytest.mark.parametrize("happenings", [LOSSY_LIFE, *map(history_of, SEEDS)])
def test_everything_happens_alike_in_memory_and_on_moto(happenings: Sequence[Happening]) -> None:
    with mock_aws():
        on_moto = after_all(MotoStage(), happenings)
    assert after_all(MemoryStage(), happenings) == on_moto


def test_the_histories_hold_every_act_many_times() -> None:
    acts = Counter(
        one.what for seed in range(60) for one in history_of(seed) if isinstance(one, SourceAct)
    )
    assert set(acts) == set(What)
    assert min(acts.values()) > 5


def test_a_lossy_life_leaves_what_s3_serves() -> None:
    stage = MemoryStage()
    left, _ = after_all(stage, LOSSY_LIFE)
    assert [(size > 0, marker) for _, size, marker, _, _ in left[IMAGE]] == [
        (False, True),
        (True, False),
    ]
    ((_, _, _, _, body),) = left[EVENT]
    assert body is not None
    assert b"River opens once more" in body


def test_a_restored_stage_has_the_bucket_and_the_time_of_then() -> None:
    with ExitStack() as mocks:
        mocks.enter_context(mock_aws())
        for stage in (MemoryStage(), MotoStage()):
            happen(stage, PUBLICATION)
            happen(stage, SourceAct(What.SUSPEND, PUBLICATION.at))
            happen(stage, SourceAct(What.DENY, PUBLICATION.at, EVENT))
            before, clock = stage.state(), stage.clock()
            for happening in LOSSY_LIFE:
                happen(stage, happening)
            assert stage.clock() > clock
            stage.restore(before)
            assert stage.state().is_like(before)
            assert stage.clock() == clock


def test_disorder_gives_the_site_of_a_fresh_publication_of_what_is_left() -> None:
    """What a fresh publication takes over suffices, and is not the site."""
    differences = {seed: differing_afresh(seed, lambda: MemoryStage(SMALL)) for seed in SEEDS}
    assert {seed: paths for seed, paths in differences.items() if paths} == {}


def test_disorder_on_aws_gives_the_site_of_a_fresh_publication() -> None:
    with mock_aws():
        assert differing_afresh(1, MotoStage, 5) == []


def test_a_life_on_aws_is_published_afresh() -> None:
    with mock_aws():
        stage = MotoStage()
        for operation in WHOLE_LIFE:
            happen(stage, operation)
            settle(stage)
        site = shown(stage)
        assert published_afresh(stage) == site
        assert len(site) > 100


def test_a_document_that_nothing_publishes_is_found_by_a_fresh_publication() -> None:
    stage = MemoryStage()
    happen(stage, PUBLICATION)
    settle(stage)
    site = dict(stage.state().site)
    path = next(path for path in site if path.endswith(".html"))
    stage.restore(stage.state()._replace(site={**site, "stray.html": site[path]}))
    assert "stray.html" not in published_afresh(stage)


def test_a_header_that_differs_is_seen_by_who_compares_headers() -> None:
    stage = MemoryStage()
    happen(stage, PUBLICATION)
    settle(stage)
    documents, bodies = shown(stage, with_headers=True), shown(stage, with_headers=False)
    path = next(iter(documents))
    stage.world.store.documents[path] = replace(documents[path], cache_control="no-store")
    assert shown(stage, with_headers=True) != documents
    assert shown(stage, with_headers=False) == bodies


def test_claims_and_revisions_are_carried_over_and_nothing_else_is() -> None:
    assert is_carried_over(keys.claim_key("news/2026/07/4/river-opens"))
    assert is_carried_over(keys.revision_key("a", 1))
    assert not is_carried_over(keys.snapshot_key("a"))
    assert not is_carried_over(keys.image_key(IMAGE))


def test_time_that_passes_ages_the_site_as_it_ages_a_fresh_one() -> None:
    """News leave their sitemap, and tombstones their feeds."""
    stage = MemoryStage()
    for operation in WHOLE_LIFE[:-2]:
        happen(stage, operation)
        settle(stage)
    before = shown(stage)
    happen(stage, SourceAct(What.PASS, WHOLE_LIFE[-1].at.replace(year=2027)))
    settle(stage)
    site = shown(stage)
    assert site != before
    assert published_afresh(stage) == site


class Unlistable(MemoryStage):
    """A stage whose source bucket never answers."""

    def versions(self, key: str, known_until: int | None = None) -> list[ObjectVersion]:
        raise OSError(key, known_until)

    def read(self, key: str, version_id: str) -> bytes:
        raise OSError(key, version_id)

    def services(self) -> Services:
        return super().services()._replace(ingestor=Ingestor(self, self.world.ledger, self.clock))


def test_a_history_that_cannot_end_is_an_error() -> None:
    disorder = Disorder(Unlistable())
    disorder.write(EVENT, PUBLICATION.body or b"")
    with pytest.raises(EndlessError, match=EVENT):
        disorder.finish(Random(1), most=50)  # noqa: S311  # a history that can be had again


def test_a_removed_version_is_notified_and_brings_no_harm() -> None:
    disorder = Disorder(MemoryStage())
    disorder.write(EVENT, PUBLICATION.body or b"")
    settle(disorder.stage)
    disorder.act(What.REMOVE_ALL, EVENT)
    assert disorder.stage.waiting() == [EVENT]
    disorder.stage.take(Work(keys=(EVENT,)))
    disorder.act(What.REMOVE_ALL, EVENT)
    assert disorder.stage.waiting() == []
