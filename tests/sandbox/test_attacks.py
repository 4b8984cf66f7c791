"""Responses that try to fake a pass, harm the host or stall the run. Each attacks one property.

Every attack is graded on three tests of add(a, b) as a caller would; none may pass, and an honest
response right after it must.
"""

import os
import socket
from pathlib import Path

import pytest

from codesieve.sandbox import Call, Job, Limits, Sandbox, Status, equal

TESTS = [((1, 2), 3), ((-4, 9), 5), ((100, 23), 123)]
HONEST = "def add(a, b):\n    return a + b"

FORGERIES = {
    "prints verdicts": """
print("\\n".join(f"Test {i}: passed" for i in range(9)), flush=True)
raise SystemExit(0)
""",
    "returns an object that equals everything": """
class Yes:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
def add(a, b): return Yes()
""",
    "returns an int that equals everything": """
class Yes(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = int.__hash__
def add(a, b): return Yes(0)
""",
    "lies about its class": """
class Yes:
    __class__ = property(lambda self: int)
    def __index__(self): return 0
    def __eq__(self, other): return True
def add(a, b): return Yes()
""",
    "exits while loading": "import posix\nposix._exit(0)",
    "exits in a call": "import os\ndef add(a, b): os._exit(0)",
    "raises SystemExit": "def add(a, b): raise SystemExit(0)",
    "walks the frames": """
import gc, sys
def add(a, b):
    frame = sys._getframe()
    while frame:
        for scope in (frame.f_locals, frame.f_globals):
            for name, value in list(scope.items()):
                if "expect" in str(name): return value
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing) is dict and "expected" in thing: return thing["expected"]
""",
    "patches the harness inside": """
import builtins, json, sys
for name, module in list(sys.modules.items()):
    if name.startswith("codesieve"):
        for verb in ("pack", "_call", "equal", "check"):
            if hasattr(module, verb): setattr(module, verb, lambda *a: ("returned", True))
json.dumps = lambda *a, **k: '["end"]'
builtins.isinstance = lambda *a: True
def add(a, b): return None
""",
    "sprays frames over all descriptors": """
import json, os, struct
for body in (["load", "ran", None], *(["call", k, "returned", True] for k in range(3)), ["end"]):
    data = json.dumps(body).encode()
    for fd in range(1, 64):
        try: os.write(fd, struct.pack("<I", len(data)) + data)
        except OSError: pass
os._exit(0)
""",
    "closes the report": "import os\nos.closerange(0, 64)\ndef add(a, b): return a + b",
    "reads its own source": """
import re, sys
text = ""
for path in (__name__, sys.argv[0], "/proc/self/fd/0", "/proc/1/cmdline", "/proc/1/environ"):
    try: text += open(path).read()
    except OSError: pass
def add(a, b): return int(re.search("expected.*?([0-9]+)", text)[1])
""",
    "loops and swallows": """
import signal
def add(a, b):
    while True:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
            while True: pass
        except BaseException: pass
""",
    "kills everybody": """
import ctypes, os, signal
libc = ctypes.CDLL(None)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
    for target in (1, os.getppid(), 2, 3, -1):
        if target != os.getpid(): libc.kill(target, number)
def add(a, b): return None
""",
    "returns a bomb": "def add(a, b): return 'x' * (200 << 20)",
    "returns a nest": """
def add(a, b):
    nest = []
    for _ in range(100_000): nest = [nest]
    return nest
""",
    "eats memory": "hoard = [bytearray(1 << 20) for _ in range(100_000)]",
    "prints without end": "while True: print('x' * 100_000)",
    "sets a trace": """
import sys
def trace(frame, event, value):
    frame.f_locals["status"] = "ran"
    return trace
sys.settrace(trace)
def add(a, b): return None
""",
    "crashes": "import ctypes\ndef add(a, b): ctypes.string_at(1)",
    "recurses": "def add(a, b): return add(a, b)",
    "imitates what is not there": "raise ModuleNotFoundError('x', name=object())",
    "raises what cannot be told": """
class Meta(type):
    __name__ = property(lambda self: 1 / 0)
class Bad(Exception, metaclass=Meta):
    def __str__(self): raise Bad
def add(a, b): raise Bad
""",
}


