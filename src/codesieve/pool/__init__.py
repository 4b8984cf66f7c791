"""The pool: any source file as Samples and quarantined records, duplicates, groups, mined rows.

Import from the submodules, or from here: names are loaded when they are first asked for.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "MAX_RECORD_BYTES": "outcomes",
    "Reason": "outcomes",
    "Record": "outcomes",
    "Refusal": "outcomes",
    "read_records": "records",
    "Shape": "shapes",
    "parse_fields": "shapes",
    "recognise": "shapes",
    "Parsed": "samples",
    "to_sample": "samples",
    "Where": "where",
    "compile_where": "where",
    "expand": "files",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
