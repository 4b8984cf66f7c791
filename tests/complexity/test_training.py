import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from codesieve.complexity import HashedScorer, train, train_from_file, validate
from codesieve.complexity.hashed import WEIGHTS
from codesieve.complexity.training import validity_table
from codesieve.errors import SourceError

DATA = Path(__file__).parents[2] / "../shared/data/evol/evol_teacher_rounds.jsonl.gz"
SEEDS = ["sort a list", "add two numbers", "find a word", "count vowels", "merge two maps"]
CONSTRAINTS = ["without recursion", "in linear time", "with no imports"]


def evolved_rows() -> list[tuple[str, int, str]]:
    """Sixty roots, each made longer and harder twice by words that mark the round."""
    rows = []
    for number in range(60):
        text = f"Write code to {SEEDS[number % 5]} number {number}."
        for label in range(3):
            rows.append((text, label, f"root-{number}"))
            text += f" Additionally do it {CONSTRAINTS[(number + label) % 3]}."
    return rows


def test_training_learns_rounds_that_words_give_away_on_roots_it_has_not_seen():
    training = train(evolved_rows())
    assert (training.train_rows, training.held_out_rows) == (144, 36)
    assert list(training.validity) == ["hashed", "length", "random"]
    spearman = training.validity["hashed"].spearman
    assert spearman is not None and spearman.low > 0.9
    assert training.validity["random"].within_root.low < 0.7


def test_training_does_not_depend_on_the_order_of_the_rows_but_on_the_seed():
    rows = evolved_rows()
    assert train(rows).scorer.state == train(rows[::-1]).scorer.state
    assert train(rows).scorer.state != train(rows, seed=1).scorer.state


def test_rows_that_cannot_be_trained_on_are_said():
    with pytest.raises(SourceError, match="two rounds or more"):
        train([("a", 0, "r"), ("b", 0, "s")])
    with pytest.raises(SourceError, match="two rounds or more"):
        train([])


def test_a_scorer_folder_holds_weights_measures_and_a_card(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [dict(zip(("instruction", "round", "root"), row, strict=True)) for row in evolved_rows()]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    training = train_from_file(path, tmp_path / "out")
    assert HashedScorer.load(tmp_path / "out/hashed.npz").state == training.scorer.state
    assert "| length |" in (tmp_path / "out/CARD.md").read_text()
    measured = json.loads((tmp_path / "out/validity.json").read_text())
    assert measured["hashed"]["spearman"]["value"] == training.validity["hashed"].spearman.value


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"instruction": "a", "round": 1}', "line 1: needs instruction"),
        (b'{"instruction": "a", "round": -1, "root": "r"}', "line 1: needs"),
        (b"\n[1]", "line 2: needs"),
        (b"{", "line 1: broken JSON"),
        (b"\xff", "cannot be read"),
    ],
)
def test_a_broken_file_names_its_line(tmp_path, content, message):
    (tmp_path / "r.jsonl").write_bytes(content)
    with pytest.raises(SourceError, match=message):
        train_from_file(tmp_path / "r.jsonl", tmp_path / "out")
    (tmp_path / "r.jsonl.gz").write_bytes(gzip.compress(content)[:-9])
    with pytest.raises(SourceError, match="cannot be read"):
        train_from_file(tmp_path / "r.jsonl.gz", tmp_path / "out")
    with pytest.raises(SourceError, match="cannot be read"):
        train_from_file(tmp_path / "absent.jsonl", tmp_path / "out")


rows_to_validate = st.lists(
    st.tuples(
        st.integers(90, 110), st.integers(0, 2), st.sampled_from("abcd"), st.sampled_from([0, 1, 2])
    ),
    min_size=1,
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(rows_to_validate)
def test_validity_equals_counting_every_pair(rows):
    lengths, rounds, roots, scores = zip(*rows, strict=True)
    texts = ["x" * length for length in lengths]
    measured = validate(texts, rounds, roots, np.array(scores, dtype=float), draws=20)
    wins: dict[str, list[float]] = {"within_root": [], "matched": [], "matched_1_2": []}
    for length, label, root, score in rows:
        for other_length, other_label, other_root, other_score in rows:
            if label <= other_label:
                continue
            win = 1.0 if score > other_score else 0.5 if score == other_score else 0.0
            if root == other_root:
                wins["within_root"].append(win)
            if abs(length - other_length) <= 0.1 * max(length, other_length):
                wins["matched"].append(win)
                if (label, other_label) == (2, 1):
                    wins["matched_1_2"].append(win)
    for name, values in wins.items():
        interval = getattr(measured, name)
        if not values:
            assert interval is None
        else:
            assert interval.value == pytest.approx(sum(values) / len(values))
            assert interval.count == len(values)
            assert interval.low <= interval.high
    if len(set(rounds)) > 1 and len(set(scores)) > 1:
        assert measured.spearman.value == pytest.approx(spearmanr(rounds, scores).statistic)
    else:
        assert measured.spearman is None


@pytest.mark.skipif(not DATA.is_file(), reason="needs ../shared/data/evol")
def test_the_shipped_weights_and_their_card_come_from_the_training_command(tmp_path):
    training = train_from_file(DATA, tmp_path)
    shipped = HashedScorer.load_default()
    assert np.allclose(training.scorer.weights, shipped.weights, rtol=0, atol=1e-5)
    assert training.scorer.bias == pytest.approx(shipped.bias, abs=1e-5)
    card = (WEIGHTS.parent / "CARD.md").read_text(encoding="utf-8")
    assert "\n".join(validity_table(training.validity)) in card
    assert shipped.state in card
    assert "non-commercial" in card
