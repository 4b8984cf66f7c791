"""Rows that hold no benchmark."""

from collections.abc import Iterator

from cases.case import Bundle, Case


def clean(bundle: Bundle) -> Iterator[Case]:
    """10,000 Code-Alpaca rows against each benchmark; textbook tasks among them are set apart."""
    ds1000 = [
        {
            "task_id": f"DS1000/{number}",
            "prompt": record["prompt"],
            "canonical_solution": record["reference_code"],
            "test": record["code_context"],
            "entry_point": "",
        }
        for number, record in enumerate(bundle.read("benchmarks/ds1000.jsonl.gz"))
    ]
    for name, bench in {
        "humaneval": bundle.humaneval,
        "mbpp": bundle.read("benchmarks/mbpp.jsonl.gz"),
        "lcb": bundle.read("benchmarks/livecodebench_400_public_tests.jsonl.gz"),
        "bcb": bundle.read("benchmarks/BigCodeBench-hf.jsonl.gz"),
        "ds1000": ds1000,
    }.items():
        real = bundle.real("clean", 10_000)
        yield Case(f"clean_{name}", bench, (), real, textbook=name in ("humaneval", "mbpp"))
