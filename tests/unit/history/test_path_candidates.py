from gazette.models.path_candidates import path_candidates


def test_an_event_that_finds_its_path_taken_has_numbered_spares_and_one_of_its_own() -> None:
    *candidates, own = path_candidates("news/2026/07/4/river", "2026/river")
    assert candidates == ["news/2026/07/4/river"] + [
        f"news/2026/07/4/river-{n}" for n in (2, 3, 4, 5)
    ]
    assert own.startswith("news/2026/07/4/river-")
    assert own != list(path_candidates("news/2026/07/4/river", "2026/other"))[-1]


def test_no_event_takes_the_name_of_an_index() -> None:
    assert next(path_candidates("news/2026/07/4/index", "a")) == "news/2026/07/4/index-2"
    assert next(path_candidates("news/2026/07/4/index-2", "a")) == "news/2026/07/4/index-2"
