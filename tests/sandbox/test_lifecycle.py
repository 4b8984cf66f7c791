"""Nothing is left behind, and a dead zygote is replaced."""

import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from codesieve.errors import IsolationError
from codesieve.sandbox import Call, Job, Limits, Sandbox, Status, worker
from codesieve.sandbox import sandbox as module

HONEST = Job("honest", "def f(): return 1", "", "f", (Call(),))
ENDLESS = Job("endless", "while True: pass")
ASLEEP = Job("asleep", "import time\ntime.sleep(1000)")


def descendants(pid: int) -> set[int]:
    """All processes below `pid`, by naive listing of /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text().rsplit(")")[1].split()[1]
                )
            except OSError:
                continue
    found, fresh = set(), {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return found


def ended(pids) -> bool:
    """Waits (by pidfd, at most 10 s each) until all processes have ended."""
    import select

    for pid in pids:
        try:
            watched = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            poll = select.poll()
            poll.register(watched, select.POLLIN)
            if not poll.poll(10_000):
                return False
        finally:
            os.close(watched)
    return True


@pytest.fixture
def untouched(jailed):
    """After the test: no new process, descriptor, mount or temporary file of ours."""

    def state():
        gc.collect()  # what other tests of this process have dropped
        mounts = Path("/proc/self/mountinfo").read_text()
        return descendants(os.getpid()), set(Path("/proc/self/fd").iterdir()), mounts

    before = state()
    yield
    after = state()
    assert ended(after[0] - before[0])
    assert len(after[1]) <= len(before[1])  # pools of other tests may end meanwhile
    assert after[2] == before[2]


@pytest.fixture
def zygotes(untouched):
    """Function that gives the processes started since the test began."""
    before = descendants(os.getpid())  # of other tests in this process
    return lambda: descendants(os.getpid()) - before


def test_nothing_is_left_after_success_and_timeouts(zygotes):
    with Sandbox(Limits(wall_s=0.2), workers=2) as sandbox:
        outcomes = list(sandbox.run([HONEST, ENDLESS, HONEST, ASLEEP]))
        mine = zygotes()
    assert [o.status for o in outcomes] == ["ran", "timeout", "ran", "timeout"]
    assert mine and ended(mine)


def test_an_abandoned_iterator_ends_what_runs_and_the_sandbox_goes_on(untouched):
    with Sandbox(workers=2) as sandbox:
        for _ in sandbox.run([HONEST, ASLEEP, ASLEEP, HONEST]):
            break
        assert [o.status for o in sandbox.run([HONEST])] == ["ran"]


def test_an_error_in_the_callers_loop_ends_everything(untouched):
    with pytest.raises(ZeroDivisionError), Sandbox() as sandbox:
        for _ in sandbox.run([HONEST, ASLEEP]):
            raise ZeroDivisionError


def test_an_error_in_the_callers_jobs_reaches_the_caller(untouched):
    def jobs():
        yield HONEST
        raise LookupError("no more")

    with Sandbox() as sandbox:
        with pytest.raises(LookupError):
            list(sandbox.run(jobs()))
        assert [o.status for o in sandbox.run([HONEST])] == ["ran"]


def test_a_sandbox_that_is_forgotten_ends(zygotes):
    sandbox = Sandbox()
    mine = zygotes()
    del sandbox
    assert mine and ended(mine)


def test_a_killed_zygote_is_replaced_and_its_job_repeated(zygotes):
    with Sandbox() as sandbox:
        iterator = sandbox.run([HONEST, HONEST, HONEST])
        next(iterator)
        for pid in zygotes():
            os.kill(pid, signal.SIGKILL)
        assert [o.status for o in iterator] == ["ran", "ran"]


def test_a_zygote_that_hangs_is_replaced_and_its_job_repeated(zygotes, monkeypatch):
    monkeypatch.setattr(worker, "_GRACE_S", 0.3)
    with Sandbox(Limits(wall_s=0.5)) as sandbox:
        for pid in zygotes():
            os.kill(pid, signal.SIGSTOP)
        assert [o.status for o in sandbox.run([HONEST])] == ["ran"]


def test_a_zygote_that_cannot_be_replaced_is_our_error_not_the_codes(zygotes, monkeypatch):
    with Sandbox() as sandbox:
        for pid in zygotes():
            os.kill(pid, signal.SIGKILL)
        monkeypatch.setattr(sys, "executable", "/nonexistent/python")
        (outcome,) = sandbox.run([HONEST])
    assert outcome.status == Status.HARNESS_ERROR
    assert outcome.results[0].kind == "lost"


def test_a_machine_without_isolation_is_refused_in_one_line(monkeypatch):
    monkeypatch.setattr(module.sys, "platform", "darwin")
    with pytest.raises(IsolationError, match="Linux only"):
        Sandbox()
    monkeypatch.undo()
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    with pytest.raises(IsolationError, match="does not start") as refusal:
        Sandbox()
    assert "\n" not in str(refusal.value)


def test_a_closed_or_running_sandbox_says_so(untouched):
    sandbox = Sandbox()
    iterator = sandbox.run([HONEST, HONEST])
    next(iterator)
    with pytest.raises(RuntimeError):
        next(sandbox.run([HONEST]))
    iterator.close()
    sandbox.close()
    sandbox.close()
    with pytest.raises(RuntimeError):
        next(sandbox.run([HONEST]))


def test_a_zygote_outlives_the_thread_that_started_it(untouched):
    made = []
    thread = threading.Thread(target=lambda: made.append(Sandbox()))
    thread.start()
    thread.join()
    with made[0] as sandbox:
        assert [o.status for o in sandbox.run([HONEST])] == ["ran"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_supervisor_takes_everything_with_it(jailed, number):
    script = """
import os, sys
from codesieve.sandbox import Job, Sandbox
sandbox = Sandbox(workers=2)
if os.fork() == 0:  # a fork that keeps copies of all descriptors
    sys.stdin.read()
    os._exit(0)
print("ready", flush=True)
list(sandbox.run([Job(str(i), "while True: pass") for i in range(2)]))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"ready\n"
    mine = descendants(process.pid)
    assert len(mine) >= 5
    process.send_signal(number)
    process.wait()
    forks = [pid for pid in mine if is_script(pid)]
    assert ended(mine - set(forks))
    process.stdin.close()
    assert ended(forks)
    process.stdout.close()


def is_script(pid: int) -> bool:
    try:
        return b"sys.stdin.read()" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_nothing_of_a_job_reaches_the_terminal(jailed):
    script = """
from codesieve.sandbox import Job, Sandbox
noise = "import os, sys, warnings\\nprint('NOISE'); os.write(2, b'NOISE'); warnings.warn('NOISE')"
with Sandbox() as sandbox:
    list(sandbox.run([Job("a", noise), Job("b", noise + "\\n1/0"), Job("c", "'\\\\d'")]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == done.stderr == b""


def test_no_zygote_holds_the_link_of_another(zygotes, jailed):
    if os.geteuid() != 0:
        pytest.skip("only root may list the descriptors of a zygote")
    with Sandbox(workers=3):
        for pid in zygotes():
            open_files = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
            assert sum(name.startswith("socket:") for name in open_files) <= 1
