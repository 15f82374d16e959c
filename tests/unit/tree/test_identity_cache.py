"""What was made is cached for the very object it was made of, and within bounds."""

from gazette.models.identity_cache import IdentityCache


class Source:
    """All of them are equal, and none is another."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source)

    __hash__ = None  # type: ignore[assignment]


def test_something_is_made_once_of_a_source_in_a_setting() -> None:
    cached: IdentityCache[Source, str, list[str]] = IdentityCache(lambda _, setting: [setting], 8)
    one, other = Source(), Source()
    assert cached(one, "a") is cached(one, "a")
    assert cached(one, "a") is not cached(one, "b")
    assert one == other
    assert cached(one, "a") is not cached(other, "a")


def test_a_full_cache_starts_again_and_never_answers_for_another() -> None:
    """A source that is gone may leave its identity to the next one."""
    cached: IdentityCache[list[int], None, int] = IdentityCache(lambda source, _: source[0], 3)
    assert [cached([number], None) for number in range(100)] == list(range(100))
