"""Releases of LiveCodeBench, and windows of days of any benchmark with dates."""

import datetime

import pytest
from tests.benchmarks.records import DATA, HUMANEVAL, lcb, write_lines

from codesieve.benchmarks import load
from codesieve.errors import RecipeError, SourceError

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/benchmarks")
UNTIL_2024_09 = "livecodebench_until_2024-09_qwen2.5-7b_eval_all.json.gz"


def ids(benchmark):
    return [item.task_id for item in benchmark.items]


@needs_data
@pytest.mark.parametrize(
    ("release", "official", "found"),
    [("v1", 400, 401), ("v2", 511, 512), ("v3", 612, 611), ("v4", 713, 714)],
)
def test_a_release_by_days_is_within_one_of_its_official_size_on_the_real_problems(
    release, official, found
):
    benchmark = load(None, UNTIL_2024_09, DATA, release=release)
    assert len(benchmark.items) == found
    assert abs(official - found) <= 1
    assert benchmark.name == f"LiveCodeBench {release}"


@needs_data
def test_the_first_release_by_days_holds_the_400_real_ones():
    real = load(None, "livecodebench_400_public_tests.jsonl.gz", DATA, release="release_v1")
    by_days = load(None, UNTIL_2024_09, DATA, release="v1")
    assert len(real.items) == 400
    assert set(ids(by_days)) - set(ids(real)) == {"3026"}
    assert set(ids(real)) < set(ids(by_days))


@needs_data
def test_windows_are_what_a_loop_over_the_days_finds():
    everything = load(None, UNTIL_2024_09, DATA)
    start, end = datetime.date(2024, 8, 31), datetime.date(2024, 9, 28)
    found = load(None, UNTIL_2024_09, DATA, start_date="2024-08-31", end_date=end)
    expected = [item.task_id for item in everything.items if start <= item.date <= end]
    assert ids(found) == expected
    assert {item.date for item in found.items} >= {start, end}  # both ends included
    later = load(None, UNTIL_2024_09, DATA, release="v3", start_date=datetime.date(2024, 8, 1))
    assert {str(item.date) for item in later.items} == {"2024-08-03"}


def test_both_ends_of_a_window_count_whatever_the_hour(tmp_path):
    dates = ["2024-01-01T00:00:00", "2024-01-02T19:30:00", "2024-01-03", "2024-01-04T00:00:00"]
    rows = [lcb(number, date) for number, date in enumerate(dates)]
    name = write_lines(tmp_path / "l.jsonl", *rows)
    window = {"start_date": "2024-01-01", "end_date": "2024-01-02"}
    assert ids(load("l", name, tmp_path, **window)) == ["abc0_a", "abc1_a"]
    assert ids(load("l", name, tmp_path, start_date="2024-01-03")) == ["abc2_a", "abc3_a"]
    same = {"start_date": datetime.datetime(2024, 1, 3, 12), "end_date": "2024-01-03"}
    assert ids(load("l", name, tmp_path, **same)) == ["abc2_a"]


def test_files_named_as_on_the_hub_say_their_release_themselves(tmp_path):
    late = "2025-01-10T00:00:00"
    for number, name in enumerate(("test", "test2", "test3")):
        write_lines(tmp_path / f"{name}.jsonl", lcb(number, late))
    files = ["test.jsonl", "test2.jsonl", "test3.jsonl"]
    assert ids(load(None, files, tmp_path, release="v2")) == ["abc0_a", "abc1_a"]
    assert ids(load(None, "test*.jsonl", tmp_path, release="v3")) == ["abc0_a", "abc1_a", "abc2_a"]
    assert ids(load(None, "test.jsonl", tmp_path, release="v1")) == ["abc0_a"]
    with pytest.raises(RecipeError, match=r"release v4 is made of .*; not given: test4\.jsonl"):
        load(None, files, tmp_path, release="v4")
    with pytest.raises(RecipeError, match="no item from the first to 2024-05-31"):
        load(None, "test.jsonl", tmp_path, release="v2")  # one file: the days decide


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"release": "v7"}, "release 'v7': there are v1, v2, v3, v4, v5, v6"),
        ({"release": "latest"}, "release 'latest': there are v1"),
        ({"start_date": "May 2024"}, "start_date 'May 2024': not a day like 2024-08-31"),
        ({"end_date": "2024-02-30"}, "end_date '2024-02-30': not a day"),
        ({"start_date": "2024-05-02", "end_date": "2024-05-01"}, "2024-05-02 is after end_date"),
        ({"start_date": "2030-01-01"}, "no item from 2030-01-01 to the last; .*2024-01-01 to 2024"),
    ],
)
def test_a_window_that_cannot_be_is_one_line(tmp_path, options, said):
    name = write_lines(tmp_path / "l.jsonl", lcb(1))
    with pytest.raises(RecipeError, match=said):
        load("l", name, tmp_path, **options)


def test_a_benchmark_without_dates_has_no_windows_and_only_livecodebench_has_releases(tmp_path):
    name = write_lines(tmp_path / "h.jsonl", HUMANEVAL)
    with pytest.raises(RecipeError, match=r"h\.jsonl: its items have no dates"):
        load("h", name, tmp_path, start_date="2024-01-01")
    with pytest.raises(RecipeError, match="only LiveCodeBench has releases"):
        load("h", name, tmp_path, release="v1")


def test_one_item_without_a_date_is_named_when_a_window_is_asked_for(tmp_path):
    name = write_lines(tmp_path / "l.jsonl", lcb(1), lcb(2, date=""))
    assert len(load("l", name, tmp_path).items) == 2
    with pytest.raises(SourceError, match=r"item 1 \(abc2_a\) has no date"):
        load("l", name, tmp_path, end_date="2024-12-31")


def test_own_lines_with_dates_take_windows_too(tmp_path):
    rows = [{"q": "old", "date": "2023-01-01"}, {"q": "new", "date": 1_704_067_200}]
    name = write_lines(tmp_path / "o.jsonl", *rows)
    found = load("o", name, tmp_path, "q", start_date="2024-01-01")
    assert [item.prompt for item in found.items] == ["new"]
