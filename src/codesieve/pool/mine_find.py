"""Where the source files of installed packages and the standard library lie; imports nothing."""

import importlib.metadata
import importlib.util
import re
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

SKIPPED_FOLDERS = frozenset(
    {"test", "tests", "testing", "conftest", "idle_test", "site-packages", "__pycache__"}
    | {"_vendor", "vendored", "externals", "array_api_compat", "v1", "f2py", "sandbox", "curried"}
)
SKIPPED_STDLIB = frozenset(
    {"test", "idlelib", "lib2to3", "turtledemo", "pydoc_data", "ensurepip", "antigravity", "this"}
    | {"distutils", "encodings", "venv", "tkinter", "turtle", "msilib"}
)
_SKIPPED_FILES = re.compile(r"^test_|win32|windows|msvc")  # tests, and what runs on Windows only
_LICENCE_CHARS = 60  # a longer License field is the whole text, not its name


def stdlib_modules() -> list[str]:
    """Names of the top-level public modules of the standard library, sorted."""
    names = sys.stdlib_module_names - SKIPPED_STDLIB
    return sorted(name for name in names if not name.startswith("_"))


def source_files(name: str) -> Iterator[tuple[str, Path]]:
    """Dotted module name and file of each Python source file of a top-level module or package.

    `name` has no dots: `find_spec` of a dotted name would import its parent. Files come sorted by
    path; a name that is not found, or has no Python source, yields nothing.

    Raises:
        ValueError: `name` is dotted.
    """
    if "." in name:
        raise ValueError(
            f"{name!r}: give the top-level package, for example {name.split('.')[0]!r}"
        )
    home = _home(name)
    if home is None:
        return
    if home.is_file():
        yield name, home
        return
    for path in sorted(home.rglob("*.py")):
        parts = path.relative_to(home).with_suffix("").parts
        if not SKIPPED_FOLDERS.intersection(parts) and not _SKIPPED_FILES.search(parts[-1]):
            shown = parts[:-1] if parts[-1] == "__init__" else parts
            yield ".".join((name, *shown)), path


def _home(name: str) -> Path | None:
    """The file of a module or the folder of a package; None where there is no source."""
    if name in sys.stdlib_module_names:
        root = Path(sysconfig.get_path("stdlib"))
        candidates = [root / f"{name}.py", root / name]
        return next((path for path in candidates if path.exists()), None)
    try:
        spec = importlib.util.find_spec(name)
    except ValueError:  # a module already loaded that carries no spec
        return None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def licence(name: str, owners: Mapping[str, Sequence[str]]) -> str:
    """Licence of the distribution that brings a package, as its metadata says it.

    `owners` is `importlib.metadata.packages_distributions()`, which walks every installed RECORD.
    "PSF-2.0" for the standard library, "unknown" where the metadata names none.
    """
    if name in sys.stdlib_module_names:
        return "PSF-2.0"
    if not owners.get(name):
        return "unknown"
    metadata = importlib.metadata.metadata(owners[name][0]).json
    for key in ("license_expression", "license"):
        value = metadata.get(key)
        if isinstance(value, str) and "\n" not in value and len(value) <= _LICENCE_CHARS:
            return value
    for classifier in metadata.get("classifier", []):
        if classifier.startswith("License :: "):
            return classifier.rsplit(" :: ", 1)[1]
    return "unknown"
