# SPDX-License-Identifier: Apache-2.0
"""Texts in filters stay data, whatever characters they have, and compare as RFC 7643 section 2.2 says, whatever the database's collation."""
import json

import pytest
from harness.client import USER, unique

pytestmark = pytest.mark.usefixtures("directory")

# Each stands in a user of its own; none is part of another but where `inside` says so.
TEXTS = {
    "apostrophe": "it's", "two apostrophes": "x''y", "quote": 'say "hi"', "or": "' OR '1'='1", "drop": "'; DROP TABLE person; --",
    "comment": "a -- b", "c comment": "/* c */", "hash": "# e", "semicolon": "f;g", "percent": "100%", "percent between": "a%z",
    "underscore": "b_c", "backslash": "d\\e", "backslash at the end": "g\\", "backslash quote": "h\\'", "backslash percent": "i\\%j",
    "bang": "k!l", "question mark": "m?n", "dollar": "$1 $$ q", "colon": ":name", "at": "@var", "backtick": "`r`", "brackets": "[s-t]",
    "glob": "u*v", "parentheses": "(w)", "braces": "{x}", "pipe": "y||z", "ampersand": "aa&bb", "plus": "cc+dd", "equals": "ee=ff",
    "slash": "gg/hh",
    "tab": "ii\tjj", "newline": "kk\nll", "return": "mm\r\nnn", "control": "oo\x01pp", "delete": "qq\x7frr", "no-break": "ss\u00a0tt",
    "umlaut": "\u00fcmlaut", "sharp s": "stra\u00dfe", "greek": "\u03bb\u03cc\u03b3\u03bf\u03c2", "han": "\u6f22\u5b57",
    "emoji": "\U0001f600\U0001f680",
    "zero width": "uu\u200bvv", "right to left": "\u05e9\u05dc\u05d5\u05dd", "combining": "e\u0301", "format": "%s%n%d",
    "entity": "&lt;ww&gt;", "escape": "xx\\u0041",
    "last of the plane": "yy\uffef", "null word": "null", "true word": "true", "and": "zz and zz", "filter": 'userName eq "x"',
    "hex": "0x41", "copy": "\\N",
}


@pytest.fixture(scope="module")
def owners(directory):
    """name of a text -> the id of the user with it."""
    directory.database.empty()
    client = directory.client()
    made = {name: client.post("/Users",
                              {"schemas": [USER], "userName": f"owner.{number}", "displayName": text, "externalId": text, "title": unique(),
                                         "emails": [{"value": text, "type": text}]}).ok(201)["id"]
            for number, (name, text) in enumerate(TEXTS.items())}
    client.close()
    return made


def _found(scim, owners, text):
    names = {identity: name for name, identity in owners.items()}
    return sorted(names[i] for i in scim.ids("/Users", filter=text))


def _quote(text):
    return json.dumps(text)


@pytest.mark.smoke
@pytest.mark.parametrize("attr", ["displayName", "externalId", "emails.value"])
def test_equal(scim, owners, attr):
    for name, text in TEXTS.items():
        assert _found(scim, owners, f"{attr} eq {_quote(text)}") == [name], text
        assert _found(scim, owners, f"{attr} eq {json.dumps(text, ensure_ascii=False)}") == [name], text


@pytest.mark.smoke
@pytest.mark.parametrize("attr", ["displayName", "externalId", "emails.value"])
def test_contains(scim, owners, attr):
    fold = str if attr == "externalId" else str.lower
    for text in TEXTS.values():
        want = sorted(n for n, t in TEXTS.items() if fold(text) in fold(t))
        assert _found(scim, owners, f"{attr} co {_quote(text)}") == want, text


@pytest.mark.parametrize("op, part, holds", [
    ("sw", slice(0, 2), str.startswith), ("ew", slice(-2, None), str.endswith), ("co", slice(1, 3), lambda t, u: u in t)])
