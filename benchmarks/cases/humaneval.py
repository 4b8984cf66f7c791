"""HumanEval copied, cut and reworded in Python, and translated."""

import re
from collections.abc import Iterator

from cases import texts
from cases.case import Bundle, Case, Planted, Row, related

REPHRASED = "leakage/rephrase_humaneval_python.jsonl"
LANGUAGES = {"js": "JavaScript", "cpp": "C++", "java": "Java", "go": "Go", "rust": "Rust"}
SENTENCES = (
    "Sure, I can help you with that.",
    "You could solve this with a loop and a helper variable.",
    "Here is one way to approach the problem step by step.",
    "Let me know if you would like a more efficient version.",
)
ASKED = "Write a Python function."


def humaneval_python(bundle: Bundle) -> Iterator[Case]:
    """Copies of HumanEval: whole, docstring alone with and without its examples, solution alone."""
    bench = bundle.humaneval
    near = related(bench, "prompt", "canonical_solution")
    rng = bundle.random("answers")
    verbatim, docs, bare, solutions = [], [], [], []
    for item in bench:
        code = item["prompt"] + item["canonical_solution"]
        told = texts.docstring(code, item["entry_point"])
        assert told is not None, item["task_id"]
        ids = (item["task_id"],)
        asked = f"Complete the following Python function:\n{item['prompt']}"
        verbatim.append(Planted(asked, code, ids))
        answer = rng.choice((rng.choice(bundle.alpaca)["output"], rng.choice(SENTENCES)))
        docs.append(Planted(told, answer, ids))
        prose = texts.without_examples(told)
        if len(prose.split()) >= 5:
            bare.append(Planted(prose, answer, ids))
        solutions.append(Planted(ASKED, texts.strip_docstrings(code), ids))
    for name, planted in (
        ("humaneval_verbatim", verbatim),
        ("humaneval_docstring", docs),
        ("humaneval_docstring_prose", bare),
        ("humaneval_solution", solutions),
    ):
        yield Case(name, bench, planted, bundle.real(name), textbook=True, doubtful=near)


def humaneval_reworded(bundle: Bundle) -> Iterator[Case]:
    """The rewordings of llm-decontaminator, whole or split in two; its empty texts left out."""
    bench = bundle.humaneval
    near = related(bench, "prompt", "canonical_solution")
    whole, split = [], []
    for item, record in zip(bench, bundle.read(REPHRASED), strict=True):
        text, ids = record["text"], (item["task_id"],)
        if not text.strip():
            continue
        whole.append(Planted(ASKED, text, ids))
        try:
            told, code = texts.docstring(text), texts.strip_docstrings(text)
        except SyntaxError:
            continue
        if told:
            split.append(Planted(told, code, ids))
    for name, planted in (
        ("humaneval_reworded_python", whole),
        ("humaneval_reworded_python_split", split),
    ):
        yield Case(name, bench, planted, bundle.real(name), textbook=True, doubtful=near)
    yield Case("rephrase_pairs", bench, whole, doubtful=near)


def humaneval_translated(bundle: Bundle) -> Iterator[Case]:
    """HumanEvalPack in five languages: as it is, without comments, and without its name too."""
    bench = bundle.humaneval
    near = related(bench, "prompt", "canonical_solution")
    for short, language in LANGUAGES.items():
        whole, bare, renamed = [], [], []
        records = bundle.read(f"benchmarks/humanevalpack/humanevalpack_{short}.jsonl.gz")
        for number, (item, record) in enumerate(zip(bench, records, strict=True)):
            ids = (item["task_id"],)
            prompt = _rust_prompt(record) if short == "rust" else record["prompt"]
            code = prompt + record["canonical_solution"]
            asked = f"Write a {language} function."
            if number % 2:
                whole.append(Planted(asked, code, ids, "all in the answer"))
            else:
                told = f"Complete the following {language} function:\n{prompt}"
                whole.append(Planted(told, code, ids, "prompt in the instruction"))
            code = texts.strip_comments(code, short)
            bare.append(Planted(asked, code, ids))
            code = texts.rename(code, record["entry_point"])
            renamed.append(Planted("Write a function.", code, ids))
        for suffix, planted in (("", whole), ("_code", bare), ("_renamed", renamed)):
            name = f"humaneval_{short}{suffix}"
            yield Case(name, bench, planted, bundle.real(name), textbook=True, doubtful=near)


def _rust_prompt(record: Row) -> str:
    """The prompt without the imports and the empty main that all prompts share."""
    return re.sub(r"(?m)^(use .*|fn main\(\)\s*\{\s*\})$", "", record["prompt"]).strip() + "\n"
