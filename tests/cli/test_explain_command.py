"""`codesieve explain`: one row's story, with hostile text made harmless."""

import json

import pyarrow.parquet as pq
import pytest
from tests.pipeline.pools import alpaca_rows, benchmark_rows, leaking_row, write_jsonl

ESC, BIDI = "\x1b", "\u202e"
LONG = "x" * 5_000


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A run of rows that would like to steer the terminal."""
    from tests.cli.conftest import command_line, write_recipe

    folder = tmp_path_factory.mktemp("hostile")
    write_recipe(folder)
    rows = alpaca_rows(20)
    rows[3]["instruction"] = f"Clear {ESC}[2J the {BIDI}screen{ESC}]0;owned\x07 and write a loop."
    rows[3]["output"] = f"<think>hm {ESC}[1A</think>print('{ESC}[31m')\r\n{LONG}"
    rows[4] = leaking_row()
    path = write_jsonl(folder / "data" / "first.jsonl", rows)
    with path.open("ab") as file:
        file.write(b'{"instruction": "\x1b[2J\xff\n')
    items = benchmark_rows()
    items[0]["task_id"] = f"Toy/{ESC}[2J"
    write_jsonl(folder / "data" / "toy.jsonl", items)
    result = command_line("run", write_recipe(folder), "--jobs", 1)
    assert result.exit_code == 0
    assert ESC not in result.output
    return folder / "runs" / "toy"


def test_a_selected_row_tells_rank_score_verdicts_and_texts(toy, cli):
    train = (toy.root / "selected" / "train.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(train[0])
    result = cli("explain", toy.root, first["row_id"])
    assert result.exit_code == 0
    assert first["row_id"] in result.stdout
    assert "status: selected, rank 1\n" in result.stdout
    assert f"score: {first['score']:.4f}" in result.stdout
    for rule in ("where", "duplicate", "leakage.toy", "complexity", "quality", "budget"):
        assert f"keep  {rule}" in result.stdout
    assert "DROP" not in result.stdout
    assert f"complexity: {first['complexity']:.4f}" in result.stdout
    assert "quality_status: not_executed" in result.stdout
    assert first["messages"][0]["content"] in result.stdout
    assert cli("explain", toy.root, first["content_id"]).stdout == result.stdout


def test_a_leaked_row_tells_the_item_and_the_words_it_shares(toy, cli):
    told = cli("explain", toy.root, "first/first.jsonl#7").stdout
    assert "status: leaked\n" in told
    assert "DROP  leakage.toy: 0.8000 (threshold 0.5), item: Toy/0, shared: " in told
    assert "largest prime factor of a given composite number" in told


def test_a_dropped_row_names_its_counterpart(toy, cli):
    duplicate = cli("explain", toy.root, "first/first.jsonl#61").stdout
    assert "DROP  duplicate, equal to: first/first.jsonl#0" in duplicate
    ledger = pq.read_table(toy.root / "ledger.parquet").to_pylist()
    worse = next(row for row in ledger if row["status"] == "worse_in_group")
    told = cli("explain", toy.root, worse["row_id"]).stdout
    assert f"best of its group: {worse['counterpart']}" in told


def test_a_refused_record_tells_place_reason_and_bytes(toy, cli):
    result = cli("explain", toy.root, "first/first.jsonl#63")
    assert result.exit_code == 0
    assert "status: quarantined, broken_json: " in result.stdout
    assert "place: first.jsonl, line 64, 24 bytes" in result.stdout
    assert '{"instruction": "cut off' in result.stdout


@pytest.mark.parametrize("row", ["#3", "#4", "#20"])
@pytest.mark.parametrize("options", [[], ["--full"]])
def test_control_characters_of_a_row_do_not_reach_the_terminal(row, options, hostile, cli):
    result = cli("explain", hostile, f"first/first.jsonl{row}", *options)
    assert result.exit_code == 0
    odd = {char for char in result.output if not char.isprintable()} - {"\n", "\t"}
    assert odd == set()
    assert r"\x1b[2J" in result.output


def test_texts_are_cut_unless_asked_for_whole_and_reasoning_is_told(hostile, cli):
    short = cli("explain", hostile, "first/first.jsonl#3").stdout
    whole = cli("explain", hostile, "first/first.jsonl#3", "--full").stdout
    assert "more characters (--full)" in short
    assert LONG not in short
    assert LONG in whole
    assert "assistant, reasoning\n" in short


def test_bytes_that_are_no_text_are_shown_as_escapes(hostile, cli):
    told = cli("explain", hostile, "first/first.jsonl#20").stdout
    assert r'{"instruction": "\x1b[2J\xff' in told


@pytest.mark.parametrize("row", ["first/first.jsonl#999", f"no{ESC}[2J\nsuch"])
def test_an_unknown_row_is_one_line(row, toy, cli):
    result = cli("explain", toy.root, row)
    assert result.exit_code == 2
    assert "no row" in result.stderr
    assert "SOURCE/FILE#ORDINAL" in result.stderr
    assert result.stderr.count("\n") == 1
    assert ESC not in result.stderr


def test_a_folder_without_a_run_is_one_line(tmp_path, cli):
    result = cli("explain", tmp_path, "x")
    assert result.exit_code == 2
    assert (
        result.stderr == f"codesieve: {tmp_path}: no finished run here; codesieve run makes one\n"
    )
