# SPDX-License-Identifier: Apache-2.0
"""Every mapped attribute keeps every text: RFC 7643 section 2.3, RFC 8259."""
import json

import pytest
from harness.client import ENTERPRISE, GROUP, USER, path_to, unique, unordered

pytestmark = pytest.mark.usefixtures("directory")

TEXTS = {
    "plain": "text", "blank": " ", "blanks around": "  x  ", "latin": "\u00c4\u00d6\u00dc \u00df \u00e9\u00e8",
    "greek": "\u039a\u03b1\u03bb\u03b7\u03bc\u03ad\u03c1\u03b1", "cyrillic": "\u041f\u0440\u0438\u0432\u0435\u0442",
    "han": "\u4f60\u597d\uff0c\u4e16\u754c", "hebrew": "\u05e9\u05dc\u05d5\u05dd", "arabic": "\u0645\u0631\u062d\u0628\u0627",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f600", "plane 2": "\U00020000\U0002a6d6", "last": "\U0010fffd",
    "combining": "e\u0301 a\u0308", "quotes": "\"'`\u201e\u201c", "backslashes": "\\ \\\\ \\n \\u0041",
    "controls": "a\tb\nc\rd\x01\x1f\x7f", "nel": "\u0085\u2028\u2029\ufeff\ufffd", "markup": "<a href='x'>&amp;</a>",
    "sql": "'; DROP TABLE person; --", "json": '{"a": [1, "b"]}', "number": "42", "leading zeros": "007", "float": "1.50",
    "exponent": "1e3", "boolean": "true", "null": "null", "date": "2011-05-13T04:42:34Z",
    "percent": "100% %s %n %00", "newline at the end": "x\n", "long": "x" * 255, "long umlauts": "\u00fc" * 255,
    "long emoji": "\U0001f600" * 120, "hex": "0x41", "copy": "\\N", "array": "{a,b}", "empty parens": "()",
}
SIMPLE = ["displayName", "nickName", "title", "userType", "externalId"]
NAME = ["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"]
EXTENSION = ["employeeNumber", "costCenter", "organization", "division", "department"]
SHORT = ["preferredLanguage", "locale", "timezone"]     # 64 characters in MariaDB's tables


def _resource(text, short):
    """Every mapped attribute with this text."""
    kind = short
    return {
        "schemas": [USER, ENTERPRISE], **{a: text for a in SIMPLE}, **{a: short for a in SHORT},
        "profileUrl": "https://example.com/" + text, "name": {a: text for a in NAME},
        "emails": [{"value": text, "type": kind, "display": text, "primary": True}],
        "phoneNumbers": [{"value": text, "type": kind, "display": text}],
        "addresses": [{"type": kind, "formatted": text, "streetAddress": text, "locality": text, "region": text, "postalCode": short,
                       "country": short, "primary": False}],
        "roles": [{"value": text, "type": kind, "display": text}], ENTERPRISE: {a: text for a in EXTENSION},
    }


def _same(shown, sent):
    return {k: v for k, v in shown.items() if k in sent and k != "schemas"} == {k: v for k, v in sent.items() if k != "schemas"}


@pytest.mark.smoke
@pytest.mark.parametrize("name", TEXTS)
def test_round_trip(scim, name):
    """By POST, by PUT, by PATCH, in a list; escaped in the request or not."""
    text = TEXTS[name]
    body = {**_resource(text, text[:60]), "userName": unique("values")}
    made = scim.post("/Users", json.dumps(body, ensure_ascii=True)).ok(201)
    assert _same(made, body), made
    assert scim.read(made) == made
    other = scim.create_user()
    shown = scim.put(path_to(other), json.dumps({**body, "userName": other["userName"]}, ensure_ascii=False)).ok()
    assert _same(shown, {k: v for k, v in body.items() if k != "userName"}), shown
    third = scim.create_user()
    shown = scim.change(third, *[("replace", a, body[a])
                                 for a in (*SIMPLE, *SHORT, "profileUrl", "name", "emails", "phoneNumbers", "addresses", "roles",
                                           ENTERPRISE)])
    assert _same(shown, {k: v for k, v in body.items() if k != "userName"}), shown
    assert scim.get("/Users", filter=f'id eq "{made["id"]}"').ok()["Resources"] == [made]


