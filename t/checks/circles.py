# SPDX-License-Identifier: Apache-2.0
"""No circles: neither between files that include each other, nor between units, a unit being a header with all that implements it."""
import re

import house
from layers import includes

_DEFINED = re.compile(r"^(?!static\b|typedef\b|#)[A-Za-z_][\w \t*]*?\b(\w+)\([^;{]*\)\s*\{", re.MULTILINE)


def find_circle(edges):
    """A way from a node back to itself, or None."""
    done, way = set(), []

    def visit(node):
        if node in way:
            return way[way.index(node):] + [node]
        if node in done:
            return None
        way.append(node)
        for other in sorted(edges.get(node, ())):
            circle = visit(other)
            if circle:
                return circle
        done.add(way.pop())
        return None
    return next(filter(None, map(visit, sorted(edges))), None)


def unit_of(path, headers):
    """The header that declares most of what a .c file defines; the file itself where none does."""
    code = house.without_comments(house.read(path))
    own = path.with_suffix(".h").name
    if own in headers:
        return own
    defined = set(_DEFINED.findall(code))
    counts = {name: sum(bool(re.search(rf"\b{function}\(", text)) for function in defined) for name, text in headers.items()}
    best = max(counts, key=counts.get, default=None)
    return best if best and counts[best] else path.name


def check(root):
    paths = house.files(root, ".c", ".h", below="mod_scimproxy")
    headers = {path.name: house.without_comments(house.read(path)) for path in paths if path.suffix == ".h"}
    files, units = {}, {}
    for path in paths:
        unit = path.name if path.suffix == ".h" else unit_of(path, headers)
        included = {name.rpartition("/")[2] for _, name, _ in includes(path)} & set(headers)
        files.setdefault(path.name, set()).update(included)
        units.setdefault(unit, set()).update(included - {unit})
    findings = []
    for what, edges in (("files include each other", files), ("units need each other", units)):
        circle = find_circle(edges)
        if circle:
            findings.append(f"{what}: {' -> '.join(circle)}")
    return findings


if __name__ == "__main__":
    house.main(check)
