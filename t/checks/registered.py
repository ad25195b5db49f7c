# SPDX-License-Identifier: Apache-2.0
"""What lies in the tree is built and run: every C file, unit test, fuzz target and check is in the lists of Automake."""
import house

_LISTS = ("Makefile.am", "mod_scimproxy/sources.am", "t/tests.am")
_HELPERS = ("t/checks/house.py",)


def check(root):
    words = set()
    for name in _LISTS:
        text = "\n".join(line for line in house.read(root / name).splitlines() if not line.startswith("#"))
        words |= set(text.replace("\\\n", " ").split())
    findings = []
    for path in (house.files(root, ".c", ".h", below="mod_scimproxy") + house.files(root, ".c", below="t/unit")
                 + house.files(root, ".c", below="t/fuzz") + house.files(root, ".py", below="t/checks")):
        name = path.relative_to(root).as_posix()
        program = name.removesuffix(".c")
        if name not in words and program not in words and name not in _HELPERS:
            findings.append(f"{name}: in none of the lists of {', '.join(_LISTS)}")
    return findings


if __name__ == "__main__":
    house.main(check)
