"""Rows that are alike in boilerplate only: the audit must flag none."""

import itertools
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from cases import texts
from cases.case import TEXTBOOK, Bundle, Case, Row, row

ROWS = 2000
SAME_TASK = 0.3  # tf-idf cosine of a real row's instruction to any item's text: left out from here
OPENERS = (
    "Write a function that takes a {kind} as input and returns {what}.",
    "Write a Python function that takes in a {kind} and returns {what}.",
    "Create a function that accepts a {kind} as an argument and returns {what}.",
    "Implement a function `{name}` which takes a {kind} as its only parameter. It should "
    "return {what}.",
    "You are given a {kind}. Write a function that returns {what}.",
    "Given a {kind}, write a python function to find {what}.",
    "Write a function to return {what} when given a {kind}.",
    "Design a method that takes a {kind} as a parameter and outputs {what}.",
)
KINDS = {
    "string": "text: str",
    "list of strings": "words: List[str]",
    "list of integers": "numbers: List[int]",
    "positive integer": "n: int",
    "dictionary": "data: dict",
    "list of floats": "values: List[float]",
    "list of tuples": "pairs: List[tuple]",
    "JSON object": "record: dict",
    "number": "x: float",
    "list of dictionaries": "rows: List[dict]",
}
# Tasks of no code benchmark here: a name, what it returns, an answer's body.
TAILS = Path(__file__).with_name("boilerplate.txt")
REAL = re.compile(
    r"(write|create|generate|implement|design|develop|construct|build|define|make)\b.{0,40}"
    r"\b(function|method|program|script|code|algorithm)\b.{0,25}"
    r"\b(takes?|accepts?|receives?|given|which takes|with)\b",
    re.I,
)


def boilerplate(bundle: Bundle) -> Iterator[Case]:
    """2,000 rows from templates, and real rows that open alike, against HumanEval and MBPP.

    Real rows are those of Code-Alpaca and new Code-Alpaca whose instruction matches REAL, without
    those that TEXTBOOK matches or whose instruction is near an item's text (SAME_TASK).
    """
    made = _made(bundle.random("boilerplate"), bundle.seed)
    new = bundle.half(bundle.read("instruct/new_codealpaca.json.gz"))
    real = [r for r in [*bundle.alpaca, *new] if REAL.match(r["instruction"])]
    real = [r for r in real if not TEXTBOOK.search(" ".join((r["instruction"], r["output"])))]
    for name, bench in (
        ("humaneval", bundle.humaneval),
        ("mbpp", bundle.read("benchmarks/mbpp.jsonl.gz")),
    ):
        told = [
            item.get("text") or texts.docstring(item["prompt"] + "    pass\n") or item["prompt"]
            for item in bench
        ]
        yield Case(f"boilerplate_{name}", bench, clean=made)
        yield Case(f"boilerplate_real_{name}", bench, clean=_other_tasks(real, told))


def _made(rng: random.Random, seed: int) -> list[Row]:
    """Rows of the templates with every second tail: the even seeds' or the odd seeds'."""
    tails = [line.split("|") for line in TAILS.read_text().splitlines()][seed % 2 :: 2]
    chosen = rng.sample(list(itertools.product(OPENERS, KINDS.items(), tails)), ROWS)
    rows = []
    for opener, (kind, parameter), (name, what, body) in chosen:
        argument = parameter.split(":")[0]
        head = f"def {name}({parameter}):" if rng.random() < 0.5 else f"def {name}({argument}):"
        doc = f'    """Return {what}."""\n' if rng.random() < 0.5 else ""
        imports = "from typing import List\n\n\n" if "List" in head else ""
        answer = f"{imports}{head}\n{doc}    {body.format(argument)}\n"
        rows.append(row(opener.format(kind=kind, what=what, name=name), answer))
    return rows


def _other_tasks(rows: Sequence[Row], items: Sequence[str]) -> list[Row]:
    """The rows whose instruction is near no item's text."""
    vectors = TfidfVectorizer(token_pattern=r"\w+", stop_words="english", sublinear_tf=True)
    vectors.fit([*items, *(r["instruction"] for r in rows)])
    matrix = vectors.transform([r["instruction"] for r in rows]) @ vectors.transform(items).T
    nearest = matrix.max(axis=1).toarray().ravel()
    return [r for r, value in zip(rows, nearest, strict=True) if value < SAME_TASK]
