"""`codesieve audit`: flags of copies, the table with the official TLI beside, errors of a line."""

import json

import pytest

from codesieve.leakage.audit import Flag, Verdict

PROMPT = (
    'def berth_plan(ships: list, quays: int) -> list:\n    """Give each ship the quay that '
    "was idle longest; a ship that finds every quay taken waits at the buoy.\n"
    '    >>> berth_plan([(3, 41), (7, 88)], 2)\n    [0, 1]\n    """\n'
)
SOLUTION = (
    "    idle = [0] * quays\n    plan = []\n    for arrival, hours in ships:\n"
    "        quay = min(range(quays), key=lambda q: idle[q])\n"
    "        plan.append(quay if idle[quay] <= arrival else -1)\n    return plan\n"
)
SUBJECTS = ["invoice", "river", "planet", "guitar", "recipe", "ticket", "sensor", "museum"]


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def bench(tmp_path):
    rows = [{"task_id": "port/0", "prompt": PROMPT, "canonical_solution": SOLUTION, "test": ""}]
    rows += [
        {
            "task_id": f"{name}/1",
            "prompt": f'def of_{name}(x):\n    """Sum up the {name}."""\n',
            "canonical_solution": "    return sum(x)\n",
            "test": "",
        }
        for name in SUBJECTS
    ]
    return write_lines(tmp_path / "exam.jsonl", rows)


@pytest.fixture
def train(tmp_path):
    rows = [
        {
            "instruction": f"Draw a {name} number {n} in green",
            "input": "",
            "output": f"plot({n}, '{name}')",
        }
        for n in range(12)
        for name in SUBJECTS
    ]
    rows.insert(40, {"instruction": f"Complete:\n{PROMPT}", "input": "", "output": SOLUTION})
    return write_lines(tmp_path / "train.jsonl", rows)


def flags_of(path):
    return [Flag.from_json(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_copy_is_dropped_and_named_by_row_and_item(bench, train, tmp_path, cli):
    out = tmp_path / "flags.jsonl"
    result = cli("audit", "--train", train, "--bench", f"exam={bench}", "--out", out, "--jobs", 1)
    assert result.exit_code == 0, result.stderr
    dropped = [flag for flag in flags_of(out) if flag.verdict is Verdict.DROP]
    assert [(flag.row, flag.benchmark, flag.task_id) for flag in dropped] == [
        (40, "exam", "port/0")
    ]
    assert set(dropped[0].views) >= {"words", "grams", "code", "syntax", "literals"}
    assert "TLI-mean@1" in result.stdout.replace("\n", " ")


def test_worker_processes_change_nothing(bench, train, tmp_path, cli):
    outs = []
    for jobs in (1, 2):
        outs.append(tmp_path / f"flags{jobs}.jsonl")
        arguments = ("--train", train, "--bench", bench, "--out", outs[-1], "--jobs", jobs)
        assert cli("audit", *arguments).exit_code == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_broken_records_are_counted_and_keep_their_place(bench, train, tmp_path, cli):
    lines = train.read_text(encoding="utf-8").splitlines()
    lines.insert(5, "{broken")
    train.write_text("\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "flags.jsonl"
    result = cli("audit", "--train", train, "--bench", bench, "--out", out)
    assert "1 records refused" in result.stdout
    assert [flag.row for flag in flags_of(out) if flag.verdict is Verdict.DROP] == [41]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--train", "missing.jsonl"), "no such file"),
        (("--false-positive-rate", 0.9), "outside"),
        (("--jobs", -1), "0 or more"),
    ],
)
def test_errors_are_one_line(options, said, bench, train, cli):
    arguments = ["--train", train, "--bench", bench]
    if options[0] == "--train":
        arguments = ["--bench", bench]
    result = cli("audit", *arguments, *options)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("codesieve: ") == 1


def test_an_output_may_not_overwrite_an_input(bench, train, cli):
    result = cli("audit", "--train", train, "--bench", bench, "--out", train)
    assert result.exit_code == 2
    assert "is an input" in result.stderr
