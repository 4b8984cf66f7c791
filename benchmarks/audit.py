"""Runs `codesieve audit` on the cases of audit_cases.py and scores its flags, TLI beside it.

Usage: python benchmarks/audit.py --cases FOLDER/seed0 [--only PATTERN] [--scored] [--json OUT]
                                  [-- OPTIONS OF codesieve audit]

Rows: a planted row is found when a true item is among its flagged items (verdict drop or ask). F1
is over rows: precision is found rows over all flagged ones, unlabelled and textbook rows left out;
`f1_strict` counts textbook rows as clean. Pair precision is over the flagged pairs of planted rows.
The false-positive rate of pairs is over all untrue pairs of planted and clean rows.
"""

import argparse
import fnmatch
import json
import math
import os
import platform
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

TLI_THRESHOLD = 0.05
FPRS = (0.001, 0.0001)
FLAGGED = frozenset({"drop", "ask"})
Pair = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of a case's rows; see audit_cases.py."""

    rows: int
    items: int
    pairs: frozenset[Pair]
    doubtful: frozenset[Pair]
    clean: frozenset[int]
    textbook: frozenset[int]
    unlabelled: frozenset[int]
    kinds: Mapping[int, str]

    @classmethod
    def read(cls, folder: Path) -> "Truth":
        """Of one case's folder."""
        told = json.loads((folder / "truth.json").read_text())
        return cls(
            rows=_count_lines(folder / "train.jsonl"),
            items=_count_lines(folder / "bench.jsonl"),
            pairs=frozenset((row, task_id) for row, task_id in told["pairs"]),
            doubtful=frozenset((row, task_id) for row, task_id in told["doubtful"]),
            clean=frozenset(told["clean"]),
            textbook=frozenset(told["textbook"]),
            unlabelled=frozenset(told["unlabelled"]),
            kinds={int(row): kind for row, kind in told["kinds"].items() if kind},
        )

    @property
    def planted(self) -> frozenset[int]:
        """Rows with a true pair."""
        return frozenset(row for row, _ in self.pairs)


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """95% interval of a share (Wilson 1927); (0, 1) of nothing."""
    if total == 0:
        return 0.0, 1.0
    z, share = 1.959964, hits / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def f1(found: int, planted: int, wrong: int) -> float:
    """F1 of `found` true rows of `planted`, with `wrong` other rows flagged."""
    return 2 * found / (planted + found + wrong) if planted else math.nan


