"""The one program that several blocks amount to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.code import CodeBlock, extract, parse, python_program


def program(*texts: str) -> str | None:
    return python_program([CodeBlock("python", text) for text in texts])


SOLUTION = "def add(a, b):\n    return a + b"


def test_no_python_is_none():
    assert python_program([]) is None
    assert python_program([CodeBlock("sql", "SELECT 1"), CodeBlock(None, "hello")]) is None


def test_a_single_block_stands_as_it_is_even_when_broken():
    assert program(SOLUTION) == SOLUTION
    assert program("def f(:") == "def f(:"


def test_usage_after_the_solution_is_left_out():
    assert program(SOLUTION, "print(add(1, 2))", "add(input(), 3)") == SOLUTION


def test_output_blocks_and_other_languages_are_left_out():
    blocks = extract(
        f"```python\n{SOLUTION}\n```\nOutput:\n```\n3\n```\n```bash\npip install x\n```"
    )
    assert python_program(blocks) == SOLUTION


def test_a_fragment_that_repeats_part_of_the_solution_is_left_out():
    whole = "def add(a, b):\n    return a + b\n\ndef twice(a):\n    return add(a, a)"
    assert program(SOLUTION, whole) == whole
    assert program(whole, "def add(a, b):\n    ...") == whole


def test_blocks_that_define_further_functions_are_joined_in_order():
    sub = "def sub(a, b):\n    return a - b"
    assert program(SOLUTION, sub, "print(sub(2, 1))") == f"{SOLUTION}\n\n{sub}"


def test_imports_and_constants_that_the_solution_needs_are_joined_before_it():
    imports, constant = "import math", "SCALE = 3"
    area = "def area(r):\n    return SCALE * math.pi * r ** 2"
    assert program(imports, "y = 4", constant, area) == "\n\n".join([imports, constant, area])


def test_a_tutorial_of_scripts_keeps_what_the_longest_block_needs():
    first, second = "data = [3, 1, 2]", "for item in sorted(data):\n    print(item)"
    assert program(first, second) == f"{first}\n\n{second}"


def test_where_nothing_parses_the_longest_block_stands():
    assert program("def f(:", "def longer(:\n    pass") == "def longer(:\n    pass"


def test_a_block_that_parses_is_preferred_to_a_broken_one():
    assert program("def broken(:\n    this is longer than the other", SOLUTION) == SOLUTION


def test_a_common_indentation_is_taken_away():
    assert program("    def f():\n        return 1") == "def f():\n    return 1"


LINES = [
    "def f(x):\n    return g(x)",
    "def g(x):\n    return k",
    "k = 1",
    "f(k)",
    "import os",
    ")(",
]


@settings(max_examples=100)
@given(st.lists(st.sampled_from(LINES), max_size=5))
def test_the_program_is_made_of_blocks_in_their_order_and_parses_if_one_does(texts):
    result = program(*texts)
    if not texts:
        assert result is None
        return
    pieces = result.split("\n\n")
    places = iter(texts)
    assert all(piece in places for piece in pieces)
    assert (parse(result) is not None) == any(parse(text) is not None for text in texts)
