"""OpenEval rows that became BigCodeBench tasks.

No file says which row became which task. Two signs do. Code: each is the other's nearest by tf-idf
of the solutions' tokens. Order: the tasks were numbered along the rows, by several annotators at
once, so a true pair has another pair within 6 tasks and 12 rows of it, on the same side in both; a
random pair has one in 1% of the cases. A pair is true when each is the other's nearest in code and
either the order or the descriptions (nearest both ways) agree. All other rows are unlabelled: many
are siblings of a true row.
"""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from cases.case import Bundle, Case, Planted, related, row

NEAR_TASKS, NEAR_ROWS = 6, 12


def openeval(bundle: Bundle) -> Iterator[Case]:
    """All OpenEval rows and 5,000 of Code-Alpaca against BigCodeBench (complete)."""
    bench = bundle.read("benchmarks/BigCodeBench-hf.jsonl.gz")
    records = bundle.read("instruct/OpenEval_gpt4.jsonl.gz")
    code = mutual(
        [record["canonical_solution"] for record in records],
        [item["canonical_solution"] for item in bench],
        r"\w+|[^\w\s]",
        3,
    )
    told = mutual(
        [_description(record["prompt"]) for record in records],
        [_description(item["complete_prompt"]) for item in bench],
        r"\w+",
        2,
    )
    pairs = {r: i for i, r in code.items() if told.get(i) == r or in_order(code, i)}
    planted = [
        Planted(
            records[r]["prompt"],
            records[r]["canonical_solution"],
            (bench[i]["task_id"],),
            "alike in words" if told.get(i) == r else "reworded",
        )
        for r, i in pairs.items()
    ]
    others = [
        row(record["prompt"], record["canonical_solution"])
        for number, record in enumerate(records)
        if number not in pairs
    ]
    near = related(bench, "complete_prompt", "canonical_solution")
    real = bundle.real("openeval_bcb", 5000)
    yield Case("openeval_bcb", bench, planted, real, others, doubtful=near)


def mutual(rows: list[str], items: list[str], token: str, longest: int) -> dict[int, int]:
    """Item -> row where each is the other's nearest by tf-idf of token n-grams."""
    vectors = TfidfVectorizer(token_pattern=token, ngram_range=(1, longest), sublinear_tf=True)
    vectors.fit(rows + items)
    similarity: NDArray[np.float64] = (
        vectors.transform(rows) @ vectors.transform(items).T
    ).toarray()
    best_row, best_item = similarity.argmax(axis=0), similarity.argmax(axis=1)
    return {i: int(r) for i, r in enumerate(best_row) if best_item[r] == i}


def in_order(pairs: dict[int, int], item: int) -> bool:
    """Whether another pair stands close by, on the same side of both."""
    for other in range(item - NEAR_TASKS, item + NEAR_TASKS + 1):
        step = pairs.get(other, pairs[item]) - pairs[item]
        if 0 < abs(step) <= NEAR_ROWS and (step > 0) == (other > item):
            return True
    return False


def _description(prompt: str) -> str:
    """The docstring up to its parameters."""
    found = re.search(r'("""|\'\'\')(.*?)\1', prompt, re.S)
    told = found.group(2) if found else prompt
    return re.split(r"\n\s*(?:Parameters|Args|Returns|Requirements|Example)", told)[0].strip()
