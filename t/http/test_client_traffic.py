# SPDX-License-Identifier: Apache-2.0
"""Replays t/data/client-traffic.json: what Entra, Okta, SailPoint, SAP and the examples of the RFCs send, and what they expect."""
import json
import re
import secrets
import uuid
from urllib.parse import quote

import pytest
from harness import settings

TRAFFIC = json.loads((settings.REPO / "t" / "data" / "client-traffic.json").read_text(encoding="utf-8"))
CLIENTS = ["entra", "okta", "sailpoint", "sap-ips", "rfc"]

# What this version does not serve, by name, and why. Everything else must do as expected.
BULK = "/Bulk is not served in this version"
CURSOR = "cursors (RFC 9865) are not served in this version"
EXCLUDED = {
    "3.7.3 bulk with a bulkId reference": BULK, "verify the group": BULK, "clean up group": BULK, "clean up user": BULK,
    "RFC 9865 first cursor page": CURSOR, "RFC 9865 forged cursor": CURSOR,
}
EXCLUDED_CLIENT = "rfc"


def steps(client):
    return [s for s in TRAFFIC if s["client"] == client and not (client == EXCLUDED_CLIENT and s["name"] in EXCLUDED)]


def _substitute(value, variables):
    if isinstance(value, str):
        return re.sub(r"(?:%7B%7B|\{\{)(\w+)(?:%7D%7D|\}\})", lambda m: _variable(m, variables), value)
    if isinstance(value, list):
        return [_substitute(v, variables) for v in value]
    if isinstance(value, dict):
        return {k: _substitute(v, variables) for k, v in value.items()}
    return value


def _variable(match, variables):
    if match.group(1) not in variables:
        return match.group(0)
    value = variables[match.group(1)]
    return value if match.group(0).startswith("{") else quote(value, safe="")


def at(document, pointer):
    """A JSON pointer; * is every element, a=b the element whose a is b, a URN segment is one segment."""
    current, several, rest = [document], False, pointer[1:]
    while rest:
        urn = re.match(r"urn:[^/]*", rest)
        segment = urn.group(0) if urn else rest.split("/", 1)[0]
        rest = rest[len(segment) + 1:]
        found = []
        for value in current:
            if segment == "*":
                several = True
                found += value if isinstance(value, list) else []
            elif isinstance(value, list):
                named = re.fullmatch(r"(\w+)=(.*)", segment)
                if named:
                    found += [e for e in value if isinstance(e, dict) and e.get(named.group(1)) == named.group(2)][:1]
                elif segment.isdigit() and int(segment) < len(value):
                    found.append(value[int(segment)])
            elif isinstance(value, dict) and segment in value:
                found.append(value[segment])
        current = found
    return current if several else current[0] if current else None


def _is_empty(value):
    return value is None or value == "" or value == []


_TYPES = {"number": (int, float), "boolean": bool, "string": str, "object": (dict, list)}


def _mismatches(answer, want):
    """What the answer lacks of what is expected."""
    document = answer.json
    yield from (f"{p} = {at(document, p)!r}, want {v!r}" for p, v in want.get("equals", {}).items() if at(document, p) != v)
    yield from (f"{p} missing" for p in want.get("exists", []) if _is_empty(at(document, p)))
    for pointer in want.get("absent", []):
        dotted = "." in pointer and pointer.rfind("/") == 0
        value = (document or {}).get(pointer[1:]) if dotted else at(document, pointer)
        if not _is_empty(value):
            yield f"{pointer} should be absent, is {value!r}"
    for pointer, name in want.get("types", {}).items():
        value = at(document, pointer)
        if not isinstance(value, _TYPES[name]) or isinstance(value, bool) != (name == "boolean"):
            yield f"{pointer} is {value!r}, want a {name}"
    yield from (f"{p} lacks {v!r}" for p, v in want.get("includes", {}).items() if v not in (at(document, p) or []))
    yield from (f"{p} has not {n} elements" for p, n in want.get("lengths", {}).items() if len(at(document, p) or []) != n)
    yield from (f"{p} = {at(document, p)!r}, want {v!r}" for p,
                v in want.get("sets", {}).items() if sorted(at(document, p) or []) != sorted(v))
    yield from (f"{p} = {at(document, p)!r}" for p, v in want.get("notMatches", {}).items() if re.search(v, str(at(document, p))))
    yield from (f"header {n}: {answer.headers.get(n)}" for n,
                v in want.get("headers", {}).items() if not re.search(v, answer.headers.get(n, "")))
    yield from (f"header {n}: {answer.headers.get(n)} is not {p}" for n,
                p in want.get("headerEquals", {}).items() if answer.headers.get(n) != at(document, p))


KNOWN = {"status", "prose", "equals", "exists", "absent", "types", "includes", "lengths", "sets", "notMatches", "headers", "headerEquals"}


def test_the_whole_file_is_replayed():
    """Nothing is left out but what is named above, and each name above is one."""
    assert {s["client"] for s in TRAFFIC} == set(CLIENTS)
    names = [s["name"] for s in TRAFFIC if s["client"] == EXCLUDED_CLIENT and s["name"] in EXCLUDED]
    assert sorted(names) == sorted(EXCLUDED)
    assert sum(len(steps(c)) for c in CLIENTS) == len(TRAFFIC) - len(EXCLUDED)
    assert all(set(s["expect"]) <= KNOWN for s in TRAFFIC), "an expectation that is not looked at"


@pytest.mark.smoke
@pytest.mark.parametrize("client", CLIENTS)
def test_traffic(directory, scim, client):
    directory.httpd.expect("AH01614: ")     # the wrong Authorization that Okta tries
    variables = {"rand": secrets.token_hex(4), "uuid": str(uuid.uuid4()), "base": scim.url}
    failures, passed = [], 0
    for step in steps(client):
        body = _substitute(step.get("body"), variables)
        headers = _substitute(step["headers"], variables)
        answer = scim.request(step["method"], _substitute(step["path"], variables), body, headers=headers)
        want = _substitute(step["expect"], variables)
        wrong = [] if answer.status in want["status"] else [f"status {answer.status}, want {want['status']}"]
        if not wrong and answer.status not in (204, 304):
            wrong = list(_mismatches(answer, want))
        for name, pointer in step.get("save", {}).items():
            value = at(answer.json, pointer)
            variables[name] = value if isinstance(value, str) else variables.get(name, "unset-" + name)
        passed += not wrong
        failures += [f"{step['name']}: {step['method']} {step['path']}: {w}\n    {answer!r}" for w in wrong]
    assert not failures, f"{passed} of {len(steps(client))} as expected\n" + "\n".join(failures)
