import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.complexity import (
    ComplexityScorer,
    HashedScorer,
    LengthScorer,
    RandomScorer,
    Scores,
    aggregate,
    score_turns,
)
from codesieve.complexity.features import DENSITIES, densities, hashed_words
from codesieve.complexity.hashed import WEIGHTS
from codesieve.errors import SourceError

SCORERS: list[ComplexityScorer] = [LengthScorer(), RandomScorer(3), HashedScorer.load_default()]
GOLDEN = [
    "Write a function to add two numbers.",
    "Sort the list [3, 1, 2]. Additionally, the sort must be stable and take O(n log n) time.",
    "¿Qué hace `x = {}`?\nExplain, please: naïve café — 東京.",
]
# "Sort a list, then a list" as hashed by scikit-learn 1.9: index -> value
GOLDEN_HASHES = {
    6641: 0.253182877,
    7177: 0.428675874,
    9299: 0.253182877,
    23221: 0.428675874,
    27058: 0.428675874,
    27933: 0.253182877,
    38737: 0.253182877,
    39484: 0.253182877,
    53358: 0.253182877,
    55043: 0.253182877,
}
any_text = st.text(st.characters(categories=["L", "N", "P", "Z", "S", "Cc", "Cs"]), max_size=40)
wordy = st.lists(st.sampled_from(["sort", "a", "list", "the", "(", "42"]), max_size=12).map(
    " ".join
)


@pytest.mark.parametrize("scorer", SCORERS, ids=lambda scorer: scorer.name)
@settings(deadline=None, max_examples=40)
@given(texts=st.lists(st.one_of(any_text, wordy), max_size=6), data=st.data())
def test_a_score_depends_on_its_text_alone(scorer, texts, data):
    together = scorer.score(texts)
    order = data.draw(st.permutations(range(len(texts))))
    shuffled = scorer.score([texts[i] for i in order])
    for place, index in enumerate(order):
        alone = scorer.score([texts[index]])
        values = [together.values[index], shuffled.values[place], alone.values[0]]
        assert len({value.tobytes() for value in values}) == 1
        assert together.failures.get(index) == alone.failures.get(0)


def test_random_scores_are_uniform_and_change_with_the_seed():
    texts = [f"task {number}" for number in range(2000)]
    one, two = RandomScorer(1).score(texts).values, RandomScorer(2).score(texts).values
    assert one.min() >= 0 and one.max() < 1
    assert np.allclose(np.quantile(one, [0.25, 0.5, 0.75]), [0.25, 0.5, 0.75], atol=0.05)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.1
    assert RandomScorer(1).state != RandomScorer(2).state


def test_length_is_counted_in_characters():
    assert LengthScorer().score(["", "abc", "東京\n"]).values.tolist() == [0.0, 3.0, 3.0]


def test_a_text_without_words_is_a_failure_with_a_reason_and_null_in_arrow():
    scores = HashedScorer.load_default().score(["", "add", " \n"])
    assert scores.failures == {0: "no words to score", 2: "no words to score"}
    assert scores.to_arrow().is_null().to_pylist() == [True, False, True]
    with pytest.raises(ValueError, match="not finite"):
        Scores(np.array([1.0, np.nan]))


def test_no_text_scores_without_bound():
    texts = ["x" * 10**6, "{" * 50_000, ", " * 30_000, "\ud800", "9" * 30_000, "\n" * 20_000 + "a"]
    scores = HashedScorer.load_default().score(texts)
    assert not scores.failures
    assert np.abs(scores.values).max() < 4


class Digits:
    """Scores a digit by its value and fails at everything else."""

    name, version, state = "digits", 1, ""

    def score(self, texts: Sequence[str]) -> Scores:
        values = np.array([float(text) if text.isdigit() else np.nan for text in texts])
        return Scores(values, {i: "no digit" for i, t in enumerate(texts) if not t.isdigit()})


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.lists(st.sampled_from([*"0123456789", "x"]), max_size=4), max_size=5),
    st.sampled_from(["sum", "mean", "max"]),
)
def test_a_conversation_scores_its_turns_apart_and_fails_with_one_of_them(conversations, how):
    scores = score_turns(Digits(), conversations, how)
    naive = {"sum": sum, "mean": lambda v: sum(v) / len(v), "max": max}[how]
    for row, turns in enumerate(conversations):
        if not turns:
            assert scores.failures[row] == "no user turn"
        elif "x" in turns:
            assert scores.failures[row] == f"user turn {turns.index('x')}: no digit"
        else:
            assert math.isclose(scores.values[row], naive([int(turn) for turn in turns]))


def test_a_sum_over_turns_does_not_depend_on_their_order():
    values = [0.1, 1e16, -1e16, 0.7, 0.2]
    assert aggregate(values, "sum") == aggregate(values[::-1], "sum") == 1.0
    with pytest.raises(ValueError, match="no score"):
        aggregate([], "mean")


def test_feature_hashing_has_not_drifted():
    row = hashed_words(["Sort a list, then a list"], 2**16)
    found = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
    assert found == pytest.approx(GOLDEN_HASHES)
    twice = 1 + math.log(2)  # "a", "list", "a list"; four words and four pairs stand once
    assert sorted(found.values()) == pytest.approx(
        [1 / math.sqrt(3 * twice**2 + 7)] * 7 + [twice / math.sqrt(3 * twice**2 + 7)] * 3
    )


def test_densities_are_those_counted_by_hand():
    values = dict(zip(DENSITIES, densities(["Add 12, to a[0].\nAdd extravagant"])[0], strict=True))
    assert values == pytest.approx(
        {
            "log_bytes": math.log(33),
            "log_words": math.log(7),
            "bytes_per_word": 32 / 6,
            "share_of_long_words": 1 / 6,
            "share_of_new_words": 5 / 6,
            "share_of_digits": 3 / 32,
            "share_of_capitals": 2 / 32,
            "share_of_brackets": 2 / 32,
            "share_of_operators": 0.0,
            "share_of_newlines": 1 / 32,
            "commas_per_word": 1 / 6,
            "stops_per_word": 1 / 6,
        }
    )


def test_the_shipped_scorer_gives_its_golden_scores():
    scores = HashedScorer.load_default().score(GOLDEN)
    assert scores.values == pytest.approx([-0.52416569, 1.00843204, 0.03963042], abs=1e-6)


def test_shipped_weights_are_small_and_load_without_unpickling(tmp_path):
    assert WEIGHTS.stat().st_size < 1_000_000
    scorer = HashedScorer.load_default()
    scorer.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == WEIGHTS.read_bytes()
    assert HashedScorer.load(tmp_path / "again.npz").state == scorer.state


def test_weights_that_would_have_to_be_unpickled_or_do_not_fit_are_refused(tmp_path):
    path = tmp_path / "w.npz"
    good = {"bias": np.array(0.0), "center": np.zeros(12), "spread": np.ones(12)}
    np.savez(path, weights=np.array([object()]), **good)
    with pytest.raises(SourceError, match="not the weights"):
        HashedScorer.load(path)
    np.savez(path, weights=np.zeros((3, 3)), **good)
    with pytest.raises(SourceError, match="other features"):
        HashedScorer.load(path)
    for content in (b"", b"PK\x03\x04 broken", b"text", WEIGHTS.read_bytes()[:5000]):
        path.write_bytes(content)
        with pytest.raises(SourceError):
            HashedScorer.load(path)
    with pytest.raises(SourceError):
        HashedScorer.load(Path("/nowhere/w.npz"))
