# SPDX-License-Identifier: Apache-2.0
"""A file that is too long to overlook is split: at 700 lines, tests at 1000."""
import house

_LINES, _TEST_LINES = 700, 1000


def check(root):
    findings = []
    for folder, limit in (("mod_scimproxy", _LINES), ("tools", _LINES), ("t", _TEST_LINES)):
        for path in house.files(root, ".c", ".h", ".py", ".sh", below=folder):
            lines = len(house.read(path).splitlines())
            if lines > limit:
                findings.append(f"{path.relative_to(root)}: {lines} lines; {limit} are the most")
    return findings


if __name__ == "__main__":
    house.main(check)
