# SPDX-License-Identifier: Apache-2.0
"""Nothing that only one machine, one tracker or one day understands: paths, registries, issue numbers, notes to oneself."""
import re

import house

# The brackets keep a pattern from finding itself.
_FOREIGN = {
    "a path of one machine": r"(?<![\w.])/(?:wor[k]|home/\w+|roo[t])/",
    "a registry": r"registry\.npmj[s]|pypi\.or[g]|crates\.i[o]|proxy\.golang\.or[g]|docker\.i[o]|ghcr\.i[o]|rubygems\.or[g]",
    "the number of an issue": r"(?<![\w&/%\"'#.-])#\d+\b|\b[Ii]ssue \d+|\b(?:GH|PR)-?\d+\b",
    "a note to oneself": r"\b(?:TO[D]O|FIX[M]E|XX[X])\b",
    "a mark of a merge": r"^(?:<{7}|>{7})[ \n]",
}
_NOT_TEXT = ("t/fuzz/corpus/", "t/data/")


def check(root):
    findings = []
    for path in house.files(root):
        name = path.relative_to(root).as_posix()
        if name.startswith(_NOT_TEXT):
            continue
        text = house.read(path)
        for what, pattern in _FOREIGN.items():
            for match in re.finditer(pattern, text, re.MULTILINE):
                findings.append(f"{name}:{house.line_of(text, match.start())}: {what}: {match.group()!r}")
    return findings


if __name__ == "__main__":
    house.main(check)
