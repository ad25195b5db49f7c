# SPDX-License-Identifier: Apache-2.0
"""docs/directives.md has an entry for every directive, says the same of it as the table of httpd does, and has no other."""
import re

import house

_TABLE, _PAGE = "mod_scimproxy/httpd/scimp_cmds.c", "docs/directives.md"
_ROW = re.compile(r'AP_INIT_\w+\(\s*"(<?\w+)"\s*,\s*\w+\s*,\s*[^,]+,\s*(\w+)\s*,')
_ROWS = ("Description", "Syntax", "Context", "Override", "Status", "Module", "Compatibility")
_HEADING = re.compile(r"^## `(<?)(\w+)>?` Directive$", re.MULTILINE)


def table(code):
    """{directive: contexts}, contexts as RSRC_CONF and ACCESS_CONF in a set."""
    meanings = {name: set(re.findall(r"RSRC_CONF|ACCESS_CONF", value))
                for name, value in re.findall(r"^#define (\w+)[ \t]+(.*)$", code, re.MULTILINE)}
    return {name: meanings.get(where, {where}) for name, where in _ROW.findall(code)}


def entries(page):
    """{directive: {row: value}}, and the text of each entry under ""."""
    result = {}
    headings = list(_HEADING.finditer(page))
    for heading, following in zip(headings, headings[1:] + [None]):
        text = page[heading.end():following.start() if following else len(page)]
        rows = dict(re.findall(r"^\| (\w+): \| (.*) \|$", text, re.MULTILINE))
        result[heading.group(1) + heading.group(2)] = {**rows, "": text}
    return result


def _context_agrees(text, contexts):
    server = "server config" in text or "<SCIM" in text
    location = "`<Location>`" in text
    return server == ("RSRC_CONF" in contexts) and location == ("ACCESS_CONF" in contexts)


def check_entry(name, contexts, entry):
    findings = [f"{_PAGE}: {name}: no row {row}" for row in _ROWS if not entry.get(row)]
    if not re.match(rf"`{re.escape(name)}\b", entry.get("Syntax", "")):
        findings.append(f"{_PAGE}: {name}: its syntax does not begin with its name")
    if entry.get("Module", "") != "mod_scimproxy":
        findings.append(f"{_PAGE}: {name}: its module is mod_scimproxy")
    if not _context_agrees(entry.get("Context", ""), contexts):
        findings.append(f"{_PAGE}: {name}: Context is not what the table says: {', '.join(sorted(contexts))}")
    if "Off" in re.split(r"\W+", entry.get("Syntax", "")) and not entry.get("Default"):
        findings.append(f"{_PAGE}: {name}: no row Default")
    if not re.search(r"^[A-Z`<].{40,}", re.sub(r"^\|.*$", "", entry[""], flags=re.MULTILINE), re.MULTILINE):
        findings.append(f"{_PAGE}: {name}: nothing is said of what it is for")
    return findings


def check(root):
    rows, page = table(house.read(root / _TABLE)), entries(house.read(root / _PAGE))
    findings = [f"{_PAGE}: no entry for {name}" for name in sorted(set(rows) - set(page))]
    findings += [f"{_PAGE}: {name} is no directive" for name in sorted(set(page) - set(rows))]
    if not rows:
        findings.append(f"{_TABLE}: no row was understood")
    for name in sorted(set(rows) & set(page)):
        findings += check_entry(name, rows[name], page[name])
    return findings


if __name__ == "__main__":
    house.main(check)
