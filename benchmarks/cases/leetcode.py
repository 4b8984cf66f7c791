"""LeetCode problems that are LiveCodeBench items."""

import re
from collections.abc import Iterable, Iterator

from cases.case import Bundle, Case, Planted, Row, row

LCB = "benchmarks/livecodebench_400_public_tests.jsonl.gz"
SPLITS = ("v0.2.0-train", "v0.2.0-test", "v0.3.0-test")
CONTESTS = "benchmarks/leetcode-contest-2023-07_2024-01.jsonl.gz"


def leetcode(bundle: Bundle) -> Iterator[Case]:
    """LeetCode rows that are LiveCodeBench problems, by title slug, among those that are not.

    The slug names a LeetCode problem. The pairs file has the test splits; the training split holds
    77 more of the 400, found by the same rule. Problems named `...-i` and `...-ii` are doubtful.
    The contest rows have a prompt and no answer: the class to fill in stands in its place.
    """
    bench = bundle.read(LCB)
    by_slug = {i["question_title"]: i["question_id"] for i in bench if i["platform"] == "leetcode"}
    records: dict[str, Row] = {}
    for split in SPLITS:
        for record in bundle.read(f"unit_tests/LeetCodeDataset-{split}.jsonl.gz"):
            records.setdefault(record["task_id"], record)
    near = _twins({**records, **by_slug}, by_slug)
    doubtful = {by_slug[slug]: others for slug, others in near.items() if slug in by_slug}
    same = {slug: record for slug, record in records.items() if slug in by_slug}
    rest = {slug: row(r["query"], r["response"]) for slug, r in records.items() if slug not in same}
    others = [record for slug, record in rest.items() if not near[slug]]
    unsure = [record for slug, record in rest.items() if near[slug]]

    def plant(field: str) -> list[Planted]:
        return [Planted(r["query"], r[field], (by_slug[slug],)) for slug, r in same.items()]

    real = bundle.real("leetcode_lcb_alpaca", 5000)
    yield Case("leetcode_lcb", bench, plant("response"), others, unsure, doubtful=doubtful)
    yield Case("leetcode_lcb_alpaca", bench, plant("response"), real, doubtful=doubtful)
    yield Case(
        "leetcode_lcb_completion", bench, plant("completion"), others, unsure, doubtful=doubtful
    )
    contests = [
        Planted(record["prompt_sft"], f"class Solution:{stub}", (by_slug[record["title"]],))
        for record in bundle.read(CONTESTS)
        if record["title"] in by_slug
        for stub in record["prompt"].split("class Solution:")[1:2]
    ]
    yield Case("leetcode_contest_lcb", bench, contests, real, doubtful=doubtful)


def _twins(rows: Iterable[str], by_slug: dict[str, str]) -> dict[str, set[str]]:
    """Slug of a row -> ids of items that differ from it in a trailing numeral only."""
    stem = re.compile(r"-(i|ii|iii|iv)$")
    items: dict[str, set[str]] = {}
    for slug in by_slug:
        items.setdefault(stem.sub("", slug), set()).add(slug)
    return {
        slug: {by_slug[other] for other in items.get(stem.sub("", slug), ()) if other != slug}
        for slug in rows
    }
