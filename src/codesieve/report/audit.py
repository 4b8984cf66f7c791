"""The audit's evidence as one HTML file without scripts that opens offline."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from codesieve.leakage.audit.flags import Flag, Verdict
from codesieve.leakage.audit.marks import Piece, mark
from codesieve.pipeline.atomic import write_text

MAX_NAME = 200  # characters of a name, an id or a judge's word
BARS = 100  # widths a bar may have


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A flag with both texts.

    Attributes:
        flag: what the audit says.
        instruction: of the row.
        response: of the row.
        prompt: of the item.
        solution: of the item, None where the benchmark has none.
    """

    flag: Flag
    instruction: str
    response: str
    prompt: str
    solution: str | None

    @property
    def row_text(self) -> str:
        """The row: instruction and response, an empty line between."""
        return "\n\n".join(filter(None, (self.instruction, self.response)))

    @property
    def item_text(self) -> str:
        """The item: prompt and solution, an empty line between."""
        return "\n\n".join(filter(None, (self.prompt, self.solution)))


@dataclass(frozen=True, slots=True)
class BenchmarkSummary:
    """What the audit and the official TLI say of all rows on one benchmark.

    Attributes:
        name: of the benchmark.
        items: how many it has.
        items_touched: how many have a flagged row.
        rows: how many were audited.
        drop: rows with the verdict drop.
        ask: rows with the verdict ask and none of drop.
        keep: the other rows.
        textbook_rows: rows flagged for a textbook task.
        tli_mean: official TLI, mean over items, 0..1.
        tli_max: the highest of an item, 0..1.
        tli_dropped: rows at the official threshold.
        false_positive_rate: share of unrelated rows that may be flagged, 0..1.
    """

    name: str
    items: int
    items_touched: int
    rows: int
    drop: int
    ask: int
    keep: int
    textbook_rows: int
    tli_mean: float
    tli_max: float
    tli_dropped: int
    false_positive_rate: float


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What the HTML file shows.

    Attributes:
        title: of the page.
        train: files that were audited.
        benchmarks: a summary each.
        sources: (source, benchmark, rows flagged).
        exhibits: pairs with their texts, in any order.
        left_out: how many flagged pairs have no exhibit.
    """

    title: str
    train: tuple[str, ...]
    benchmarks: tuple[BenchmarkSummary, ...]
    sources: tuple[tuple[str, str, int], ...]
    exhibits: tuple[Exhibit, ...]
    left_out: int


def by_weight(exhibits: Iterable[Exhibit]) -> list[Exhibit]:
    """Exhibits as a person should read them: drops, asks, textbook tasks, kept pairs; by score."""

    def weight(exhibit: Exhibit) -> tuple[int, float, str, str, str, int]:
        flag = exhibit.flag
        rank = [not flag.flagged, flag.flagged and flag.textbook, flag.verdict is Verdict.ASK]
        place = sum(is_so << (2 - bit) for bit, is_so in enumerate(rank))
        return place, -flag.score, flag.benchmark, flag.task_id, flag.source, flag.row

    return sorted(exhibits, key=weight)


def write_audit_report(path: Path, report: AuditReport) -> None:
    """Write the report in one step: the file is whole or not there.

    Texts of rows and items are hostile: all are escaped, control and format characters are shown
    as escapes, and the page's policy allows its own style alone.

    Raises:
        OSError: it cannot be written.
    """
    style = _style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    exhibits = by_weight(report.exhibits)
    flagged = [one for one in exhibits if one.flag.flagged]
    sections = (
        (
            "Copies and likely leaks",
            "Rows that hold a task (drop), or are too like one to be unrelated (ask).",
            [_view(one) for one in flagged if not one.flag.textbook],
        ),
        (
            "Textbook tasks",
            "Tasks that many rows are like (gcd, is_prime): such a row need not be a copy.",
            [_view(one) for one in flagged if one.flag.textbook],
        ),
        (
            "Kept pairs",
            "No more alike than unrelated texts are; shown for comparison.",
            [_view(one) for one in exhibits if not one.flag.flagged],
        ),
    )
    page = _template().render(
        report=report, sections=sections, style=Markup(style), digest=Markup(digest)
    )
    write_text(path, page)


def _view(exhibit: Exhibit) -> dict[str, Any]:
    """What the template shows of an exhibit."""
    flag = exhibit.flag
    marked = mark(exhibit.row_text, exhibit.item_text)
    return {
        "flag": flag,
        "verdict": flag.verdict.value,
        "views": [(name, value, _width(value)) for name, value in flag.views.items()],
        "texts": (("row", _joined(marked.row)), ("item", _joined(marked.item))),
    }


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces with the line ends of Windows as line ends."""
    return [(text.replace("\r\n", "\n"), shared) for text, shared in pieces]


def _width(value: float) -> int:
    """The bar's width of a value of 0..1; none of a number out of range."""
    return round(BARS * value) if 0 <= value <= 1 else 0


def _visible(value: Any) -> Any:
    """A string with its control and format characters written as escapes, others as they are."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join(
        char if char.isprintable() or char in "\n\t" else repr(char)[1:-1] for char in value
    )


def _short(value: str) -> str:
    """A name of hostile length with its middle cut out."""
    half = MAX_NAME // 2
    return value if len(value) <= MAX_NAME else f"{value[:half]} … {value[-half:]}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("codesieve.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = _short
    return environment


def _template() -> jinja2.Template:
    return _environment().get_template("audit.html.j2")


def _style() -> str:
    """The page's style sheet: the policy forbids any other, so each width of a bar is a class."""
    widths = "".join(f".w{width}{{width:{width}%}}" for width in range(BARS + 1))
    return _environment().get_template("audit.css").render().strip() + widths
