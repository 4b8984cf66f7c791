"""`codesieve run --dry-run`: sources, stages, disk and time, and nothing done."""

import re


def line(text, start):
    """Cells of the one table row that begins with these words."""
    (found,) = [row for row in text.splitlines() if row.split()[: len(start)] == start]
    return found.split()


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_plan_says_sources_stages_disk_and_time_and_does_nothing(recipe_file, tmp_path, cli):
    path = recipe_file(tmp_path)
    before = files(tmp_path)
    result = cli("run", path, "--dry-run", "--jobs", 2)
    assert result.exit_code == 0
    assert files(tmp_path) == before
    shown = line(result.stdout, ["first", "first.jsonl"])
    assert shown[2:5] == ["alpaca", "(instruction,", "output)"]
    assert re.fullmatch(r"~?64", shown[-1])
    for stage in ("pool", "leakage", "complexity", "quality", "embedding", "decide", "export"):
        _, rows, stored, missing, *_ = line(result.stdout, [stage])
        assert (rows.strip("~"), stored, missing.strip("~")) == ("75", "0", "75")
    assert re.search(r"folder: \S+/runs/toy; about \d+ MB and \d+ s on 2 processes", result.stdout)


def test_after_a_run_counts_are_exact_and_everything_is_stored(toy, cli):
    before = files(toy.root)
    result = cli("run", toy.recipe, "--dry-run")
    assert files(toy.root) == before
    assert "finished; a run would do nothing" in result.stdout
    assert "~" not in result.stdout.replace(str(toy.root), "")
    assert line(result.stdout, ["second", "second.jsonl"])[-1] == "11"
    assert line(result.stdout, ["pool"])[1:4] == ["75", "75", "0"]
    for stage in ("leakage", "complexity", "quality", "embedding", "decide", "export"):
        assert line(result.stdout, [stage])[1:4] == ["73", "73", "0"]


def test_a_changed_budget_asks_for_the_decision_alone(recipe_file, tmp_path, cli):
    assert cli("run", recipe_file(tmp_path), "--jobs", 1).exit_code == 0
    result = cli("run", recipe_file(tmp_path, selection={"budget": 5}), "--dry-run")
    assert "a run would do nothing" not in result.stdout
    for stage in ("leakage", "complexity", "quality", "embedding"):
        assert line(result.stdout, [stage])[3] == "0"
    assert line(result.stdout, ["decide"])[2:4] == ["0", "73"]


def test_a_plan_of_a_sample_names_the_folder_of_the_sample(toy, cli):
    result = cli("run", toy.recipe, "--dry-run", "--sample", "50%")
    assert result.exit_code == 0
    assert f"folder: {toy.root}-sample-50;" in result.stdout
    assert line(result.stdout, ["decide"])[2] == "0"


def test_a_plan_refuses_what_a_run_would_refuse(recipe_file, tmp_path, cli):
    path = recipe_file(tmp_path, sources=[{"name": "a", "files": "data/none.jsonl"}])
    result = cli("run", path, "--dry-run")
    assert result.exit_code == 2
    assert "sources[0].files: data/none.jsonl: no such file" in result.stderr
