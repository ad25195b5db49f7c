# SPDX-License-Identifier: Apache-2.0
"""Every message from debug up has a number, four digits, used once, from the range that CONTRIBUTING.md gives its folder."""
import re

import house
from layers import layer_of

_CALL = re.compile(r"\b(ap_log_[rcp]?error_?|scim_log|scim_log_print)\s*\(")
_LOGNO = re.compile(r"\bSCIM_LOGNO\(\s*(\w+)\s*\)")
_RANGE = re.compile(r"(\d+)-(\d+) (?:the )?(\w+)( connector)?")


def arguments(code, begin):
    """The arguments of the call whose opening bracket is before begin, as texts."""
    result, depth, start, i = [], 1, begin, begin
    while depth and i < len(code):
        c = code[i]
        if c in "\"'":
            i += 1
            while code[i] != c:
                i += 2 if code[i] == "\\" else 1
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
        if (c == "," and depth == 1) or not depth:
            result.append(code[start:i].strip())
            start = i + 1
        i += 1
    return result


def ranges(root):
    """{folder: (first, last)} as the line of CONTRIBUTING.md says it."""
    line = next((line for line in house.read(root / "CONTRIBUTING.md").splitlines() if line.startswith("The numbers of `SCIM_LOGNO`")), "")
    return {("connectors/" + name.lower()) if connector else name: (int(first), int(last))
            for first, last, name, connector in _RANGE.findall(line)}


def _without_directives(code):
    return re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: "\n" * m.group().count("\n"), code, flags=re.MULTILINE)


def _has_number(function, args):
    form = args[4 if function.startswith("ap_") else 3] if len(args) > 3 else ""
    level = args[1] if len(args) > 1 else ""
    if "TRACE" in level or form.startswith("SCIM_LOGNO("):
        return True
    return form == '"%s"' and not re.search(r"\b(?:APLOG|SCIM_LOG)_", level)     # hands on what has its number already


def check(root):
    findings, seen, allowed = [], {}, ranges(root)
    if not allowed:
        findings.append("CONTRIBUTING.md: no line that begins with: The numbers of `SCIM_LOGNO`")
    for path in house.files(root, ".c", ".h", below="mod_scimproxy"):
        name = path.relative_to(root).as_posix()
        code = _without_directives(house.without_comments(house.read(path)))
        for call in _CALL.finditer(code):
            where = f"{name}:{house.line_of(code, call.start())}"
            args = arguments(code, call.end())
            if not args[0].startswith("const ") and not _has_number(call.group(1), args):     # not a prototype
                findings.append(f"{where}: a message without SCIM_LOGNO")
        for use in _LOGNO.finditer(code):
            number, where = use.group(1), f"{name}:{house.line_of(code, use.start())}"
            first, last = allowed.get(layer_of(name), (0, -1))
            if not re.fullmatch(r"\d{4}", number):
                findings.append(f"{where}: {number} has not four digits")
            elif not first <= int(number) <= last:
                findings.append(f"{where}: {number} is not in the range of {layer_of(name)}")
            elif number in seen:
                findings.append(f"{where}: {number} is used in {seen[number]} already")
            seen.setdefault(number, where)
    return findings


if __name__ == "__main__":
    house.main(check)
