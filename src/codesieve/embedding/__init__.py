"""Texts to vectors behind one protocol, and the fixed-point form in which vectors are stored."""

from codesieve.embedding.fixed_point import SCALE, nominal_norm, to_fixed_point
from codesieve.embedding.protocol import Embedder
from codesieve.embedding.tfidf_svd import TfidfSvd

__all__ = ["SCALE", "Embedder", "TfidfSvd", "nominal_norm", "to_fixed_point"]
