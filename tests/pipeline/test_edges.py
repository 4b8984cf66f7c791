"""Runs at the edges: empty pools, one row, damage on disk, odd names, hostile texts."""

import json

import pyarrow.parquet as pq
import pytest
from tests.pipeline.pools import alpaca_rows, leaking_row, make_recipe, output_bytes, write_jsonl

from codesieve.errors import CodesieveError, RunError
from codesieve.pipeline import run as run_module
from codesieve.pipeline.run import run


def one_source(folder, rows, **changes):
    path = write_jsonl(folder / "data" / "rows.jsonl", rows)
    if not rows:
        path.write_bytes(b"{broken\n\xff\xfe\n")
    write_jsonl(folder / "data" / "toy.jsonl", benchmark())
    source = {"name": "rows", "files": "data/rows.jsonl", **changes.pop("source", {})}
    return make_recipe(folder, sources=[source], **changes)


def benchmark():
    from tests.pipeline.pools import benchmark_rows

    return benchmark_rows()


def test_a_pool_without_a_single_sample_is_an_error_that_says_where_the_records_are(tmp_path):
    with pytest.raises(RunError, match=r"2 records .*quarantine"):
        run(one_source(tmp_path, []))
    assert list((tmp_path / "runs" / "toy" / "quarantine").glob("part-*.parquet"))


def test_a_pool_that_is_filtered_out_whole_is_an_error(tmp_path):
    with pytest.raises(CodesieveError, match="no words"):
        run(one_source(tmp_path, alpaca_rows(5), source={"where": {"id": 99}}))


@pytest.mark.parametrize("rows", [1, 2])
def test_a_pool_of_one_or_two_rows_is_selected_whole(tmp_path, rows):
    result = run(one_source(tmp_path, alpaca_rows(rows)))
    assert result.manifest["totals"]["selected"] == rows


def test_a_pool_that_leaks_whole_gives_an_empty_set_and_a_full_ledger(tmp_path):
    rows = [leaking_row(), {**leaking_row(), "output": "def g(n):\n    return 2"}]
    result = run(one_source(tmp_path, rows))
    assert result.manifest["totals"] == {
        "records": 2, "samples": 2, "quarantined": 0, "selected": 0, "dropped": 2
    }  # fmt: skip
    assert pq.read_table(result.folder.selected / "train.parquet").num_rows == 0
    assert (result.folder.selected / "train.jsonl").read_text() == ""


def test_hostile_texts_and_names_come_through_unharmed(tmp_path):
    texts = [
        "a\x00b \x1b[31mred",
        "\u202eevil \U0001f600",
        "x" * 100_000,
        '"quotes", \\ and \n lines',
    ]
    rows = [{"instruction": text, "output": text} for text in texts]
    path = write_jsonl(tmp_path / "data" / 'odd #1 "name" é.jsonl', rows)
    source = {"name": "odd", "files": f"data/{path.name}"}
    result = run(make_recipe(tmp_path, sources=[source], benchmarks=[]))
    lines = (result.folder.selected / "train.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    found = {json.loads(line)["messages"][0]["content"] for line in lines}
    assert found <= set(texts) and result.manifest["totals"]["samples"] == 4
    ledger = pq.read_table(result.folder.ledger)["row_id"].to_pylist()
    assert f"odd/{path.name}#0" in ledger


@pytest.mark.parametrize(
    "damage",
    ["ledger.parquet", "selected/train.jsonl", "manifest.json", "pool/manifest.json", "a part"],
)
def test_what_is_damaged_or_deleted_is_made_again(tmp_path, damage):
    loaded = make_recipe(tmp_path)
    first = run(loaded)
    good = output_bytes(first.folder.root)
    path = first.folder.root / damage
    if damage == "a part":
        path = next(first.folder.stage("complexity").glob("part-*.parquet"))
        first.folder.manifest.unlink()  # parts are looked at when a run has something to do
    path.write_bytes(path.read_bytes()[:-20])
    again = run(loaded)
    assert again.fresh
    assert output_bytes(again.folder.root) == good


def test_two_sources_with_files_of_one_name_do_not_mix(tmp_path):
    write_jsonl(tmp_path / "data" / "a" / "train.jsonl", alpaca_rows(6))
    write_jsonl(tmp_path / "data" / "b" / "train.jsonl", alpaca_rows(4, tag=" in Go"))
    sources = [{"name": n, "files": f"data/{n}/train.jsonl"} for n in ("a", "b")]
    result = run(make_recipe(tmp_path, sources=sources, benchmarks=[]))
    rows = pq.read_table(result.folder.ledger)["row_id"].to_pylist()
    assert sorted(rows) == sorted(
        [f"a/train.jsonl#{n}" for n in range(6)] + [f"b/train.jsonl#{n}" for n in range(4)]
    )


def test_a_file_that_changed_is_read_again(tmp_path):
    loaded = make_recipe(tmp_path)
    run(loaded)
    data = tmp_path / "data" / "second.jsonl"
    data.write_text(data.read_text() + '{"prompt": "One more?", "response": "Yes."}\n')
    assert run(loaded).manifest["totals"]["records"] == 76


def test_parts_of_another_recipe_are_not_taken_for_the_finished_runs_own(tmp_path, monkeypatch):
    loaded = make_recipe(tmp_path)
    first = run(loaded)
    good = output_bytes(first.folder.root)
    columns = first.folder.stage("complexity")
    before = [path.read_bytes() for path in sorted(columns.glob("part-*.parquet"))]
    monkeypatch.setattr(run_module, "fit_embedder", None)  # the other run ends in the middle
    with pytest.raises(TypeError):
        run(make_recipe(tmp_path, complexity={"scorer": "random"}))
    monkeypatch.undo()
    assert run(make_recipe(tmp_path)).fresh
    assert output_bytes(first.folder.root) == good
    assert [path.read_bytes() for path in sorted(columns.glob("part-*.parquet"))] == before


def test_a_part_whose_bytes_changed_is_named_in_one_line(tmp_path):
    result = run(one_source(tmp_path, alpaca_rows(20)))
    part = next((result.folder.root / "pool").glob("part-*.parquet"))
    content = bytearray(part.read_bytes())
    content[10:60] = bytes(50)
    part.write_bytes(content)
    with pytest.raises(RunError, match=rf"{part.name}: damaged .* delete it") as caught:
        run(one_source(tmp_path, alpaca_rows(20), selection={"budget": 3}))
    assert "\n" not in str(caught.value)


def test_what_the_operating_system_refuses_is_one_line(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run_module, "write_card", refuse)
    with pytest.raises(RunError, match="No space left on device; finished parts are kept"):
        run(one_source(tmp_path, alpaca_rows(20)))


def test_an_artifact_that_was_cut_short_is_fitted_anew(tmp_path):
    loaded = one_source(tmp_path, alpaca_rows(30))
    result = run(loaded)
    before = output_bytes(result.folder.root)
    neighbours = result.folder.root / "diversity" / "neighbours.npy"
    neighbours.write_bytes(neighbours.read_bytes()[:-8])
    again = run(loaded)
    assert again.fresh
    assert output_bytes(again.folder.root) == before
