"""The scorer of benchmarks/audit.py, against hand-made cases and brute force."""

import importlib.util
import json
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

REPOSITORY = Path(__file__).parents[3]


def load_harness() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "audit_harness", REPOSITORY / "benchmarks/audit.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit_harness"] = module
    spec.loader.exec_module(module)
    return module


harness = load_harness()


def make_case(folder, rows=10, items=4, **truth):
    """Rows 0-9; 0 to 2 planted with items a to c, 3 to 7 clean, 8 textbook, 9 unlabelled."""
    told = {
        "pairs": [[0, "a"], [1, "b"], [2, "c"]],
        "doubtful": [],
        "kinds": {"0": "whole", "1": "whole", "2": "cut"},
        "clean": [3, 4, 5, 6, 7],
        "textbook": [8],
        "unlabelled": [9],
        **truth,
    }
    row = {"instruction": "say", "input": "", "output": "it"}
    (folder / "train.jsonl").write_text(f"{json.dumps(row)}\n" * rows)
    names = "abcdefghij"[:items]
    bench = [{"task_id": n, "prompt": f"do {n}", "canonical_solution": "pass"} for n in names]
    (folder / "bench.jsonl").write_text("".join(f"{json.dumps(item)}\n" for item in bench))
    (folder / "truth.json").write_text(json.dumps(told))
    return folder


def flag(row, task_id, verdict="drop", score=1.0):
    return {"row": row, "task_id": task_id, "verdict": verdict, "score": score}


def test_a_perfect_audit_scores_one_everywhere(tmp_path):
    flags = [flag(0, "a"), flag(1, "b", "ask"), flag(2, "c")]
    scored = harness.score_case(make_case(tmp_path), flags)
    assert scored["f1"] == scored["recall"] == scored["pair_precision"] == 1
    assert scored["pair_fpr"] == scored["clean_flagged"] == 0
    assert scored["recall_by_kind"] == {"cut": 1, "whole": 1}
    assert scored["best_f1"]["f1"] == 1


def test_a_row_flagged_for_the_wrong_item_is_missed_and_costs_precision(tmp_path):
    scored = harness.score_case(make_case(tmp_path), [flag(0, "a"), flag(1, "a"), flag(2, "c")])
    assert (scored["found"], scored["wrong_item_only"], scored["missed"]) == (2, 1, [1])
    assert scored["f1"] == pytest.approx(2 / 3)  # 2 of 3 flagged rows, 2 of 3 planted ones
    assert scored["pair_precision"] == pytest.approx(2 / 3)


def test_a_row_with_several_true_items_is_found_by_one_of_them(tmp_path):
    case = make_case(tmp_path, pairs=[[0, "a"], [0, "b"], [1, "b"], [2, "c"]])
    scored = harness.score_case(case, [flag(0, "b")])
    assert (scored["found"], scored["planted"]) == (1, 3)
    assert scored["pair_recall"] == 1 / 4


def test_kept_pairs_and_repeated_lines_do_not_count(tmp_path):
    flags = [flag(0, "a"), flag(0, "a", "ask"), flag(3, "b", "keep"), flag(0, "b", "keep")]
    scored = harness.score_case(make_case(tmp_path), flags)
    assert (scored["flagged_pairs"], scored["clean_flagged"]) == (1, 0)


def test_textbook_rows_count_in_the_strict_f1_alone_and_unlabelled_ones_nowhere(tmp_path):
    true = [flag(0, "a"), flag(1, "b"), flag(2, "c")]
    scored = harness.score_case(make_case(tmp_path), [*true, flag(8, "a"), flag(9, "b")])
    assert (scored["f1"], scored["textbook_flagged"]) == (1, 1)
    assert scored["f1_strict"] == pytest.approx(6 / 7)
    assert scored["false_pairs"] == 0
    assert (scored["unlabelled"], scored["unlabelled_flagged"]) == (1, 1)


def test_doubtful_pairs_count_neither_way(tmp_path):
    case = make_case(tmp_path, doubtful=[[0, "d"]])
    scored = harness.score_case(case, [flag(0, "a"), flag(0, "d")])
    assert scored["pair_precision"] == 1
    assert scored["untrue_pairs"] == 8 * 4 - 3 - 1


def test_false_pairs_are_counted_over_planted_and_clean_rows(tmp_path):
    flags = [flag(0, "b"), flag(3, "a"), flag(3, "b"), flag(8, "a")]
    scored = harness.score_case(make_case(tmp_path), flags)
    assert scored["false_pairs"] == 3
    assert scored["pair_fpr"] == pytest.approx(3 / 29)
    assert (scored["clean_flagged"], scored["clean_share"]) == (1, 1 / 5)


def test_a_case_without_leaks_has_no_f1(tmp_path):
    scored = harness.score_case(make_case(tmp_path, pairs=[], kinds={}), [flag(4, "a")])
    assert math.isnan(scored["f1"])
    assert math.isnan(scored["recall"])
    assert scored["clean_flagged"] == 1


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [(0, 1000, 0.0, 0.003827), (10, 100, 0.055229, 0.174366), (5, 5, 0.565518, 1.0)],
)
def test_the_interval_is_wilsons(hits, total, low, high):
    assert harness.wilson(hits, total) == pytest.approx((low, high), abs=1e-6)


SCORES = st.dictionaries(
    st.tuples(st.integers(0, 9), st.sampled_from("abcd")), st.sampled_from([0.1, 0.2, 0.5, 0.9])
)


@given(scores=SCORES)
@settings(max_examples=60, deadline=None)
def test_the_best_f1_is_that_of_the_best_of_all_thresholds(tmp_path_factory, scores):
    case = make_case(tmp_path_factory.mktemp("case"))
    flags = [flag(row, task_id, "keep", score) for (row, task_id), score in scores.items()]
    best = harness.score_case(case, flags)["best_f1"]["f1"]
    tried = [
        harness.score_case(case, [{**f, "verdict": "ask"} for f in flags if f["score"] >= t])["f1"]
        for t in (0.1, 0.2, 0.5, 0.9)
    ]
    assert best == pytest.approx(max(tried))


@given(scores=SCORES)
@settings(max_examples=60, deadline=None)
def test_recall_at_a_rate_lets_no_more_untrue_pairs_pass(tmp_path_factory, scores):
    case = make_case(tmp_path_factory.mktemp("case"))
    flags = [flag(row, task_id, "keep", score) for (row, task_id), score in scores.items()]
    truth = harness.Truth.read(case)
    counted = truth.planted | truth.clean
    true = [score for pair, score in scores.items() if pair in truth.pairs]
    false = [s for pair, s in scores.items() if pair[0] in counted and pair not in truth.pairs]
    passing = [score for score in true if all(score > other for other in false)]
    expected = len(passing) / 3  # 0.1% of 29 pairs is none
    assert harness.score_case(case, flags)["at_fpr"]["0.001"] == pytest.approx(expected)


def test_tli_flags_every_pair_at_or_above_the_threshold(tmp_path):
    case = make_case(tmp_path, rows=1)
    row = {"instruction": "do a", "input": "", "output": "do b"}
    (case / "train.jsonl").write_text(json.dumps(row) + "\n")
    flags = {f["task_id"]: f for f in harness.tli_flags(case)}
    assert flags["a"]["score"] == 1
    assert flags["a"]["verdict"] == "drop"
    assert 0 < flags["b"]["score"] < 1  # padding and the first word
    answers = {f["task_id"]: f["score"] for f in harness.tli_flags(case, answers=True)}
    assert answers["a"] < 1
