"""TLI added up batch by batch against the report of all rows at once."""

from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.benchmarks import Benchmark, BenchmarkItem
from codesieve.leakage import TliIndex, tli
from codesieve.leakage.tally import TliTally

texts = st.lists(st.sampled_from(["a", "b", "c", "<end>"]), max_size=7).map(" ".join)
batches = st.lists(st.lists(texts, max_size=4), max_size=24)


def benchmark(name, prompts):
    return Benchmark.from_items(
        name, [BenchmarkItem(str(number), text) for number, text in enumerate(prompts)]
    )


@settings(deadline=None, max_examples=60)
@given(
    batches,
    st.lists(texts, min_size=1, max_size=4),
    st.sampled_from([0.05, 0.3, 1.0]),
    st.integers(1, 3),
)
def test_any_batches_give_the_facts_of_all_rows_at_once(parts, prompts, threshold, top):
    exams = [benchmark("one", prompts), benchmark("two", prompts[:1])]
    tally = TliTally(TliIndex(exams, (2, 3)), top, threshold)
    for part in parts:
        tally.add(part)
    rows = [text for part in parts for text in part]
    leaked = set()
    for exam, facts in zip(exams, tally.facts(), strict=True):
        report = tli(rows, exam, ngrams=(2, 3), top=top, threshold=threshold)
        leaked |= set(report.dropped().tolist())
        assert (facts.benchmark, facts.items) == (exam.name, len(exam.items))
        for name in ("rows", "tli_mean", "tli_max", "tli_mean_after"):
            assert getattr(facts, name) == getattr(report, name)
        assert facts.dropped == report.dropped_rows
    assert (tally.rows, tally.leaked) == (len(rows), len(leaked))


@settings(deadline=None, max_examples=40)
@given(st.lists(texts, max_size=6), st.lists(texts, max_size=6), st.lists(texts, min_size=1))
def test_including_a_tally_is_adding_its_rows(first, second, prompts):
    index = TliIndex([benchmark("one", prompts)], (2,))
    one, other, whole = TliTally(index), TliTally(index), TliTally(index)
    one.add(first)
    other.add(second)
    one.include(other)
    whole.add(first + second)
    assert one.facts() == whole.facts()
    assert (one.rows, one.leaked) == (whole.rows, whole.leaked)


def test_evidence_is_given_for_the_rows_at_the_threshold_and_no_other():
    tally = TliTally(TliIndex([benchmark("one", ["a b c d", "x y z w"])], (2,), False))
    rows = ["q r s", "a b", "x y z w"]
    assert tally.add(rows).evidence == ()
    assert [one.row for one in tally.add(rows, evidence=True).evidence] == [1, 2]
