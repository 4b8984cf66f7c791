"""The pages of docs/ say what the code does."""

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from tests.pipeline.pools import TOPICS, make_recipe, write_jsonl
from typer.models import ArgumentInfo, OptionInfo
from typer.testing import CliRunner

from codesieve.cli import app
from codesieve.pipeline.load import parse_recipe
from codesieve.pipeline.recipe import Recipe
from codesieve.pipeline.run import run
from codesieve.pipeline.scoring import EVIDENCE_SCHEMA
from codesieve.pipeline.verdicts import LEDGER_SCHEMA, STATUSES, VERDICT_SCHEMA
from codesieve.pool.outcomes import Reason
from codesieve.quality.evidence import EvidenceStatus
from codesieve.schema import POOL_SCHEMA, QUARANTINE_SCHEMA

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
RUN_FOLDER = (ROOT / "docs" / "run-folder.md").read_text(encoding="utf-8")


def commands(group, path=()):
    """(words of the command line, function) of every command."""
    yield path, group.registered_callback.callback
    for one in group.registered_commands:
        yield (*path, one.name), one.callback
    for one in group.registered_groups:
        yield from commands(one.typer_instance, (*path, one.name))


def blocks(page, language):
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def table_below(heading):
    """Rows of the first table below a heading of run-folder.md, without its head."""
    below = RUN_FOLDER.split(f"## {heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", below, flags=re.MULTILINE).group()
    return [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]


def documented(heading):
    return [(name, kind) for name, kind, _ in table_below(heading)]


def columns(schema):
    """Names and types, list items unnamed and fixed sizes of lists left out."""
    kinds = [re.sub(r"<(item|element): ", "<", str(field.type)) for field in schema]
    kinds = [re.sub(r"(fixed_size_list<.*>)\[\d+\]", r"\1", kind) for kind in kinds]
    return list(zip(schema.names, kinds, strict=True))


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    make_recipe(folder)
    rows = [{"prompt": f"What is {topic}?", "response": f"It is {topic}."} for topic in TOPICS]
    write_jsonl(folder / "data" / "first.jsonl", rows)
    sources = [
        {"name": "first", "files": "data/first.jsonl"},
        {"name": "second", "files": "data/second.jsonl"},
    ]
    return run(make_recipe(folder, name="mine", sources=sources)).folder.root


def test_the_generated_pages_are_current():
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("path", "function"),
    [pytest.param(*one, id="-".join(one[0]) or "root") for one in commands(app)],
)
def test_every_command_and_option_has_help_and_stands_on_the_page(path, function):
    help_text = CliRunner().invoke(app, [*path, "--help"], env={"COLUMNS": "200"}).output
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    section = page.split(f"## {' '.join(('codesieve', *path))}\n", 1)[1].split("\n## ")[0]
    assert set(re.findall(r"--[a-z-]+", help_text)) == set(re.findall(r"--[a-z-]+", section))
    assert inspect.getdoc(function)
    for parameter in inspect.signature(function).parameters.values():
        _, info = get_args(parameter.annotation)
        assert isinstance(info, ArgumentInfo | OptionInfo)
        assert info.help


def test_every_key_of_the_recipe_stands_on_its_page():
    page = (ROOT / "docs" / "recipe.md").read_text(encoding="utf-8")
    for key, field in Recipe.model_fields.items():
        model = (get_args(field.annotation) or (field.annotation,))[0]
        if not hasattr(model, "model_fields"):
            assert f"| `{key}` |" in page
            continue
        path = f"{key}[]" if get_args(field.annotation) else key
        for name, inner in model.model_fields.items():
            assert f"| `{path}.{name}` |" in page
            assert inner.description in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_points_to_a_file(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_recipe_shown_is_valid(page):
    for block in blocks(page, "yaml"):
        data = yaml.safe_load(block)
        if "sources" in data:
            parse_recipe(data, page.name)


def test_readme_and_recipe_page_show_recipes():
    assert len(blocks(ROOT / "README.md", "yaml")) == 1
    assert len(blocks(ROOT / "docs" / "recipe.md", "yaml")) == 2


@pytest.mark.parametrize(
    ("heading", "schema"),
    [
        ("pool/part-*.parquet", POOL_SCHEMA),
        ("quarantine/part-*.parquet", QUARANTINE_SCHEMA),
        ("quality/part-*.parquet", EVIDENCE_SCHEMA),
        ("verdicts.parquet", VERDICT_SCHEMA),
        ("ledger.parquet", LEDGER_SCHEMA),
    ],
)
def test_the_documented_columns_are_those_of_the_schemas(heading, schema):
    assert documented(heading) == columns(schema)


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """The folder of a run whose leaked rows are the audit's."""
    recipe = make_recipe(tmp_path_factory.mktemp("audited"), leakage={"by": "audit"})
    return run(recipe).folder.root


@pytest.mark.parametrize("heading", re.findall(r"^## (\S+\.parquet)$", RUN_FOLDER, re.MULTILINE))
def test_the_documented_columns_are_those_on_disk(heading, root, audited):
    run_folder = audited if heading.startswith("audit/") else root
    found = pq.read_schema(sorted(run_folder.glob(heading))[0])
    told = [(name.replace("BENCHMARK", "toy"), kind) for name, kind in documented(heading)]
    assert told == columns(pa.schema(found))


def test_every_file_of_a_run_is_documented(root):
    told = set(re.findall(r"`([A-Za-z_.*/-]+)`", RUN_FOLDER))
    beside = {"embedder.json", "neighbours.json"}  # marks of the artifacts
    for path in root.rglob("*"):
        name = path.relative_to(root)
        if path.is_file() and name.parts[0] != "telemetry" and not path.name.startswith("part-"):
            assert {name.as_posix(), name.name} & (told | beside), name
    folders = {f"{path.name}/" for path in root.iterdir() if path.is_dir()}
    assert folders - told == {"diversity/"}


def test_every_status_reason_and_tier_is_documented(root):
    told = RUN_FOLDER.split("| status | rule | |\n")[1].split("\n\n")[0]
    statuses = re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE)
    assert statuses == list(STATUSES)
    reasons = RUN_FOLDER.split("Reasons: ")[1].split("\n\n")[0]
    assert re.findall(r"`(\w+)`", reasons) == list(Reason)
    tiers = RUN_FOLDER.split("| evidence | quality |\n")[1].split("\n\n")[0]
    assert re.findall(r"`(\w+)`", tiers) == list(EvidenceStatus)
    rules = RUN_FOLDER.split("| rule | drops |")[1].split("\n\n")[0]
    found = pq.read_table(root / "verdicts.parquet")["rule"].unique().to_pylist()
    order = re.findall(r"^\| `([\w.]+)` \|", rules.replace("BENCHMARK", "toy"), re.MULTILINE)
    assert [rule for rule in order if rule in found] == found


@pytest.mark.parametrize("block", blocks(ROOT / "docs" / "run-folder.md", "python"))
def test_the_shown_ways_to_read_a_run_work(block, root, monkeypatch, capsys):
    pytest.importorskip(re.search(r"import (duckdb|pandas|pyarrow)", block).group(1))
    monkeypatch.chdir(root.parents[1])
    exec(compile(block, "run-folder.md", "exec"), {})
    assert capsys.readouterr().out
