"""Exercism exercises in other languages than the benchmark's Python."""

from collections.abc import Iterator

from cases import texts
from cases.case import Bundle, Case, Planted, related

TRACKS = {"go": "go", "java": "java", "javascript": "js", "typescript": "ts"}
NAMES = {"go": "Go", "java": "Java", "javascript": "JavaScript", "typescript": "TypeScript"}


def exercism(bundle: Bundle) -> Iterator[Case]:
    """The same slugs in four languages, with their instructions and as bare code."""
    bench = [
        {
            "task_id": record["slug"],
            "prompt": f"{record['instructions']}\n{_join(record['stub'])}",
            "canonical_solution": _join(record["solution"]),
            "test": _join(record["tests"]),
            "entry_point": "",
        }
        for record in bundle.read("unit_tests/exercism/exercism_python.jsonl.gz")
    ]
    slugs = {item["task_id"] for item in bench}
    near = related(bench, "prompt", "canonical_solution")
    for track, short in TRACKS.items():
        told, bare = [], []
        for record in bundle.read(f"unit_tests/exercism/exercism_{track}.jsonl.gz"):
            if record["slug"] not in slugs:
                continue
            ids, code = (record["slug"],), _join(record["solution"])
            told.append(Planted(record["instructions"], code, ids))
            stripped = texts.strip_comments(code, short)
            bare.append(Planted(f"Write a {NAMES[track]} program.", stripped, ids))
        for suffix, planted in (("", told), ("_code", bare)):
            name = f"exercism_{track}{suffix}"
            yield Case(name, bench, planted, bundle.real(name), textbook=True, doubtful=near)


def _join(files: dict[str, str]) -> str:
    return "\n".join(files.values())
