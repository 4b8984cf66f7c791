"""The miner: what stands in a row, that nothing is imported, and what this machine gives."""

import ast
import subprocess
import sys
from collections import Counter
from itertools import islice

import pytest

from codesieve.pool.mine import MinedRow, mine_packages
from codesieve.pool.mine_examples import literal_examples, without_listed
from codesieve.pool.mine_find import licence, source_files

SHAPES = '''"""A module with a side effect."""
import json, math as m
from collections import OrderedDict, deque
from .near import helper
from pathlib import Path

Path(__file__).with_name("imported").write_text("by the miner")
PI_ISH = m.pi
UNUSED = 7


class Base:
    """The base of it all."""

    def area(self):
        """Compute the area of this shape in square units.

        >>> 1
        1
        """
        # a comment stays
        side = PI_ISH
        return side * 2

    def _hidden(self):
        """This one is private and is not mined at all."""
        return [1, 2]


def _scaled(value):
    """Scale."""
    return value * FACTOR


FACTOR = 3


def circumference(radius, scale=1, *rest, **more):
    """Compute the circumference of a circle with some radius.

    >>> r = 0
    >>> shapes.circumference(r)
    0.0
    """
    json = "a local name, not the module"
    return 2 * PI_ISH * _scaled(radius)


def spread(values):
    """Spread the values of a list one after the other.

    >>> list(spread([1, 2]))
    [1, 2]
    """
    queue = deque(values)
    yield from queue


def near(values):
    """Call the helper that stands in another module of the package."""
    return helper(values)


def lost(values):
    """Return something that nothing in this module ever binds."""
    return nobody_knows(values)


def tiny(x):
    """Too short."""
    return [x]


def hidden_behind_a_constant():
    """Return nothing but the very same constant on every call."""
    return 4


def old(x):
    """Deprecated: use something else in place of this one."""
    return [x]


async def later(values):
    """Wait for nothing in particular and return an ordered dict."""
    return OrderedDict(values)
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    home = tmp_path / "mined_pkg"
    (home / "tests").mkdir(parents=True)
    (home / "__init__.py").write_text("raise SystemExit('the package was imported')\n")
    (home / "shapes.py").write_text(SHAPES)
    (home / "broken.py").write_text("def f(:\n")
    (home / "tests" / "test_shapes.py").write_text(SHAPES)
    monkeypatch.syspath_prepend(str(tmp_path))
    return home


@pytest.fixture
def rows(package) -> dict[str, MinedRow]:
    return {row.id.partition(":")[2]: row for row in mine_packages(["mined_pkg"])}


def code_of(row: MinedRow) -> str:
    assert row.response.startswith("```python\n") and row.response.endswith("\n```")
    return row.response.removeprefix("```python\n").removesuffix("```")


def test_mining_imports_nothing(package, rows):
    assert rows
    assert not (package / "imported").exists()
    assert not any(name.partition(".")[0] == "mined_pkg" for name in sys.modules)


def test_public_functions_with_a_docstring_of_substance_and_a_body_become_rows(rows):
    assert list(rows) == ["Base.area", "circumference", "spread", "later"]
    assert {row.package for row in rows.values()} == {"mined_pkg"}
    assert {row.licence for row in rows.values()} == {"unknown"}


def test_a_response_carries_what_the_function_needs_and_nothing_else(rows):
    code = code_of(rows["circumference"])
    assert [type(node).__name__ for node in ast.parse(code).body] == [
        *("Import", "Assign", "FunctionDef", "Assign", "FunctionDef")
    ]
    assert "import math as m\n" in code
    assert "UNUSED" not in code and "import json" not in code
    names: dict[str, object] = {}
    exec(code, names)
    assert names["circumference"](1) == pytest.approx(18.849555921538759)


def test_docstrings_leave_the_code_and_comments_stay(rows):
    assert '"""' not in "".join(code_of(row) for row in rows.values())
    assert "# a comment stays" in code_of(rows["Base.area"])


def test_a_method_is_asked_for_with_its_class(rows):
    row = rows["Base.area"]
    assert "Base" in row.instruction and "area(self)" in row.instruction
    assert "Compute the area of this shape" in row.instruction
    assert "class Base:\n    def area(self):" in code_of(row)


def test_an_instruction_has_the_signature_and_the_docstring(rows):
    instruction = rows["circumference"].instruction
    assert "circumference(radius, scale=1, *rest, **more)" in instruction
    assert "Compute the circumference of a circle with some radius." in instruction


def test_an_example_through_a_variable_and_a_module_is_written_out(rows):
    assert "assert circumference(0) == 0.0" in rows["circumference"].instruction


def test_a_generator_is_asked_for_with_a_function_that_gives_a_list(rows):
    row = rows["spread"]
    assert "assert spread_list([1, 2]) == [1, 2]" in row.instruction
    assert ">>>" not in row.instruction
    names: dict[str, object] = {}
    exec(code_of(row), names)
    assert names["spread_list"]([1, 2]) == [1, 2]


def test_mining_twice_gives_the_same_rows():
    packages = ["textwrap", "more_itertools"]
    assert list(mine_packages(packages)) == list(mine_packages(packages))


def test_a_package_that_is_not_installed_gives_no_rows():
    assert list(mine_packages(["no_such_package_here"])) == []


def test_a_dotted_name_is_refused_since_finding_it_would_import():
    with pytest.raises(ValueError, match="'os'"):
        list(source_files("os.path"))


def test_licences_come_from_the_metadata():
    assert licence("textwrap", {}) == "PSF-2.0"
    assert licence("toolz", {"toolz": ["toolz"]}).startswith("BSD")
    assert licence("nobody", {}) == "unknown"


@pytest.mark.parametrize(
    ("docstring", "found"),
    [
        (">>> f([1, 2])\n3\n", [("f([1, 2])", "3", True, False)]),
        (">>> f(-1, key='a')\n{'a': -1}\n", [("f(-1, key='a')", "{'a': -1}", True, False)]),
        (">>> x = [2]\n>>> f(x)\n2\n", [("f([2])", "2", False, False)]),
        (">>> x = [2]\n>>> x.append(1)\n>>> f(x)\n3\n", []),
        (">>> x = [2]\n>>> f(x) + 1\n4\n>>> f(x)\n3\n", []),
        (">>> mod.f(1)\n2\n", [("f(1)", "2", False, False)]),
        (">>> list(f(1))\n[2]\n", [("f(1)", "[2]", False, True)]),
        (">>> list(f(1), 2)\n[2]\n", []),
        (">>> f(g(1))\n2\n", []),
        (">>> f(1)\n<object>\n", []),
        (">>> f(1)  # doctest: +SKIP\n2\n", []),
        (">>> f(*[1])\n2\n", []),
        (">>> f(\n2\n", []),
        (">>>f(1)\n2\n", []),
        (">>> f(1)\n", []),
    ],
)
def test_only_literal_examples_are_taken(docstring, found):
    got = literal_examples(docstring, "f")
    assert [(e.call, e.expected, e.as_shown, e.as_list) for e in got] == found


def test_examples_of_lists_leave_the_docstring_and_others_stay():
    docstring = "Doc.\n\n>>> list(f(1))\n[1,\n 2]\n\n>>> g(1)\n1\n\nEnd."
    assert without_listed(docstring, "f") == "Doc.\n\n>>> g(1)\n1\n\nEnd."


@pytest.fixture(scope="module")
def everything() -> list[MinedRow]:
    """As many as are asked for; mining is lazy, so that the slowest packages are not read."""
    return list(islice(mine_packages(), 4_000))


def test_this_machine_gives_at_least_4000_rows_that_parse(everything):
    assert len(everything) == 4_000
    assert len({row.response for row in everything}) == len(everything)
    for row in everything:
        ast.parse(code_of(row))
        assert row.licence and row.licence != "unknown"


def test_rows_come_from_the_standard_library_and_many_packages(everything):
    packages = Counter(row.package for row in everything)
    assert packages["more_itertools"] >= 100 and packages["boltons"] >= 100
    assert sum(n for name, n in packages.items() if name in sys.stdlib_module_names) >= 1_000


def test_at_least_150_rows_pass_their_own_examples_when_run_alone(everything):
    """Executes code of packages that are installed here on purpose, in one other process."""
    packages = {"more_itertools", "toolz", "boltons", "statistics", "difflib", "packaging"}
    programs = []
    for row in everything:
        calls = [line for line in row.instruction.splitlines() if line.startswith("assert ")]
        name = row.id.partition(":")[2]
        shown = [e for e in literal_examples(row.instruction, name) if e.as_shown]
        calls += [f"assert {e.call} == {e.expected}" for e in shown]
        if calls and row.package in packages:
            programs.append("\n".join([code_of(row), *calls]))
    script = (
        "import sys\npassed = 0\n"
        "for program in eval(sys.stdin.read()):\n"
        "    try:\n        exec(program, {})\n        passed += 1\n"
        "    except Exception:\n        pass\n"
        "print(passed)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        input=repr(programs),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(done.stdout) >= 150
