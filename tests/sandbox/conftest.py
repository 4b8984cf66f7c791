"""A warm jail shared by the tests of a module, and helpers to put code into it."""

import pytest

from codesieve.sandbox import Call, Isolation, Job, Limits, Outcome, Sandbox, probe


@pytest.fixture(scope="session")
def isolation() -> Isolation:
    return probe()


@pytest.fixture(scope="session")
def jailed(isolation):
    """Skips where this machine offers no isolation."""
    if isolation.level == "none":
        pytest.skip(f"no isolation here: {isolation.reason}")


@pytest.fixture(scope="module")
def sandbox(jailed):
    with Sandbox(Limits(wall_s=1.0, memory_mb=256, file_mb=8, inodes=256, processes=32)) as it:
        yield it


@pytest.fixture
def run(sandbox):
    """Runs one piece of code with the given argument tuples for its entry point."""

    def execute(code, *calls, entry_point="f", setup="") -> Outcome:
        job = Job("job", code, setup, entry_point, tuple(Call(args) for args in calls))
        (outcome,) = sandbox.run([job])
        return outcome

    return execute