def test_parts(scim, owners, op, part, holds):
    for text in TEXTS.values():
        want = sorted(n for n, t in TEXTS.items() if holds(t.lower(), text[part].lower()))
        assert _found(scim, owners, f"displayName {op} {_quote(text[part])}") == want, text[part]


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", "*", "?", "[", "!", ";", "--", "%%", "__", "\\\\", "$", "#", "''"])
def test_wildcards_are_characters(scim, owners, sign):
    for op, holds in (("co", lambda t: sign in t), ("sw", lambda t: t.startswith(sign)), ("ew", lambda t: t.endswith(sign)),
                      ("eq", lambda t: t == sign)):
        for attr in ("displayName", "externalId", "emails.value"):
            assert _found(scim, owners, f"{attr} {op} {_quote(sign)}") == sorted(n for n, t in TEXTS.items() if holds(t)), (attr, op)


def test_on_one_element(scim, owners):
    for name, text in TEXTS.items():
        assert _found(scim, owners, f"emails[value eq {_quote(text)} and type eq {_quote(text)}]") == [name], text


def test_the_tables_stand(directory, scim, owners):
    """After all this nothing was changed."""
    before = directory.database.dump()
    for text in TEXTS.values():
        for op in ("eq", "ne", "co", "sw", "ew", "gt", "le"):
            scim.get("/Users", filter=f"nickName {op} {_quote(text)} or displayName {op} {_quote(text)}", count=0).ok()
        scim.get("/Users", sortBy=text).error(400, "invalidPath")
        scim.get("/Users", attributes=text).ok()
    assert directory.database.dump() == before


def test_nul_is_no_character_of_a_database(directory, scim, owners):
    before = directory.database.dump()
    for op in ("eq", "co", "sw", "ew"):
        answer = scim.get("/Users", filter=f'displayName {op} "it\'s\\u0000"')
        if answer.status == 200:
            assert answer.json["totalResults"] == 0, answer
        else:
            answer.error(400, "invalidFilter")
    assert directory.database.dump() == before


# ---- equality is that of the schema, not that of the collation ----

PAIRS = [
    ("accent", "resume", "r\u00e9sum\u00e9"), ("umlaut", "muller", "m\u00fcller"), ("blank at the end", "end", "end "),
    ("blank before", "start", " start"), ("sharp s", "strasse", "stra\u00dfe"), ("ligature", "aether", "\u00e6ther"),
    ("hyphen", "coop", "co-op"),
    ("zero width", "joined", "joi\u200bned"), ("composed", "caf\u00e9", "cafe\u0301"), ("digits", "1", "\u0661"),
    ("width", "abc", "\uff41\uff42\uff43"),
    ("emoji", "\U0001f600", "\U0001f601"), ("no-break", "a b", "a\u00a0b"), ("number", "1", "1.0"), ("zero", "7", "07"),
    ("exponent", "1000", "1e3"),
    ("kana", "\u3042", "\u30a2"), ("tab at the end", "tabbed", "tabbed\t"), ("eth", "d", "\u00f0"), ("dotless", "xi", "x\u0131"),
]


@pytest.mark.smoke
@pytest.mark.parametrize("attr", ["nickName", "externalId", "emails.value"])
def test_different_texts_are_different(directory, scim, attr):
    for name, one, other in PAIRS:
        mark = unique()
        ids = {}
        for text in (one, other):
            value = {"emails": [{"value": text}]} if attr == "emails.value" else {attr: text}
            ids[text] = scim.create_user(title=mark, **value)["id"]
        both = set(ids.values())
        for text, unlike in ((one, other), (other, one)):
            own = f'title eq "{mark}" and '
            assert scim.ids(filter=f"{own}{attr} eq {_quote(text)}") == [ids[text]], name
            assert scim.ids(filter=f"{own}{attr} ne {_quote(text)}") == [ids[unlike]], name
            assert scim.ids(filter=f"{own}not ({attr} eq {_quote(text)})") == [ids[unlike]], name
        for op, holds in (("sw", str.startswith), ("ew", str.endswith), ("co", lambda t, u: u in t)):
            want = {ids[t] for t in ids if holds(t, one)}
            assert set(scim.ids(filter=f'title eq "{mark}" and {attr} {op} {_quote(one)}')) == want <= both, (name, op)


@pytest.mark.parametrize("lower, upper",
                         [("zoe", "ZOE"), ("z\u00f6e", "Z\u00d6E"), ("\u00e9mile", "\u00c9MILE"),
                          ("\u03bb\u03cc\u03b3", "\u039b\u038c\u0393"),
                                          ("\u0436\u0443\u043a", "\u0416\u0423\u041a"), ("\u00f8re", "\u00d8RE")])
def test_case_is_unicodes(scim, lower, upper):
    """caseExact false means that, not only from A to Z."""
    mark = unique()
    small, capital = (scim.create_user(title=mark, nickName=text, externalId=text, emails=[{"value": text + "@example.com"}])["id"]
                      for text in (lower, upper))
    for text in (lower, upper):
        for condition in (f'nickName eq "{text}"', f'nickName sw "{text[:2]}"', f'nickName ew "{text[1:]}"', f'emails.value co "{text}@"'):
            assert sorted(scim.ids(filter=f'title eq "{mark}" and {condition}')) == sorted([small, capital]), condition
        assert scim.ids(filter=f'title eq "{mark}" and nickName ne "{text}"') == []
    assert scim.ids(filter=f'title eq "{mark}" and externalId eq "{lower}"') == [small]
    assert scim.ids(filter=f'title eq "{mark}" and externalId co "{upper}"') == [capital]


def test_order_is_the_same_everywhere(scim):
    """gt and lt compare texts by their characters, case aside, on each database the same."""
    mark, texts = unique(), ["a", "A", "a-b", "a_b", "ab", "aB", "a b", "a1", "1", "10", "9", "\u00e4", "z", "Z", "zz", "~", "[", "\u00e9",
                             "a'"]
    ids = {scim.create_user(title=mark, nickName=t, emails=[{"value": t}])["id"]: t for t in texts}
    for pivot in texts:
        for op, holds in (("gt", str.__gt__), ("ge", str.__ge__), ("lt", str.__lt__), ("le", str.__le__)):
            want = sorted(t for t in texts if holds(t.lower(), pivot.lower()))
            for attr in ("nickName", "emails.value"):
                found = scim.ids(filter=f'title eq "{mark}" and {attr} {op} {_quote(pivot)}')
                assert sorted(ids[i] for i in found) == want, (attr, op, pivot)


def test_long_texts(scim):
    """What is longer than a column is in no column."""
    mark = unique()
    user = scim.create_user(title=mark, nickName="x" * 200)
    assert scim.ids(filter=f'title eq "{mark}" and nickName eq "{"X" * 200}"') == [user["id"]]
    assert scim.ids(filter=f'title eq "{mark}" and nickName eq "{"x" * 201}"') == []
    assert scim.ids(filter=f'title eq "{mark}" and nickName eq "{"x" * 5000}"') == []
    assert scim.ids(filter=f'title eq "{mark}" and nickName sw "{"x" * 300}"') == []
