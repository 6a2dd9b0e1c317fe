"""Run in a fresh interpreter: bind this process's life to its parent's, then become the command.

Standard library only, and few imports: ``python -I -S launcher.py PARENT SIGNAL USER -- command...`` has to take
milliseconds. USER is ``same``, ``namespace`` or ``nobody``: what to be when we are root. A script of its own and no ``preexec_fn``, because code between fork and exec of a process with threads
can deadlock.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
CLONE_NEWUSER = 0x10000000  # linux/sched.h
NOBODY = 65534


def enter_user_namespace(uid: int = 1000) -> None:
    """Become an ordinary user inside a user namespace: PostgreSQL refuses root, and files stay ours outside."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER):
        sys.exit(f"a user namespace is needed to run this as root: {os.strerror(ctypes.get_errno())}")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{uid} 0 1")):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 - pathlib is slow to import
            file.write(text)


def become_nobody() -> None:
    """Give root up for good, where user namespaces are not allowed (most containers)."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def die_with_parent(parent: int, signal_number: int) -> None:
    """Ask Linux for a signal when the parent's thread ends; elsewhere the reaper alone does it."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # it ended before we asked
        sys.exit("the command that started this is gone")


def main(arguments: list[str]) -> None:
    """Do both and become the command."""
    parent, signal_number, user = arguments[:3]
    command = arguments[4:]
    if user == "namespace":
        enter_user_namespace()
    elif user == "nobody":
        become_nobody()
    die_with_parent(int(parent), int(signal_number))
    try:
        os.execvp(command[0], command)  # noqa: S606 - a shell would be one process too many
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
