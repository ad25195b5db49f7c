# SPDX-License-Identifier: Apache-2.0
"""A connector's page has a row for each property of its table, with its default, whether it is required, whether it is a secret."""
import re

import house
from logids import arguments

_FIELDS = ("name", "type", "choices", "dflt", "where", "required", "secret", "description")
_TABLE = re.compile(r"\bscim_property_t\s+\w+\[\]\s*=\s*\{")
_CELL = re.compile(r"(?<!\\)\|")


def _text(value):
    """The value of a C string, NULL as None; anything else as it stands."""
    pieces = re.findall(r'"((?:\\.|[^"\\])*)"', value)
    return "".join(pieces) if pieces else None if value == "NULL" else value


def rows_of(code):
    """The rows of the property tables in a file, as dictionaries."""
    rows = []
    for table in _TABLE.finditer(code):
        for row in arguments(code, table.end()):
            values = arguments(row, 1) if row.startswith("{") else []
            named = dict(re.match(r"\.(\w+)\s*=\s*(.*)", v, re.DOTALL).groups() for v in values if v.startswith("."))
            fields = {**dict(zip(_FIELDS, (v for v in values if not v.startswith(".")))), **named}
            if _text(fields.get("name", "NULL")):
                rows.append({k: _text(v) for k, v in fields.items()})
    return rows


def page_rows(page):
    """{property: its whole row} of a page's tables."""
    rows = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in _CELL.split(line)[1:-1]]
        if cells and re.fullmatch(r"`[\w.]+`", cells[0]) and "." in cells[0]:
            rows[cells[0].strip("`")] = " | ".join(cells[1:])
    return rows


def check_row(where, row, said):
    findings = []
    if row.get("dflt") is not None and f"`{row['dflt']}`" not in said:
        findings.append(f"{where}: {row['name']}: its default is `{row['dflt']}`")
    for choice in (row.get("choices") or "").split("|"):
        if choice and f"`{choice}`" not in said:
            findings.append(f"{where}: {row['name']}: `{choice}` is not mentioned")
    for flag in ("required", "secret"):
        if (row.get(flag, "0") == "1") != bool(re.search(rf"\b{flag}\b", said)):
            findings.append(f"{where}: {row['name']}: whether it is {flag}")
    return findings


def check(root):
    findings = []
    for folder in sorted((root / "mod_scimproxy" / "connectors").iterdir()):
        rows = [row for path in house.files(folder, ".c") for row in rows_of(house.without_comments(house.read(path)))]
        where = f"docs/connector-{folder.name}.md"
        page = page_rows(house.read(root / where)) if (root / where).is_file() else {}
        names = {row["name"] for row in rows}
        if not rows:
            findings.append(f"{folder.relative_to(root)}: no property table was understood")
        findings += [f"{where}: {name} is missing" for name in sorted(names - set(page))]
        findings += [f"{where}: there is no property {name}" for name in sorted(set(page) - names)]
        for row in rows:
            findings += check_row(where, row, page[row["name"]]) if row["name"] in page else []
    return findings


# For the self-test: a table in both notations, its page, and how the page can be wrong.
EXAMPLE_TABLE = """
static const scim_property_t properties[] = {
    { "sql.table", SCIM_PROP_STRING, NULL, NULL, SCIM_PROP_TYPE, 1, 0, "the {table}," " its name" },
    { .name = "sql.key.generate", .type = SCIM_PROP_CHOICE, .choices = "uuid|database", .dflt = "uuid", .where = SCIM_PROP_TYPE,
      .description = "who makes keys" },
    { "sql.password", SCIM_PROP_STRING, NULL, NULL, SCIM_PROP_TARGET, 0, 1, "the password" },
    { NULL, 0, NULL, NULL, 0, 0, 0, NULL }
};
"""
EXAMPLE_PAGE = """\
| property | default | meaning |
|---|---|---|
| `sql.table` | required | the table |
| `sql.key.generate` | `uuid` | `uuid` or `database` |
| `sql.password` | | a secret |
"""
EXAMPLE_MISTAKES = [
    ("| `uuid` | `uuid` or", "| | a uuid or", "its default is `uuid`"),
    ("or `database`", "", "`database` is not mentioned"),
    ("| required |", "| |", "sql.table: whether it is required"),
    ("a secret", "a word", "sql.password: whether it is secret"),
    ("| the table |", "| the secret table |", "sql.table: whether it is secret"),
]

if __name__ == "__main__":
    house.main(check)
