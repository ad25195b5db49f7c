# SPDX-License-Identifier: Apache-2.0
"""attributes and excludedAttributes: RFC 7644 section 3.9, with `returned` of RFC 7643 section 2.2."""
import pytest
from harness.client import ENTERPRISE, USER, path_to, unique

pytestmark = pytest.mark.usefixtures("directory")

E = ENTERPRISE
ATTRIBUTES = {
    "externalId": "x", "name": {"formatted": "F", "familyName": "Fam", "givenName": "Giv"}, "displayName": "D", "title": "T",
    "password": "secret",
    "emails": [{"value": "a@example.com", "type": "work", "primary": True}, {"value": "b@example.com", "display": "b"}],
    "phoneNumbers": [{"value": "1", "type": "work"}], "addresses": [{"country": "DE", "locality": "Bonn"}],
}

# attributes= -> what is there besides schemas and id
WANTED = [
    ("userName", {"userName": ...}), ("USERNAME", {"userName": ...}), ("userName,title", {"userName": ..., "title": "T"}),
    (" userName , title ", {"userName": ..., "title": "T"}),
    ("name", {"name": ATTRIBUTES["name"]}), ("name.givenName", {"name": {"givenName": "Giv"}}),
    ("NAME.givenname", {"name": {"givenName": "Giv"}}),
    ("name.givenName,name.familyName", {"name": {"givenName": "Giv", "familyName": "Fam"}}),
    ("name,name.givenName", {"name": ATTRIBUTES["name"]}),
    ("emails", {"emails": ATTRIBUTES["emails"]}), ("emails.value", {"emails": [{"value": "a@example.com"}, {"value": "b@example.com"}]}),
    ("emails.type", {"emails": [{"type": "work"}]}),
    ("emails.value,emails.display", {"emails": [{"value": "a@example.com"}, {"value": "b@example.com", "display": "b"}]}),
    ("addresses.country", {"addresses": [{"country": "DE"}]}), ("meta", {"meta": ...}), ("meta.created", {"meta": ...}), ("id", {}),
    ("schemas", {}), ("id,schemas", {}),
    ("nosuch", {}), ("nosuch,title", {"title": "T"}), ("name.nosuch", {}), ("userName.x", {}), ("password", {}),
    ("password,title", {"title": "T"}), ("externalId", {"externalId": "x"}),
    (USER + ":userName", {"userName": ...}), (USER.upper() + ":USERNAME", {"userName": ...}),
    (USER + ":name.givenName", {"name": {"givenName": "Giv"}}),
    (E + ":department", {E: {"department": "Dep"}}), (E.upper() + ":DEPARTMENT", {E: {"department": "Dep"}}), (E, {E: ...}),
    (E + ":manager.value", {E: ...}),
    (E + ":department,title", {E: {"department": "Dep"}, "title": "T"}), ("department", {}), ("urn:example:none:x", {}), ("nickName", {}),
    ("groups.value", {"groups": ...}),
    ("displayName,displayName", {"displayName": "D"}), ("active", {"active": True}), (",title,", {"title": "T"}),
]

# excludedAttributes= -> what is missing
UNWANTED = [
    ("title", {"title"}), ("TITLE", {"title"}), ("title,displayName", {"title", "displayName"}), ("name", {"name"}),
    ("emails,phoneNumbers", {"emails", "phoneNumbers"}),
    ("meta", {"meta"}), ("id", set()), ("schemas", set()), ("id,schemas,title", {"title"}), ("nosuch", set()), ("password", set()),
    ("externalId,active", {"externalId", "active"}),
    (USER + ":title", {"title"}), (E, {E}), ("groups", {"groups"}), ("userName", {"userName"}),
    ("addresses.country,addresses.locality", {"addresses"}),
]


@pytest.fixture(scope="module")
def person(directory):
    client = directory.client()
    boss = client.create_user()
    made = client.create_user(**ATTRIBUTES, enterprise={"department": "Dep", "manager": {"value": boss["id"]}})
    client.create_group([made])
    made = client.read(made)
    assert "groups" in made
    client.close()
    return made


def _expected(person, wanted):
    result = {"schemas": ..., "id": person["id"]}
    for name, value in wanted.items():
        result[name] = person[name] if value is ... else value
    return result


def _assert_projected(person, text, wanted, shown):
    expected = _expected(person, wanted)
    assert shown["schemas"] and set(shown["schemas"]) <= set(person["schemas"]), shown
    if text.startswith("meta."):
        assert shown["meta"] == {text[5:]: person["meta"][text[5:]]}
        expected["meta"] = shown["meta"]
    if text.endswith(":manager.value"):
        expected[E] = {"manager": {"value": person[E]["manager"]["value"]}}
    if text == "groups.value":
        expected["groups"] = [{"value": g["value"]} for g in person["groups"]]
    assert {**shown, "schemas": ...} == expected, text


@pytest.mark.smoke
@pytest.mark.parametrize("text, wanted", WANTED)
def test_attributes(scim, person, text, wanted):
    _assert_projected(person, text, wanted, scim.get(path_to(person), attributes=text).ok())
    answer = scim.get("/Users", filter=f'id eq "{person["id"]}"', attributes=text).ok()
    assert answer["totalResults"] == 1
    _assert_projected(person, text, wanted, answer["Resources"][0])


