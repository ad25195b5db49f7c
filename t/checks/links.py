# SPDX-License-Identifier: Apache-2.0
"""Links between pages lead somewhere: to a file that is there, and to a heading that it has."""
import re

import house

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)


def anchors(text):
    """What the headings of a page can be reached by."""
    text = _CODE.sub("", text)
    titles = re.findall(r"^#+ +(.*?) *$", text, re.MULTILINE)
    return {re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", title.lower())) for title in titles}


def check(root):
    findings = []
    for path in house.files(root, ".md"):
        text = house.read(path)
        prose = _CODE.sub(lambda m: "\n" * m.group().count("\n"), text)
        for match in _LINK.finditer(prose):
            target, _, anchor = match.group(1).partition("#")
            where = f"{path.relative_to(root)}:{house.line_of(prose, match.start())}"
            if re.match(r"[a-z]+:", target):
                continue
            page = (path.parent / target).resolve() if target else path
            if not page.exists():
                findings.append(f"{where}: there is no {target}")
            elif anchor and anchor not in anchors(house.read(page)):
                findings.append(f"{where}: {page.name} has no heading #{anchor}")
    return findings


if __name__ == "__main__":
    house.main(check)
