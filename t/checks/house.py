# SPDX-License-Identifier: Apache-2.0
"""What the checks of the house share: which tree is looked at, its files, C without comments, how findings are told."""
import os
import re
import sys
from pathlib import Path

# Made by autotools or by running things; not ours to judge.
_NOT_OURS = {".git", ".run", "__pycache__", "autom4te.cache", "build-aux", "aclocal.m4", "configure", "Makefile.in", "libtool.m4"}
_MADE = re.compile(r"lt[\w~]*\.m4|.*~|.*\.pyc")


def _is_ours(name, folder):
    return name not in _NOT_OURS and not _MADE.fullmatch(name) and not (folder and name.startswith(("build", "_build", "_inst")))


def files(root, *suffixes, below=""):
    """Files of the tree whose names end so, or all of them, sorted; below= is a folder of it."""
    found = []
    for folder, folders, names in os.walk(root / below):
        folders[:] = [name for name in folders if _is_ours(name, folder=True)]
        found += [Path(folder, name) for name in names if _is_ours(name, folder=False)]
    return sorted(path for path in found if not suffixes or path.name.endswith(suffixes))


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


_COMMENT_OR_TEXT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def without_comments(code):
    """C with its comments blank; lines keep their numbers."""
    def blank(match):
        text = match.group()
        return text if text[0] in "\"'" else re.sub(r"[^\n]", " ", text)
    return _COMMENT_OR_TEXT.sub(blank, code)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def main(check):
    """Runs a check on the tree named by the first argument, by srcdir, or that it stands in; what it finds fails it."""
    here = Path(__file__).resolve().parents[2]
    root = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("srcdir") or here).resolve()
    findings = check(root)
    for finding in findings:
        print(finding)
    print(f"{len(findings)} findings")
    sys.exit(1 if findings else 0)
