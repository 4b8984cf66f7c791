"""What a case is, the data it is made of, and how it is written."""

import gzip
import json
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

Row = dict[str, Any]
FIELDS = ("instruction", "input", "output")
CLEAN_ROWS = 1995
PLANTED_ROWS = 164  # where the benchmark has more items
# Tasks of HumanEval, MBPP and Exercism that any course sets; a row on one need not be a copy.
TEXTBOOK = re.compile(
    r"\bgcd\b|\bhcf\b|common (divisor|factor)|\blcm\b|common multiple|\bprimes?\b|is_?prime"
    r"|fibonacci|\bfib\b|\bmedian\b|palindrom|factorial|\bvowel|anagram|leap year|bubble sort"
    r"|(max|maximum|highest|biggest)[ _](number|element|integer|value|of|in)|\bmax_?num"
    r"|(largest|smallest|minimum|lowest) (number|element|integer|value)|binary search"
    r"|reverse[sd]? (a|the|an|of|given)? ?(string|list|array|word|number|order)"
    r"|sum of (all|the|two)|sum_?of|even numbers|odd numbers|(even|odd) or (even|odd)|duplicate"
    r"|occurrences|frequency|second (largest|highest|smallest)|intersection|common elements"
    r"|roman numeral|longest (word|str)|perfect (square|number)|armstrong|power of (two|2)"
    r"|square root|(to|into) binary|bracket|parenthes|triangle|\barea\b|substring"
    r"|count(s|ing)? (the )?(number of )?(words|char|letters)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Planted:
    """A row with a known leak, and the items it holds."""

    instruction: str
    output: str
    task_ids: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One case before it is shuffled and written.

    `doubtful` maps an item to the items nearly equal to it; a planted row's pairs with those count
    neither way. `textbook` says whether TEXTBOOK sets clean rows apart.
    """

    name: str
    bench: Sequence[Row]
    planted: Sequence[Planted] = ()
    clean: Sequence[Row] = ()
    unlabelled: Sequence[Row] = ()
    textbook: bool = False
    doubtful: dict[str, set[str]] = field(default_factory=dict)


class Bundle:
    """The data bundle and this seed's half of Code-Alpaca."""

    def __init__(self, data: Path, seed: int) -> None:
        self.data, self.seed = data, seed
        self.alpaca = self.half(self.read("instruct/code_alpaca_20k.jsonl.gz"))
        self.humaneval = self.read("benchmarks/HumanEval.jsonl.gz")

    def read(self, name: str) -> list[Row]:
        """Records of a .json or .jsonl file, gzipped or not."""
        path = self.data / name
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        if ".jsonl" in name:
            return [json.loads(line) for line in text.split("\n") if line.strip()]
        return json.loads(text)

    def half(self, rows: Sequence[Row]) -> list[Row]:
        """The random half of the rows that belongs to this seed (even or odd)."""
        order = list(rows)
        random.Random("halves").shuffle(order)
        middle = len(order) // 2
        return order[:middle] if self.seed % 2 == 0 else order[middle:]

    def real(self, name: str, count: int = CLEAN_ROWS) -> list[Row]:
        """Random rows of Code-Alpaca, the same for the same name and seed."""
        return self.random(name).sample(self.alpaca, count)

    def random(self, name: str) -> random.Random:
        """A generator of this seed and name."""
        return random.Random(f"{self.seed}/{name}")


def row(instruction: str, output: str) -> Row:
    """A row in the layout of Alpaca."""
    return {"instruction": instruction, "input": "", "output": output}


def related(bench: Sequence[Row], prompt: str, solution: str) -> dict[str, set[str]]:
    """Items nearly equal to each other: tf-idf cosine of prompts 0.85 or of solutions 0.9."""
    near = np.zeros((len(bench), len(bench)), dtype=bool)
    for name, threshold in ((prompt, 0.85), (solution, 0.9)):
        vectors = TfidfVectorizer(token_pattern=r"\w+|[^\w\s]", ngram_range=(1, 3))
        matrix = vectors.fit_transform([str(item[name]) for item in bench])
        near |= (matrix @ matrix.T).toarray() >= threshold
    np.fill_diagonal(near, False)
    ids = [str(item["task_id"]) for item in bench]
    return {ids[i]: {ids[j] for j in np.flatnonzero(near[i])} for i in np.flatnonzero(near.any(1))}


def write(case: Case, folder: Path, seed: int) -> Row:
    """Shuffle a case, write its three files, return its sizes."""
    rows: list[tuple[str, Row, Planted | None]] = [
        ("planted", row(planted.instruction, planted.output), planted) for planted in case.planted
    ]
    for group, members in (("clean", case.clean), ("unlabelled", case.unlabelled)):
        for member in members:
            fields = {name: member[name] for name in FIELDS}
            told = " ".join(fields.values())
            book = group == "clean" and case.textbook and TEXTBOOK.search(told)
            rows.append(("textbook" if book else group, fields, None))
    random.Random(f"{seed}/{case.name}/order").shuffle(rows)
    truth: Row = {"pairs": [], "doubtful": [], "kinds": {}}
    for group in ("clean", "textbook", "unlabelled"):
        truth[group] = [number for number, entry in enumerate(rows) if entry[0] == group]
    for number, (_, _, planted) in enumerate(rows):
        if planted is None:
            continue
        truth["pairs"] += [[number, task_id] for task_id in planted.task_ids]
        near = {other for task_id in planted.task_ids for other in case.doubtful.get(task_id, ())}
        truth["doubtful"] += [[number, task_id] for task_id in sorted(near - {*planted.task_ids})]
        if planted.kind:
            truth["kinds"][number] = planted.kind
    folder.mkdir(parents=True, exist_ok=True)
    _write_lines(folder / "train.jsonl", (fields for _, fields, _ in rows))
    _write_lines(folder / "bench.jsonl", case.bench)
    (folder / "truth.json").write_text(json.dumps(truth))
    sizes = {name: len(truth[name]) for name in ("pairs", "doubtful", *GROUPS)}
    return {"rows": len(rows), "items": len(case.bench), **sizes}


GROUPS = ("clean", "textbook", "unlabelled")


def _write_lines(path: Path, records: Iterable[Row]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
