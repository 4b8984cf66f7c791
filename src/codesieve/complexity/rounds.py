"""Reads round-labelled instructions: JSONL rows with `instruction`, `round` and `root`."""

import gzip
import json
import zlib
from pathlib import Path

from codesieve.errors import SourceError

RoundRow = tuple[str, int, str]  # instruction, evolution round, the seed it descends from


def read_rounds(path: Path) -> list[RoundRow]:
    """The rows of a .jsonl or .jsonl.gz file.

    Raises:
        SourceError: the file cannot be read, or a line is not such a row; names the line.
    """
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from error
    return [
        _row(line, f"{path}: line {number}")
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]


def _row(line: str, where: str) -> RoundRow:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise SourceError(f"{where}: broken JSON ({error})") from error
    match row:
        case {"instruction": str(text), "round": int(number), "root": str(root)} if number >= 0:
            return text, int(number), root
    raise SourceError(f"{where}: needs instruction (text), round (0, 1, ...) and root (text)")
