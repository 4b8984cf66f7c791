"""Telling programming languages apart."""

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.code import detect_language

DATA = Path(__file__).parents[2] / "../shared/data"

SNIPPETS = {
    "python": "def area(r):\n    return 3.14 * r ** 2\n\nprint(area(2))",
    "javascript": "const area = (r) => {\n  return 3.14 * r * r;\n};\nconsole.log(area(2));",
    "typescript": "function area(r: number): number {\n  return 3.14 * r * r;\n}",
    "java": "public class Main {\n  public static void main(String[] args) {\n"
    "    System.out.println(1);\n  }\n}",
    "c": '#include <stdio.h>\n\nint main() {\n    printf("%d", 1);\n    return 0;\n}',
    "cpp": "#include <iostream>\nusing namespace std;\nint main() { cout << 1 << endl; }",
    "csharp": "using System;\nclass P { static void Main() { Console.WriteLine(1); } }",
    "go": 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println(1)\n}',
    "rust": 'fn main() {\n    let mut x = 1;\n    println!("{}", x);\n}',
    "php": "<?php\nfunction f($x) {\n  return $x * 2;\n}\necho f(2);",
    "ruby": "def area(r)\n  3.14 * r ** 2\nend\n\nputs area(2)",
    "swift": "func area(_ r: Double) -> Double {\n    return 3.14 * r * r\n}",
    "kotlin": "fun area(r: Double): Double {\n    val pi = 3.14\n    return pi * r * r\n}",
    "scala": "object Main {\n  def area(r: Double): Double = 3.14 * r * r\n}",
    "perl": "use strict;\nmy $r = 2;\nprint 3.14 * $r ** 2;",
    "sql": "SELECT name, COUNT(*)\nFROM users\nGROUP BY name;",
    "html": "<!DOCTYPE html>\n<html>\n<body><p>Hi</p></body>\n</html>",
    "css": "p {\n  color: red;\n  font-size: 12px;\n}",
    "bash": "#!/bin/bash\nfor f in *.txt; do\n  echo $f\ndone",
}


@pytest.mark.parametrize("language", SNIPPETS)
def test_a_typical_snippet_is_recognised(language):
    assert detect_language(SNIPPETS[language]) == language


@pytest.mark.parametrize(
    "code",
    [
        "def f(x)\n    return x + 1",
        "def f(x):\nreturn x + 1",
        "for i in range(10)\n    print(i)",
        "if x == 1:\n    print 'one'\nelse:\n    print 'other'",
        "import numpy as np\n\na = np.array([1, 2, 3]\nprint(a)",
    ],
)
def test_broken_python_is_python(code):
    assert detect_language(code) == "python"


@pytest.mark.parametrize(
    "code",
    [
        "[x ** 2 for x in range(10)]",
        "sorted(words, key=len)",
        "x = 5",
        "numbers = {1: 'a', 2: 'b'}",
        'cursor.execute("SELECT * FROM users WHERE id = %s", (user_id,))',
        'page = """<html><body><p>Hi</p></body></html>"""\nprint(page)',
    ],
)
def test_short_python_is_python(code):
    assert detect_language(code) == "python"


def test_a_known_tag_is_believed_and_a_tag_of_no_language_is_no_language():
    assert detect_language("x = 1", "ruby") == "ruby"
    assert detect_language("x = 1", "text") is None
    assert detect_language("x = f(1)", "whatever") == "python"


HOSTILE = ["((((", "def f(", "\x00", "\ud800", "import a, ", "SELECT ", "<a ", "'\\", "{", "--"]


@settings(max_examples=100)
@given(st.one_of(st.text(), st.lists(st.sampled_from(HOSTILE), max_size=40).map("".join)))
def test_no_text_raises(text):
    assert detect_language(text) is None or isinstance(detect_language(text), str)


@pytest.mark.parametrize("unit", [*HOSTILE, "-", "\n", "a", "f'{", "x = ", "lambda:", '"""'])
def test_a_megabyte_of_anything_is_answered(unit):
    detect_language(unit * (1_000_000 // len(unit)))


@pytest.mark.skipif(not DATA.exists(), reason="the shared benchmark files are not here")
@pytest.mark.parametrize(
    ("suffix", "language"),
    [
        ("cpp", "cpp"),
        ("go", "go"),
        ("java", "java"),
        ("js", "javascript"),
        ("python", "python"),
        ("rust", "rust"),
    ],
)
def test_reference_solutions_of_a_benchmark_are_recognised(suffix, language):
    path = DATA / f"benchmarks/humanevalpack/humanevalpack_{suffix}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    found = [detect_language(row["declaration"] + row["canonical_solution"]) for row in rows]
    assert found.count(language) >= 0.97 * len(rows)
