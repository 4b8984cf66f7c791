"""Text work for the audit's test cases: docstrings, comments and names taken out of code."""

import ast
import inspect
import re

# A string, a comment or a JavaScript regular expression, whichever starts first.
_QUOTED = r'"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`'
_REGEX = r"(?<=[(,=:\[!&|?;])\s*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/"
_COMMENT = r"//[^\n]*|/\*.*?\*/"
_CHARACTER = r"'(?:\\.|\\u\{?[0-9a-fA-F]+\}?|[^'\\\n])'"  # a lone ' is a Rust lifetime
_C_LIKE = re.compile(f"(?P<keep>{_QUOTED}|{_CHARACTER})|(?P<comment>{_COMMENT})", re.S)
_SCRIPT = re.compile(
    rf"(?P<keep>{_QUOTED}|'(?:\\.|[^'\\\n])*'|{_REGEX})|(?P<comment>{_COMMENT})", re.S
)
SCRIPTS = frozenset({"js", "ts"})


def strip_comments(code: str, language: str) -> str:
    """C-like code (cpp, java, go, rust, js, ts) without comments and the blank lines they leave."""
    pattern = _SCRIPT if language in SCRIPTS else _C_LIKE
    bare = pattern.sub(lambda found: found.group("keep") or "", code)
    return "\n".join(line.rstrip() for line in bare.split("\n") if line.strip())


def rename(code: str, name: str, to: str = "f") -> str:
    """The code with an identifier replaced; where it is absent, those that begin like it."""
    if not re.search(rf"\b{re.escape(name)}\b", code):
        spelled = "_?".join(map(re.escape, name.replace("_", "")))
        return re.sub(rf"\b{spelled}\w*", to, code, flags=re.I)
    return re.sub(rf"\b{re.escape(name)}\b", to, code)


def _docstrings(tree: ast.AST) -> list[ast.Expr]:
    """Statements that are a bare string: docstrings, also where an import stands before one."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    return [
        n for n in found if isinstance(n.value, ast.Constant) and isinstance(n.value.value, str)
    ]


def strip_docstrings(code: str) -> str:
    """Python code without docstrings.

    Raises:
        SyntaxError: the code does not parse.
    """
    lines = code.split("\n")
    for node in sorted(_docstrings(ast.parse(code)), key=lambda node: -node.lineno):
        assert node.end_lineno is not None
        head = lines[node.lineno - 1].encode()[: node.col_offset].decode().rstrip()
        end = node.end_lineno
        tail = lines[end - 1].encode()[node.end_col_offset :].decode().strip(" ;")
        lines[node.lineno - 1 : end] = [part for part in (head, tail) if part]
    return "\n".join(lines)


def docstring(code: str, name: str | None = None) -> str | None:
    """The docstring of a function, indentation removed; of the last that has one without a name.

    Raises:
        SyntaxError: the code does not parse.
    """
    found = None
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef) and (name is None or node.name == name):
            for statement in _docstrings(node)[:1]:
                found = inspect.cleandoc(ast.literal_eval(statement.value))
    return found


def without_examples(text: str) -> str:
    """A docstring's prose: what stands before its first doctest or example line."""
    kept = []
    for line in text.split("\n"):
        if re.match(r"\s*(>>>|[Ee]xamples?\b|[Ff]or [Ee]xample|\w+\(.*\)\s*(==|=>|->|➞|=))", line):
            break
        kept.append(line)
    return "\n".join(kept).strip()
