"""The stage `embedding`: instructions as fixed-point vectors of a fitted embedder."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from codesieve.embedding import TfidfSvd, to_fixed_point
from codesieve.pipeline.fit import artifact_mark, instruction_of
from codesieve.pipeline.stage import Compute, MapStage


@dataclass(frozen=True)
class EmbeddingStage(MapStage):
    """`embedding`: fixed-size list of int16 (see `embedding.fixed_point`)."""

    name: ClassVar[str] = "embedding"
    version: ClassVar[int] = 1

    artifact: Path

    def parameters(self) -> dict[str, Any]:
        """The fitted state, by content."""
        return {"embedder": TfidfSvd.name, "artifact": artifact_mark(self.artifact)}

    def compute(self, stack: ExitStack) -> Compute:
        """Load the fitted state once a worker."""
        embedder = TfidfSvd.load(self.artifact)

        def embed(table: pa.Table) -> pa.Table:
            texts = [instruction_of(cell) for cell in table["turns"].to_pylist()]
            vectors = to_fixed_point(embedder.embed(texts))
            lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), embedder.dims)
            return pa.table({"row_id": table["row_id"], "embedding": lists})

        return embed
