"""Training sets of the pair model: a benchmark, leaks of its items, rows that are clean."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cases import texts
from cases.case import Bundle, Row

from codesieve.benchmarks import Benchmark, BenchmarkItem
from training.variants import Maker

Leak = tuple[int, tuple[str, str]]  # the item's index; instruction and response
FENCED = re.compile(r"```python\n(.*?)```", re.S)


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Leaks stand first; clean rows are taken for clean, textbook tasks among them too."""

    name: str
    benchmark: Benchmark
    leaks: Sequence[Leak]
    clean: Sequence[tuple[str, str]]


def training_sets(bundle: Bundle, seed: int) -> Iterator[TrainingSet]:
    """All of them; no file of leakage/ is read.

    Args:
        bundle: the data; its half of Code-Alpaca gives clean rows and words.
        seed: of the draws.
    """
    said = " ".join(row["instruction"] for row in bundle.alpaca).lower()
    counts: dict[str, int] = {}
    for word in re.findall(r"[a-z]{3,}", said):
        counts[word] = counts.get(word, 0) + 1
    vocabulary = sorted(counts, key=lambda word: (-counts[word], word))[:3_000]
    for build in (_mbpp, _leetcode, _exercism, _bigcodebench, _humaneval):
        maker = Maker(random.Random(f"{seed}/{build.__name__}"), vocabulary)
        yield build(bundle, maker)


def _clean(bundle: Bundle, maker: Maker, count: int) -> list[tuple[str, str]]:
    drawn = maker.rng.sample(bundle.alpaca, count)
    return [(f"{row['instruction']}\n{row['input']}", row["output"]) for row in drawn]


def _mbpp(bundle: Bundle, maker: Maker) -> TrainingSet:
    """MBPP with its tests in the prompt, solved in Python and four other languages."""
    records = bundle.read("benchmarks/mbpp.jsonl.gz")
    items = [
        BenchmarkItem(
            str(one["task_id"]),
            "\n".join([one["text"], *one["test_list"]]),
            one["code"],
            "\n".join(one["test_list"]),
        )
        for one in records
    ]
    number = {item.task_id: index for index, item in enumerate(items)}
    pool = [(index, str(item.solution)) for index, item in enumerate(items)]
    for language, file in (
        ("js", "mbjsp_release_v1.2"),
        ("java", "mbjp_release_v1.2"),
        ("cpp", "mbcpp_release_v1.2"),
        ("go", "mbgp_release_v1.1"),
    ):
        for one in bundle.read(f"unit_tests/mbxp/{file}.jsonl.gz"):
            if one["canonical_solution"]:
                code = texts.strip_comments(one["prompt"] + one["canonical_solution"], language)
                pool.append((number[one["task_id"].split("/")[-1]], code))
    leaks = [
        (index, maker.leak(items[index].prompt, code))
        for index, code in maker.rng.sample(pool, 900)
    ]
    benchmark = Benchmark.from_items("MBPP", items)
    return TrainingSet("mbpp", benchmark, leaks, _clean(bundle, maker, 5_000))


def _leetcode(bundle: Bundle, maker: Maker) -> TrainingSet:
    """LeetCodeDataset, train split: answers restate their problem; other problems are clean."""
    records = bundle.read("unit_tests/LeetCodeDataset-v0.2.0-train.jsonl.gz")
    maker.rng.shuffle(records)
    asked, others = records[:600], records[600:]
    items = [
        BenchmarkItem(
            one["task_id"],
            one["meta"]["question_title"],
            one["completion"] if maker.rng.random() < 0.6 else "",
            one["test"],
        )
        for one in asked
    ]
    leaks = [(index, _answered(one, items[index], maker)) for index, one in enumerate(asked[:500])]
    clean = [(one["query"], one["response"]) for one in others]
    clean += _clean(bundle, maker, 3_000)
    return TrainingSet("leetcode", Benchmark.from_items("LeetCode", items), leaks, clean)


