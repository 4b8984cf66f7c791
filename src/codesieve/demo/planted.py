"""Troubles planted into the demo's data: what they are, in which rows, and what should happen."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Self


class Rule(StrEnum):
    """What should become of the rows of a trouble. The values stand in planted.json."""

    ONE_KEPT = "one_kept"
    LEAKED = "leaked"
    FIRST_IS_BEST = "first_is_best"
    FAILS_ITS_TESTS = "fails_its_tests"
    NOTHING_PASSES = "nothing_passes"
    NOT_ALL_SELECTED = "not_all_selected"
    IN_THE_POOL = "in_the_pool"
    QUARANTINED = "quarantined"
    REFUSED_IN_FILE = "refused_in_file"


EXPECTED: Mapping[Rule, str] = {
    Rule.ONE_KEPT: "all but one are duplicate",
    Rule.LEAKED: "leaked",
    Rule.FIRST_IS_BEST: "the right answer stays, the others are worse_in_group",
    Rule.FAILS_ITS_TESTS: "tested with a pass rate below 1",
    Rule.NOTHING_PASSES: "attack failed: nothing passes, no file on the host",
    Rule.NOT_ALL_SELECTED: "too_similar or lower ranked: not both selected",
    Rule.IN_THE_POOL: "repaired and kept in the pool",
    Rule.QUARANTINED: "quarantined: {reason}",
    Rule.REFUSED_IN_FILE: "rows before the damage kept, the rest quarantined: {reason}",
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One planted trouble.

    `rows` are row ids, ``SOURCE/FILE#ORDINAL``; for Rule.FIRST_IS_BEST the right answer comes
    first; for Rule.REFUSED_IN_FILE the one row is a whole row of that file. `what` is one line for
    people. `reason` is the quarantine reason, for the last two rules.
    """

    trouble: str
    rule: Rule
    rows: tuple[str, ...]
    what: str
    reason: str | None = None

    @property
    def expected(self) -> str:
        """What should happen, in words."""
        return EXPECTED[self.rule].format(reason=self.reason)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Read back what `as_json` wrote; `expected` may be missing."""
        rule = Rule(value["rule"])
        return cls(value["trouble"], rule, tuple(value["rows"]), value["what"], value.get("reason"))

    def as_json(self) -> dict[str, Any]:
        """A JSON object, with what is expected in words."""
        return {**asdict(self), "expected": self.expected}


@dataclass(frozen=True, slots=True)
class DemoSource:
    """One source of the recipe: its name, its file under ``data/``, and its licence."""

    name: str
    file: str
    licence: str


@dataclass(frozen=True, slots=True)
class Planted:
    """The demo's sources in the order of the recipe, the troubles in them, and the attack's traces.

    `traces` are files on this machine that exist only if an attack got out of the jail.
    """

    sources: tuple[DemoSource, ...]
    troubles: tuple[Trouble, ...]
    traces: tuple[Path, ...]

    def write(self, path: Path) -> None:
        """Write everything as JSON."""
        value = {
            "sources": [asdict(source) for source in self.sources],
            "troubles": [trouble.as_json() for trouble in self.troubles],
            "traces": [str(trace) for trace in self.traces],
        }
        path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote."""
        value = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            tuple(DemoSource(**source) for source in value["sources"]),
            tuple(Trouble.from_json(trouble) for trouble in value["troubles"]),
            tuple(Path(trace) for trace in value["traces"]),
        )
