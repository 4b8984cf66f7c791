"""Patterns of a recipe as files, and the short names by which row_ids call them."""

import glob
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from codesieve.errors import SourceError


def expand(patterns: Sequence[str], base: Path) -> list[tuple[str, Path]]:
    """The files that paths or globs name, each once, with their short names, sorted by these.

    Relative patterns start from `base`; `**` goes through folders, `~/` is the home folder. The
    short name is the file's own name or, if two files share theirs, every file's path from the
    deepest folder that holds them all. Raises SourceError naming a pattern that matches no file.
    """
    found: dict[Path, Path] = {}
    for pattern in patterns:
        files = sorted(_matches(pattern, base))
        for file in files:
            found.setdefault(file.resolve(), file)
    paths = list(found.values())
    doubled = any(count > 1 for count in Counter(path.name for path in paths).values())
    folder = Path(os.path.commonpath([path.parent for path in paths])) if doubled else None
    return sorted((_short_name(path, folder), path) for path in paths)


def _matches(pattern: str, base: Path) -> list[Path]:
    asked = Path(pattern).expanduser() if pattern.startswith("~/") else Path(pattern)
    exact = Path(os.path.normpath((base / asked).absolute()))
    if exact.is_file():
        return [exact]
    if exact.is_dir():
        raise SourceError(f"{pattern}: is a folder; name its files, e.g. {pattern.rstrip('/')}/*")
    names = glob.glob(str(asked), root_dir=base, recursive=True)  # noqa: PTH207 - takes root_dir
    files = [Path(os.path.normpath((base / name).absolute())) for name in names]
    if not any(file.is_file() for file in files):
        raise SourceError(f"{pattern}: no such file (looked for {exact})")
    return [file for file in files if file.is_file()]


def _short_name(path: Path, folder: Path | None) -> str:
    name = path.relative_to(folder).as_posix() if folder else path.name
    return os.fsencode(name).decode("utf-8", "backslashreplace")
