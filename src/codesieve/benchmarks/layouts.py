"""The official record layouts of code benchmarks, recognised by their keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codesieve.benchmarks import tests_text

Record = Mapping[str, Any]
TestsReader = Callable[[Record], str | None]


@dataclass(frozen=True, slots=True)
class Layout:
    """Which fields of a record hold what; a dot reaches into an object.

    Attributes:
        name: the benchmark's display name.
        keys: every record has them; they tell the layout from others.
        prompt: field of what a model is shown.
        aliases: other names under which the prompts of this benchmark are known.
        task_id: the first of these fields that a record has.
        solution: field of the canonical solution.
        ending: field of the code behind the solution.
        tests: fields joined by newlines, or a function of the record.
        entry_point: field of the name that tests call.
        date: field of an ISO date or of seconds since 1970.
        difficulty: field.
        continues: field of the code that the solution continues.
        bare: the same without the task in it, for when another field is the prompt.
        variant: says which part of the benchmark a record is of, for the display name.
        repeats: whether its task ids repeat; later ones get -2, -3.
    """

    name: str
    keys: frozenset[str]
    prompt: str
    aliases: Mapping[str, str] = field(default_factory=dict)
    task_id: tuple[str, ...] = ("task_id",)
    solution: str | None = "canonical_solution"
    ending: str | None = None
    tests: tuple[str, ...] | TestsReader = ("test",)
    entry_point: str = "entry_point"
    date: str | None = None
    difficulty: str | None = None
    continues: str | None = None
    bare: str | None = None
    variant: Callable[[Record], str] | None = None
    repeats: bool = False


def _keys(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _language_of_id(record: Record) -> str:
    """``cpp`` of the task id ``CPP/3``."""
    prefix = str(record.get("task_id")).partition("/")[0].lower()
    return {"javascript": "js"}.get(prefix, prefix)


def _translated_from(record: Record) -> str:
    """``humaneval-js`` of a MultiPL-E record."""
    origin, language = (str(record.get(key)).partition("_")[0] for key in ("name", "language"))
    return f"{origin.lower()}-{language}"  # Go's language is "go_test.go"


# The first whose keys a record has wins: HumanEval's keys are also those of many others.
LAYOUTS: tuple[Layout, ...] = (
    Layout("BigCodeBench-Hard", _keys("complete_prompt q_idx"), "complete_prompt",
           continues="complete_prompt", bare="code_prompt"),
    Layout("BigCodeBench", _keys("complete_prompt"), "complete_prompt",
           continues="complete_prompt", bare="code_prompt"),
    Layout("BigCodeBench", _keys("prompt instruction prompt_wo_doc"), "prompt",
           aliases={"complete_prompt": "prompt", "instruct_prompt": "instruction"},
           continues="prompt", bare="prompt_wo_doc"),
    Layout("LiveCodeBench", _keys("question_content question_id"), "question_content",
           task_id=("question_id",), solution=None, tests=tests_text.livecodebench,
           date="contest_date", difficulty="difficulty"),
    Layout("MBPP", _keys("text code test_list"), "text", solution="code",
           tests=("test_setup_code", "test_list")),
    Layout("MBPP+", _keys("prompt code test_list test"), "prompt", solution="code"),
    Layout("MBPP sanitized", _keys("prompt code test_list"), "prompt", solution="code",
           tests=("test_imports", "test_list")),
    Layout("MBPP base", _keys("prompt canonical_solution base_input assertion test_list"),
           "prompt", tests=tests_text.evalplus),
    Layout("MBPP+", _keys("prompt canonical_solution base_input assertion"), "prompt",
           tests=tests_text.evalplus),
    Layout("HumanEval+", _keys("prompt canonical_solution base_input"), "prompt",
           tests=tests_text.evalplus),
    Layout("HumanEval+", _keys("prompt reference base_input"), "prompt", solution="reference",
           tests=tests_text.evalplus),
    Layout("HumanEvalPack", _keys("prompt canonical_solution declaration buggy_solution"),
           "prompt", continues="prompt", variant=_language_of_id),
    Layout("HumanEval-X", _keys("prompt canonical_solution declaration example_test"), "prompt",
           continues="prompt", variant=_language_of_id),
    Layout("MultiPL-E", _keys("prompt tests language prompt_terminology"), "prompt",
           task_id=("task_id", "name"), solution=None, tests=("tests",), variant=_translated_from),
    Layout("DS-1000", _keys("prompt reference_code code_context"), "prompt",
           task_id=("metadata.problem_id",), solution="reference_code", tests=("code_context",)),
    Layout("ClassEval", _keys("skeleton solution_code class_name"), "skeleton",
           solution="solution_code", entry_point="class_name"),
    Layout("LeetCode contest", _keys("prompt prompt_sft start_time"), "prompt", solution=None,
           date="start_time", difficulty="meta.difficulty"),
    Layout("ODEX", _keys("intent prompt canonical_solution suffix"), "intent", ending="suffix",
           tests=("test_start", "test"), continues="prompt", repeats=True),
    Layout("CodeContests", _keys("prompt canonical_solution meta_data"), "prompt"),
    Layout("CRUXEval", _keys("code input output id"), "code", task_id=("id",), solution=None,
           tests=tests_text.cruxeval),
    Layout("HumanEval", _keys("prompt canonical_solution"), "prompt"),
)  # fmt: skip
OWN = Layout(
    "", frozenset(), "", task_id=("task_id", "question_id", "problem_id", "id"),
    date="date", difficulty="difficulty",
)  # fmt: skip


def recognise(record: Record) -> Layout | None:
    """The official layout of a record."""
    return next((layout for layout in LAYOUTS if layout.keys <= record.keys()), None)
