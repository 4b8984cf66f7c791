"""Examples written into text: doctests, asserts, arrows (``f(1) -> 2``), Input/Output lines."""

import ast
import re

from codesieve.code.syntax import parse_expression, parse_statement
from codesieve.quality.callables import Callable
from codesieve.quality.cases import Example
from codesieve.quality.checks import Reader
from codesieve.quality.scan import bracket_end, literal_end, statement_end

MAX_TEXT = 200_000  # characters of a text that are searched
MAX_SITES = 500  # places looked at by each reader
MAX_CALL = 4_000  # characters of a call or a literal in prose

_PROMPT = re.compile(r"[ \t#*/]*>>> ?(.*)")
_CONTINUED = re.compile(r"[ \t#*/]*\.\.\.(?: (.*))?$")
_SKIPPED = re.compile(r"#[ ]?doctest:[ ]?\+SKIP")
_END_OF_OUTPUT = re.compile(r"[ \t#*/]*(?:$|>>>|\.\.\. |```|\"\"\"|''')")
_RAISED = re.compile(r"(?:[\w.]{1,100}\.)?([A-Z]\w{1,60})(?::|$)")
_ASSERT = re.compile(r"^[ \t#*>-]*(assert[ \t(])", re.MULTILINE)
_RELATION = re.compile(
    r"[ \t]{0,8}`{0,3}[ \t]{0,8}(?:\n[ \t]{0,12})?(?:#[ \t]{0,4})?"
    r"(?:={1,3}>?|-{1,3}>|→|➞|⇒|➔|:?(?:(?:should|must|will|would|shall)[ ])?"
    r"(?:be|is|equals?|returns?|gives?|outputs?|produces?|yields?|evaluates? to|results? in)\b)"
    r"[ \t]{0,8}`{0,3}"
)
_COMMENTED = re.compile(r"[ \t]{0,8}#[ \t]{0,4}(?:(?:output|returns?|result):?[ ])?", re.I)
_AFTER = re.compile(
    r"`{0,3}(?:[.,;)\]`\"]|[ \t]*$|[ \t]*#"
    r"|[ \t]+(?!(?:and|or|if|in|is|not|for|else)\b)[A-Za-z(])",
    re.MULTILINE,
)
_LINE_END = re.compile(r"[ \t.`*]*(?:#|$)", re.MULTILINE)
_INPUT = re.compile(
    r"^[ \t*`>#-]{0,16}(?:sample |example )?inputs?[ ]?\d{0,3}[*`]{0,3}[ ]?[:=][*`]{0,3}",
    re.MULTILINE | re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"(?<=[\s*`,;])(?:sample |example |expected )?outputs?[ ]?\d{0,3}[*`]{0,3}[ ]?[:=][*`]{0,3}",
    re.IGNORECASE,
)


def doctests(text: str, reader: Reader) -> tuple[list[Example], str]:
    """Examples of interactive sessions, and `text` without the lines they were read from."""
    lines = text.splitlines()
    found: list[Example] = []
    place = 0
    while place < len(lines) and len(found) < MAX_SITES:
        prompt = _PROMPT.match(lines[place])
        first = place
        place += 1
        if prompt is None:
            continue
        source = [prompt.group(1)]
        while place < len(lines) and (more := _CONTINUED.match(lines[place])):
            source.append(more.group(1) or "")
            place += 1
        wanted: list[str] = []
        while place < len(lines) and not _END_OF_OUTPUT.match(lines[place]) and len(wanted) < 40:
            wanted.append(lines[place].strip(" \t#*/"))
            place += 1
        skipped = any(_SKIPPED.search(line) for line in source)
        read = [] if skipped else _session("\n".join(source), "\n".join(wanted), reader)
        if read or skipped:
            found += read
            lines[first:place] = [""] * (place - first)
    return found, "\n".join(lines)


def asserts(text: str, reader: Reader) -> tuple[list[Example], str]:
    """Examples of assert statements, and `text` without those statements."""
    found: list[Example] = []
    kept = []
    end = 0
    for number, site in enumerate(_ASSERT.finditer(text)):
        if site.start(1) < end or number >= MAX_SITES:
            continue
        kept.append(text[end : site.start(1)])
        end = statement_end(text, site.start(1), MAX_CALL * 5)
        statement = parse_statement(text[site.start(1) : end])
        if isinstance(statement, ast.Assert):
            found += reader.check(statement.test)
    return found, "".join([*kept, text[end:]])


