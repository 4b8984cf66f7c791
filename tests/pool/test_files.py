"""Patterns become files, each once, under short names that do not collide."""

import pytest

from codesieve.errors import SourceError
from codesieve.pool import expand


@pytest.fixture
def folder(tmp_path):
    for name in ("b.jsonl", "a.jsonl", "x[1].jsonl", "one/a.jsonl", "one/two/c.jsonl", "note.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "b.jsonl")
    return tmp_path


def names(found):
    return [name for name, _ in found]


def test_files_are_sorted_and_come_once_under_their_own_name(folder):
    found = expand(["b.jsonl", "*.jsonl", "./a.jsonl", "x[1].jsonl"], folder)
    assert names(found) == ["a.jsonl", "b.jsonl", "x[1].jsonl"]
    assert all(path.is_absolute() and path.is_file() for _, path in found)


def test_files_of_the_same_name_are_called_by_their_path_from_the_common_folder(folder):
    assert names(expand(["**/*.jsonl"], folder / "one")) == ["a.jsonl", "c.jsonl"]
    found = expand(["one/*.jsonl", "one/two/*.jsonl", str(folder / "a.jsonl")], folder)
    assert names(found) == ["a.jsonl", "one/a.jsonl", "one/two/c.jsonl"]


def test_a_pattern_may_climb_out_of_the_folder(folder):
    assert names(expand(["../*.jsonl"], folder / "one"))[:2] == ["a.jsonl", "b.jsonl"]
    assert expand(["../a.jsonl"], folder / "one") == [("a.jsonl", folder / "a.jsonl")]


@pytest.mark.parametrize("pattern", ["c.jsonl", "*.csv", "none/*"])
def test_a_pattern_that_matches_nothing_is_named(folder, pattern):
    with pytest.raises(SourceError) as caught:
        expand(["a.jsonl", pattern], folder)
    assert str(caught.value).startswith(f"{pattern}: no such file")


def test_a_folder_is_no_file(folder):
    with pytest.raises(SourceError, match="one: is a folder; name its files"):
        expand(["one"], folder)
