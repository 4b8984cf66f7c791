"""Which fields of a record hold the conversation: seen in the rows, or said by the recipe."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codesieve.errors import RecipeError, SourceError
from codesieve.pool.outcomes import Record, Refusal
from codesieve.pool.templates import Template, parse_template

# Questions and their answers. `output` belongs to `input` only where there is no `instruction`.
_PAIRS = (
    ("instruction", "response"),
    ("prompt", "response"),
    ("prompt", "completion"),
    ("question", "answer"),
    ("query", "response"),
    ("problem", "solution"),
    ("input", "output"),
)
_CHATS = ("messages", "conversations", "conversation")
_TEXTS = ("instruction", "input", "response")
_EXTRAS = ("system", "reasoning", "tests", "entry_point", "setup", "id")
_CHAT_KEYS = ("messages", "role", "content")


@dataclass(frozen=True, slots=True)
class Shape:
    """The mapping from a record to a sample: a list of messages, or instruction and response.

    `name` is "alpaca", "messages", "sharegpt", "pairs", or "fields" where the recipe says it. For a
    list of messages `messages` is its field, `role` and `content` the keys of each message.
    """

    name: str
    instruction: Template | None = None
    input: Template | None = None
    response: Template | None = None
    messages: str | None = None
    role: str = "role"
    content: str = "content"
    system: Template | None = None
    reasoning: Template | None = None
    tests: Template | None = None
    entry_point: Template | None = None
    setup: Template | None = None
    id: Template | None = None
    used: tuple[str, ...] = field(init=False)  # paths that do not go into `meta`

    def __post_init__(self) -> None:
        templates = (getattr(self, name) for name in (*_TEXTS, *_EXTRAS))
        paths = [path for template in templates if template for path in template.fields]
        chat = [self.messages] if self.messages else []
        object.__setattr__(self, "used", tuple(dict.fromkeys(chat + paths)))

    def __str__(self) -> str:
        keys = {name: getattr(self, name) for name in _TEXTS if name != "input"}
        names = [template.source for template in keys.values() if template]
        names += [f"{self.messages}: {self.role}, {self.content}"] if self.messages else []
        return f"{self.name} ({', '.join(names)})"

    def as_fields(self) -> str:
        """The `fields:` of a recipe that say the same."""
        if self.messages:
            names = {"messages": self.messages, "role": self.role, "content": self.content}
        else:
            templates = {name: getattr(self, name) for name in _TEXTS}
            names = {key: template.source for key, template in templates.items() if template}
        return "{" + ", ".join(f"{key}: {name}" for key, name in names.items()) + "}"


def parse_fields(mapping: Mapping[str, Any], *, key: str = "fields") -> Shape:
    """The shape that a recipe's `fields:` says. Raises RecipeError with the path of a bad key.

    Either `instruction` and `response` (with `input`, if there is one), or `messages` with the keys
    `role` and `content` of each message; and `system`, `reasoning`, `tests`, `entry_point`,
    `setup`, `id` as wanted. `messages`, `role` and `content` are names, the others templates.
    """
    known = (*_TEXTS, *_CHAT_KEYS, *_EXTRAS)
    for name in mapping:
        if name not in known:
            raise RecipeError(f"{key}.{name}: unknown; allowed are {', '.join(known)}")
    templates = {name: parse_template(mapping[name], f"{key}.{name}") for name in mapping}
    chat = {name: templates.pop(name).source for name in _CHAT_KEYS if name in templates}
    if "messages" in chat:
        doubled = [name for name in _TEXTS if name in templates]
        if doubled:
            raise RecipeError(f"{key}.{doubled[0]}: cannot stand beside {key}.messages")
    elif chat:
        raise RecipeError(f"{key}.{next(iter(chat))}: has a meaning only beside {key}.messages")
    for name in () if "messages" in chat else ("instruction", "response"):
        if name not in templates:
            raise RecipeError(f"{key}.{name}: missing; or write {key}.messages")
    return Shape("fields", **templates, **chat)  # type: ignore[arg-type]


def recognise(
    records: Iterable[Record | Refusal], *, file: str, limit: int = 1_000
) -> Shape | None:
    """The one shape that the first `limit` good records have, or None if there is no good record.

    Raises SourceError if they have none, more than one, or not all the same. Records without any
    shape among others with one are left for `to_sample` to refuse.
    """
    shapes: dict[Shape, None] = {}
    first_keys: list[str] = []
    seen = 0
    for record in records:
        if isinstance(record, Refusal):
            continue
        found = tuple(shapes_of(record.value))
        if len(found) > 1:
            raise _unclear(file, "a row matches more than one shape", found, record.value)
        first_keys = first_keys or list(record.value)
        shapes.update(dict.fromkeys(found))
        if len(shapes) > 1:
            raise _unclear(file, "rows have different shapes", tuple(shapes), record.value)
        seen += 1
        if seen == limit:
            break
    if seen and not shapes:
        raise _unclear(file, "rows have no known shape", (), dict.fromkeys(first_keys))
    return next(iter(shapes), None)


def shapes_of(value: dict[str, Any]) -> Iterator[Shape]:
    """Every shape that a record has, in order."""
    for name in _CHATS:
        messages = value.get(name)
        first = messages[0] if isinstance(messages, list) and messages else None
        if isinstance(first, dict) and "role" in first:
            yield Shape("messages", messages=name)
        elif isinstance(first, dict) and "from" in first:
            yield Shape("sharegpt", messages=name, role="from", content="value")
    if _are_texts(value, "instruction", "output"):
        yield _pair("alpaca", "instruction", "output")
    for question, answer in _PAIRS:
        if question == "input" and "instruction" in value:
            continue
        if _are_texts(value, question, answer):
            yield _pair("pairs", question, answer)


def _are_texts(value: dict[str, Any], *names: str) -> bool:
    return all(name in value and isinstance(value[name], str | None) for name in names)


def _pair(shape: str, question: str, answer: str) -> Shape:
    extra = _field("input") if question == "instruction" else None
    return Shape(shape, instruction=_field(question), input=extra, response=_field(answer))


def _field(name: str) -> Template:
    return Template(name, ("", name, ""))


def _unclear(
    file: str, what: str, shapes: tuple[Shape, ...], value: Mapping[str, Any]
) -> SourceError:
    keys = [key if key.isidentifier() and len(key) < 40 else repr(key[:40]) for key in value][:20]
    listed = ": " + " or ".join(str(shape) for shape in shapes) if shapes else ""
    example = shapes[0].as_fields() if shapes else "{instruction: KEY, response: OTHER_KEY}"
    return SourceError(
        f"{file}: {what}{listed}; keys: {', '.join(keys)}; "
        f"say in the recipe which are meant, e.g. fields: {example}"
    )
