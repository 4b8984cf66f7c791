"""MBPP copied and cut, and translated by MBXP and MultiPL-E."""

import re
from collections.abc import Iterator

from cases import texts
from cases.case import PLANTED_ROWS, Bundle, Case, Planted, Row, related
from cases.humaneval import SENTENCES

MBPP = "benchmarks/mbpp.jsonl.gz"
# MBXP: prompts and answers made by program and model; MultiPL-E: prompts, answers of a GPT.
MBXP = {
    "js": "mbjsp_release_v1.2",
    "java": "mbjp_release_v1.2",
    "cpp": "mbcpp_release_v1.2",
    "ts": "mbtsp_release_v1.2",
}
MULTIPL_E = {"js": "JavaScript", "java": "Java", "go": "Go", "cpp": "C++", "ts": "TypeScript"}


def mbpp(bundle: Bundle) -> Iterator[Case]:
    """Copies of 164 random items: whole, text alone, solution alone."""
    bench = bundle.read(MBPP)
    near = related(bench, "text", "code")
    rng = bundle.random("mbpp")
    chosen = rng.sample(bench, PLANTED_ROWS)
    verbatim, told, solutions = [], [], []
    for item in chosen:
        ids, code = (str(item["task_id"]),), item["code"].replace("\r\n", "\n")
        tests = "\n".join(item["test_list"])
        asked = f"{item['text']}\nYour code should satisfy these tests:\n{tests}"
        verbatim.append(Planted(asked, code, ids))
        answer = rng.choice((rng.choice(bundle.alpaca)["output"], rng.choice(SENTENCES)))
        told.append(Planted(item["text"], answer, ids))
        solutions.append(Planted("Write a Python function.", code, ids))
    for name, planted in (
        ("mbpp_verbatim", verbatim),
        ("mbpp_text", told),
        ("mbpp_solution", solutions),
    ):
        yield Case(name, bench, planted, bundle.real(name), textbook=True, doubtful=near)


def mbpp_translated(bundle: Bundle) -> Iterator[Case]:
    """As MBXP has it (prompt and answer), and MultiPL-E's answer alone, with and without its name.

    MBXP's answers are not used alone: some return the examples' values and do not solve the task.
    """
    bench = bundle.read(MBPP)
    near = related(bench, "text", "code")
    for short, language in MULTIPL_E.items():
        cases = [("_code", *_answers(bundle, short, language))]
        if short in MBXP:
            cases.append(("", _whole(bundle, short, language), []))
        for suffix, planted, renamed in cases:
            name = f"mbpp_{short}{suffix}"
            yield Case(name, bench, planted, bundle.real(name), textbook=True, doubtful=near)
            if renamed:
                name = f"mbpp_{short}_renamed"
                yield Case(name, bench, renamed, bundle.real(name), textbook=True, doubtful=near)


def _whole(bundle: Bundle, short: str, language: str) -> list[Planted]:
    """164 of MBXP's tasks that have an answer; every second has its prompt in the instruction."""
    records = bundle.read(f"unit_tests/mbxp/{MBXP[short]}.jsonl.gz")
    solved = [record for record in records if record["canonical_solution"]]
    planted = []
    for number, record in enumerate(bundle.random(f"mbxp {short}").sample(solved, PLANTED_ROWS)):
        ids = (record["task_id"].split("/")[1],)
        code = record["prompt"] + record["canonical_solution"]
        if number % 2:
            asked, kind = f"Write a {language} function.", "all in the answer"
        else:
            asked = f"Complete the following {language} function:\n{record['prompt']}"
            kind = "prompt in the instruction"
        planted.append(Planted(asked, code, ids, kind))
    return planted


def _answers(bundle: Bundle, short: str, language: str) -> tuple[list[Planted], list[Planted]]:
    """164 of MultiPL-E's answers without comments; with their names, and without."""
    records = bundle.read(f"benchmarks/multipl-e/mbpp-{short}.jsonl.gz")
    plain, renamed = [], []
    for record in bundle.random(f"multipl-e {short}").sample(records, PLANTED_ROWS):
        _, number, name = record["name"].split("_", 2)
        code = texts.strip_comments(_function(record), short)
        plain.append(Planted(f"Write a {language} function.", code, (number,)))
        renamed.append(Planted("Write a function.", texts.rename(code, name), (number,)))
    return plain, renamed


def _function(record: Row) -> str:
    """The fenced code of an answer, without what holds a Go function's name: package and tests."""
    fenced = re.search(r"```\w*\n(.*?)(```|\Z)", record["gpt_solution"], re.S)
    code = fenced.group(1) if fenced else record["gpt_solution"]
    code = re.split(r"(?m)^func (?:Test|main\b)", code)[0]
    return re.sub(r"(?m)^package .*\n", "", code)
