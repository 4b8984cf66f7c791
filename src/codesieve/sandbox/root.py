"""The file system of the jail: a read-only root with the interpreter, and one private tmpfs.

Seen inside: /usr, /lib*, /bin, /sbin, the interpreter's own prefixes, a few devices, and the
scratch folder. No /proc, no /sys, no /home, no /etc but what the dynamic linker reads. All of it
lives in the zygote's mount namespace and goes with it: nothing is made on the host.
"""

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from codesieve.sandbox import kernel

JAIL_ID = 65534  # uid and gid of untrusted code, inside
_STAGE = "/proc"  # exists everywhere, holds nothing that is bound, and is overmounted unseen
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store")
_FILES = ("/etc/ld.so.cache", "/etc/alternatives")
_DEVICES = ("null", "zero", "full", "random", "urandom")


def interpreter_trees() -> tuple[str, ...]:
    """Folders this interpreter lives in, as named and as resolved; raises OSError if too wide."""
    named = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix}
    trees = {path for name in named for path in (name, os.path.realpath(name))}
    home = os.path.realpath(os.environ.get("HOME", "/"))
    for tree in sorted(trees):
        if tree == "/" or (tree not in _SYSTEM and _inside(home, tree)):
            raise OSError(f"the interpreter's prefix {tree} holds the home folder")
    return tuple(sorted(trees))


def scratch_folder(trees: Iterable[str]) -> str:
    """Where the private tmpfs goes: /tmp, unless the interpreter itself lives below it."""
    return "/scratch" if any(_inside(tree, "/tmp") for tree in trees) else "/tmp"


def build(trees: Iterable[str], scratch: str) -> None:
    """Replace the root of this mount namespace; needs CAP_SYS_ADMIN in it. Raises OSError."""
    kernel.mount("none", "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", _STAGE, "tmpfs", flags, "size=1m,nr_inodes=1024,mode=755")
    bound: list[str] = []
    for tree in (*_SYSTEM, *sorted(trees), *_FILES):
        if not any(_inside(tree, other) for other in bound) and _bring(tree):
            bound.append(tree)
    _bring_devices()
    passwd = f"sandbox:x:{JAIL_ID}:{JAIL_ID}::{scratch}:/bin/false\n"
    _write(f"{_STAGE}/etc/passwd", passwd)
    _write(f"{_STAGE}/etc/group", f"sandbox:x:{JAIL_ID}:\n")
    Path(_STAGE + scratch).mkdir(exist_ok=True)
    Path(_STAGE, "dev/shm").symlink_to(scratch)
    Path(_STAGE, "var").mkdir()
    Path(_STAGE, "var/tmp").symlink_to(scratch)
    kernel.pivot_into(_STAGE)
    kernel.make_read_only("/", devices=True)


def mount_scratch(scratch: str, file_mb: int, inodes: int) -> None:
    """A fresh, empty tmpfs with caps on bytes and inodes."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    options = f"size={file_mb}m,nr_inodes={inodes},mode=1777"
    kernel.mount("tmpfs", scratch, "tmpfs", flags, options)


def renew_scratch(scratch: str, file_mb: int, inodes: int) -> None:
    """Throw the tmpfs away, whatever is in it, and mount a fresh one."""
    kernel.unmount(scratch)
    mount_scratch(scratch, file_mb, inodes)


def _bring(path: str) -> bool:
    """Bind `path` of the host below the stage, or copy it if it is a link; False if absent."""
    target = Path(_STAGE + path)
    try:
        mode = Path(path).lstat().st_mode
    except FileNotFoundError:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISLNK(mode) and path in _SYSTEM:
        target.symlink_to(Path(path).readlink())
        return True
    if Path(path).is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    kernel.mount(path, str(target), None, kernel.MS_BIND | kernel.MS_REC)
    kernel.make_read_only(str(target))
    return True


def _bring_devices() -> None:
    folder = Path(_STAGE, "dev")
    folder.mkdir()
    for name in _DEVICES:
        (folder / name).touch()
        kernel.mount(f"/dev/{name}", str(folder / name), None, kernel.MS_BIND)


def _write(path: str, text: str) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(text)


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
