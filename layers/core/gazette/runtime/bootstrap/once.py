"""What is created once per process, and how tests drop it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

# Each module adds what it creates when it is imported.
CACHED: "list[_lru_cache_wrapper[Any]]" = []


def forget() -> None:
    """Drop everything created so far. Tests call it after they change the environment."""
    for create in CACHED:
        create.cache_clear()
