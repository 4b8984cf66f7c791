"""What the machine refuses (a full disk, a forbidden folder) as an error of one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from codesieve.errors import RunError


@contextmanager
def one_line(folder: Path) -> Iterator[None]:
    """Turn an error of the operating system into one that says where, what and what to do.

    Raises:
        RunError: in its place; it names `folder` where the system names no file.
    """
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error).partition("\n")[0] or type(error).__name__
        raise RunError(
            f"{error.filename or folder}: {said}; finished parts are kept: mend this and run the "
            "same command again"
        ) from error


@contextmanager
def damaged(path: Path) -> Iterator[None]:
    """Name the file of a run that cannot be read back.

    Raises:
        RunError: it is missing, cut short or its bytes changed.
    """
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        said = str(error).partition("\n")[0]
        raise RunError(
            f"{path}: damaged ({said}); delete it and run the same command again"
        ) from error
