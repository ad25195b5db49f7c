# SPDX-License-Identifier: Apache-2.0
"""docs/directives.md names the variables that requests get and the words of Require scim-operation: all of them and no others."""
import re

import house

_PAGE, _SETTER, _VERBS = "docs/directives.md", "mod_scimproxy/httpd/scimp_env.c", "mod_scimproxy/engine/scim_route.c"


def _section(page, heading):
    found = re.search(rf"^#+ {heading}$(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^\| `(\w+)` \|", found.group(1), re.MULTILINE)) if found else set()


def _compare(what, real, said):
    findings = [f"{_PAGE}: {what} {name} is missing" for name in sorted(real - said)]
    findings += [f"{_PAGE}: there is no {what} {name}" for name in sorted(said - real)]
    return findings if real else [f"no {what} was found in the sources"]


def check(root):
    page = house.read(root / _PAGE)
    variables = set(re.findall(r'\bset\(r, "(SCIM_\w+)"', house.read(root / _SETTER)))
    table = re.search(r"\bverbs\[[^\]]*\]\s*=\s*\{(.*?)\}", house.read(root / _VERBS), re.DOTALL)
    verbs = set(re.findall(r'"(\w+)"', table.group(1))) if table else set()
    return (_compare("variable", variables, _section(page, "Environment variables"))
            + _compare("operation", verbs, _section(page, "Require scim-operation")))


if __name__ == "__main__":
    house.main(check)
