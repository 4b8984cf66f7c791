"""The keys of a recipe's benchmarks: what they mean, and that they reach the reader."""

import datetime
import json

import pytest
from tests.pipeline.pools import benchmark_rows, make_recipe, write_jsonl

from codesieve.errors import RecipeError
from codesieve.pipeline.leakage import load_benchmarks
from codesieve.pipeline.load import parse_recipe
from codesieve.pipeline.run import run

GOOD = {
    "name": "toy",
    "sources": [{"name": "a", "files": "a.jsonl"}],
    "selection": {"budget": 5},
}


def parsed(**keys):
    one = {"name": "exam", "files": "e.jsonl", **keys}
    return parse_recipe({**GOOD, "benchmarks": [one]}).benchmarks[0]


def dated_rows():
    days = ("2024-01-01", "2024-06-01", "2024-12-01")
    return [
        {"ask": f"Question {number}?", "answer": "x = 1", "checks": ["assert x == 1"],
         "key": f"k{number}", "date": day}
        for number, day in enumerate(days)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"release": "v7"}, r"benchmarks\[0\]\.release: 'v7': .*'v1'"),
        ({"start_date": "June"}, r"benchmarks\[0\]\.start_date: 'June': "),
        ({"start_date": 2024}, r"benchmarks\[0\]\.start_date: 2024 is not a day like 2024-08-31"),
        ({"end_date": True}, r"benchmarks\[0\]\.end_date: True is not a day like"),
        ({"end_date": "2024-02-30"}, r"benchmarks\[0\]\.end_date: "),
        ({"start_date": "2024-02-02", "end_date": "2024-02-01"}, r"2024-02-02 is after end_date"),
        ({"files": []}, r"benchmarks\[0\]\.files: \[\]: .*at least 1"),
        ({"solution": "x"}, r"benchmarks\[0\]\.solution: unknown key; .*solution_field"),
    ],
)
def test_a_mistake_is_one_line_with_the_keys_path(keys, said):
    with pytest.raises(RecipeError, match=said) as caught:
        parsed(**keys)
    assert "\n" not in str(caught.value)


def test_days_are_days_however_yaml_gives_them():
    assert parsed(start_date="2024-08-01").start_date == datetime.date(2024, 8, 1)
    assert parsed(end_date=datetime.date(2024, 8, 1)).end_date == datetime.date(2024, 8, 1)
    assert parsed().files == ["e.jsonl"]
    assert parsed(files=["a", "b"]).files == ["a", "b"]


def test_fields_and_window_reach_the_items(tmp_path):
    write_jsonl(tmp_path / "own.jsonl", dated_rows())
    own = {
        "name": "own",
        "files": "own.jsonl",
        "prompt_field": "ask",
        "solution_field": "answer",
        "tests_field": "checks",
        "id_field": "key",
        "start_date": "2024-06-01",
        "end_date": "2024-06-30",
    }
    (benchmark,) = load_benchmarks(make_recipe(tmp_path, benchmarks=[own]))
    (item,) = benchmark.items
    assert (item.task_id, item.prompt, item.solution) == ("k1", "Question 1?", "x = 1")
    assert (item.tests, item.date) == ("assert x == 1", datetime.date(2024, 6, 1))


def test_a_release_and_several_files_reach_the_items(tmp_path):
    def row(number, day):
        return {"question_id": str(number), "question_content": "q", "contest_date": day,
                "private_test_cases": "left alone"}  # fmt: skip

    write_jsonl(tmp_path / "one.jsonl", [row(1, "2023-05-07"), row(2, "2024-05-01")])
    write_jsonl(tmp_path / "two.jsonl", [row(3, "2024-02-01")])
    entry = {"name": "lcb", "files": ["one.jsonl", "two.jsonl"], "release": "v1"}
    (benchmark,) = load_benchmarks(make_recipe(tmp_path, benchmarks=[entry]))
    assert [item.task_id for item in benchmark.items] == ["1", "3"]
    assert all(item.tests is None for item in benchmark.items)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"start_date": "2024-01-01"}, r"benchmarks\[0\]\.files: .*items have no dates"),
        ({"release": "v1"}, r"benchmarks\[0\]\.files: .*only LiveCodeBench has releases"),
        ({"tests_field": "none"}, r"benchmarks\[0\]\.files: .*no field 'none'.*tests_field"),
        ({"files": "mbppplus"}, r"benchmarks\[0\]\.files: .*did you mean mbpp\+"),
    ],
)
def test_what_the_file_cannot_give_is_one_line(tmp_path, keys, said):
    entry = {"name": "toy", "files": "data/toy.jsonl", **keys}
    with pytest.raises(RecipeError, match=said) as caught:
        load_benchmarks(make_recipe(tmp_path, benchmarks=[entry]))
    assert "\n" not in str(caught.value)


def test_a_window_decides_what_a_run_drops_and_stands_in_its_manifest(tmp_path):
    rows = [{**row, "date": f"202{n}-01-01"} for n, row in enumerate(benchmark_rows(), start=3)]
    write_jsonl(tmp_path / "dated.jsonl", [{"q": row.pop("prompt"), **row} for row in rows])
    entry = {"name": "toy", "files": "dated.jsonl", "prompt_field": "q", "threshold": 0.5}
    found = {}
    for start in ("2023-01-01", "2024-01-01"):
        recipe = make_recipe(
            tmp_path, name=f"from-{start}", benchmarks=[{**entry, "start_date": start}]
        )
        manifest = json.loads((run(recipe).folder.root / "manifest.json").read_text())
        assert manifest["recipe"]["benchmarks"][0]["start_date"] == start
        leaked = manifest["status_by_source"]["first"].get("leaked", 0)
        found[start] = (manifest["benchmarks"][0]["items"], leaked)
    assert found == {"2023-01-01": (2, 1), "2024-01-01": (1, 0)}
