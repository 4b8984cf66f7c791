"""The exact greedy filter against brute force in integers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.diversity.oracle import greedy
from threadpoolctl import threadpool_limits

from codesieve.diversity import nearest_similarities, select
from codesieve.diversity.products import similarity
from codesieve.embedding import to_fixed_point


def pool(seed, rows, dims, clusters):
    """Vectors in tight clusters, with exact copies and zero rows among them."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((clusters, dims))
    vectors = centres[rng.integers(0, clusters, rows)] + 0.3 * rng.standard_normal((rows, dims))
    vectors[rng.random(rows) < 0.1] = vectors[0]
    vectors[rng.random(rows) < 0.05] = 0
    return to_fixed_point(vectors)


@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(1, 60),
    dims=st.integers(1, 12),
    limit=st.sampled_from([0.2, 0.5, 0.8, 0.95, 0.9999, 1.0]),
    budget=st.integers(0, 60),
    block=st.integers(1, 70),
)
@settings(max_examples=150, deadline=None)
def test_it_equals_the_walk_one_row_at_a_time(seed, rows, dims, limit, budget, block):
    vectors = pool(seed, rows, dims, clusters=max(1, rows // 5))
    order = np.random.default_rng(seed).permutation(rows)
    walk = select(vectors, order, limit, budget, block=block)
    kept, nearest = greedy(vectors[order], limit, budget)
    assert walk.kept.tolist() == kept
    assert walk.reached == len(nearest)
    for rank, best in enumerate(nearest):
        product, other = best or (0, -1)
        assert walk.counterpart[rank] == other
        assert walk.similarity[rank] == similarity(np.array([product]), dims)[0]
    assert (walk.counterpart[walk.reached :] == -1).all()
    assert np.isnan(walk.similarity[walk.reached :]).all()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("block", [7, 512, 5000])
def test_block_size_and_threads_change_nothing(block, threads):
    vectors = pool(1, 3000, 384, clusters=500)
    order = np.arange(3000)
    reference = select(vectors, order, 0.8, 900)
    with threadpool_limits(threads):
        walk = select(vectors, order, 0.8, 900, block=block)
    assert (walk.kept == reference.kept).all()
    assert (walk.counterpart == reference.counterpart).all()
    assert np.array_equal(walk.similarity, reference.similarity, equal_nan=True)


def test_every_rank_has_a_reason():
    vectors = to_fixed_point(np.array([[1.0, 0.0], [1.0, 0.01], [0.0, 1.0], [1.0, 1.0]]))
    walk = select(vectors, np.arange(4), 0.9, 2)
    assert walk.kept.tolist() == [0, 2]
    assert walk.dropped.tolist() == [1]
    assert walk.why(0).startswith("kept")
    assert "too similar" in walk.why(1) and "rank 0" in walk.why(1)
    assert "not reached" in walk.why(3)


def test_a_limit_of_one_keeps_even_exact_copies():
    vectors = to_fixed_point(np.ones((5, 8)))
    assert len(select(vectors, np.arange(5), 1.0, None).kept) == 5


@given(st.integers(0, 2**32 - 1), st.integers(1, 50), st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_nearest_neighbours_equal_brute_force(seed, rows, block, tile):
    vectors = pool(seed, rows, 6, clusters=5)
    queries = np.arange(rows)[:: 2 if rows > 3 else 1]
    products = vectors.astype(np.int64) @ vectors.astype(np.int64).T
    np.fill_diagonal(products, np.iinfo(np.int64).min)
    expected = products[queries].max(axis=1) if rows > 1 else np.zeros(1)
    found = nearest_similarities(vectors, queries, block=block, tile=tile)
    assert (found == similarity(expected, 6)).all()
