"""The house: rooms import only lower floors, and nothing heavy is imported at the start."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import codesieve

ROOT = Path(codesieve.__file__).parent
FLOORS = {
    "errors": 0, "schema": 0,
    "code": 1, "benchmarks": 1, "embedding": 1, "sandbox": 1,
    "pool": 2, "leakage": 2, "complexity": 2, "quality": 2, "diversity": 2, "selection": 2,
    "pipeline": 3,
    "demo": 4, "report": 4,
    "cli": 5,
}  # fmt: skip
HEAVY = ("numpy", "pyarrow", "sklearn", "scipy", "pydantic", "yaml", "jinja2", "datasets", "torch")


def imports():
    """(file, room, imported room) of every import of codesieve within codesieve."""
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        if len(relative.parts) == 1 and relative.stem == "__init__":
            continue
        room = relative.parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                parts = name.split(".")
                if parts[0] == "codesieve" and len(parts) > 1:
                    yield relative.as_posix(), room, parts[1]


def test_every_room_stands_on_a_floor():
    rooms = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms - {"__init__", "__pycache__", "py"} == set(FLOORS)


@pytest.mark.parametrize(("file", "room", "imported"), sorted(set(imports())))
def test_rooms_import_only_lower_floors(file, room, imported):
    assert imported == room or FLOORS[imported] < FLOORS[room], f"{file} imports {imported}"


@pytest.mark.parametrize(
    "start", ["import codesieve", "import codesieve.cli", "import codesieve.sandbox"]
)
def test_nothing_heavy_is_imported_at_the_start(start):
    code = f"{start}; import sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
