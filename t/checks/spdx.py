# SPDX-License-Identifier: Apache-2.0
"""Every source file says under which licence it is, in its first line or the one after "#!"."""
import house

_NAMES = {"bootstrap", "run"}
_SUFFIXES = (".c", ".h", ".py", ".sh", ".am", ".ac", ".m4", ".js")
_LINE = "SPDX-License-Identifier: Apache-2.0"


def check(root):
    findings = []
    for path in house.files(root):
        if path.suffix in _SUFFIXES or path.name in _NAMES:
            lines = house.read(path).splitlines()
            first = lines[1:2] if lines and lines[0].startswith("#!") else lines[:1]
            if not first or _LINE not in first[0]:
                findings.append(f"{path.relative_to(root)}: no line {_LINE}")
    return findings


if __name__ == "__main__":
    house.main(check)
