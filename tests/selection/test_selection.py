"""Normalising, combining and ranking scores."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codesieve.selection import combine, fill_unknown, normalise, ranking
from codesieve.selection.normalise import METHODS

SCORES = st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=1, max_size=60)


@given(SCORES, st.sampled_from([m for m in METHODS if m != "zscore"]))
def test_normalised_scores_keep_their_order_and_lie_between_0_and_1(scores, method):
    column = np.array(scores)
    values = normalise(column, method).values
    known = ~np.isnan(column)
    assert (np.isnan(values) == ~known).all()
    assert ((values[known] >= 0) & (values[known] <= 1)).all()
    order = np.argsort(column[known], kind="stable")
    assert (np.diff(values[known][order]) >= 0).all()


@pytest.mark.parametrize("method", [m for m in METHODS if m != "zscore"])
def test_a_constant_column_becomes_one_half(method):
    assert normalise(np.full(7, 3.25), method).values.tolist() == [0.5] * 7


def test_one_giant_does_not_flatten_all_others():
    column = np.append(np.arange(1000.0), 1e12)
    clipped = normalise(column).values
    plain = normalise(column, "minmax").values
    assert clipped[500] == pytest.approx(0.5, abs=0.01)
    assert plain[500] < 1e-8


def test_clipping_uses_the_1st_and_99th_percentile_and_says_so():
    result = normalise(np.arange(101.0))
    assert result.used == {"known": 101.0, "low": 1.0, "high": 99.0}
    assert result.values[[0, 1, 50, 99, 100]].tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_ranks_of_equal_scores_are_averaged():
    assert normalise(np.array([3.0, 1.0, 3.0, 2.0]), "rank").values.tolist() == pytest.approx(
        [2.5 / 3, 0.0, 2.5 / 3, 1 / 3]
    )


def test_zscores_have_mean_zero_and_deviation_one():
    values = normalise(np.array([1.0, 2.0, 4.0, 9.0]), "zscore").values
    assert values.mean() == pytest.approx(0) and values.std() == pytest.approx(1)


def test_unknown_quality_takes_the_median_or_stays_unknown():
    values = np.array([0.0, np.nan, 1.0, 0.25])
    filled, median = fill_unknown(values, "median")
    assert median == 0.25 and filled.tolist() == [0.0, 0.25, 1.0, 0.25]
    kept, nothing = fill_unknown(values, "drop")
    assert nothing is None and np.isnan(kept[1])
    assert fill_unknown(np.array([np.nan]), "median")[0].tolist() == [0.5]


def test_alpha_of_one_or_zero_ignores_the_other_score_even_if_unknown():
    known, unknown = np.array([0.25]), np.array([np.nan])
    assert combine(known, unknown, 1.0).tolist() == [0.25]
    assert combine(unknown, known, 0.0).tolist() == [0.25]
    assert combine(known, np.array([0.75]), 0.5).tolist() == [0.5]


def test_ties_are_broken_by_content_and_then_by_row():
    order = ranking(
        np.array([0.5, 0.9, 0.5, 0.5]),
        pa.chunked_array([["b", "z", "a", "b"]]),
        pa.chunked_array([["s/f#9", "s/f#1", "s/f#2", "s/f#10"]]),
    )
    assert order.tolist() == [1, 2, 3, 0]
