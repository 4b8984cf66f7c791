"""`codesieve run`: what it prints, what it refuses, and how it says so."""

import subprocess
import sys

import pytest

import codesieve.pipeline.run
from codesieve.errors import RecipeError


def words(text):
    return " ".join(text.split())


def only_error(result):
    """The one line of a refused command."""
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("codesieve: ")
    assert result.stderr.count("\n") == 1
    return result.stderr


def test_a_run_prints_what_went_where_and_where_the_set_stands(toy):
    told = words(toy.stdout)
    assert "75 records = 73 samples + 2 quarantined" in told
    assert "73 samples = 20 selected + 53 dropped" in told
    assert "source records quarantined duplicate leaked worse in group not reached selected" in told
    assert "all 75 2 1 1 1 50 20" in told
    assert "toy 2 40.00 80.0 50 1 0.00 0.00" in told
    assert "not_executed" in told
    assert f"training set: {toy.root / 'selected'}" in told
    assert (toy.root / "selected" / "train.jsonl").read_text(encoding="utf-8").count("\n") == 20


def test_news_of_the_stages_go_to_standard_error(toy):
    assert "first: first.jsonl: alpaca (instruction, output)" in toy.stderr
    assert "quality: done" in toy.stderr
    assert "done" not in toy.stdout


def test_a_second_run_says_that_there_is_nothing_to_do(toy, cli):
    result = cli("run", toy.recipe, "--jobs", 1)
    assert result.exit_code == 0
    assert result.stderr == f"{toy.root}: nothing to do, the run is finished\n"
    assert result.stdout == toy.stdout


def test_a_budget_that_cannot_be_filled_is_said(recipe_file, tmp_path, cli):
    changes = {"selection": {"budget": 500}, "diversity": {"max_similarity": 1}}
    told = words(cli("run", recipe_file(tmp_path, **changes), "--jobs", 1).stdout)
    assert "the budget of 500 could not be filled: the pool ended first" in told


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"selection": {"budget": 0}}, "selection.budget: 0: "),
        ({"leakage": {"treshold": 1}}, "leakage.treshold: unknown key; allowed here: by, drops, "),
        ({"sources": [{"name": "a", "files": "data/none.jsonl"}]}, "sources[0].files: "),
        ({"benchmarks": [{"name": "b", "files": "data/none.jsonl"}]}, "benchmarks[0].files: "),
        ({"complexity": {"weights": "nowhere"}}, "complexity.weights: "),
    ],
)
def test_a_mistake_in_the_recipe_is_one_line_with_its_key(
    changes, said, recipe_file, tmp_path, cli
):
    try:
        path = recipe_file(tmp_path, **changes)
    except RecipeError:  # the pool maker loads what it wrote
        path = tmp_path / "recipe.yaml"
    assert said in only_error(cli("run", path))


def test_a_recipe_that_cannot_be_read_is_one_line(tmp_path, cli):
    assert "cannot read the recipe" in only_error(cli("run", tmp_path / "none.yaml"))
    assert "cannot read the recipe" in only_error(cli("run", tmp_path))
    (tmp_path / "broken.yaml").write_text("name: [", encoding="utf-8")
    assert "broken.yaml:1: not valid YAML" in only_error(cli("run", tmp_path / "broken.yaml"))
    (tmp_path / "list.yaml").write_text("- 1", encoding="utf-8")
    assert "a recipe is a mapping" in only_error(cli("run", tmp_path / "list.yaml"))


def test_the_installed_command_ends_with_2_and_no_traceback(tmp_path):
    command = [sys.executable, "-c", "from codesieve.cli import main; main()", "run", "none.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("codesieve: none.yaml: cannot read the recipe")
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_sample_runs_in_a_folder_of_its_own_with_the_budget_in_proportion(
    recipe_file, tmp_path, cli
):
    result = cli("run", recipe_file(tmp_path), "--sample", "50%", "--jobs", 1)
    assert result.exit_code == 0
    root = tmp_path / "runs" / "toy-sample-50"
    assert str(root / "selected") in result.stdout
    train = (root / "selected" / "train.jsonl").read_text(encoding="utf-8")
    assert 1 <= train.count("\n") <= 10
    assert [path.name for path in (tmp_path / "runs").iterdir() if path.name != ".cache"] == [
        "toy-sample-50"
    ]


def test_one_percent_of_a_small_pool_still_runs(recipe_file, tmp_path, cli):
    assert cli("run", recipe_file(tmp_path), "--sample", "1%", "--jobs", 1).exit_code == 0


@pytest.mark.parametrize("share", ["200%", "0", "-1%", "some", "nan", "inf", "%", "1.01"])
def test_a_share_that_is_none_is_refused(share, toy, cli):
    error = only_error(cli("run", toy.recipe, f"--sample={share}"))
    assert f"--sample {share}: give a share such as 1% or 0.01" in error


def test_ctrl_c_is_one_line_that_says_how_to_go_on(toy, cli, monkeypatch):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(codesieve.pipeline.run, "run", interrupted)
    result = cli("run", toy.recipe)
    assert result.exit_code == 130
    assert "run the same command to go on" in result.stderr


def test_hostile_names_and_texts_do_not_reach_the_terminal(recipe_file, tmp_path, cli):
    recipe_file(tmp_path)
    name = "bad\x1b[31m\u202e[bold].jsonl"
    (tmp_path / "data" / "second.jsonl").rename(tmp_path / "data" / name)
    path = recipe_file(
        tmp_path,
        sources=[{"name": "first", "files": "data/first.jsonl"},
                 {"name": "second", "files": "data/bad*.jsonl"}],
    )  # fmt: skip
    for options in (["--dry-run"], ["--jobs", 1]):
        result = cli("run", path, *options)
        assert result.exit_code == 0
        told = result.stdout + result.stderr
        assert "\x1b" not in told
        assert "\u202e" not in told
        assert r"bad\x1b[31m\u202e[bold].jsonl" in told
    (tmp_path / "data" / name).write_text('{"a\\u001b[2J": 1}\n', encoding="utf-8")
    error = only_error(cli("run", path))
    assert "\x1b" not in error
    assert "no known shape" in error
