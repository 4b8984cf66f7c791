"""Test cases as plain data, and the suite of them that one response is held to."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from codesieve.sandbox import Call, CallResult, Outcome, equal

Origin = Literal["doctest", "assert", "arrow", "io", "brought"]
SuiteOrigin = Literal["instruction", "brought"]
View = Literal["set", "sorted", "list", "tuple", "len", "str", "bool"]

MAX_SUITE = 200_000  # characters of source in one suite: bounds what is sent to the sandbox

_VIEWS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {f.__name__: f for f in (set, sorted, list, tuple, len, str, bool)}
)


@dataclass(frozen=True, slots=True)
class TestCase:
    """One call and what it must give.

    `expected` is plain data; where `raises` is set, the call must end in that exception instead.
    `view` is applied to the returned value before the comparison (``assert set(f(x)) == ...``),
    `tolerance` is that of `codesieve.sandbox.equal`. `source` is the text the case was read from.
    """

    __test__: ClassVar[bool] = False  # not a test of ours, whatever pytest makes of the name

    call: Call
    expected: Any
    raises: str | None
    origin: Origin
    source: str
    view: View | None = None
    tolerance: float = 1e-6

    def passes(self, result: CallResult) -> bool:
        """Whether `result`, which may be an adversary's, is what this case asks for."""
        if self.raises is not None:
            return result.kind == "raised" and result.error == self.raises
        if result.kind != "returned":  # an object of a class of its own passes nothing
            return False
        try:
            value = result.value if self.view is None else _VIEWS[self.view](result.value)
        except (TypeError, ValueError, RecursionError):  # len of a number, a set of lists
            return False
        return equal(value, self.expected, self.tolerance)


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases for one entry point (``f``, ``Solution().f``).

    `requested` counts the examples found for it, without repetitions; `unparsed` those of them that
    are not plain data, by reason in `reasons`. `cases` has at most the asked limit of the rest.
    """

    cases: tuple[TestCase, ...] = ()
    entry_point: str | None = None
    requested: int = 0
    unparsed: int = 0
    origin: SuiteOrigin | None = None
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """Something that looks like an example of `entry`: a case, or the reason why it is none.

    `key` is the call in canonical source: two examples of one call are one.
    """

    entry: str
    key: str
    case: TestCase | None
    reason: str | None = None


def assemble(examples: Iterable[Example], origin: SuiteOrigin, limit: int) -> Suite:
    """The suite of the entry point with most cases (of equals, the one met first).

    Of several examples of one call the first counts. Beyond `limit`, cases are taken at even
    distances, so that late (often harder) ones are among them.
    """
    unique = {(example.entry, example.key): example for example in reversed(list(examples))}
    found = list(reversed(unique.values()))
    cases = Counter(example.entry for example in found if example.case is not None)
    counts = cases or Counter(example.entry for example in found)
    if not counts:
        return Suite()
    order = list(dict.fromkeys(example.entry for example in found))
    entry = max(order, key=lambda name: (counts[name], -order.index(name)))
    mine = [example for example in found if example.entry == entry]
    usable = [example.case for example in mine if example.case is not None]
    reasons = Counter(example.reason for example in mine if example.reason is not None)
    return Suite(
        cases=_within_size(spread(usable, limit)),
        entry_point=entry,
        requested=len(mine),
        unparsed=len(mine) - len(usable),
        origin=origin,
        reasons=tuple(sorted(reasons.items())),
    )


def spread(cases: Sequence[TestCase], limit: int) -> tuple[TestCase, ...]:
    """At most `limit` of `cases`, at even distances, the first among them."""
    if len(cases) <= limit:
        return tuple(cases)
    return tuple(cases[place * len(cases) // limit] for place in range(limit))


def judge(outcome: Outcome, suite: Suite) -> tuple[bool, ...]:
    """Which of the suite's cases passed, decided here on plain data, outside the sandbox."""
    lost = CallResult(kind="lost")
    results = (*outcome.results, *([lost] * len(suite.cases)))
    return tuple(case.passes(result) for case, result in zip(suite.cases, results, strict=False))


def _within_size(cases: tuple[TestCase, ...]) -> tuple[TestCase, ...]:
    kept, total = [], 0
    for case in cases:
        total += len(case.source)
        if total > MAX_SUITE:
            break
        kept.append(case)
    return tuple(kept)
