# SPDX-License-Identifier: Apache-2.0
"""The error log is part of the answer: every line of weight is expected by a test, or is a failure."""
import re

_LEVEL = re.compile(r"^\[[^\]]*\] \[(?:[\w.]*):(\w+)\]")
_HEAVY = {"warn", "error", "crit", "alert", "emerg"}
_DEADLY = re.compile(r"Sanitizer|runtime error:|Segmentation fault|exit signal|glibc detected|Assertion|AH0005[12]:"
                     r"|pool concurrency check|(?:Invalid (?:read|write|free)|uninitialised)")


class ErrorLog:
    """Follows an error log; lines read once are not read again."""

    def __init__(self, path):
        self.path = path
        self._offset = 0
        self._expected = []

    def text(self):
        return self.path.read_text(encoding="utf-8", errors="replace") if self.path.exists() else ""

    def _new_lines(self):
        if not self.path.exists():
            return []
        with open(self.path, "rb") as file:
            file.seek(self._offset)
            data = file.read()
        data = data[:data.rfind(b"\n") + 1]
        self._offset += len(data)
        return data.decode("utf-8", "replace").splitlines()

    def expect(self, *patterns):
        """Lines that match one of these regular expressions are fine until forget()."""
        self._expected += [re.compile(p) for p in patterns]

    def forget(self):
        self._expected.clear()

    def unexpected(self):
        """What was logged since the last call and should not have been."""
        return [line for line in self._new_lines() if self._is_unexpected(line)]

    def _is_unexpected(self, line):
        if not line.strip():
            return False
        if _DEADLY.search(line):
            return True
        level = _LEVEL.match(line)
        if level and level.group(1) not in _HEAVY:
            return False
        return not any(p.search(line) for p in self._expected)
