"""The TLI rows of the XCoder paper, to stand beside ours: numbers of its Tables 2 and 8."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SOURCE = "Wang et al. 2024, arXiv 2409.03810"
BENCHMARK, ITEMS = "HumanEval", 164
NGRAMS, TOP, THRESHOLD = (4, 5), 1, 0.05  # and padded: how its script counts


@dataclass(frozen=True, slots=True)
class PaperRow:
    """What the paper prints for a data set on HumanEval; TLI in percent, to one decimal.

    `rows_after` and `tli_after` are those of its cleaned version, where Table 2 has one. `names`
    are what files of the set are called: lower case, letters and digits only.
    """

    dataset: str
    tables: str
    rows: int
    tli: float
    names: tuple[str, ...]
    rows_after: int | None = None
    tli_after: float | None = None

    @property
    def dropped(self) -> int | None:
        """How many rows the cleaned version lacks."""
        return None if self.rows_after is None else self.rows - self.rows_after


PAPER_ROWS = (
    PaperRow(
        "Code-Alpaca", "Table 8", 20_022, 3.4,
        ("codealpaca", "codealpaca20k", "sahil2801codealpaca20k"),
    ),
    PaperRow(
        "StarCoder2-Self-Align", "Table 8", 50_661, 4.7,
        ("starcoder2selfalign", "selfossinstructsc2execfilter50k", "selfossinstructsc2"),
    ),
    PaperRow(
        "Magicoder-OSS-Instruct", "Table 8", 75_197, 4.5,
        ("magicoderossinstruct", "magicoderossinstruct75k", "dataossinstructdecontaminated"),
    ),
    PaperRow(
        "Codefuse-Evol-Instruct", "Tables 2, 8", 66_862, 8.9,
        ("codefuseevolinstruct", "codefuseevolinstruct66k", "codefuseevolinstruction66k",
         "evolinstruction66k"),
        66_404, 4.8,
    ),
    PaperRow(
        "Magicoder-Evol-Instruct", "Tables 2, 8", 111_183, 43.2,
        ("magicoderevolinstruct", "magicoderevolinstruct110k", "dataevolinstructdecontaminated"),
        108_063, 4.9,
    ),
    PaperRow("Code-Feedback", "Tables 2, 8", 66_383, 30.5, ("codefeedback",), 64_134, 4.6),
    PaperRow(
        "Codefuse-Evol-Instruct-clean", "Tables 2, 8", 66_404, 4.8,
        ("codefuseevolinstructclean",),
    ),
    PaperRow(
        "Magicoder-Evol-Instruct-clean", "Tables 2, 8", 108_063, 4.9,
        ("magicoderevolinstructclean",),
    ),
    PaperRow("Code-Feedback-clean", "Tables 2, 8", 64_134, 4.6, ("codefeedbackclean",)),
)  # fmt: skip


def paper_row(train: str, benchmark: str, items: int) -> PaperRow | None:
    """The paper's row for a training file on a benchmark, None where it has none.

    A file is known by its name, or by its folder's where its own is none of the paper's sets; the
    numbers say whether it is the same data. Only HumanEval with its 164 items has rows.
    """
    if _plain(benchmark) not in ("humaneval", "openaihumaneval") or items != ITEMS:
        return None
    path = Path(train)
    for name in (path.name.partition(".")[0], path.absolute().parent.name):
        for row in PAPER_ROWS:
            if _plain(name) in row.names:
                return row
    return None


def as_in_paper(ngrams: Sequence[int], pad: bool, top: int, threshold: float) -> bool:
    """Whether these are the settings behind the paper's numbers."""
    return (tuple(ngrams), pad, top, threshold) == (NGRAMS, True, TOP, THRESHOLD)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9+]", "", name.lower())