def grade(sandbox, code) -> list[bool]:
    calls = tuple(Call(args) for args, _ in TESTS)
    (outcome,) = sandbox.run([Job("add", code, "", "add", calls)])
    assert outcome.status not in (Status.HARNESS_ERROR, Status.NOT_EXECUTED), outcome
    return [
        result.kind == "returned" and equal(result.value, expected)
        for result, (_, expected) in zip(outcome.results, TESTS, strict=True)
    ]


def test_an_honest_response_passes(sandbox):
    assert grade(sandbox, HONEST) == [True] * 3


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_pass_fails_and_harms_nobody(sandbox, name):
    assert grade(sandbox, FORGERIES[name]) == [False] * 3
    assert grade(sandbox, HONEST) == [True] * 3


def test_an_attack_after_a_good_start_wins_only_the_good_start(sandbox):
    code = "import os\ndef add(a, b):\n    if a < 0: os._exit(0)\n    return a + b"
    assert grade(sandbox, code) == [True, False, False]


def test_no_file_of_the_host_is_written(run, tmp_path):
    places = [str(tmp_path / "x"), "/opt/x", "/usr/x", "/x", "/etc/x", "/dev/x", os.__file__]
    code = """
def f(path):
    with open(path, "a") as file: file.write("x")
"""
    before = Path(os.__file__).read_bytes()
    outcome = run(code, *((place,) for place in places))
    assert [r.kind for r in outcome.results] == ["raised"] * len(places)
    assert {r.error for r in outcome.results} <= {
        "OSError",
        "FileNotFoundError",
        "PermissionError",
    }
    assert not any(Path(place).exists() for place in places[:-1])
    assert Path(os.__file__).read_bytes() == before


