"""The words around a mined function: how a signature and a docstring become an instruction."""

import hashlib
from dataclasses import asdict, dataclass

from codesieve.pool.mine_examples import LiteralExample

FUNCTION_TEMPLATES = (
    "Write a Python function `{signature}` that fits this description.\n\n{docstring}",
    "Implement `{signature}` in Python.\n\n{docstring}",
    "I need a Python function called `{name}`. Its documentation reads:\n\n{docstring}\n\n"
    "Use the signature `{signature}`.",
    "Here is the signature and the docstring of a function; write its body.\n\n"
    "`{signature}`\n\n{docstring}",
    "Please code the following function for the module `{module}`.\n\n"
    "Signature: `{signature}`\n\n{docstring}",
    "{docstring}\n\nWrite this as a Python function with the signature `{signature}`.",
)

METHOD_TEMPLATES = (
    "Write the method `{signature}` of the Python class `{owner}`.\n\n{docstring}",
    "The class `{owner}` in the module `{module}` lacks the method `{signature}`. Add it.\n\n"
    "{docstring}",
    "Implement `{owner}.{name}` in Python; its signature is `{signature}`.\n\n{docstring}",
    "{docstring}\n\nAdd this to the Python class `{owner}` as the method `{signature}`.",
)

LIST_TEMPLATES = (
    "Write the Python function `{signature}` and a function `{listed}` that takes the same "
    "arguments and returns its items in a list.\n\n{docstring}",
    "This is the documentation of `{signature}`:\n\n{docstring}\n\n"
    "Implement it in Python, and `{listed}` beside it, which gives the result as a list.",
    "Code `{signature}` in Python.\n\n{docstring}\n\n"
    "Add `{listed}`, which collects what `{name}` gives for the same arguments into a list.",
)


@dataclass(frozen=True, slots=True)
class Described:
    """What the words are about. `owner` is the class of a method; `listed` the list's function."""

    module: str
    name: str
    signature: str
    docstring: str
    owner: str | None = None
    listed: str | None = None


def instruction(described: Described, examples: list[LiteralExample]) -> str:
    """The instruction of one mined row; the template is chosen by the hash of what it is about.

    Examples that the docstring shows in another form (through a module's name, through variables)
    follow as assertions, and so do those of the function that returns a list.
    """
    templates: tuple[str, ...] = LIST_TEMPLATES if described.listed else FUNCTION_TEMPLATES
    if described.owner:
        templates = METHOD_TEMPLATES
    identity = f"{described.module}:{described.owner}.{described.name}"
    digest = hashlib.blake2b(identity.encode(), digest_size=8).digest()
    template = templates[int.from_bytes(digest, "big") % len(templates)]
    text = template.format(**asdict(described))
    if described.listed:
        head = len(described.name)
        added = [f"assert {described.listed}{e.call[head:]} == {e.expected}" for e in examples]
    else:
        added = [f"assert {e.call} == {e.expected}" for e in examples if not e.as_shown]
    if added:
        text += "\n\nIt must hold that:\n\n```python\n" + "\n".join(added) + "\n```"
    return text
