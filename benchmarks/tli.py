"""Official TLI: our scan against the naive form of the official algorithm and against str.split.

Usage: python benchmarks/tli.py [--rows 2500000] [--data ../shared/data] [--json OUT]

One run, one corpus: rows of Code-Alpaca joined until they are as long as code-instruction rows are
(about 130 words), 7 % of their words changed, generated in batches and never held at once. The
naive form intersects sets for every pair, as the official script does, on a sample, one thread.
"""

import argparse
import gzip
import json
import os
import platform
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from codesieve.benchmarks import Benchmark, BenchmarkItem
from codesieve.leakage import TliIndex, grams

BATCH = 50_000
SAMPLE = 500  # rows of the naive form
ITEMS = 4_000
FILES = (  # items: file, field
    ("benchmarks/HumanEval.jsonl.gz", "prompt"),
    ("benchmarks/mbpp.jsonl.gz", "text"),
    ("benchmarks/livecodebench_400_public_tests.jsonl.gz", "question_content"),
    ("benchmarks/BigCodeBench.jsonl.gz", "prompt"),
    ("benchmarks/ds1000.jsonl.gz", "prompt"),
    ("unit_tests/LeetCodeDataset-v0.2.0-train.jsonl.gz", "query"),
)


def read(path: Path) -> list[dict[str, Any]]:
    """Records of a .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def exam(data: Path) -> list[str]:
    """ITEMS real prompts, or made-up ones where the data is absent."""
    if data.is_dir():
        found = [str(row[field]) for name, field in FILES for row in read(data / name)]
        return found[:ITEMS]
    return [text for batch in corpus(Path("/nowhere"), ITEMS, seed=1) for text in batch]


def corpus(data: Path, rows: int, seed: int = 0) -> Iterator[list[str]]:
    """Rows in batches; the same for the same seed."""
    rng = random.Random(seed)
    if data.is_dir():
        real = read(data / "instruct/code_alpaca_20k.jsonl.gz")
        base = [f"{row['instruction']} {row['input']} {row['output']}".split() for row in real]
    else:
        words = [f"w{int(rng.paretovariate(0.7)) % 50_000}" for _ in range(1_000_000)]
        base = [words[start : start + 50] for start in range(0, len(words), 50)]
    for start in range(0, rows, BATCH):
        batch = []
        for _ in range(min(BATCH, rows - start)):
            text: list[str] = []
            while len(text) < 80:
                text += base[rng.randrange(len(base))]
            for place in rng.sample(range(len(text)), len(text) * 7 // 100):
                text[place] = f"x{rng.randrange(100_000)}"
            batch.append(" ".join(text))
        yield batch


def naive(rows: Sequence[str], items: Sequence[str]) -> tuple[float, list[float]]:
    """Seconds of set intersections over all pairs, grams included; each row's highest S."""
    started = time.perf_counter()
    exam_grams = [grams(text) for text in items]
    best = []
    for row in rows:
        own = grams(row)
        best.append(max(len(item & own) / len(item) for item in exam_grams))
    return time.perf_counter() - started, best


def fresh_check(data: Path) -> float:
    """Seconds of 1,000 rows against HumanEval in a fresh process, imports and all."""
    code = (
        "import sys, json, gzip; from codesieve.leakage import TliIndex\n"
        "from codesieve.benchmarks import Benchmark, BenchmarkItem\n"
        "rows, items = json.load(sys.stdin)\n"
        "own = [BenchmarkItem(str(n), text) for n, text in enumerate(items)]\n"
        "TliIndex([Benchmark.from_items('exam', own)]).scan(rows)\n"
    )
    told = json.dumps([next(corpus(data, 1_000)), exam(data)[:164]])
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], input=told, text=True, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_500_000)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    items = exam(asked.data)
    started = time.perf_counter()
    own = [BenchmarkItem(str(number), text) for number, text in enumerate(items)]
    index = TliIndex([Benchmark.from_items("exam", own)])
    built = time.perf_counter() - started
    sample = next(corpus(asked.data, SAMPLE))
    index.scan(sample[:10])
    seconds, best = naive(sample, items)
    assert (index.scan(sample).similarity[:, 0] == np.array(best)).all()
    per_row = seconds / len(sample)
    spent = {"one": 0.0, "two": 0.0, "split": 0.0}
    done = size = 0
    for batch in corpus(asked.data, asked.rows):
        array = pa.array(batch)
        for name, threads in (("one", 1), ("two", 2)):
            started = time.perf_counter()
            index.scan(array, evidence_floor=2.0, threads=threads)
            spent[name] += time.perf_counter() - started
        started = time.perf_counter()
        for text in batch:
            text.split()
        spent["split"] += time.perf_counter() - started
        done += len(batch)
        size += array.nbytes
        if sys.stderr.isatty():
            print(f"{done:,} of {asked.rows:,} rows", end="\r", file=sys.stderr)
    facts = {
        "rows": done,
        "items": len(items),
        "megabytes": round(size / 1e6, 1),
        "naive_microseconds_per_pair": 1e6 * per_row / len(items),
        "index_seconds": built,
        "rows_per_second_1_thread": done / spent["one"],
        "rows_per_second_2_threads": done / spent["two"],
        "times_naive_per_thread": per_row * done / spent["one"],
        "of_str_split": spent["split"] / spent["one"],
        "two_threads_over_one": spent["one"] / spent["two"],
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "fresh_check_of_1000_rows_seconds": fresh_check(asked.data),
        "load": os.getloadavg(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, {platform.python_version()}",
    }
    for name, value in facts.items():
        print(f"{name:36} {value:,.3f}" if isinstance(value, float) else f"{name:36} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