@pytest.mark.smoke
@pytest.mark.parametrize("text, missing", UNWANTED)
def test_excluded_attributes(scim, person, text, missing):
    want = {k: v for k, v in person.items() if k not in missing}
    for shown in (scim.get(path_to(person), excludedAttributes=text).ok(),
                  scim.get("/Users", filter=f'id eq "{person["id"]}"', excludedAttributes=text).ok()["Resources"][0]):
        assert shown["schemas"] and set(shown["schemas"]) <= set(person["schemas"])
        assert {**shown, "schemas": ...} == {**want, "schemas": ...}


@pytest.mark.parametrize("text, change", [
    ("name.givenName", lambda p: p["name"].pop("givenName")), ("emails.value", lambda p: [e.pop("value") for e in p["emails"]]),
    ("meta.created", lambda p: p["meta"].pop("created")), (E + ":department", lambda p: p[E].pop("department")),
    (E + ":manager", lambda p: p[E].pop("manager")),
    ("NAME.GIVENNAME,name.formatted", lambda p: [p["name"].pop("givenName"), p["name"].pop("formatted")]),
    ("groups.$ref", lambda p: [g.pop("$ref") for g in p["groups"]]),
])
def test_excluded_sub_attributes(scim, person, text, change):
    want = scim.read(person)
    change(want)
    assert scim.get(path_to(person), excludedAttributes=text).ok() == want


@pytest.mark.smoke
def test_both_at_once(scim, person):
    """RFC 7644 section 3.9 gives them as alternatives."""
    for path in (path_to(person), "/Users"):
        scim.get(path, attributes="title", excludedAttributes="name").error(400, "invalidValue")


def test_password_is_never_returned(scim, person):
    for query in ({}, {"attributes": "password"}, {"attributes": USER + ":password"}, {"attributes": "PASSWORD,id"},
                  {"excludedAttributes": "title"}):
        for answer in (scim.get(path_to(person), **query), scim.get("/Users", **query)):
            answer.ok()
            assert "password" not in answer.text.lower() and "$2" not in answer.text


def test_answers_to_changes(scim):
    """RFC 7644 section 3.9 holds for PUT, PATCH and POST; a PATCH with attributes is answered with 200 (section 3.5.2)."""
    user = scim.create_user(**ATTRIBUTES)
    path, body = path_to(user), {"schemas": [USER], "userName": user["userName"], "title": "T2",
                                 "name": {"familyName": "New", "givenName": "Giv"}}
    assert scim.put(path, body, attributes="title,name.familyName").ok() == {"schemas": [USER], "id": user["id"], "title": "T2",
                                                                             "name": {"familyName": "New"}}
    assert set(scim.put(path, body, excludedAttributes="title,meta").ok()) == {"schemas", "id", "userName", "name", "active"}
    assert scim.patch(path, ("replace", "title", "T3"), attributes="title").ok(200) == {"schemas": [USER], "id": user["id"], "title": "T3"}
    shown = scim.patch(path, ("replace", "title", "T4"), excludedAttributes="name").ok(200)
    assert shown["title"] == "T4" and "name" not in shown and shown["meta"]["version"] == scim.read(user)["meta"]["version"]
    body["userName"] = unique()
    shown = scim.post("/Users", body, attributes="userName").ok(201)
    assert shown == {"schemas": [USER], "id": shown["id"], "userName": body["userName"]}
    for answer in (scim.put(path, body, attributes="title", excludedAttributes="name"),
                   scim.patch(path, ("replace", "title", "T5"), attributes="a", excludedAttributes="b")):
        answer.error(400, "invalidValue")
    assert scim.read(user)["title"] == "T4", "a refused request changes nothing"


def test_the_version_is_that_of_the_resource(scim, person):
    """RFC 7644 section 3.14: whatever part of it is shown."""
    tag = scim.get(path_to(person)).headers["ETag"]
    for query in ({"attributes": "title"}, {"excludedAttributes": "meta"}, {"attributes": "meta.version"}):
        assert scim.get(path_to(person), **query).headers["ETag"] == tag
    assert scim.get(path_to(person), attributes="meta.version").ok()["meta"] == {"version": tag}


@pytest.mark.smoke
def test_members_that_nobody_asks_for(scim):
    users = [scim.create_user() for _ in range(3)]
    group = scim.create_group(users)
    assert "members" not in scim.get(path_to(group), excludedAttributes="members").ok()
    assert set(scim.get(path_to(group), attributes="displayName").ok()) == {"schemas", "id", "displayName"}
    shown = scim.get(path_to(group), attributes="members.value").ok()
    assert sorted(m["value"] for m in shown["members"]) == sorted(u["id"] for u in users) and all(set(m) == {"value"}
                                                                                                  for m in shown["members"])
    shown = scim.get(path_to(group), excludedAttributes="members.$ref").ok()
    assert all(set(m) == {"value", "type"} for m in shown["members"])
