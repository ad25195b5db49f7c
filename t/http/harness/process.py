# SPDX-License-Identifier: Apache-2.0
"""Child processes that do not outlive the test run."""
import ctypes
import os
import signal
import subprocess
import time

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def spawn(argv, account=None, death_signal=signal.SIGTERM, **popen):
    """Starts a program in a session of its own, as another account if one is given; it dies with us."""
    def before_exec():
        if account:
            os.initgroups(account.pw_name, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        _libc.prctl(_PR_SET_PDEATHSIG, death_signal)
    return subprocess.Popen([str(a) for a in argv], preexec_fn=before_exec, start_new_session=True, **popen)


def run_as(argv, account=None, **popen):
    """Runs a program to its end and wants success; the text of a failure is in the exception."""
    process = spawn(argv, account, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **popen)
    output, _ = process.communicate(timeout=120)
    if process.returncode != 0:
        raise RuntimeError(f"{argv[0]} ended with {process.returncode}: {output}")
    return output


def _stat(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


def session_members(leader):
    """Process ids that belong to the session of a process, zombies left out."""
    members = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                state, _, _, session = _stat(name)[:4]
            except OSError:
                continue
            if int(session) == leader and state not in "ZX":
                members.append(int(name))
    return members


def memory_peak(pid):
    """VmHWM in bytes: the largest resident size so far."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) * 1024


def reset_memory_peak(pid):
    """Starts the measurement of memory_peak() afresh."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def wait_for(condition, seconds, what):
    """Polls until the condition is true; its value."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.01)
