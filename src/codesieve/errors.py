"""The errors a user sees: one line that says what is wrong, where, and what to do."""


class CodesieveError(Exception):
    """Base of every error that is the user's to mend; the CLI prints it without a traceback."""


class RecipeError(CodesieveError):
    """A recipe asks for something that does not exist or is out of range; names the key's path."""


class SourceError(CodesieveError):
    """An input file is missing, or its rows have a shape that the recipe must name first."""


class RunError(CodesieveError):
    """A run folder is locked, incomplete, or was written by something else."""


class MissingExtraError(CodesieveError):
    """An optional package is needed; the message names the extra that brings it."""


class IsolationError(CodesieveError):
    """Untrusted code was to be executed where this machine offers no isolation."""
