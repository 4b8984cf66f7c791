"""Kill a run anywhere, run it again: the same bytes."""

import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tests.pipeline.pools import all_bytes, make_recipe

from codesieve.pipeline.run import run

COMMAND = (
    "import sys; from pathlib import Path; from codesieve.pipeline.load import load_recipe; "
    "from codesieve.pipeline.run import run; "
    "run(load_recipe(Path(sys.argv[1])), jobs=int(sys.argv[2]))"
)


def start(folder, jobs):
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(folder / "recipe.yaml"), str(jobs)],
        cwd=folder,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def comparable(folder):
    """All bytes of the run below a folder."""
    return all_bytes(folder / "runs" / "toy")


@pytest.mark.skipif(sys.platform == "win32", reason="kills by signal")
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_killed_at_random_moments_ends_with_the_same_bytes(tmp_path, jobs):
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    for folder in (calm, rough):
        folder.mkdir()
        make_recipe(folder, part_rows=40, quality={"execute": jobs == 2, "preimport": []})
    whole = time.monotonic()
    assert start(calm, jobs).wait() == 0
    whole = time.monotonic() - whole
    moments = random.Random()  # another moment each time: all must do
    for _ in range(2):
        process = start(rough, jobs)
        try:
            process.wait(timeout=moments.uniform(0.2, 1.0) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert start(rough, jobs).wait() == 0
    assert comparable(rough) == comparable(calm)


class Stop(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("step", range(0, 60, 3))
def test_a_run_that_ends_after_any_file_ends_with_the_same_bytes(tmp_path, step, monkeypatch):
    calm, rough = tmp_path / "calm", tmp_path / "rough"
    calm.mkdir()
    rough.mkdir()
    run(make_recipe(calm))
    loaded = make_recipe(rough)
    stop_after(step, monkeypatch)
    with suppress(Stop):
        run(loaded)
    monkeypatch.undo()
    run(loaded)
    assert comparable(rough) == comparable(calm)


def stop_after(files, monkeypatch):
    """End the run when so many files have taken their names."""
    left = [files]
    real = Path.replace

    def replace(self, target):
        if left[0] == 0:
            raise Stop
        left[0] -= 1
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
