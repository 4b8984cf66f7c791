"""The jail as another user, and for interpreters that live in awkward places."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"
OTHER = 61190
SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from codesieve.sandbox import Call, Job, Limits, Sandbox, probe
code = '''
import json, os, sys
def f(x):
    open("a", "w").write(x)
    return [open("a").read(), os.getuid(), os.getcwd(), os.path.realpath(sys.prefix) == sys.prefix]
'''
bombs = ["import time\\ntime.sleep(9)", "x = [0] * (1 << 34)", "import os\\nos._exit(0)"]
with Sandbox(Limits(wall_s=0.4, memory_mb=256, processes=8)) as sandbox:
    job = Job("a", code, "", "f", (Call(("y",)),))
    outcomes = list(sandbox.run([job, *(Job("b", bomb) for bomb in bombs), job]))
print(json.dumps({
    "probe": probe().level,
    "statuses": [str(o.status) for o in outcomes],
    "first": outcomes[0].results[0].value,
    "last": outcomes[-1].results[0].value,
}))
"""


def facts(python, **options) -> dict:
    done = subprocess.run(
        [str(python), "-c", SCRIPT, str(SOURCE)], capture_output=True, text=True, **options
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(found: dict, scratch: str) -> None:
    assert found["probe"] == "L3"
    assert found["statuses"] == ["ran", "timeout", "out_of_memory", "died", "ran"]
    assert found["first"] == found["last"]
    assert found["first"][:3] == ["y", 65534, scratch]


def system_python() -> str:
    """A Python of this project's versions that any user may run."""
    for path in ("/usr/bin/python3", "/usr/local/bin/python3"):
        ask = "import sys; print(sys.version_info >= (3, 11))"
        if Path(path).exists():
            done = subprocess.run([path, "-c", ask], capture_output=True, text=True)
            if done.stdout == "True\n":
                return path
    pytest.skip("no system-wide Python 3.11 or later")


def test_another_user_is_as_well_jailed(jailed):
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    for folder in (SOURCE, *SOURCE.parents):
        if not folder.stat().st_mode & 0o001:
            pytest.skip(f"other users cannot enter {folder}")
    found = facts(system_python(), user=OTHER, group=OTHER, extra_groups=[], cwd="/", env={})
    check(found, "/tmp")


@pytest.mark.parametrize("where", [Path("/tmp"), Path("~").expanduser()])
def test_an_environment_below_tmp_or_home_works(jailed, where):
    if not os.access(where, os.W_OK):
        pytest.skip(f"{where} is not writable")
    with tempfile.TemporaryDirectory(prefix="codesieve-test-", dir=where) as folder:
        venv = Path(folder, "env")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
        link = Path(folder, "link")
        link.symlink_to(venv)
        for prefix in (venv, link):
            found = facts(prefix / "bin" / "python")
            check(found, "/scratch" if where == Path("/tmp") else "/tmp")


def test_a_python_in_a_home_folder_does_not_bring_the_home_along(jailed, tmp_path):
    code = "import sys; sys.path.insert(0, sys.argv[1]); sys.prefix = sys.argv[2]\n"
    code += "from codesieve.sandbox import root\nroot.interpreter_trees()"
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(SOURCE), str(tmp_path)],
        capture_output=True,
        text=True,
        env={"HOME": str(home)},
    )
    assert "holds the home folder" in done.stderr


SWITCHED_OFF = """
import os, sys
sys.path.insert(0, sys.argv[1])
from codesieve.sandbox import Job, Sandbox, namespaces, probe
assert namespaces._enter_as_root()
open(f"/proc/sys/user/max_{sys.argv[2]}_namespaces", "w").write("0")
if sys.argv[3] == "other":
    os.setgroups([])
    os.setresgid(6119, 6119, 6119)
    os.setresuid(6119, 6119, 6119)
    sys.executable = sys.argv[4]
print(probe())
"""


@pytest.mark.parametrize(
    ("kind", "user", "level"),
    [
        ("user", "root", "L3"),  # root does without
        ("user", "other", "none"),
        ("net", "root", "none"),
        ("mnt", "other", "none"),
        ("pid", "root", "none"),
    ],
)
def test_where_namespaces_are_switched_off_nothing_is_executed(jailed, kind, user, level):
    if os.geteuid() != 0:
        pytest.skip("only root can switch namespaces off for a process")
    python = system_python() if user == "other" else sys.executable
    done = subprocess.run(
        [sys.executable, "-c", SWITCHED_OFF, str(SOURCE), kind, user, python],
        capture_output=True,
        text=True,
    )
    assert f"level='{level}'" in done.stdout, done.stderr
    assert (level != "none") or "namespace" in done.stdout
