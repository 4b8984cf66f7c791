"""Small pools and recipes for pipeline tests, written by us."""

import json
from pathlib import Path

import yaml

from codesieve.pipeline.load import load_recipe

TOPICS = ["a stack", "a queue", "a binary tree", "a matrix", "a CSV reader", "an LRU cache",
          "a priority queue", "a trie", "a bloom filter", "a date parser"]  # fmt: skip
VERBS = ["Implement", "Write tests for", "Explain the complexity of", "Refactor", "Serialise"]


def alpaca_rows(count, tag=""):
    """Distinct instructions with Python answers; every third one has a passing example."""
    rows = []
    for number in range(count):
        topic, verb = TOPICS[number % len(TOPICS)], VERBS[number // len(TOPICS) % len(VERBS)]
        text = f"{verb} {topic}{tag} with {number} elements and word{number * 7919 % 1009}."
        if number % 3 == 0:
            text += f"\nExample: assert size_{number}([1, 2]) == 2"
        code = f"def size_{number}(items):\n    return len(items)"
        rows.append({"instruction": text, "input": "", "output": code, "id": number})
    return rows


def write_jsonl(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def benchmark_rows():
    """Two items; the first one's prompt stands in `leaking_row`."""
    first = "Return the largest prime factor of a given composite number using trial division only."
    second = "Count the vowels of every second word in a sentence and return them as a list."
    return [
        {"task_id": f"Toy/{number}", "prompt": prompt, "canonical_solution": "    return 1\n",
         "test": "def check(candidate):\n    assert candidate(1) == 1\n", "entry_point": "f"}
        for number, prompt in enumerate((first, second))
    ]  # fmt: skip


def leaking_row():
    return {
        "instruction": "Please solve: " + benchmark_rows()[0]["prompt"],
        "input": "",
        "output": "def f(n):\n    return n",
        "id": "leak",
    }


def make_recipe(folder: Path, **changes):
    """Write data and a recipe below `folder`; keys of `changes` replace those of the recipe."""
    data = folder / "data"
    if not data.exists():
        rows = alpaca_rows(60)
        rows.insert(7, leaking_row())
        rows.append(dict(rows[0], output=rows[0]["output"].upper()))  # equal after casefold
        rows.append(dict(rows[1], output="def other(items):\n    return sum(1 for _ in items)"))
        write_jsonl(data / "first.jsonl", rows)
        (data / "first.jsonl").open("ab").write(b'{"instruction": "cut off\n')
        pairs = [{"prompt": f"What is {topic}?", "response": f"It is {topic}."} for topic in TOPICS]
        write_jsonl(data / "second.jsonl", [*pairs, {"prompt": "Empty?", "response": ""}])
        write_jsonl(data / "toy.jsonl", benchmark_rows())
    recipe = {
        "name": "toy",
        "part_rows": 16,
        "sources": [
            {"name": "first", "files": "data/first.jsonl", "licence": "Apache-2.0"},
            {"name": "second", "files": "data/second.jsonl"},
        ],
        "benchmarks": [{"name": "toy", "files": "data/toy.jsonl", "threshold": 0.5}],
        "quality": {"execute": False},
        "embedding": {"dims": 8, "residual_dims": 32},
        "selection": {"budget": 20},
    }
    recipe.update(changes)
    path = folder / "recipe.yaml"
    path.write_text(yaml.safe_dump(recipe, sort_keys=False), encoding="utf-8")
    loaded = load_recipe(path)
    runs = loaded.recipe.model_copy(update={"runs": str(folder / "runs")})
    return loaded.model_copy(update={"recipe": runs})


def output_bytes(folder: Path):
    """What the byte guarantee covers that does not depend on part size."""
    names = ["verdicts.parquet", "ledger.parquet"]
    paths = [folder / name for name in names] + sorted((folder / "selected").iterdir())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def all_bytes(folder: Path):
    """Everything a run leaves but telemetry, the lock and temporary files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "telemetry" not in path.parts
        and not path.name.startswith((".lock", ".tmp-"))
    }
