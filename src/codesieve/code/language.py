"""Which programming language a text is written in: cheap signals first, the Python parser last."""

import ast
import json
import re

from codesieve.code.signals import signal_table
from codesieve.code.syntax import parse

HEAD = 3_000  # characters looked at by the signals
ENOUGH = 4  # weight from which signals alone speak for a language
LEAD = 2  # weight by which a language must lead for the parser not to be asked
SHORT = 600  # characters up to which the Python parser is asked when the signals are silent
QUOTED = frozenset({"html", "sql", "css", "javascript", "json"})  # found in strings of others

ALIASES = {
    alias: name
    for name, aliases in {
        "python": "py python2 python3 py3 python-3 pycon ipython sage",
        "javascript": "js jsx node nodejs mjs es6 ecmascript jquery react",
        "typescript": "ts tsx",
        "java": "",
        "c": "h",
        "cpp": "c++ cc cxx hpp arduino",
        "csharp": "c# cs dotnet",
        "go": "golang",
        "rust": "rs",
        "php": "php7",
        "ruby": "rb rails",
        "swift": "",
        "kotlin": "kt",
        "scala": "",
        "perl": "pl",
        "r": "rscript",
        "lua": "",
        "sql": "mysql postgresql postgres psql sqlite tsql plsql pgsql",
        "html": "html5 htm vue svelte erb jinja jinja2",
        "css": "css3 scss sass less",
        "bash": "sh shell zsh shellscript shell-script fish ksh",
        "powershell": "ps1 pwsh ps",
        "json": "jsonc json5 jsonl",
        "yaml": "yml",
        "xml": "svg xaml xsl xslt xsd",
        "toml": "",
        "ini": "cfg conf properties",
        "dockerfile": "docker",
        "makefile": "make",
        "haskell": "hs",
        "julia": "jl",
        "matlab": "octave",
        "dart": "",
        "elixir": "ex exs",
        "clojure": "clj",
        "fsharp": "f# fs",
        "ocaml": "ml",
        "objective-c": "objc objectivec",
        "vb": "vbnet vb.net vba visualbasic",
        "assembly": "asm nasm",
        "fortran": "f90",
        "pascal": "delphi",
        "lisp": "scheme racket elisp common-lisp",
        "prolog": "",
        "erlang": "erl",
        "groovy": "gradle",
        "solidity": "sol",
        "latex": "tex",
        "graphql": "gql",
        "verilog": "systemverilog vhdl",
    }.items()
    for alias in (name, *aliases.split())
}

NOT_CODE = frozenset(
    word
    for words in (
        "text txt plaintext plain output console terminal log stdout stdin result results",
        "markdown md none csv tsv diff patch pseudocode pseudo regex math ascii mermaid",
    )
    for word in words.split()
)

_TAG = re.compile(r"[{(\[.]*\s*([A-Za-z][\w#+.-]{0,30})")
_SHEBANG = re.compile(r"#![^\n]{0,80}?\b(python|bash|sh|zsh|node|perl|ruby|php|lua)")
_PROSE_LINE = re.compile(
    r"^[ \t]*(?:[-*] |\d{1,3}[.)] )?(?:[A-Z][\w'’-]*|a|an|the|this|it)[ ,]"
    r"(?:[(\"']?[\w'’/-]+[)\"']?[,:]? ){3}[^\n;{}=<>]*$",
    re.MULTILINE,
)
_CODE_MARK = re.compile(r"\w\(|=|\b(?:import|for|del|assert|raise)\b")
_LINE = re.compile(r"\S[^\n]*")
_CODE_NODES = (
    ast.Assign,
    ast.AugAssign,
    ast.Import,
    ast.ImportFrom,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.With,
    ast.Try,
    ast.Assert,
    ast.Delete,
    ast.Raise,
)
_CODE_EXPRESSIONS = (ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def normalise_tag(tag: str) -> str | None:
    """Language name of a fence's info string (``py``, ``{.python}``, ``C++``), None if unknown."""
    found = _TAG.match(tag)
    return ALIASES.get(found.group(1).lower().rstrip(".")) if found else None


def detect_language(text: str, tag: str | None = None) -> str | None:
    """Language of `text`, lower case (``python``, ``cpp``, ``csharp``, ...), or None.

    A known fence tag is believed. Otherwise weighted signals in the first 3,000 characters decide;
    broken Python is Python. When they leave Python in doubt, the Python parser decides. None is
    prose, data without a language, or a language not known here.
    """
    if tag is not None and tag.strip():
        named = normalise_tag(tag)
        if named is not None:
            return named
        if tag.strip().split()[0].lower() in NOT_CODE:
            return None
    head = text[:HEAD]
    if not head.strip():
        return None
    shebang = _SHEBANG.match(head.lstrip())
    if shebang:
        return ALIASES.get(shebang.group(1), "javascript")
    return _by_signals(text, head)


def _by_signals(text: str, head: str) -> str | None:
    scores = _scores(head)
    python = scores.pop("python", 0)
    rival = max(scores, key=lambda name: (scores[name], name), default="")
    strength = scores.get(rival, 0)
    if python >= max(ENOUGH, strength + LEAD):
        winner, weight = "python", python
    elif strength >= max(ENOUGH, python + 2 * LEAD + 1) and not (python and rival in QUOTED):
        winner, weight = rival, strength
    elif (python or len(text) <= SHORT) and _is_python(text, sure=python > 0):
        return "python"
    elif max(python, strength) >= ENOUGH:
        winner, weight = ("python", python) if python > strength else (rival, strength)
    else:
        return "json" if _is_json(text) else None
    return None if _is_prose(head, weight) else winner


def _scores(head: str) -> dict[str, int]:
    scores: dict[str, int] = {}
    for signal in signal_table().candidates(head):
        if signal.found_in(head):
            for name, weight in signal.weights:
                scores[name] = scores.get(name, 0) + weight
    if scores.get("typescript", 0) >= 3:
        scores["typescript"] += scores.get("javascript", 0)
    if "cpp" in scores and scores["cpp"] >= scores.get("c", 0):
        scores["cpp"] += 1
    return scores


def _is_prose(head: str, score: int) -> bool:
    """Whether sentences outweigh code: half of the lines, or most lines beside weak signals."""
    lines = len(_LINE.findall(head))
    sentences = len(_PROSE_LINE.findall(head))
    return sentences * 2 > lines if score < 12 else sentences * 4 > lines * 3


def _is_python(text: str, sure: bool) -> bool:
    """Whether `text` parses and does something that prose, data or another language does not."""
    if not sure and (text.rstrip().endswith(";") or not _CODE_MARK.search(text)):
        return False
    tree = parse(text)
    if tree is None:
        return False
    for statement in tree.body:
        if isinstance(statement, _CODE_NODES):
            return True
        if any(isinstance(node, _CODE_EXPRESSIONS) for node in ast.walk(statement)):
            return True
    return False


def _is_json(text: str) -> bool:
    head = text.lstrip()[:1]
    if head not in ("{", "[") or len(text) > 100_000:
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
