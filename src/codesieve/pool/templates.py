"""Names of fields and templates over them, looked up in hostile records without any evaluation."""

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from codesieve.errors import RecipeError
from codesieve.pool.json_text import json_type
from codesieve.pool.outcomes import Reason

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


class Unusable(Exception):
    """A record cannot become a sample."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def lookup(value: Any, path: str) -> Any:
    """The field `path` of a record, or MISSING; dots reach into objects, whole names come first."""
    if not isinstance(value, dict):
        return MISSING
    if path in value:
        return value[path]
    head, dot, tail = path.partition(".")
    return lookup(value[head], tail) if dot and head in value else MISSING


@dataclass(frozen=True, slots=True)
class Template:
    """A field, or texts and fields in a row. `parts` alternates: text, field, text, field, text."""

    source: str
    parts: tuple[str, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """Paths of the fields it names."""
        return self.parts[1::2]

    def required(self, record: dict[str, Any]) -> str:
        """The text of a record. Raises Unusable if a field is missing, null or not a text."""
        texts = list(self.parts)
        for index in range(1, len(texts), 2):
            value = lookup(record, texts[index])
            if value is MISSING or value is None:
                what = "is null" if value is None else "is missing"
                raise Unusable(Reason.MISSING_FIELD, f"field {texts[index]!r} {what}")
            if not isinstance(value, str):
                raise wrong_type(texts[index], value)
            texts[index] = value
        return "".join(texts)

    def optional(self, record: dict[str, Any]) -> str | None:
        """The same, but None if a field is missing or null or the text is blank."""
        if any(lookup(record, path) in (MISSING, None) for path in self.fields):
            return None
        text = self.required(record)
        return text if text.strip() else None

    def structured(self, record: dict[str, Any]) -> str | None:
        """Like `optional`; a list of texts is joined by line feeds, other lists become JSON."""
        flat = {path: _as_text(lookup(record, path)) for path in self.fields}
        return self.optional(flat)


def wrong_type(name: str, value: Any) -> Unusable:
    """The exception for a field that should be a text."""
    return Unusable(Reason.WRONG_TYPE, f"field {name!r} is {json_type(value)}, not a text")


def parse_template(text: Any, key: str) -> Template:
    """Read a template of a recipe. `key` is its place there; raises RecipeError naming it.

    Without braces it is the name of a field; with braces `{name}` stands for a field, `{{` and
    `}}` for braces.
    """
    if not isinstance(text, str) or not text.strip():
        raise RecipeError(f"{key}: must be the name of a field or a template, not {text!r}")
    if "{" not in text and "}" not in text:
        return Template(text, ("", text, ""))
    parts, position = [""], 0
    for match in _TOKEN.finditer(text):
        parts[-1] += text[position : match.start()]
        position = match.end()
        token = match.group()
        if token in ("{{", "}}"):
            parts[-1] += token[0]
        elif match.group(1):
            parts += [match.group(1), ""]
        else:
            raise RecipeError(f"{key}: {token!r} in {text!r}; write {{name}}, or {{{{ for a brace")
    parts[-1] += text[position:]
    if len(parts) == 1:
        raise RecipeError(f"{key}: {text!r} names no field")
    return Template(text, tuple(parts))


def _as_text(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(value) if value else None
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value