def _answered(one: Row, item: BenchmarkItem, maker: Maker) -> tuple[str, str]:
    rng, answer = maker.rng, one["response"]
    kind = rng.random()
    code = "\n".join(FENCED.findall(answer))
    if kind < 0.3:
        return one["query"], answer
    if kind < 0.5:
        prose = re.sub(r"```.*?```", "", answer, flags=re.S)[:400]
        return "Solve this problem.", f"{prose}\n{maker.rename(code, rng.choice((0.0, 1.0)))}"
    told = item.prompt if rng.random() < 0.5 else one["query"].split("Please complete")[0]
    return maker.leak(told, code, one["completion"])


def _exercism(bundle: Bundle, maker: Maker) -> TrainingSet:
    """Exercism's Python track against solutions of the same exercises in four languages."""
    records = bundle.read("unit_tests/exercism/exercism_python.jsonl.gz")
    items = [
        BenchmarkItem(
            one["slug"],
            f"{_flat(one['instructions'])}\n{_flat(one['stub'])}",
            _flat(one["solution"]),
            _flat(one["tests"])[:3_000],
        )
        for one in records
    ]
    number = {item.task_id: index for index, item in enumerate(items)}
    leaks = []
    for language, short in (
        ("go", "go"),
        ("java", "java"),
        ("javascript", "js"),
        ("typescript", "ts"),
    ):
        for one in bundle.read(f"unit_tests/exercism/exercism_{language}.jsonl.gz"):
            if one["slug"] in number:
                code = texts.strip_comments(_flat(one["solution"]), short)
                told = _flat(one["instructions"])[:2_000]
                leaks.append((number[one["slug"]], maker.leak(told, code)))
    benchmark = Benchmark.from_items("Exercism", items)
    return TrainingSet("exercism", benchmark, leaks, _clean(bundle, maker, 5_000))


def _bigcodebench(bundle: Bundle, maker: Maker) -> TrainingSet:
    """BigCodeBench against its own instructions and solutions, varied."""
    records = bundle.read("benchmarks/BigCodeBench.jsonl.gz")
    items = [
        BenchmarkItem(one["task_id"], one["prompt"], one["canonical_solution"], one["test"])
        for one in records
    ]
    leaks = []
    for index in maker.rng.sample(range(len(items)), 450):
        one = records[index]
        told = one["prompt"] if maker.rng.random() < 0.4 else one["instruction"]
        code = one["prompt_wo_doc"] + one["canonical_solution"]
        leaks.append((index, maker.leak(told, code)))
    benchmark = Benchmark.from_items("BigCodeBench", items)
    return TrainingSet("bigcodebench", benchmark, leaks, _clean(bundle, maker, 5_000))


def _humaneval(bundle: Bundle, maker: Maker) -> TrainingSet:
    """HumanEval solved in Python and five other languages."""
    items = [
        BenchmarkItem(one["task_id"], one["prompt"], one["canonical_solution"], one["test"])
        for one in bundle.humaneval
    ]
    own = [texts.strip_docstrings(f"{item.prompt}{item.solution}") for item in items]
    pool = list(enumerate(own)) * 6
    for language in ("js", "cpp", "java", "go", "rust"):
        for index, one in enumerate(
            bundle.read(f"benchmarks/humaneval-x/humaneval_{language}.jsonl.gz")
        ):
            code = texts.strip_comments(one["prompt"] + one["canonical_solution"], language)
            pool.append((index, code))
    leaks = []
    for index, code in maker.rng.sample(pool, 1_200):
        item = items[index]
        told = item.prompt
        if maker.rng.random() < 0.4:
            told = texts.docstring(f"{item.prompt}{item.solution}") or told
        leaks.append((index, maker.leak(told, code)))
    benchmark = Benchmark.from_items("HumanEval", items)
    return TrainingSet("humaneval", benchmark, leaks, _clean(bundle, maker, 8_000))


def _flat(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(map(str, value.values()))
    return "\n".join(map(str, value)) if isinstance(value, list) else ""


Build = Callable[[Bundle, Maker], TrainingSet]
