"""A file's shape is recognised from its rows, or refused with what to write into the recipe."""

import pytest

from codesieve.errors import RecipeError, SourceError
from codesieve.pool import Reason, Record, Refusal, parse_fields, recognise


def records(*values):
    return [Record(n, f"line {n}", value, 10) for n, value in enumerate(values)]


CHAT = {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}
SHAREGPT = {"id": 1, "conversations": [{"from": "human", "value": "q"}]}


@pytest.mark.parametrize(
    ("value", "name", "written"),
    [
        ({"instruction": "q", "output": "a"}, "alpaca", "instruction: instruction, input: input"),
        (
            {"instruction": "q", "input": "", "output": "a", "round": 1},
            "alpaca",
            "response: output",
        ),
        (CHAT | {"prompt": "q", "prompt_id": "x"}, "messages", "messages: messages, role: role"),
        ({"conversations": CHAT["messages"]}, "messages", "messages: conversations"),
        (SHAREGPT, "sharegpt", "messages: conversations, role: from, content: value"),
        ({"prompt": "q", "response": "a"}, "pairs", "instruction: prompt, response: response"),
        ({"prompt": "q", "completion": "a"}, "pairs", "response: completion"),
        ({"question": "q", "answer": "a"}, "pairs", "instruction: question, response: answer"),
        ({"instruction": "q", "response": "a"}, "pairs", "input: input, response: response"),
        ({"query": "q", "response": "a"}, "pairs", "instruction: query"),
        ({"lang": "py", "problem": "q", "solution": "a"}, "pairs", "response: solution"),
        ({"input": "q", "output": "a"}, "pairs", "instruction: input, response: output"),
    ],
)
def test_known_shapes_are_recognised(value, name, written):
    shape = recognise(records(value, value), file="x.jsonl")
    assert shape.name == name
    assert written in shape.as_fields()


@pytest.mark.parametrize(
    ("values", "what", "keys"),
    [
        ([{"instruction": "q", "input": "", "output": "a", "response": "a"}], "more than one", 4),
        ([{"prompt": "p", "completion": "c", "query": "q", "response": "r"}], "more than one", 4),
        ([CHAT | {"prompt": "q", "response": "a"}], "more than one", 3),
        ([{"instruction": "q", "output": "a"}, {"prompt": "q", "response": "a"}], "different", 2),
        ([{"task_id": 1, "prompt": "q", "canonical_solution": "a"}], "no known shape", 3),
        ([{"instruction": ["q"], "output": "a"}], "no known shape", 2),
        ([{"messages": []}], "no known shape", 1),
        ([{"a b\n": 1, "k" * 90: 2}], "no known shape", 2),
    ],
)
def test_rows_of_no_or_several_shapes_are_refused_in_one_line_that_helps(values, what, keys):
    with pytest.raises(SourceError) as caught:
        recognise(records(*values), file="x.jsonl")
    message = str(caught.value)
    assert message.startswith("x.jsonl: ") and what in message and "\n" not in message
    assert "fields: {" in message
    listed = message.split("keys: ")[1].split(";")[0]
    assert len(listed.split(", ")) == keys


def test_the_example_in_the_message_can_be_used_as_it_stands():
    shapes = {"instruction": "instruction", "input": "input", "response": "output"}
    with pytest.raises(SourceError) as caught:
        recognise(records({"instruction": "q", "output": "a", "response": "a"}), file="x")
    written = "{instruction: instruction, input: input, response: output}"
    assert str(caught.value).endswith(f"fields: {written}")
    assert parse_fields(shapes).as_fields() == written


def test_only_good_records_within_the_limit_are_looked_at():
    bad = Refusal(0, "line 0", Reason.BROKEN_JSON, "", b"", 0)
    assert recognise([bad, bad], file="x") is None
    pair, alpaca = {"prompt": "q", "response": "a"}, {"instruction": "q", "output": "a"}
    assert recognise([bad, *records(pair, alpaca)], file="x", limit=1).name == "pairs"


def test_a_row_without_a_shape_among_others_is_left_to_be_refused_later():
    values = [{"instruction": "q"}, {"instruction": "q", "output": "a"}]
    assert recognise(records(*values), file="x").name == "alpaca"


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"instruction": "q", "response": "a", "answer": "x"}, "fields.answer: unknown; allowed"),
        ({"instruction": "q"}, "fields.response: missing"),
        ({}, "fields.instruction: missing"),
        ({"messages": "m", "response": "a"}, "fields.response: cannot stand beside"),
        ({"role": "r", "instruction": "q", "response": "a"}, "fields.role: has a meaning only"),
        ({"instruction": 3, "response": "a"}, "fields.instruction: must be the name"),
        ({"instruction": " ", "response": "a"}, "fields.instruction: must be the name"),
        ({"instruction": "{a", "response": "a"}, "fields.instruction: '{' in '{a'"),
        ({"instruction": "a}", "response": "a"}, "fields.instruction: '}' in 'a}'"),
        ({"instruction": "{}", "response": "a"}, "fields.instruction: '{}' in"),
        ({"instruction": "{{a}}", "response": "a"}, "fields.instruction: '{{a}}' names no field"),
    ],
)
def test_wrong_fields_are_errors_of_the_recipe_that_name_the_key(mapping, message):
    with pytest.raises(RecipeError) as caught:
        parse_fields(mapping)
    assert str(caught.value).startswith(message)
