"""The Linux calls a jail is made of, through ctypes. Nothing here decides anything."""

import ctypes
import functools
import os
import struct

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522
_SYS_CLOSE_RANGE, _SYS_MOUNT_SETATTR = 436, 442  # from 424 on the same on every architecture
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_ATTR_RDONLY, _ATTR_NOSUID, _ATTR_NODEV = 1, 2, 4


@functools.cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def check(result: int, what: str) -> int:
    """`result` of a C call, or an OSError that begins with `what`."""
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """Result of a raw system call (negative on error, errno kept by ctypes)."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return int(_libc().syscall(ctypes.c_long(number), *wide))


def unshare(flags: int, what: str) -> None:
    """Enter new namespaces."""
    check(_libc().unshare(flags), what)


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount `source`, a filesystem of `kind` or else a bind, on `target`."""
    result = _libc().mount(
        os.fsencode(source),
        os.fsencode(target),
        None if kind is None else kind.encode(),
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    check(result, f"mount {kind or 'bind'} on {target}")


def unmount(target: str) -> None:
    """Detach the mount at `target`, in use or not."""
    check(_libc().umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def make_read_only(target: str, *, devices: bool = False) -> None:
    """Make all mounts at and below `target` read-only and nosuid, and nodev unless `devices`."""
    flags = _ATTR_RDONLY | _ATTR_NOSUID | (0 if devices else _ATTR_NODEV)
    attributes = ctypes.create_string_buffer(struct.pack("QQQQ", flags, 0, 0, 0))
    path = ctypes.c_char_p(os.fsencode(target))
    size = ctypes.sizeof(attributes) - 1
    result = syscall(_SYS_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE, attributes, size)
    check(result, "mount_setattr (Linux 5.12)")


def close_from(first: int) -> None:
    """Close all descriptors from `first` on."""
    check(syscall(_SYS_CLOSE_RANGE, first, 0xFFFFFFFF, 0), "close_range")


def pivot_into(new_root: str) -> None:
    """Make the mount at `new_root` the root and detach the old one."""
    os.chdir(new_root)
    check(_libc().pivot_root(b".", b"."), "pivot_root")
    unmount(".")
    os.chdir("/")


def die_with_parent() -> None:
    """SIGKILL for this process when its parent thread ends."""
    check(_libc().prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")


def forbid_inspection() -> None:
    """No core dumps, no ptrace, /proc entries owned by root."""
    check(_libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")


def drop_capabilities() -> None:
    """Empty all capability sets and make sure that no exec can win any back."""
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION_3, 0))
    check(_libc().capset(header, ctypes.create_string_buffer(24)), "capset")
    check(_libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def install_filter(program: bytes) -> None:
    """Install a seccomp filter: classic BPF instructions of 8 bytes each."""
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    result = _libc().prctl(
        _PR_SET_SECCOMP,
        ctypes.c_ulong(_SECCOMP_MODE_FILTER),
        ctypes.create_string_buffer(header),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    )
    check(result, "seccomp")
