"""The default embedder and the fixed-point form of its vectors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from codesieve.embedding import SCALE, TfidfSvd, nominal_norm, to_fixed_point
from codesieve.errors import CodesieveError

TEXTS = [
    f"Write a {language} function that {task} a {thing}"
    for language in ("Python", "Java", "Rust")
    for task in ("sorts", "reverses", "flattens", "validates")
    for thing in ("list", "string", "linked list", "matrix of floats", "JSON document")
]
FINITE = st.floats(-1e6, 1e6, allow_nan=False, width=32)


@given(
    hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40), elements=FINITE)
)
@settings(max_examples=60)
def test_fixed_point_rows_never_exceed_the_scale(vectors):
    fixed = to_fixed_point(vectors).astype(np.int64)
    assert (np.sum(fixed * fixed, axis=1) <= SCALE**2).all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 600))
@settings(max_examples=40)
def test_float32_products_of_fixed_point_rows_are_the_integer_products(seed, dims):
    fixed = to_fixed_point(np.random.default_rng(seed).standard_normal((12, dims)))
    wide = fixed.astype(np.int64)
    single = fixed.astype(np.float32)
    assert (single @ single.T == wide @ wide.T).all()


def test_products_stand_for_cosines_within_the_rounding_error():
    vectors = np.random.default_rng(0).standard_normal((200, 384))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    fixed = to_fixed_point(vectors).astype(np.float64)
    difference = fixed @ fixed.T / nominal_norm(384) ** 2 - unit @ unit.T
    assert np.abs(difference).max() < 1e-3


def test_zero_and_non_finite_rows_become_zero():
    fixed = to_fixed_point(np.array([[0.0, 0.0], [np.nan, 1.0], [np.inf, 0.0], [3.0, 4.0]]))
    assert fixed[:3].tolist() == [[0, 0]] * 3
    assert fixed[3].any()


def test_a_vector_depends_on_its_own_text_alone():
    embedder = TfidfSvd.fit(TEXTS, dims=16, residual_dims=32)
    together = embedder.embed(TEXTS)
    alone = np.vstack([embedder.embed([text]) for text in TEXTS])
    assert (together == alone).all()


def test_similarities_follow_those_of_tfidf_before_projection():
    from sklearn.feature_extraction.text import TfidfVectorizer

    embedder = TfidfSvd.fit(TEXTS, dims=16, residual_dims=256)
    fixed = to_fixed_point(embedder.embed(TEXTS)).astype(np.float64)
    ours = fixed @ fixed.T / nominal_norm(embedder.dims) ** 2
    plain = TfidfVectorizer(
        ngram_range=(1, 2), token_pattern=r"(?u)\w+|[^\w\s]{2,}", sublinear_tf=True
    ).fit_transform(TEXTS)
    error = ours - (plain @ plain.T).toarray()
    assert np.sqrt(np.mean(error**2)) < 0.05


def test_saving_twice_gives_the_same_bytes_and_loading_the_same_vectors(tmp_path):
    embedder = TfidfSvd.fit(TEXTS, dims=8, residual_dims=8, seed=3)
    embedder.save(tmp_path / "a.npz")
    TfidfSvd.fit(TEXTS, dims=8, residual_dims=8, seed=3).save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    loaded = TfidfSvd.load(tmp_path / "a.npz")
    assert (loaded.embed(TEXTS) == embedder.embed(TEXTS)).all()


def test_a_text_without_known_words_is_similar_to_nothing():
    embedder = TfidfSvd.fit(TEXTS, dims=8, residual_dims=8)
    assert not to_fixed_point(embedder.embed(["", "zzz qqq"])).any()


def test_a_pool_without_words_is_an_error_of_one_line():
    with pytest.raises(CodesieveError, match="no words"):
        TfidfSvd.fit(["", "  "])
