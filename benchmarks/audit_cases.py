"""Builds the audit's test cases from the data bundle: rows with known leaks among real ones.

Usage: python benchmarks/audit_cases.py --out FOLDER [--data FOLDER] [--seed 0 1] [--only PATTERN]

Each case is FOLDER/seedN/NAME with train.jsonl, bench.jsonl and truth.json:
  pairs      [[row, task_id], ...] the true pairs; a row may have several
  doubtful   pairs that count neither way: items of the benchmark nearly equal to a true one
  clean      rows that hold no item of the benchmark
  textbook   rows on tasks every course sets (a rule, see TEXTBOOK); neither clean nor leaked
  unlabelled rows nobody has judged
  kinds      row -> how it was planted, for recall by kind
Rows are 0-based. The real rows of seed 0 and seed 1 come from disjoint halves of Code-Alpaca, so a
threshold tuned on one seed can be checked on the other.
"""

import argparse
import fnmatch
from collections.abc import Callable, Iterator
from pathlib import Path

from cases.boilerplate import boilerplate
from cases.case import Bundle, Case, write
from cases.clean import clean
from cases.exercism import exercism
from cases.humaneval import humaneval_python, humaneval_reworded, humaneval_translated
from cases.leetcode import leetcode
from cases.mbpp import mbpp, mbpp_translated
from cases.openeval import openeval

BUILDERS: tuple[Callable[[Bundle], Iterator[Case]], ...] = (
    humaneval_python,
    humaneval_reworded,
    leetcode,
    clean,
    humaneval_translated,
    mbpp,
    mbpp_translated,
    exercism,
    openeval,
    boilerplate,
)


def main() -> None:
    """Build the cases and print their sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared/data")
    parser.add_argument("--seed", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--only", default="*", help="cases whose name matches, e.g. 'humaneval_*'")
    options = parser.parse_args()
    for seed in options.seed:
        bundle = Bundle(options.data, seed)
        for builder in BUILDERS:
            for case in builder(bundle):
                if fnmatch.fnmatch(case.name, options.only):
                    sizes = write(case, options.out / f"seed{seed}" / case.name, seed)
                    print(f"seed{seed} {case.name:32}", *(f"{k}={v}" for k, v in sizes.items()))


if __name__ == "__main__":
    main()
