"""The auditor on rows written for it: copies, parts, rewordings, translations, and clean rows."""

import random

import pytest

from codesieve.benchmarks import Benchmark, BenchmarkItem
from codesieve.leakage.audit import Auditor, Flag, Row, Verdict, mark_textbook
from codesieve.leakage.audit.model import PairModel

TASKS = {
    "harbour": (
        'def berth_plan(ships: list, quays: int) -> list:\n    """Give each arriving ship the quay '
        "that was idle longest; a ship that finds every quay taken waits at the buoy.\n"
        '    >>> berth_plan([(3, 41), (7, 88)], 2)\n    [0, 1]\n    """\n',
        "    idle = [0] * quays\n    plan = []\n    for arrival, hours in ships:\n"
        "        quay = min(range(quays), key=lambda q: idle[q])\n"
        "        plan.append(quay if idle[quay] <= arrival else -1)\n"
        "        idle[quay] = max(idle[quay], arrival) + hours\n    return plan\n",
    ),
    "orchard": (
        'def ripe_rows(orchard: list, sugar: float) -> int:\n    """Count rows of an orchard in '
        "which at least half of the trees bear fruit sweeter than the given sugar content.\n"
        '    >>> ripe_rows([[11.5, 9.25], [7.0, 6.5]], 9.0)\n    1\n    """\n',
        "    ripe = 0\n    for row in orchard:\n        sweet = sum(1 for t in row if t > sugar)\n"
        "        if 2 * sweet >= len(row):\n            ripe += 1\n    return ripe\n",
    ),
    "telegraph": (
        'def squeeze(message: str) -> str:\n    """Shorten a telegram: repeated words that follow '
        "each other are sent once with how often they stood there, stop marks are left out.\n"
        "    >>> squeeze('stop stop ship lost stop')\n    'stop*2 ship lost stop'\n    \"\"\"\n",
        "    out = []\n    for word in message.split():\n        if out and out[-1][0] == word:\n"
        "            out[-1][1] += 1\n        else:\n            out.append([word, 1])\n"
        "    return ' '.join(w if n == 1 else f'{w}*{n}' for w, n in out)\n",
    ),
}
SUBJECTS = [
    "invoice",
    "river",
    "planet",
    "guitar",
    "recipe",
    "ticket",
    "sensor",
    "museum",
    "garden",
    "wallet",
]
VERBS = [
    "sort",
    "merge",
    "print",
    "count",
    "convert",
    "validate",
    "download",
    "parse",
    "rotate",
    "filter",
]


def exam():
    filler = [
        BenchmarkItem(
            f"filler/{n}",
            f'def {verb}_{subject}(x):\n    """{verb.title()} the {subject} number {n} and return '
            f'what is left of it.\n    >>> {verb}_{subject}({n})\n    {n + 1}\n    """\n',
            f"    return x + {n}\n",
        )
        for n, (verb, subject) in enumerate((v, s) for v in VERBS for s in SUBJECTS[:4])
    ]
    own = [BenchmarkItem(name, *texts) for name, texts in TASKS.items()]
    return Benchmark.from_items("exam", own + filler)


def clean_rows(count=300, seed=0):
    rng = random.Random(seed)
    return [
        Row(
            f"Write a function to {rng.choice(VERBS)} a {rng.choice(SUBJECTS)} with "
            f"{rng.choice(SUBJECTS)} and {rng.choice(SUBJECTS)} number {rng.randrange(900)}.",
            f"def run_{rng.randrange(99)}(value):\n    total = {rng.randrange(999)}\n"
            f"    for part in value:\n        total {rng.choice('+-*')}= part\n    return total\n",
        )
        for _ in range(count)
    ]


PROMPT, SOLUTION = TASKS["harbour"]
LEAKS = {
    "whole": Row(f"Complete the function:\n{PROMPT}", PROMPT + SOLUTION),
    "prompt alone": Row(PROMPT, "I would start with a list of quays."),
    "solution alone": Row("Write a Python function", f"def berth_plan(ships, quays):\n{SOLUTION}"),
    "renamed solution": Row(
        "Write a Python function",
        "def f(a, b):\n" + SOLUTION.replace("idle", "c").replace("quay", "d").replace("plan", "e"),
    ),
}


@pytest.fixture(scope="module")
def auditor():
    return Auditor([exam()], clean_rows())


@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_is_flagged_with_its_item(auditor, kind):
    pairs = auditor.scan([*clean_rows(20, seed=7), LEAKS[kind]])
    own = [pair for pair in pairs if pair.row == 20]
    assert own
    assert auditor.flag(own[0], "r", "s").task_id == "harbour"
    assert auditor.verdict(own[0]) is not Verdict.KEEP
    assert all(0 <= value <= 1 for value in own[0].views.values())


def test_copies_are_dropped_and_the_rest_is_asked_about(auditor):
    whole, _ = (auditor.scan([LEAKS[kind]])[0] for kind in ("whole", "prompt alone"))
    assert auditor.verdict(whole) is Verdict.DROP


def test_clean_rows_of_the_same_kind_are_not_flagged(auditor):
    pairs = auditor.scan(clean_rows(500, seed=11))
    flagged = {pair.row for pair in pairs if auditor.verdict(pair) is not Verdict.KEEP}
    assert len(flagged) <= 5


def test_a_row_is_judged_alike_alone_and_among_others(auditor):
    rows = [*clean_rows(30, seed=3), *LEAKS.values()]
    together = auditor.scan(rows)
    alone = [
        (number, pair.item, pair.score, pair.verbatim)
        for number, row in enumerate(rows)
        for pair in auditor.scan([row])
    ]
    assert [(one.row, one.item, one.score, one.verbatim) for one in together] == alone


def test_a_stricter_rate_asks_for_a_higher_score():
    model = PairModel.shipped()
    thresholds = [model.threshold_at(rate) for rate in (0.02, 0.005, 0.001)]
    assert thresholds == sorted(thresholds)
    assert model.rate_at(thresholds[1]) == pytest.approx(0.005)
    with pytest.raises(ValueError, match="outside"):
        model.threshold_at(0.5)


def test_the_shipped_model_knows_the_features_it_reads():
    from codesieve.leakage.audit.index import feature_names

    assert set(PairModel.shipped().names) <= set(feature_names())


def test_hostile_rows_are_scanned(auditor):
    odd = ["", "\x00", "\ud800", "```" * 5000, "(" * 20000, "\u202e" * 50, "9" * 10_000]
    rows = [Row(text, text) for text in odd]
    assert isinstance(auditor.scan(rows), list)


def flag(row, task_id, verdict):
    return Flag(row, f"r{row}", "s", "exam", task_id, 1.0, verdict, {})


def test_a_task_that_many_rows_are_like_is_a_textbook_task():
    asked = [flag(row, "gcd", Verdict.ASK) for row in range(6)]
    others = [flag(9, "gcd", Verdict.DROP), flag(10, "rare", Verdict.ASK)]
    marked = mark_textbook(asked + others, rows=1_000)
    assert [one.textbook for one in marked] == [True] * 6 + [False, False]
    assert not any(one.textbook for one in mark_textbook(asked, rows=1_000_000))


def test_flags_come_back_from_their_line():
    one = Flag(3, "s:3", "s", "exam", "gcd", 0.5, Verdict.ASK, {"words": 0.25}, True, "same: yes")
    assert Flag.from_json(one.to_json()) == one
