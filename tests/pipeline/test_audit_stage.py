"""A run whose recipe lets the audit drop rows."""

import pyarrow.parquet as pq
from tests.pipeline.pools import (
    alpaca_rows,
    benchmark_rows,
    leaking_row,
    make_recipe,
    output_bytes,
    write_jsonl,
)

from codesieve.pipeline.run import run

REWORDED = {
    "instruction": "Find the largest prime factor of a composite number by trial division only.",
    "input": "",
    "output": "def f(n):\n    return 1\n",
}


def audited(folder, **leakage):
    rows = [*alpaca_rows(80), leaking_row(), REWORDED]
    write_jsonl(folder / "data" / "rows.jsonl", rows)
    write_jsonl(folder / "data" / "toy.jsonl", benchmark_rows())
    source = {"name": "rows", "files": "data/rows.jsonl"}
    return make_recipe(folder, sources=[source], leakage={"by": "audit", **leakage})


def verdicts(result):
    table = pq.read_table(result.folder.verdicts).to_pylist()
    return [one for one in table if one["rule"].startswith("leakage.") and not one["keep"]]


def test_the_audit_drops_rows_and_the_official_number_is_still_told(tmp_path):
    result = run(audited(tmp_path))
    dropped = verdicts(result)
    assert {one["counterpart"] for one in dropped} == {"Toy/0"}
    assert any("rows:80" in one["row_id"] or "80" in one["row_id"] for one in dropped)
    assert all(one["value"] >= one["threshold"] for one in dropped)
    assert result.manifest["leakage"]
    assert "audit" in result.manifest["stages"]
    part = next((result.folder.root / "audit").glob("part-*.parquet"))
    columns = pq.read_table(part).column_names
    assert columns[0] == "row_id"
    assert [name.rpartition(".")[2] for name in columns[1:5]] == [
        "score",
        "item",
        "verdict",
        "views",
    ]


def test_only_copies_are_dropped_where_the_recipe_says_so(tmp_path):
    everything = verdicts(run(audited(tmp_path / "ask")))
    copies = verdicts(run(audited(tmp_path / "drop", drops="drop")))
    assert {one["row_id"] for one in copies} <= {one["row_id"] for one in everything}


def test_worker_count_changes_no_byte_and_a_second_run_does_nothing(tmp_path):
    first = run(audited(tmp_path / "a"), jobs=1)
    second = run(audited(tmp_path / "b"), jobs=2)
    assert output_bytes(first.folder.root) == output_bytes(second.folder.root)
    assert not run(audited(tmp_path / "a")).fresh