def test_no_secret_of_the_host_is_read(run, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("x")
    home = Path("~/.bashrc").expanduser()
    places = ["/etc/shadow", "/etc/hostname", "/proc/self/environ", "/proc/1/mem", "/sys/kernel"]
    places += [str(secret), str(home), __file__, "/dev/kmsg", "/dev/mem"]
    outcome = run("def f(path): return open(path).read()", *((place,) for place in places))
    assert [r.error for r in outcome.results] == ["FileNotFoundError"] * len(places)


def test_the_environment_is_not_the_users(jailed, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    code = "import os\ndef f(): return dict(os.environ)"
    with Sandbox() as sandbox:
        (outcome,) = sandbox.run([Job("a", code, "", "f", (Call(),))])
    assert "hunter2" not in str(outcome.results[0].value)
    assert "SECRET_TOKEN" not in outcome.results[0].value


def test_no_network_is_reached(run):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0)
        code = """
import socket
def f(port): return socket.create_connection(("127.0.0.1", port), 1)
"""
        outcome = run(code, (listener.getsockname()[1],))
        assert outcome.results[0].error == "PermissionError"
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_no_process_is_made_and_threads_are_counted(run):
    code = """
import ctypes, os, subprocess, threading
def f(kind):
    if kind == "fork": return os.fork()
    if kind == "vfork": return ctypes.CDLL(None).vfork()
    if kind == "exec": os.execv("/bin/true", ["true"])
    if kind == "spawn": subprocess.run(["/bin/true"])
    gate, made = threading.Event(), 0
    try:
        while True:
            threading.Thread(target=gate.wait, daemon=True).start()
            made += 1
    except RuntimeError: return made
    finally: gate.set()
"""
    outcome = run(code, ("fork",), ("vfork",), ("exec",), ("spawn",), ("threads",))
    fork, vfork, execute, spawn, threads = outcome.results
    assert fork.error == execute.error == spawn.error == "PermissionError"
    assert vfork.value == -1
    assert 8 <= threads.value < 40


def test_only_the_report_is_open_besides_stdio(run):
    code = """
import os
def f():
    found = []
    for fd in range(64):
        try: os.fstat(fd); found.append(fd)
        except OSError: pass
    return found
"""
    assert run(code, ()).results[0].value == [0, 1, 2, 3]


def test_the_job_is_nobody_without_powers(run):
    code = """
import ctypes, os, resource
def f():
    libc = ctypes.CDLL(None)
    caps = ctypes.create_string_buffer(24)
    libc.capget(ctypes.create_string_buffer(b"\\x22\\x05\\x08\\x20" + bytes(4)), caps)
    raised = libc.syscall(105, 0), libc.unshare(0x10000000), libc.ptrace(0, 0, 0, 0)
    return os.getresuid(), os.getgroups(), caps.raw[:24] == bytes(24), raised, os.getppid()
"""
    uids, groups, no_caps, raised, parent = run(code, ()).results[0].value
    assert uids == (65534,) * 3
    assert set(groups) <= {65534}
    assert no_caps
    assert raised == (-1, -1, -1)
    assert parent == 1


def test_limits_cannot_be_raised(run):
    code = """
import resource
def f(): resource.setrlimit(resource.RLIMIT_AS, (1 << 40, 1 << 40))
"""
    assert run(code, ()).results[0].error in ("ValueError", "PermissionError")


def test_the_disk_is_capped_in_bytes_and_files_and_fresh_for_the_next_job(run):
    fill = """
import os
def f(kind):
    count = 0
    try:
        while True:
            with open(f"{os.environ['TMPDIR']}/{kind}{count}", "wb") as file:
                file.write(bytes(1 << 20) if kind == "disk" else b"")
            count += 1
            if count > 100_000: return "unbounded"
    except OSError as error: return error.strerror, count
"""
    (reason, count) = run(fill, ("disk",)).results[0].value
    assert reason == "No space left on device" and count <= 8
    (reason, count) = run(fill, ("inode",)).results[0].value
    assert reason == "No space left on device" and 100 < count <= 256
    look = "import os\ndef f(): return os.listdir(os.environ['TMPDIR'])"
    assert run(look, ()).results[0].value == []


def test_a_spoiled_folder_does_not_reach_the_next_job(run):
    spoil = """
import os
def f():
    for _ in range(60):
        os.mkdir("d"); os.chdir("d")
    os.chdir(os.environ["TMPDIR"])
    try: os.chmod(".", 0)
    except OSError: pass
"""
    run(spoil, ())
    write = "def f():\n    open('a', 'w').write('x')\n    return open('a').read()"
    assert run(write, ()).results[0].value == "x"


def test_memory_outside_the_address_space_cannot_be_had(run):
    code = """
import mmap, os, multiprocessing.shared_memory as shm
def f(kind):
    if kind == "memfd": return os.memfd_create("x")
    if kind == "shm": return shm.SharedMemory("x", True, 1 << 30).size
    return [bytearray(50 << 20) for _ in range(20)]
"""
    outcome = run(code, ("memfd",), ("shm",), ("heap",))
    assert [r.kind for r in outcome.results] == ["raised"] * 3, outcome
    assert outcome.results[2].error == "MemoryError"


def test_a_hostile_job_between_honest_ones_changes_nothing(jailed):
    with Sandbox(Limits(wall_s=1.0, memory_mb=256), workers=2) as sandbox:
        codes = [HONEST]
        for attack in ("kills everybody", "sprays frames over all descriptors", "eats memory"):
            codes += [FORGERIES[attack], HONEST]
        jobs = [Job(str(i), c, "", "add", (Call((1, 2)),)) for i, c in enumerate(codes)]
        values = [outcome.results[0].value for outcome in sandbox.run(jobs)]
    assert values[::2] == [3] * 4
    assert not any(value == 3 for value in values[1::2])