def arrows(text: str, reader: Reader) -> list[Example]:
    """Examples of a call and its value in a line: ``f(1) -> 2``, ``f(1) returns 2``."""
    heads = sorted({entry.partition("(")[0] for entry in reader.targets})
    names = "|".join(map(re.escape, heads))
    pattern = rf"(?<![\w.])(?<!def )(?:{names})(?:\(\)\.\w{{1,100}})?[ ]?\("
    found: list[Example] = []
    for number, site in enumerate(re.finditer(pattern, text)):
        if number >= MAX_SITES:
            break
        end = bracket_end(text, site.end() - 1, MAX_CALL)
        if end is None:
            continue
        value = _related(text, end)
        if value is None:
            continue
        call = parse_expression(text[site.start() : end])
        if call is None:
            continue
        read = _valued(call, value, reader)
        found += [example for example in read if example.case is not None]
    return found


def pairs(text: str, function: Callable, reader: Reader) -> list[Example]:
    """Examples of ``Input: ... Output: ...`` whose input spells the arguments of `function`.

    The input must read as an argument list that binds without doubt (``nums = [1, 2], k = 3``, or
    as many values as there are parameters), the output as one literal to the end of its line.
    """
    found = []
    for number, site in enumerate(_INPUT.finditer(text)):
        if number >= MAX_SITES:
            break
        region = text[site.end() : site.end() + MAX_CALL]
        output = _OUTPUT.search(region)
        following = _INPUT.search(region)
        if output is None or (following is not None and following.start() < output.start()):
            continue
        example = _pair(region[: output.start()], region[output.end() :], function, reader)
        if example is not None:
            found.append(example)
    return found


def _session(source: str, wanted: str, reader: Reader) -> list[Example]:
    """Examples of one prompt and what follows it; none where it is no call of a target."""
    statement = parse_statement(source.strip())
    if isinstance(statement, ast.Assert):
        return reader.check(statement.test)
    if not isinstance(statement, ast.Expr):
        return []
    node = statement.value
    if isinstance(node, ast.Compare | ast.UnaryOp) and wanted in ("", "True"):
        return reader.check(node)
    if not wanted:
        return []
    example: Example | None
    if wanted.startswith("Traceback"):
        raised = _RAISED.match(wanted.rpartition("\n")[2])
        example = reader.raised(node, raised.group(1), source) if raised else None
        return [example] if example else []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
        printed = ast.Call(ast.Name("str"), node.args, [])
        example = None if node.keywords else reader.returned(printed, wanted, source)
        return [example] if example else []
    return _valued(node, wanted.removesuffix('"""').removesuffix("'''"), reader)


def _valued(node: ast.expr, wanted: str, reader: Reader) -> list[Example]:
    """The example that `node` gives what `wanted` spells out."""
    value = parse_expression(wanted)
    if value is None:
        entry = reader.entry(node)
        return [Example(entry, wanted, None, "not literal")] if entry else []
    return reader.check(ast.copy_location(ast.Compare(node, [ast.Eq()], [value]), node))


def _related(text: str, end: int) -> str | None:
    """Source of the literal that the text after a call says it gives."""
    relation = _RELATION.match(text, end)
    strict = relation is None
    relation = relation or _COMMENTED.match(text, end)
    if relation is None:
        return None
    stop = literal_end(text, relation.end(), MAX_CALL)
    if stop is None:
        return None
    if not _LINE_END.match(text, stop) and (strict or not _AFTER.match(text, stop)):
        return None
    return text[relation.end() : stop]


def _pair(given: str, gives: str, function: Callable, reader: Reader) -> Example | None:
    lines = [line.strip(" \t,;") for line in given.strip(" \t\n`*#>-").splitlines()]
    arguments = ", ".join(line for line in lines if line)
    start = len(gives) - len(gives.lstrip(" \t\n`*"))
    stop = literal_end(gives, start, MAX_CALL)
    if stop is None or not _LINE_END.match(gives, stop):
        return None
    node = parse_expression(f"{function.entry}({arguments})")
    if not isinstance(node, ast.Call):
        return None
    if not function.accepts(len(node.args), [keyword.arg or "" for keyword in node.keywords]):
        return None
    read = _valued(node, gives[start:stop], reader)
    return next((example for example in read if example.case is not None), None)