@pytest.mark.smoke
@pytest.mark.parametrize("name", ["latin", "han", "emoji", "quotes", "sql", "blanks around", "backslashes"])
def test_in_the_database(directory, scim, name):
    """What is stored is the text itself, as others will read it."""
    user = scim.create_user(displayName=TEXTS[name], emails=[{"value": TEXTS[name]}])
    assert directory.database.query("SELECT display_name FROM person WHERE id = ?", user["id"]) == [(TEXTS[name],)]
    assert directory.database.query("SELECT address FROM person_email WHERE person_id = ?", user["id"]) == [(TEXTS[name],)]
    directory.database.query("UPDATE person SET title = ? WHERE id = ?", TEXTS[name], user["id"])
    assert scim.read(user)["title"] == TEXTS[name]


@pytest.mark.parametrize("name", ["latin", "han", "emoji", "quotes", "sql", "number", "null"])
def test_names(scim, name):
    """userName and displayName of groups, found again by them."""
    text = unique() + TEXTS[name]
    user, group = scim.create_user(userName=text), scim.create_group(displayName=text, externalId=text)
    assert user["userName"] == text and scim.ids(filter=f"userName eq {json.dumps(text)}") == [user["id"]]
    both = f"displayName eq {json.dumps(text)} and externalId eq {json.dumps(text)}"
    assert group["displayName"] == text and scim.ids("/Groups", filter=both) == [group["id"]]
    scim.create_group([user])
    scim.post("/Groups", {"schemas": [GROUP], "displayName": text}).error(409, "uniqueness")


def test_empty_texts(scim):
    """An empty text is a text, and `pr` does not hold for it (RFC 7644 section 3.4.2.2)."""
    mark = unique()
    user = scim.create_user(title=mark, nickName="", name={"familyName": "", "givenName": "x"},
                            emails=[{"value": "a@example.com", "display": ""}])
    shown = scim.read(user)
    assert shown.get("nickName", "") == "" and shown["name"].get("familyName", "") == "" and shown["name"]["givenName"] == "x"
    assert shown["emails"][0].get("display", "") == "" and shown == user
    for text, holds in (("nickName pr", False), ("not (nickName pr)", True), ("name.familyName pr", False), ("emails[display pr]", False),
                        ("emails.display pr", False),
                        ('nickName eq "x"', False), ('nickName co "x"', False)):
        assert scim.ids(filter=f'title eq "{mark}" and {text}') == ([user["id"]] if holds else []), text
    now = scim.change(user, ("replace", "nickName", "n"), ("replace", "title", mark + "2"))
    assert scim.change(user, ("replace", "nickName", "")).get("nickName", "") == "" and now["nickName"] == "n"


def test_too_long(directory, scim):
    """What a column does not take is refused, or kept whole; never cut silently."""
    before = directory.database.dump()
    for attributes in ({"title": "x" * 300}, {"userName": "u" * 300}, {"emails": [{"value": "m" * 300}]}, {"locale": "l" * 100},
                       {"displayName": "\u00fc" * 256}):
        answer = scim.post("/Users", {"schemas": [USER], "userName": unique(), **attributes})
        if directory.database.driver == "mysql":
            answer.error(400, "invalidValue")
            assert directory.database.dump() == before
            assert "person" not in answer.text and "column" not in answer.text.lower(), "internals for the client"
        else:
            made = answer.ok(201)
            assert all(made[k] == v for k, v in attributes.items())


