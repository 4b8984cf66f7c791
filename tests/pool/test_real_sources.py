"""The public datasets this project is shown on, read from ../shared/data where it is there."""

from collections import Counter
from pathlib import Path

import pytest

from codesieve.errors import SourceError
from codesieve.pool import (
    Record,
    Refusal,
    compile_where,
    parse_fields,
    read_records,
    recognise,
    to_sample,
)

DATA = Path(__file__).parents[2].parent / "shared" / "data"
LEETCODE = "unit_tests/LeetCodeDataset-v0.2.0-train.jsonl.gz"


def path_of(name):
    if not (DATA / name).exists():
        pytest.skip(f"needs ../shared/data/{name}")
    return DATA / name


@pytest.mark.parametrize(
    ("name", "fields", "shape", "records", "refused"),
    [
        ("instruct/code_alpaca_20k.jsonl.gz", None, "alpaca", 20_022, {"empty_response": 6}),
        ("instruct/alpaca_5000.json.gz", None, "alpaca", 5_000, {"empty_response": 2}),
        ("instruct/code_alpaca_2k.json.gz", None, "alpaca", 2_017, {"empty_response": 2}),
        ("instruct/octopack_oasst_commitpackft_manual.jsonl.gz", None, "pairs", 1_178, {}),
        (
            "instruct/new_codealpaca.json.gz",
            {"instruction": "instruction", "input": "input", "response": "response"},
            "fields",
            4_535,
            None,
        ),
        (
            "instruct/OpenEval_gpt4.jsonl.gz",
            {
                "instruction": "prompt",
                "response": "{prompt}{canonical_solution}",
                "entry_point": "entry_point",
            },
            "fields",
            4_718,
            {},
        ),
        (
            LEETCODE,
            {
                "instruction": "query",
                "response": "response",
                "tests": "test",
                "entry_point": "entry_point",
                "setup": "prompt",
            },
            "fields",
            1_890,
            {},
        ),
    ],
)
def test_a_public_dataset_is_read_to_the_last_row(name, fields, shape, records, refused):
    path = path_of(name)
    chosen = parse_fields(fields) if fields else recognise(read_records(path), file=path.name)
    assert chosen.name == shape
    reasons: Counter[str] = Counter()
    total = 0
    for record in read_records(path):
        total += 1
        assert isinstance(record, Record)
        outcome = to_sample(record, source="s", file=path.name, shape=chosen)
        if isinstance(outcome, Refusal):
            reasons[outcome.reason] += 1
        elif fields and "tests" in fields:
            assert outcome.sample.tests and outcome.sample.entry_point and outcome.sample.setup
    assert total == records
    assert refused is None or reasons == refused


@pytest.mark.parametrize("name", ["instruct/new_codealpaca.json.gz", LEETCODE])
def test_an_ambiguous_dataset_is_refused_until_the_recipe_says(name):
    path = path_of(name)
    with pytest.raises(SourceError, match="more than one shape"):
        recognise(read_records(path), file=path.name)


def test_rounds_one_and_two_of_the_evolved_rows_pass_their_filter():
    path = path_of("evol/evol_teacher_rounds.jsonl.gz")
    assert recognise(read_records(path), file=path.name).name == "alpaca"
    where = compile_where({"round": [1, 2]})
    assert sum(where.passes(record.value) for record in read_records(path)) == 3_175
