"""`doctor`, `complexity train`, `--version`, `--help`, and what is no command."""

import json

import pytest
from tests.pipeline.pools import TOPICS

from codesieve import __version__
from codesieve.sandbox import probe

CONSTRAINTS = ["Use no recursion.", "Handle empty input.", "Explain each step with examples."]


def write_rounds(path):
    """Instructions that gain a constraint a round."""
    rows = []
    for root, topic in enumerate(TOPICS * 2):
        text = f"Write variant {root} of {topic}."
        for number in range(4):
            rows.append({"instruction": text, "round": number, "root": f"root-{root}"})
            text += f" {CONSTRAINTS[number % 3]} Keep it under {number + root} lines."
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_version_is_printed(cli):
    result = cli("--version")
    assert result.exit_code == 0
    assert result.stdout == f"codesieve {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [[], ["run"], ["explain"], ["doctor"], ["demo"], ["complexity"], ["complexity", "train"]],
)
def test_every_command_has_help(words, cli):
    result = cli(*words, "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.stdout
    assert "--help" in result.stdout


@pytest.mark.parametrize("words", [["sieve"], ["run"], ["run", "x.yaml", "--jobs", "-1"]])
def test_a_wrong_command_line_ends_with_2(words, cli):
    result = cli(*words)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


def test_doctor_says_what_this_machine_can_do(cli):
    result = cli("doctor")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"codesieve {__version__}, Python ")
    assert f"isolation: {probe().level} (" in result.stdout
    for what in ("cores: ", "disk here: ", "extra [demo]: ", "extra [hf]: "):
        assert what in result.stdout


def test_training_writes_weights_that_a_recipe_can_name(recipe_file, tmp_path, cli):
    rows, out = write_rounds(tmp_path / "rounds.jsonl"), tmp_path / "weights"
    result = cli("complexity", "train", "--rows", rows, "--out", out)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"weights and card: {out}\n| scorer |")
    for scorer in ("hashed", "length", "random"):
        assert f"| {scorer} |" in result.stdout
    assert {path.name for path in out.iterdir()} == {"hashed.npz", "validity.json", "CARD.md"}
    path = recipe_file(tmp_path, complexity={"weights": "weights"})
    assert cli("run", path, "--jobs", 1).exit_code == 0


def test_rows_that_cannot_be_trained_on_are_one_line(tmp_path, cli):
    for text, said in ((None, "rounds.jsonl"), ("{}\n", "rounds.jsonl"), ("", "cannot train")):
        path = tmp_path / "rounds.jsonl"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        result = cli("complexity", "train", "--rows", path, "--out", tmp_path / "out")
        assert result.exit_code == 2
        assert said in result.stderr
        assert result.stderr.count("\n") == 1
