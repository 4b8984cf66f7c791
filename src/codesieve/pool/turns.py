"""Messages as turns: roles, text parts, reasoning kept apart, and repairs where they are due."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from codesieve.pool.json_text import json_type
from codesieve.pool.outcomes import Reason
from codesieve.pool.templates import Unusable, wrong_type
from codesieve.schema import Role, Turn

REASONING_KEYS = ("reasoning", "reasoning_content", "thinking")
DROPPED_EMPTY = "dropped_empty_turn"
CUT_LEADING_ANSWER = "cut_leading_answer"
MERGED = "merged_turns"
CUT_TAIL = "cut_unanswered_tail"
_ROLES: dict[str, Role] = {
    "system": "system", "developer": "system",
    "user": "user", "human": "user",
    "assistant": "assistant", "gpt": "assistant", "chatgpt": "assistant", "bing": "assistant",
    "bard": "assistant", "model": "assistant", "function_call": "assistant",
    "tool": "tool", "function": "tool", "observation": "tool",
}  # fmt: skip
_THINK, _THOUGHT = "<think>", "</think>"


def chat_turns(messages: Any, *, name: str, role: str, content: str) -> list[Turn]:
    """Turns of a list of messages, as they stand. Raises Unusable where it is no such list.

    Content may be a text or a list of text parts (joined by line feeds); tool calls follow it as
    JSON. Other keys of a message, such as a name or a call's id, are not kept.
    """
    if not isinstance(messages, list):
        reason = Reason.MISSING_FIELD if messages is None else Reason.WRONG_TYPE
        raise Unusable(reason, f"field {name!r} is {json_type(messages)}, not a list of messages")
    return [
        _turn(message, f"{name}[{number}]", role, content)
        for number, message in enumerate(messages)
    ]


def _turn(message: Any, place: str, role: str, content: str) -> Turn:
    if not isinstance(message, dict):
        raise Unusable(Reason.WRONG_TYPE, f"{place} is {json_type(message)}, not an object")
    named = message.get(role)
    known = _ROLES.get(named) if isinstance(named, str) else None
    if known is None:
        missing = role not in message
        reason = Reason.MISSING_FIELD if missing else Reason.WRONG_TYPE
        said = "is missing" if missing else f"is unknown: {str(named)[:40]!r}"
        raise Unusable(reason, f"{place}.{role} {said}")
    text = "\n".join(_texts(message, place, content))
    if known != "assistant":
        return Turn(known, text)
    given = [message[key] for key in REASONING_KEYS if isinstance(message.get(key), str)]
    return answer(text, given)


def _texts(message: dict[str, Any], place: str, content: str) -> Iterator[str]:
    calls = message.get("tool_calls") or message.get("function_call")
    value = message.get(content)
    if content not in message and not calls:
        raise Unusable(Reason.MISSING_FIELD, f"{place}.{content} is missing")
    for part in value if isinstance(value, list) else [value]:
        text = part.get("text") if isinstance(part, dict) and "text" in part else part
        if isinstance(text, str):
            yield text
        elif text is not None:
            raise wrong_type(f"{place}.{content}", text)
    if calls:
        yield json.dumps(calls, ensure_ascii=False, default=str)


def answer(text: str, reasoning: Sequence[str] = ()) -> Turn:
    """An assistant turn; a leading <think> block of `text` joins the reasoning given beside it.

    A block that is never closed leaves no answer.
    """
    thoughts = list(reasoning)
    start = text.lstrip()
    if start.startswith(_THINK):
        inside, _, text = start.removeprefix(_THINK).partition(_THOUGHT)
        thoughts.append(inside)
        text = text.lstrip("\r\n")
    thoughts = [stripped for thought in thoughts if (stripped := thought.strip())]
    return Turn("assistant", text, "\n\n".join(dict.fromkeys(thoughts)) or None)


def repair(turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], tuple[str, ...]]:
    """A conversation that ends with an answer, and the names of the repairs it took.

    In this order: blank turns are left out, answers before the first user turn are cut, neighbours
    of the same role are merged, what follows the last answer is cut. Raises Unusable if no question
    or no answer is left.
    """
    kept = [turn for turn in turns if turn.content.strip()]
    repairs = [DROPPED_EMPTY] if len(kept) < len(turns) else []
    first = next((n for n, turn in enumerate(kept) if turn.role == "user"), None)
    if first is None:
        raise Unusable(Reason.EMPTY_INSTRUCTION, "no user turn with a text")
    whole = [turn for n, turn in enumerate(kept) if n > first or turn.role != "assistant"]
    if len(whole) < len(kept):
        repairs.append(CUT_LEADING_ANSWER)
    runs = [list(run) for _, run in groupby(whole, key=lambda turn: turn.role)]
    if len(runs) < len(whole):
        repairs.append(MERGED)
    merged = [_merge(run) for run in runs]
    last = next((n for n in reversed(range(len(merged))) if merged[n].role == "assistant"), None)
    if last is None:
        blank = any(turn.role == "assistant" and not turn.content.strip() for turn in turns)
        if blank:
            raise Unusable(Reason.EMPTY_RESPONSE, "no assistant turn with a text")
        raise Unusable(Reason.NO_ANSWER, "no assistant turn behind a user turn")
    if last + 1 < len(merged):
        repairs.append(CUT_TAIL)
    return tuple(merged[: last + 1]), tuple(repairs)


def _merge(run: list[Turn]) -> Turn:
    if len(run) == 1:
        return run[0]
    thoughts = [turn.reasoning for turn in run if turn.reasoning]
    content = "\n\n".join(turn.content for turn in run)
    return replace(run[0], content=content, reasoning="\n\n".join(thoughts) or None)
