"""Finding code in responses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.code import CodeBlock, extract


def languages(response: str) -> list[str | None]:
    return [block.language for block in extract(response)]


def test_a_fenced_block_is_cut_out_with_its_tag_normalised():
    blocks = extract("Here you go:\n\n```py\ndef f(x):\n    return x\n```\nThat is all.")
    assert blocks == (CodeBlock("python", "def f(x):\n    return x"),)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("python3", "python"),
        ("{.python .numberLines}", "python"),
        ("js", "javascript"),
        ("C++", "cpp"),
        ("c#", "csharp"),
        ("golang", "go"),
        ("sh", "bash"),
        ("text", None),
        ("output", None),
    ],
)
def test_tags_have_one_spelling(tag, language):
    assert languages(f"```{tag}\nx = f(1)\n```") == [language]


def test_a_block_without_a_tag_is_judged_by_its_text():
    assert languages("Try\n\n```\nimport os\nprint(os.getcwd())\n```") == ["python"]
    assert languages("It prints\n\n```\nhello there\n```") == [None]


def test_tildes_lists_quotes_and_unclosed_fences_are_read():
    assert extract("~~~python\na = 1\n~~~")[0].text == "a = 1"
    assert extract("1. First\n\n   ```python\n   a = 1\n   ```\n")[0].text == "a = 1"
    assert extract("- do\n\n        ```python\n        a = 1\n        ```\n")[0].text == "a = 1"
    assert extract("> ```python\n> a = 1\n> ```\n")[0].text == "a = 1"
    assert extract("Cut off:\n```python\na = 1\nb = 2")[0].text == "a = 1\nb = 2"
    assert extract("````\n```python\n````")[0].text == "```python"


def test_empty_blocks_are_left_out_and_order_is_kept():
    response = "```\n\n```\n```sql\nSELECT 1\n```\ntext\n```go\nx := 1\n```"
    assert languages(response) == ["sql", "go"]


def test_a_response_that_is_code_as_a_whole_is_one_block():
    code = "def double(x):\n    return 2 * x\n\nprint(double(4))"
    assert extract(f"\n\n{code}\n\n") == (CodeBlock("python", code),)
    assert extract("`SELECT name FROM users`") == (CodeBlock("sql", "SELECT name FROM users"),)


def test_a_program_whose_docstring_holds_a_fence_stays_whole():
    code = 'def f(x):\n    """Twice.\n\n    ```python\n    f(1)\n    ```\n    """\n    return 2 * x'
    assert extract(code) == (CodeBlock("python", code),)


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "Paris is the capital of France.",
        "A list is mutable, a tuple is not. Use a tuple for keys of a dictionary.",
        "The function print() writes to the standard output, while input() reads from it.",
        "1, 2, 3",
        "Yes",
    ],
)
def test_prose_has_no_code(prose):
    assert extract(prose) == ()


FRAGMENTS = [
    "```",
    "~~~",
    "\n",
    "> ",
    "- ",
    "    ",
    "python",
    "x = 1",
    "`",
    "\x00",
    "\ud800",
    "1. ",
]


@settings(max_examples=100)
@given(st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS)).map("".join)))
def test_no_text_raises_and_every_block_has_text(text):
    assert all(block.text.strip() for block in extract(text))


@settings(max_examples=50)
@given(st.lists(st.text("abc =()[]1\n", min_size=1).filter(str.strip), max_size=4))
def test_blocks_that_are_written_are_the_blocks_that_are_read(texts):
    response = "Intro.\n\n" + "\n\ntext\n\n".join(f"```python\n{text}\n```" for text in texts)
    assert [block.text.strip() for block in extract(response)] == [text.strip() for text in texts]
