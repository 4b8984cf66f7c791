"""Records in official layouts, written by us, and files of them."""

import gzip
import json
from pathlib import Path

DATA = Path(__file__).parents[2] / "../shared/data/benchmarks"

HUMANEVAL = {
    "task_id": "HumanEval/0",
    "prompt": "def f():\n",
    "canonical_solution": "    return 1\n",
    "test": "def check(f): assert f() == 1",
    "entry_point": "f",
}
BIGCODEBENCH = {
    "task_id": "BigCodeBench/0",
    "complete_prompt": 'def f():\n    """One."""\n',
    "instruct_prompt": "Return one.",
    "code_prompt": "def f():\n",
    "canonical_solution": "    return 1\n",
    "test": "class TestCases: ...",
    "entry_point": "f",
}


def lcb(number: int, date: str = "2024-01-01T00:00:00", **fields: object) -> dict[str, object]:
    """A LiveCodeBench record."""
    public = [{"input": f"{number}\n", "output": "1\n", "testtype": "stdin"}]
    return {
        "question_id": f"abc{number}_a",
        "question_content": f"Print one, {number} times.",
        "contest_date": date,
        "difficulty": "easy",
        "public_test_cases": json.dumps(public),
        **fields,
    }


def write_lines(path: Path, *records: object) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(json.dumps(record) for record in records)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path.name