def test_very_long_texts(directory, scim):
    """Hundreds of kilobytes, where the column takes them."""
    text = "\u00fc\U0001f600" * 50000
    if directory.database.driver == "mysql":
        scim.post("/Users", {"schemas": [USER], "userName": unique(), "title": text}).error(400, "invalidValue")
    else:
        user = scim.post("/Users", json.dumps({"schemas": [USER], "userName": unique(), "title": text}, ensure_ascii=False)).ok(201)
        assert user["title"] == text and scim.read(user)["title"] == text
        assert scim.get("/Users", filter=f'id eq "{user["id"]}"').ok()["Resources"][0]["title"] == text


def test_nul(directory, scim):
    """No database takes it in a text: refused, nowhere cut at it."""
    user = scim.create_user(title="T")
    before = directory.database.dump()
    for attributes in ({"title": "a\x00b"}, {"userName": unique() + "\x00x"}, {"emails": [{"value": "\x00"}]}, {"password": "a\x00b"},
                       {"name": {"familyName": "x\x00"}}):
        scim.post("/Users", {"schemas": [USER], "userName": unique(), **attributes}).error(400, "invalidValue", "invalidSyntax")
        scim.put(path_to(user), {**user, **attributes}).error(400, "invalidValue", "invalidSyntax")
        for name, value in attributes.items():
            scim.patch(path_to(user), ("replace", name, value)).error(400, "invalidValue", "invalidSyntax")
    assert directory.database.dump() == before


@pytest.mark.smoke
@pytest.mark.parametrize("sent, stored",
                         [(True, True), (False, False), ("True", True), ("False", False), ("true", True), ("false", False), ("TRUE", True),
                          ("FALSE", False)])
def test_booleans(scim, sent, stored):
    """JSON's, and Entra's texts (C050 of what clients need)."""
    user = scim.create_user(active=sent, emails=[{"value": "a@example.com", "primary": sent}])
    assert user["active"] is stored and user["emails"][0].get("primary", False) is stored
    assert scim.put(path_to(user), {**user, "active": sent}).ok()["active"] is stored
    scim.change(user, ("replace", "active", not stored))
    now = scim.change(user, ("replace", "active", sent), ("replace", 'emails[value eq "a@example.com"].primary', sent))
    assert now["active"] is stored and now["emails"][0].get("primary", False) is stored


def test_primary(scim):
    """true, false and none of both."""
    emails = [{"value": "a@example.com", "primary": False}, {"value": "b@example.com", "primary": True}, {"value": "c@example.com"}]
    shown = scim.read(scim.create_user(emails=emails))
    assert [e.get("primary", False) for e in shown["emails"]] == [False, True, False]
    assert all(e.get("primary") in (None, True, False) for e in shown["emails"])


def test_many_values(scim):
    """A thousand addresses of one user."""
    emails = [{"value": f"{n}@example.com", "type": "other"} for n in range(1000)]
    user = scim.create_user(emails=emails)
    assert user["emails"] == emails and scim.read(user)["emails"] == emails
    changed = [{**e, "display": "even"} if n % 2 == 0 else e for n, e in enumerate(emails)]
    assert unordered(scim.put(path_to(user), {**user, "emails": changed}).ok()["emails"]) == unordered(changed)
    assert scim.ids(filter=f'emails[value eq "777@example.com"] and id eq "{user["id"]}"') == [user["id"]]


def test_what_is_sent_is_utf_8(scim):
    """Answers have no need of escapes, and are UTF-8 (RFC 7644 section 3.8)."""
    user = scim.create_user(title="\u00fc\U0001f600\u6f22")
    answer = scim.get(path_to(user))
    assert answer.json["title"] == user["title"] and answer.body.decode("utf-8")


def test_two_users_do_not_share_values(scim):
    one, other = scim.create_user(emails=[{"value": "same@example.com",
                                           "type": "work"}]), scim.create_user(emails=[{"value": "same@example.com", "type": "work"}])
    scim.change(one, ("replace", 'emails[type eq "work"].value', "changed@example.com"))
    assert scim.read(other) == other
