"""A stage whose output changes for the same input must raise its version.

Each digest below belongs to the version beside it. If a test here fails, and the change of output
is meant, raise the stage's version, so that stored parts of older runs are computed anew, and write
the new pair down.
"""

import hashlib
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.pipeline.pools import make_recipe

from codesieve.embedding import TfidfSvd
from codesieve.pipeline import fit, groups, pool
from codesieve.pipeline.embed import EmbeddingStage
from codesieve.pipeline.leakage import LeakageStage
from codesieve.pipeline.run import run
from codesieve.pipeline.scoring import ComplexityStage, QualityStage

GOLDEN = {
    "pool": (1, "9268656471d16d99"),
    "groups": (1, "d2a5ee223e315a42"),
    "leakage": (1, "f0737210b2d81bd0"),
    "complexity": (1, "235a3d13a9640c0c"),
    "quality": (1, "a949e6714ca4f267"),
}
SIMILARITIES = [0.998, 0.097, 0.071, 0.104, -0.02, 0.197]
VERSIONS = {
    "pool": pool.VERSION,
    "groups": groups.VERSION,
    "leakage": LeakageStage.version,
    "complexity": ComplexityStage.version,
    "quality": QualityStage.version,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return run(make_recipe(tmp_path_factory.mktemp("golden"))).folder


def digest(table):
    """Of all values, floats to six digits."""
    rows = json.loads(json.dumps(table.to_pylist(), default=bytes.hex), parse_float=rounded)
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()[:16]


def rounded(text):
    return f"{float(text):.6g}"


@pytest.mark.parametrize("stage", sorted(GOLDEN))
def test_output_changes_only_with_the_version(folder, stage):
    parts = sorted(folder.stage(stage).glob("part-*.parquet"))
    found = (VERSIONS[stage], digest(pa.concat_tables(pq.read_table(part) for part in parts)))
    assert found == GOLDEN[stage], (
        f"the output of stage {stage!r} changed: if it is meant, raise its version and note {found}"
    )


def test_similarities_change_only_with_the_versions_of_embedder_and_stage(folder):
    """To two digits: singular vectors differ in the last bits between builds of LAPACK."""
    part = sorted(folder.stage("embedding").glob("part-first-*.parquet"))[0]
    column = pq.read_table(part)["embedding"].combine_chunks()
    vectors = np.asarray(column.flatten(), dtype=np.float64).reshape(len(column), -1)
    found = (vectors[0] @ vectors[:6].T / 4096**2).round(3).tolist()
    versions = (EmbeddingStage.version, fit.EMBEDDER_VERSION, TfidfSvd.version)
    assert versions == (1, 1, 1)
    assert found == pytest.approx(SIMILARITIES, abs=0.02), f"raise a version and note {found}"
