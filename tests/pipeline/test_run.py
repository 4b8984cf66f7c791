"""A run from recipe to training set: what it leaves on disk, and that nothing is lost."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.pipeline.pools import all_bytes, alpaca_rows, make_recipe, output_bytes, write_jsonl

from codesieve.errors import RecipeError, RunError, SourceError
from codesieve.pipeline import export
from codesieve.pipeline import run as run_module
from codesieve.pipeline.folder import RunFolder
from codesieve.pipeline.run import run


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """One finished run of the toy recipe."""
    return run(make_recipe(tmp_path_factory.mktemp("toy")))


def ledger_of(result):
    return {row["row_id"]: row for row in pq.read_table(result.folder.ledger).to_pylist()}


def test_both_sums_hold(finished):
    totals = finished.manifest["totals"]
    assert totals == {
        "records": 75, "samples": 73, "quarantined": 2, "selected": 20, "dropped": 53
    }  # fmt: skip


def test_every_sample_has_one_ledger_line(finished):
    parts = sorted(finished.folder.stage("pool").glob("part-*.parquet"))
    pool = [row_id for part in parts for row_id in pq.read_table(part)["row_id"].to_pylist()]
    assert sorted(pool) == sorted(ledger_of(finished))
    assert len(pool) == 73


def test_every_ledger_line_agrees_with_the_verdicts(finished):
    fatal, rules = {}, {}
    for verdict in pq.read_table(finished.folder.verdicts).to_pylist():
        rules.setdefault(verdict["row_id"], []).append(verdict["rule"])
        if not verdict["keep"]:
            fatal.setdefault(verdict["row_id"], verdict)
    for row_id, line in ledger_of(finished).items():
        if line["status"] == "selected":
            assert row_id not in fatal and rules[row_id][-1] == "budget"
        else:
            for column in ("rule", "value", "threshold", "counterpart"):
                assert line[column] == fatal[row_id][column]


def test_planted_rows_meet_their_fate(finished):
    ledger = ledger_of(finished)
    leak, copy, other = (ledger[f"first/first.jsonl#{n}"] for n in (7, 61, 62))
    assert (leak["status"], leak["counterpart"]) == ("leaked", "Toy/0")
    assert leak["value"] >= leak["threshold"] == 0.5
    assert (copy["status"], copy["counterpart"]) == ("duplicate", "first/first.jsonl#0")
    pair = {"first/first.jsonl#1", "first/first.jsonl#62"}
    losers = [row_id for row_id in pair if ledger[row_id]["status"] == "worse_in_group"]
    assert len(losers) == 1
    assert ledger[losers[0]]["counterpart"] in pair - set(losers)
    assert other["score"] is not None


def test_refused_records_are_kept_with_place_reason_and_bytes(finished):
    parts = sorted(finished.folder.stage("quarantine").glob("part-*.parquet"))
    refused = {r["row_id"]: r for part in parts for r in pq.read_table(part).to_pylist()}
    broken = refused["first/first.jsonl#63"]
    assert (broken["reason"], broken["place"]) == ("broken_json", "line 64")
    assert broken["bytes"].startswith(b'{"instruction": "cut off')
    assert refused["second/second.jsonl#10"]["reason"] == "empty_response"


def test_the_training_set_is_the_ledgers_selected_rows_best_first(finished):
    table = pq.read_table(finished.folder.selected / "train.parquet").to_pylist()
    lines = (finished.folder.selected / "train.jsonl").read_text().splitlines()
    ledger = ledger_of(finished)
    chosen = {row_id for row_id, line in ledger.items() if line["status"] == "selected"}
    assert {row["row_id"] for row in table} == chosen and len(table) == 20
    assert [row["rank"] for row in table] == sorted(row["rank"] for row in table)
    assert [json.loads(line) for line in lines] == table
    first = table[0]
    assert [message["role"] for message in first["messages"]] == ["user", "assistant"]
    assert first["score"] == max(line["score"] or 0 for line in ledger.values())


def test_a_set_written_in_slices_is_the_same_set(finished, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "SLICE_ROWS", 3)
    sliced = run(make_recipe(tmp_path))
    names = [
        folder / "train.parquet" for folder in (sliced.folder.selected, finished.folder.selected)
    ]
    assert pq.read_table(names[0]).equals(pq.read_table(names[1]))
    lines = [path.with_suffix(".jsonl").read_bytes() for path in names]
    assert lines[0] == lines[1]
    assert sliced.manifest["leakage"] == finished.manifest["leakage"]


def test_reasoning_is_exported_apart_from_the_answer(tmp_path):
    rows = [
        {"prompt": "Think about a stack.", "response": "<think>hmm</think>A stack is a list."},
        {"prompt": "Do not think about a queue.", "response": "A queue is another list."},
    ]
    write_jsonl(tmp_path / "data" / "thinks.jsonl", rows)
    sources = [{"name": "thinks", "files": "data/thinks.jsonl"}]
    result = run(make_recipe(tmp_path, sources=sources, benchmarks=[]))
    table = pq.read_table(result.folder.selected / "train.parquet").to_pylist()
    answers = {row["messages"][1]["content"]: row["messages"][1] for row in table}
    assert answers["A stack is a list."]["reasoning_content"] == "hmm"
    assert answers["A queue is another list."]["reasoning_content"] is None


def test_it_loads_with_datasets(finished, tmp_path):
    datasets = pytest.importorskip("datasets")
    for kind, name in (("json", "train.jsonl"), ("parquet", "train.parquet")):
        train = datasets.load_dataset(
            kind, data_files=str(finished.folder.selected / name), split="train",
            cache_dir=str(tmp_path),
        )  # fmt: skip
        assert len(train) == 20
        assert train[0]["messages"][0]["role"] == "user"


def test_a_second_run_does_nothing_and_changes_nothing(finished, monkeypatch):
    before = all_bytes(finished.folder.root)
    monkeypatch.setattr(run_module, "decide", None)  # would fail if it were called
    again = run(make_recipe(finished.folder.root.parent.parent))
    assert not again.fresh and again.manifest == finished.manifest
    assert all_bytes(finished.folder.root) == before


@pytest.mark.parametrize(
    "change",
    [
        {"selection": {"budget": 10}},
        {"selection": {"budget": 20, "alpha": 0.9}},
        {"benchmarks": [{"name": "toy", "files": "data/toy.jsonl", "threshold": 0.99}]},
        {"diversity": {"max_similarity": 0.5}},
    ],
)
def test_a_moved_threshold_weight_or_budget_recomputes_no_part(tmp_path, change):
    first = run(make_recipe(tmp_path))
    parts = {p: p.stat().st_mtime_ns for p in first.folder.root.rglob("part-*.parquet")}
    second = run(make_recipe(tmp_path, **change))
    assert second.fresh
    assert {p: p.stat().st_mtime_ns for p in first.folder.root.rglob("part-*.parquet")} == parts
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    anew = run(make_recipe(elsewhere, **change))
    assert output_bytes(anew.folder.root) == output_bytes(second.folder.root)


def test_a_new_source_leaves_old_parts_alone(tmp_path):
    first = run(make_recipe(tmp_path))
    names = ("pool", "leakage", "complexity", "quality")
    parts = {
        p: p.stat().st_mtime_ns for n in names for p in first.folder.stage(n).glob("part-*.parquet")
    }
    write_jsonl(tmp_path / "data" / "third.jsonl", alpaca_rows(5, tag=" in Rust"))
    sources = [{"name": n, "files": f"data/{n}.jsonl"} for n in ("first", "second", "third")]
    second = run(make_recipe(tmp_path, sources=sources))
    assert second.manifest["totals"]["records"] == 80
    assert {path: path.stat().st_mtime_ns for path in parts} == parts


def test_a_removed_source_leaves_no_rows_behind(tmp_path):
    run(make_recipe(tmp_path))
    only = run(make_recipe(tmp_path, sources=[{"name": "first", "files": "data/first.jsonl"}]))
    names = [p.name for p in only.folder.root.rglob("part-*.parquet")]
    assert names and not [name for name in names if "second" in name]
    assert only.manifest["totals"]["records"] == 64


@pytest.mark.parametrize("changes", [{"part_rows": 1000}, {"part_rows": 3}])
def test_part_size_changes_no_output(finished, tmp_path, changes):
    other = run(make_recipe(tmp_path, **changes))
    mine, theirs = output_bytes(finished.folder.root), output_bytes(other.folder.root)
    del mine["selected/README.md"], theirs["selected/README.md"]  # names the run's fingerprint
    assert mine == theirs


def test_worker_count_changes_nothing(finished, tmp_path):
    other = run(make_recipe(tmp_path), jobs=2)
    mine, theirs = all_bytes(finished.folder.root), all_bytes(other.folder.root)
    assert mine == theirs


def test_where_keeps_a_ledger_line_for_each_filtered_row(tmp_path):
    sources = [{"name": "first", "files": "data/first.jsonl", "where": {"id": {"max": 29}}}]
    result = run(make_recipe(tmp_path, sources=sources, benchmarks=[]))
    counts = result.manifest["status_by_source"]["first"]
    assert counts["filtered"] == 31
    assert result.manifest["totals"]["samples"] == 63


def test_a_seeded_sample_runs_in_its_own_folder_with_its_own_budget(tmp_path):
    loaded = make_recipe(tmp_path)
    small = run(loaded, sample=0.5)
    assert small.folder.root.name == "toy-sample-50"
    assert 15 < small.manifest["totals"]["records"] < 60
    assert small.manifest["totals"]["selected"] <= 10
    whole = set(ledger_of(run(loaded)))
    assert set(ledger_of(small)) < whole


def test_a_budget_that_cannot_be_filled_takes_all_that_is_left(tmp_path):
    result = run(make_recipe(tmp_path, selection={"budget": 500}, diversity={"max_similarity": 1}))
    counts = result.manifest["totals"]
    statuses = result.manifest["status_by_source"]
    assert counts["selected"] == 73 - 3  # all but the leak, the copy and the worse of the group
    assert not any("over_budget" in one for one in statuses.values())


def test_without_diversity_what_is_left_over_is_over_budget(tmp_path):
    result = run(make_recipe(tmp_path, diversity={"max_similarity": 1}))
    statuses = {line["status"] for line in ledger_of(result).values()}
    assert "over_budget" in statuses and "not_reached" not in statuses


def test_a_locked_folder_is_an_error_of_one_line(tmp_path):
    loaded = make_recipe(tmp_path)
    with RunFolder(loaded.folder).locked(), pytest.raises(RunError, match="another codesieve"):
        run(loaded)


def test_missing_files_and_unknown_shapes_are_said_before_anything_runs(tmp_path):
    with pytest.raises(SourceError, match=r"nowhere\.jsonl"):
        run(make_recipe(tmp_path, sources=[{"name": "x", "files": "data/nowhere.jsonl"}]))
    write_jsonl(tmp_path / "data" / "odd.jsonl", [{"a": "1", "b": "2"}])
    with pytest.raises(SourceError, match="fields"):
        run(make_recipe(tmp_path, sources=[{"name": "x", "files": "data/odd.jsonl"}]))
    with pytest.raises(RecipeError, match="where"):
        source = {"name": "x", "files": "data/first.jsonl", "where": {"id": {"over": 3}}}
        run(make_recipe(tmp_path, sources=[source]))


def test_embeddings_on_disk_are_fixed_point(finished):
    part = next(finished.folder.stage("embedding").glob("part-*.parquet"))
    column = pq.read_table(part)["embedding"].combine_chunks()
    values = np.asarray(column.flatten()).reshape(len(column), -1).astype(int)
    assert values.shape[1] == 40
    assert ((values**2).sum(axis=1) <= 4096**2).all()
