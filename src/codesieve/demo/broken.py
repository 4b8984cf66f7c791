"""Files with damage: broken records of every kind, beside good ones, and an archive cut short."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codesieve.demo.planted import Rule, Trouble
from codesieve.pool.outcomes import MAX_RECORD_BYTES, Reason

TROUBLE = "broken record"


def write_broken(data: Path, spare: Sequence[dict[str, str]]) -> list[Trouble]:
    """Write the damaged files into `data` and say what is wrong in them.

    `spare` are good records, used nowhere else, for the archive that is cut short.
    """
    return [
        *_lines(data / "broken_lines.jsonl"),
        *_array(data / "broken_array.json"),
        *_cells(data / "broken_cells.csv"),
        _archive(data / "cut_short.jsonl.gz", spare),
    ]


def _lines(path: Path) -> list[Trouble]:
    good = _pair("Print the current date in Bash as 2024-05-31.", "```bash\ndate +%F\n```")
    last = _pair("In SQL, count the rows of the table visits.", "SELECT COUNT(*) FROM visits;")
    cut = b'{"instruction": "Sort the words of a file in Bash.", "output": "sort'
    bytes_ = b'{"instruction": "Write caf\xe9 in HTML.", "output": "caf&eacute;"}'
    bare = b'{"instruction": "What is 0/0 in JavaScript?", "output": NaN}'
    huge = _pair("Print the letter a very often.", "a" * (MAX_RECORD_BYTES + 1))
    lines: list[tuple[bytes, Reason | None, str]] = [
        (good, None, ""),
        (cut, Reason.BROKEN_JSON, "a JSON line that ends in the middle"),
        (bytes_, Reason.INVALID_UTF8, "a line in Latin-1, which is not UTF-8"),
        (_pair(" ", "```css\nb { color: red }\n```"), Reason.EMPTY_INSTRUCTION, "no instruction"),
        (_pair("Centre a heading in CSS.", ""), Reason.EMPTY_RESPONSE, "no response"),
        (_pair("How many bits has a byte?", 8), Reason.WRONG_TYPE, "a number as the response"),
        (b"17", Reason.NOT_AN_OBJECT, "a line that is a number"),
        (bare, Reason.BROKEN_JSON, "a NaN, which JSON does not have"),
        (b'{"instruction": "Say hello in Go."}', Reason.MISSING_FIELD, "no response at all"),
        (huge, Reason.TOO_LARGE, f"a record of over {MAX_RECORD_BYTES:,} bytes"),
        (last, None, ""),
    ]
    path.write_bytes(b"".join(line + b"\n" for line, _, _ in lines))
    return [
        Trouble(TROUBLE, Rule.QUARANTINED, (_row(path, ordinal),), what, reason.value)
        for ordinal, (_, reason, what) in enumerate(lines)
        if reason is not None
    ]


def _array(path: Path) -> list[Trouble]:
    first = _pair("Negate a boolean x in Rust.", "```rust\nlet y = !x;\n```").decode()
    broken = '{"instruction": "Make a list in Ruby." "output": "[1, 2]"}'
    last = _pair("Write an empty Lua table.", "```lua\nlocal t = {}\n```").decode()
    path.write_text(f"[\n{first},\n{broken},\n{last}\n]\n", encoding="utf-8")
    what = "an element of a JSON array without a comma between its fields"
    return [
        Trouble(TROUBLE, Rule.QUARANTINED, (_row(path, 1),), what, Reason.BROKEN_JSON.value),
        Trouble(TROUBLE, Rule.IN_THE_POOL, (_row(path, 2),), "the good element behind it"),
    ]


def _cells(path: Path) -> list[Trouble]:
    rows = [
        "prompt,response",
        '"Swap a and b in Go.","a, b = b, a"',
        '"Comment a line out in SQL."',
        '"Square x in R.","x^2","one cell too many"',
        '"Increment i in C.","i++;"',
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    short, long = "a CSV row without its second cell", "a CSV row with a third cell"
    return [
        Trouble(TROUBLE, Rule.QUARANTINED, (_row(path, 1),), short, Reason.BAD_ROW.value),
        Trouble(TROUBLE, Rule.QUARANTINED, (_row(path, 2),), long, Reason.BAD_ROW.value),
        Trouble(TROUBLE, Rule.IN_THE_POOL, (_row(path, 3),), "the good CSV row behind them"),
    ]


def _archive(path: Path, spare: Sequence[dict[str, str]]) -> Trouble:
    whole = gzip.compress(jsonl(spare), mtime=0)
    path.write_bytes(whole[: len(whole) * 2 // 3])
    what = f"a .gz archive cut after two thirds of its {len(whole):,} bytes"
    reason = Reason.TRUNCATED_ARCHIVE.value
    return Trouble(TROUBLE, Rule.REFUSED_IN_FILE, (_row(path, 0),), what, reason)


def jsonl(records: Sequence[dict[str, Any]]) -> bytes:
    """Records as JSON lines."""
    return b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in records)


def _pair(instruction: str, output: str | int) -> bytes:
    return json.dumps({"instruction": instruction, "output": output}).encode()


def _row(path: Path, ordinal: int) -> str:
    return f"{path.name.split('.')[0]}/{path.name}#{ordinal}"