def score_case(folder: Path | str, flags: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Score a detector's flags on one case.

    Args:
        folder: the case.
        flags: records with row, task_id, verdict and (for `at_fpr` and `best_f1`) score, of any
            verdict; lines for one pair count once.

    Returns:
        See the module; shares are 0..1, intervals 95% Wilson.
    """
    truth = Truth.read(Path(folder))
    flags = list(flags)
    flagged = {(int(f["row"]), str(f["task_id"])) for f in flags if f["verdict"] in FLAGGED}
    scores: dict[Pair, float] = {}
    for flag in flags:
        pair = (int(flag["row"]), str(flag["task_id"]))
        scores[pair] = max(float(flag.get("score", math.nan)), scores.get(pair, -math.inf))
    return {
        **_score_rows(truth, flagged),
        **_score_pairs(truth, flagged),
        "at_fpr": _at_fpr(truth, scores),
        "best_f1": _best_f1(truth, scores),
    }


def _score_rows(truth: Truth, flagged: set[Pair]) -> dict[str, Any]:
    planted, rows = truth.planted, {row for row, _ in flagged}
    found = {row for row, _ in flagged & truth.pairs}
    astray = (rows & planted) - found
    clean, textbook = rows & truth.clean, rows & truth.textbook
    kinds = Counter(truth.kinds.values())
    kinds_found = Counter(truth.kinds[row] for row in found if row in truth.kinds)
    return {
        "planted": len(planted),
        "found": len(found),
        "recall": len(found) / len(planted) if planted else math.nan,
        "wrong_item_only": len(astray),
        "f1": f1(len(found), len(planted), len(astray) + len(clean)),
        "f1_strict": f1(len(found), len(planted), len(astray) + len(clean) + len(textbook)),
        "clean": len(truth.clean),
        "clean_flagged": len(clean),
        "clean_share": len(clean) / len(truth.clean) if truth.clean else math.nan,
        "clean_interval": wilson(len(clean), len(truth.clean)),
        "textbook": len(truth.textbook),
        "textbook_flagged": len(textbook),
        "unlabelled": len(truth.unlabelled),
        "unlabelled_flagged": len(rows & truth.unlabelled),
        "recall_by_kind": {kind: kinds_found[kind] / kinds[kind] for kind in sorted(kinds)},
        "missed": sorted(planted - found),
        "clean_rows_flagged": sorted(clean),
    }


def _score_pairs(truth: Truth, flagged: set[Pair]) -> dict[str, Any]:
    counted = truth.planted | truth.clean
    judged = {pair for pair in flagged - truth.doubtful if pair[0] in counted}
    on_planted = {pair for pair in judged if pair[0] in truth.planted}
    untrue = _untrue(truth)
    false = judged - truth.pairs
    return {
        "flagged_pairs": len(judged),
        "pair_precision": len(on_planted & truth.pairs) / len(on_planted)
        if on_planted
        else math.nan,
        "pair_recall": len(on_planted & truth.pairs) / len(truth.pairs)
        if truth.pairs
        else math.nan,
        "false_pairs": len(false),
        "untrue_pairs": untrue,
        "pair_fpr": len(false) / untrue if untrue else math.nan,
    }


def _untrue(truth: Truth) -> int:
    rows = len(truth.planted | truth.clean)
    return rows * truth.items - len(truth.pairs) - len(truth.doubtful - truth.pairs)


def _at_fpr(truth: Truth, scores: Mapping[Pair, float]) -> dict[str, float]:
    """Share of true pairs that score above the threshold where so many untrue pairs still pass."""
    if not truth.pairs:
        return {}
    counted = truth.planted | truth.clean
    false = sorted(
        (
            score
            for pair, score in scores.items()
            if pair[0] in counted and pair not in truth.pairs and pair not in truth.doubtful
        ),
        reverse=True,
    )
    true = [scores.get(pair, -math.inf) for pair in truth.pairs]
    recalls = {}
    for fpr in FPRS:
        allowed = int(fpr * _untrue(truth))
        threshold = false[allowed] if allowed < len(false) else -math.inf
        recalls[str(fpr)] = sum(score > threshold for score in true) / len(true)
    return recalls


def _best_f1(truth: Truth, scores: Mapping[Pair, float]) -> dict[str, float]:
    """The highest F1 over rows that any one threshold on the score reaches, and that threshold."""
    if not truth.pairs:
        return {}
    true: dict[int, float] = {}
    highest: dict[int, float] = {}
    for pair, score in scores.items():
        if pair in truth.pairs:
            true[pair[0]] = max(score, true.get(pair[0], -math.inf))
        if pair not in truth.doubtful:
            highest[pair[0]] = max(score, highest.get(pair[0], -math.inf))
    planted = len(truth.planted)
    counted = truth.planted | truth.clean
    rows = np.sort([score for row, score in highest.items() if row in counted])
    best = {"f1": 0.0, "threshold": math.inf}
    for found, threshold in enumerate(sorted(true.values(), reverse=True), start=1):
        count = len(rows) - int(np.searchsorted(rows, threshold))
        value = f1(found, planted, count - found)
        if value > best["f1"]:
            best = {"f1": value, "threshold": threshold}
    return best


# The official TLI beside it ----------------------------------------------------------------------


def tli_flags(folder: Path, *, answers: bool = False) -> list[dict[str, Any]]:
    """Every pair with S >= 0.05 as a flag, each row's highest checked against `leakage.tli`.

    Args:
        folder: the case.
        answers: read the answer too; the official one reads the instruction alone.
    """
    from codesieve.benchmarks import load
    from codesieve.leakage import grams, tli

    benchmark = load("bench", "bench.jsonl", folder)
    with (folder / "train.jsonl").open() as file:
        records = [json.loads(line) for line in file]
    fields = ("instruction", "input", "output") if answers else ("instruction", "input")
    texts = [" ".join(record[name] for name in fields if record[name]) for record in records]
    owners: dict[Any, list[int]] = {}
    totals = []
    for item, entry in enumerate(benchmark.items):
        found = grams(entry.prompt)
        totals.append(len(found))
        for gram in found:
            owners.setdefault(gram, []).append(item)
    report = tli(texts, benchmark, threshold=TLI_THRESHOLD)
    flags = []
    for row, text in enumerate(texts):
        shared = Counter(item for gram in grams(text) for item in owners.get(gram, ()))
        values = {item: count / totals[item] for item, count in shared.items()}
        if not math.isclose(max(values.values(), default=0.0), report.similarity[row]):
            raise AssertionError(f"{folder}: row {row}: TLI differs from codesieve.leakage.tli")
        flags += [
            {
                "row": row,
                "task_id": benchmark.items[item].task_id,
                "score": value,
                "verdict": "drop" if value >= TLI_THRESHOLD else "keep",
            }
            for item, value in values.items()
        ]
    return flags


# Running and printing ----------------------------------------------------------------------------


def run_audit(folder: Path, options: Sequence[str]) -> dict[str, float]:
    """Run the command on a case; flags.jsonl lies in its folder afterwards.

    Returns:
        Wall seconds and peak resident memory in MB.
    """
    command = [str(Path(sys.executable).parent / "codesieve"), "audit"]
    command += ["--train", str(folder / "train.jsonl")]
    command += ["--bench", f"bench={folder / 'bench.jsonl'}"]
    command += ["--out", str(folder / "flags.jsonl"), *options]
    log = folder / "audit.log"
    began = time.perf_counter()
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(
            f"{' '.join(command)}\nexit {process.returncode}: {log.read_text()[-2000:]}"
        )
    return {"seconds": time.perf_counter() - began, "peak_mb": usage.ru_maxrss / 1024}


def read_flags(path: Path) -> list[dict[str, Any]]:
    """Records of a flags.jsonl."""
    with path.open() as file:
        return [json.loads(line) for line in file]


def main() -> None:
    """Run, score, print a table, write the results."""
    arguments, passed = sys.argv[1:], []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, passed = arguments[:cut], arguments[cut + 1 :]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=Path, required=True, help="folder of cases: OUT/seedN")
    parser.add_argument("--only", default="*", help="cases whose name matches")
    parser.add_argument(
        "--scored", action="store_true", help="score the flags.jsonl that are there"
    )
    parser.add_argument("--no-tli", action="store_true", help="leave the official TLI out")
    parser.add_argument("--json", type=Path, help="write results here")
    options = parser.parse_args(arguments)
    folders = sorted(path.parent for path in options.cases.glob("*/truth.json"))
    results = []
    print(HEADER)
    for folder in folders:
        if not fnmatch.fnmatch(folder.name, options.only):
            continue
        ran = {} if options.scored else run_audit(folder, passed)
        detectors = {"audit": score_case(folder, read_flags(folder / "flags.jsonl"))}
        if not options.no_tli:
            detectors["tli"] = score_case(folder, tli_flags(folder))
            detectors["tli + answer"] = score_case(folder, tli_flags(folder, answers=True))
        for detector, scored in detectors.items():
            print(line(folder.name, detector, scored), flush=True)
        truth = Truth.read(folder)
        sizes = {"rows": truth.rows, "items": truth.items, "pairs": len(truth.pairs)}
        results.append({"case": folder.name, **sizes, **ran, "detectors": detectors})
    if options.json:
        options.json.write_text(json.dumps({**machine(), "options": passed, "cases": results}))


HEADER = (
    f"{'case':32}{'detector':13}{'F1':>6}{'strict':>7}{'best':>6}{'recall':>7}{'pair P':>7}"
    f"{'clean flagged':>16}{'95% interval':>16}{'textbook':>10}{'pair FPR':>10}{'@0.1%':>7}"
)


def line(case: str, detector: str, scored: Mapping[str, Any]) -> str:
    """One line of the table."""
    low, high = scored["clean_interval"]
    clean = f"{scored['clean_flagged']}/{scored['clean']} {scored['clean_share']:.2%}"
    interval = f"{low:.2%}-{high:.2%}" if scored["clean"] else "-"
    return (
        f"{case:32}{detector:13}{scored['f1']:6.3f}{scored['f1_strict']:7.3f}"
        f"{scored['best_f1'].get('f1', math.nan):6.3f}{scored['recall']:7.3f}"
        f"{scored['pair_precision']:7.3f}{clean:>16}{interval:>16}"
        f"{scored['textbook_flagged']:5}/{scored['textbook']:<4}{scored['pair_fpr']:10.5%}"
        f"{scored['at_fpr'].get('0.001', math.nan):7.3f}"
    )


def machine() -> dict[str, Any]:
    """Where and under what load this ran."""
    with Path("/proc/cpuinfo").open() as file:
        models = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return {
        "machine": {"cpu": models[0] if models else "unknown", "cores": os.cpu_count()},
        "python": platform.python_version(),
        "load": os.getloadavg(),
        "when": time.strftime("%Y-%m-%d %H:%M:%S"),
    }


if __name__ == "__main__":
    main()
