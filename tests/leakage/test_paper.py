"""The paper's TLI rows: its numbers, and which training files they stand beside."""

import json
from pathlib import Path

import pytest

from codesieve.leakage.paper import PAPER_ROWS, as_in_paper, paper_row

TABLES = Path(__file__).parents[2] / "../shared/paper/tables.json"


@pytest.fixture(scope="module")
def printed():
    """Rows of Tables 2 and 8 by data set."""
    if not TABLES.exists():
        pytest.skip("needs ../shared/paper/tables.json")
    tables = json.loads(TABLES.read_text(encoding="utf-8"))
    return {
        name: {row["dataset"]: row for row in tables[name]["rows"]} for name in ("table2", "table8")
    }


def test_every_row_of_table_8_is_there_with_its_numbers(printed):
    ours = {row.dataset: (row.rows, row.tli) for row in PAPER_ROWS}
    assert ours == {name: (row["size"], row["tli"]) for name, row in printed["table8"].items()}


def test_cleaned_versions_are_those_of_table_2(printed):
    found = {row.dataset: row for row in PAPER_ROWS if row.dropped is not None}
    cleaned = [name for name in printed["table2"] if name.endswith("-clean")]
    assert {f"{name}-clean" for name in found} == set(cleaned)
    for name, row in found.items():
        after = printed["table2"][f"{name}-clean"]
        assert (row.rows_after, row.tli_after) == (after["size"], after["tli"])
        assert round(100 * row.dropped / row.rows, 1) == after["removed_pct"]


@pytest.mark.parametrize(
    ("train", "dataset"),
    [
        ("data/code_alpaca_20k.jsonl.gz", "Code-Alpaca"),
        ("Code-Alpaca.json", "Code-Alpaca"),
        ("data-evol_instruct-decontaminated.jsonl", "Magicoder-Evol-Instruct"),
        ("Magicoder-OSS-Instruct-75K/train.parquet", "Magicoder-OSS-Instruct"),
        ("/data/Code-Feedback.jsonl.zst", "Code-Feedback"),
        ("Magicoder-Evol-Instruct-clean.jsonl", "Magicoder-Evol-Instruct-clean"),
    ],
)
def test_a_set_is_known_by_its_file_or_its_folder(train, dataset):
    row = paper_row(train, "HumanEval", 164)
    assert row is not None
    assert row.dataset == dataset


@pytest.mark.parametrize(
    ("train", "benchmark", "items"),
    [
        ("code_alpaca_2k.json", "HumanEval", 164),  # a part of it is another set
        ("code_alpaca_20k.jsonl", "mbpp", 974),
        ("code_alpaca_20k.jsonl", "HumanEval+", 164),
        ("code_alpaca_20k.jsonl", "humaneval", 10),  # not the whole benchmark
        ("mine.jsonl", "humaneval", 164),
    ],
)
def test_the_paper_has_no_row_for_another_set_or_benchmark(train, benchmark, items):
    assert paper_row(train, benchmark, items) is None


def test_no_name_stands_for_two_sets():
    names = [name for row in PAPER_ROWS for name in row.names]
    assert len(names) == len(set(names))
    assert all(name == "".join(filter(str.isalnum, name.lower())) for name in names)


def test_settings_are_the_papers_only_when_all_of_them_are():
    assert as_in_paper((4, 5), True, 1, 0.05)
    for other in (((5,), True, 1, 0.05), ((4, 5), False, 1, 0.05), ((4, 5), True, 3, 0.05)):
        assert not as_in_paper(*other)
