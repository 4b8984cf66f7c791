"""Records become samples: turns, repairs, reasoning, tests and meta; or refusals with a reason."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codesieve.pool import Parsed, Record, Refusal, parse_fields, recognise, to_sample
from codesieve.schema import Sample, Turn, content_id

ALPACA = {"instruction": "q", "output": "a"}


def parse(value, fields=None, **options):
    record = Record(7, "line 8", value, 100)
    shape = parse_fields(fields) if fields else None
    shape = shape or recognise([Record(0, "line 1", ALPACA, 1)], file="x")
    return to_sample(record, source="src", file="x.jsonl", shape=shape, **options)


def chat(*messages, **others):
    value = {"messages": [{"role": role, "content": text} for role, text in messages], **others}
    shape = recognise([Record(0, "", {"messages": [{"role": "user"}]}, 1)], file="x")
    return to_sample(Record(0, "line 1", value, 1), source="s", file="x", shape=shape)


def turns(parsed):
    return [(turn.role, turn.content) for turn in parsed.sample.turns]


def test_an_alpaca_row_becomes_a_sample_with_id_language_and_meta():
    value = {"instruction": "Do it", "input": " x \n", "output": "done", "round": 2, "tags": ["t"]}
    parsed = parse(value, detect=lambda response: f"language of {response}")
    expected = (Turn("user", "Do it\n x \n"), Turn("assistant", "done"))
    assert parsed == Parsed(
        Sample(
            row_id="src/x.jsonl#7",
            content_id=content_id(expected),
            source="src",
            turns=expected,
            language="language of done",
            meta={"round": 2, "tags": ["t"]},
        ),
        (),
    )


@pytest.mark.parametrize("blank", [{}, {"input": None}, {"input": ""}, {"input": " \n"}])
def test_a_blank_input_is_left_out(blank):
    assert turns(parse(ALPACA | blank))[0] == ("user", "q")


@pytest.mark.parametrize(
    ("value", "reason", "detail"),
    [
        ({"output": "a"}, "missing_field", "field 'instruction' is missing"),
        ({"instruction": "q", "output": None}, "missing_field", "field 'output' is null"),
        ({"instruction": ["q"], "output": "a"}, "wrong_type", "'instruction' is a list, not"),
        ({"instruction": "q", "output": 3}, "wrong_type", "field 'output' is a number"),
        ({"instruction": "q", "output": "a", "input": {}}, "wrong_type", "'input' is an object"),
        ({"instruction": " \n", "output": "a"}, "empty_instruction", "'instruction' is blank"),
        ({"instruction": "q", "output": "\t"}, "empty_response", "field 'output' is blank"),
        ({"instruction": "q\ud800", "output": "a"}, "invalid_utf8", "user turn 0: a lone surrog"),
        ({"instruction": "q", "output": "<think>only"}, "empty_response", "no assistant turn"),
        (ALPACA | {"reasoning": "\udfff"}, "invalid_utf8", "reasoning 1: a lone surrogate"),
    ],
)
def test_an_unusable_record_is_refused_with_the_field_at_fault_and_its_json(value, reason, detail):
    refusal = parse(value)
    assert isinstance(refusal, Refusal)
    assert (refusal.ordinal, refusal.place, refusal.reason) == (7, "line 8", reason)
    assert detail in refusal.detail
    assert json.loads(refusal.raw) == value
    assert refusal.byte_count == 100


def test_fields_may_be_paths_and_templates_with_literal_braces():
    fields = {
        "instruction": "{data.prompt}\n{{x}} {lang}",
        "response": "{data.prompt}{a.b}",
        "tests": "test",
        "entry_point": "data.entry",
        "setup": "setup",
        "id": "key",
    }
    value = {
        "data": {"prompt": "def f():", "entry": "f", "more": 1},
        "lang": "py",
        "a.b": " pass",
        "test": ["assert f()", "assert 1"],
        "setup": None,
        "key": "row-1",
        "left": 0,
    }
    sample = parse(value, fields).sample
    assert sample.instruction == "def f():\n{x} py"
    assert sample.response == "def f(): pass"
    assert (sample.tests, sample.entry_point, sample.setup) == ("assert f()\nassert 1", "f", None)
    assert sample.meta == {"data": {"more": 1}, "left": 0, "id": "row-1"}


def test_a_template_never_reaches_into_the_objects_of_python():
    fields = {"instruction": "{a.__class__} {b[0]} {a!r}", "response": "b"}
    assert parse({"a": "x", "b": "y"}, fields).reason == "missing_field"


@pytest.mark.parametrize(
    ("tests", "text"),
    [
        ("assert 1", "assert 1"),
        ([], None),
        (None, None),
        (" ", None),
        ([{"input": 1}], '[{"input": 1}]'),
        ({"in": "é"}, '{"in": "é"}'),
    ],
)
def test_tests_may_be_a_text_or_a_structure(tests, text):
    fields = {"instruction": "instruction", "response": "output", "tests": "tests"}
    assert parse(ALPACA | {"tests": tests}, fields).sample.tests == text


def test_neighbours_merge_the_tail_is_cut_and_system_and_tool_turns_stay():
    parsed = chat(
        ("developer", "be brief"),
        ("assistant", "hello"),
        ("user", "one"),
        ("user", "two"),
        ("assistant", "calling"),
        ("function", "42"),
        ("tool", "43"),
        ("assistant", "done"),
        ("assistant", " "),
        ("user", "thanks"),
    )
    assert turns(parsed) == [
        ("system", "be brief"),
        ("user", "one\n\ntwo"),
        ("assistant", "calling"),
        ("tool", "42\n\n43"),
        ("assistant", "done"),
    ]
    assert parsed.repairs == (
        "dropped_empty_turn",
        "cut_leading_answer",
        "merged_turns",
        "cut_unanswered_tail",
    )


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        ([], "empty_instruction"),
        ([("system", "s"), ("assistant", "a")], "empty_instruction"),
        ([("user", " "), ("assistant", "a")], "empty_instruction"),
        ([("user", "q")], "no_answer"),
        ([("assistant", "a"), ("user", "q")], "no_answer"),
        ([("user", "q"), ("assistant", "")], "empty_response"),
        ([("user", "q"), ("narrator", "a")], "wrong_type"),
        ([("user", "q"), (None, "a")], "wrong_type"),
        ([("user", 3), ("assistant", "a")], "wrong_type"),
        ([("user", [{"type": "image_url", "image_url": {}}]), ("assistant", "a")], "wrong_type"),
    ],
)
def test_a_conversation_without_question_or_answer_is_refused(messages, reason):
    assert chat(*messages).reason == reason


@pytest.mark.parametrize("value", [{}, {"messages": None}, {"messages": "x"}, {"messages": [1]}])
def test_what_is_no_list_of_messages_is_refused(value):
    shape = parse_fields({"messages": "messages"})
    refusal = to_sample(Record(0, "line 1", value, 1), source="s", file="x", shape=shape)
    assert refusal.reason in ("missing_field", "wrong_type")


def test_sharegpt_roles_and_a_system_field_are_understood():
    value = {
        "system": "be kind",
        "conversations": [
            {"from": "human", "value": "q"},
            {"from": "function_call", "value": "{}"},
            {"from": "observation", "value": "1"},
            {"from": "gpt", "value": "a", "weight": 1},
        ],
    }
    record = Record(0, "line 1", value, 1)
    shape = recognise([record], file="x")
    parsed = to_sample(record, source="s", file="x", shape=shape)
    roles = [role for role, _ in turns(parsed)]
    assert roles == ["system", "user", "assistant", "tool", "assistant"]
    assert parsed.sample.meta == {}


def test_text_parts_are_joined_and_tool_calls_kept_as_json():
    call = {"function": {"name": "f", "arguments": "{}"}}
    value = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "a"}, "b"]},
            {"role": "assistant", "content": None, "tool_calls": [call]},
        ]
    }
    record = Record(0, "line 1", value, 1)
    parsed = to_sample(record, source="s", file="x", shape=recognise([record], file="x"))
    assert turns(parsed) == [("user", "a\nb"), ("assistant", json.dumps([call]))]


def test_reasoning_is_kept_apart_from_the_answer_wherever_it_stands():
    row = ALPACA | {"output": "\n<think>\nhm\n</think>\n\n  a", "reasoning_content": "first"}
    (_, answer) = parse(row).sample.turns
    assert (answer.content, answer.reasoning) == ("  a", "first\n\nhm")

    messages = [{"role": "user", "content": "<think>q</think>"}]
    messages += [{"role": "assistant", "content": "a", "thinking": "deep"}]
    value = {"messages": messages, "reasoning": "row"}
    record = Record(0, "line 1", value, 1)
    sample = to_sample(record, source="s", file="x", shape=recognise([record], file="x")).sample
    assert sample.turns[0].content == "<think>q</think>"
    assert (sample.response, sample.turns[1].reasoning) == ("a", "deep\n\nrow")
    assert sample.meta == {}

    fields = {"instruction": "instruction", "response": "output", "reasoning": "why"}
    sample = parse(ALPACA | {"why": "so", "thinking": "left alone"}, fields).sample
    assert sample.turns[1].reasoning == "so"
    assert sample.meta == {"thinking": "left alone"}


def test_an_empty_think_block_leaves_no_reasoning():
    (_, answer) = parse(ALPACA | {"output": "<think>\n\n</think>\n\na"}).sample.turns
    assert (answer.content, answer.reasoning) == ("a", None)


def test_meta_is_json_whatever_the_record_held():
    odd = {"blob": b"\xff", "inf": float("inf"), "text": "\ud800", "\udc80": {1: (2, object)}}
    meta = parse(ALPACA | odd).sample.meta
    text = json.dumps(meta, ensure_ascii=False, allow_nan=False)
    assert json.loads(text.encode("utf-8")) == meta
    assert meta["inf"] == "inf" and meta["blob"] == "\\xff"


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.binary(max_size=5)
    | st.text(st.characters(), max_size=5) | st.text(st.characters(categories=["Cs"]), max_size=2)
    | st.sampled_from(["user", "assistant", "<think>", "</think>", "human"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["role", "content", "from", "text", "x"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
KEYS = st.sampled_from(["instruction", "input", "output", "messages", "system", "reasoning", "x"])


@settings(max_examples=100, deadline=None)
@given(value=st.dictionaries(KEYS, ANY), chatty=st.booleans())
def test_any_record_becomes_a_storable_sample_or_a_refusal(value, chatty):
    shape = {"messages": "messages"} if chatty else {"instruction": "instruction"}
    extra = {"system": "system", "tests": "x", "setup": "input", "entry_point": "reasoning"}
    fields = shape | extra | ({} if chatty else {"response": "output"})
    outcome = parse(value, fields)
    if isinstance(outcome, Refusal):
        assert json.loads(outcome.raw) is not None or value is None
        assert outcome.detail
        return
    sample = outcome.sample
    texts = [turn.content for turn in sample.turns] + [
        turn.reasoning or "" for turn in sample.turns
    ]
    texts += [sample.tests or "", sample.setup or "", json.dumps(sample.meta, ensure_ascii=False)]
    assert all(isinstance(text.encode("utf-8"), bytes) for text in texts)
    assert sample.turns[-1].role == "assistant" and sample.response.strip()
    assert sample.instruction.strip()
    pairs = zip(sample.turns, sample.turns[1:], strict=False)
    assert all(one.role != other.role for one, other in pairs)
