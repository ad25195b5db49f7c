# SPDX-License-Identifier: Apache-2.0
"""POST: RFC 7644 section 3.3, RFC 7643 sections 2, 3, 4."""
import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from harness.client import ENTERPRISE, GROUP, USER, path_to, state, unique
from harness.oracle import instant

pytestmark = pytest.mark.usefixtures("directory")

FULL = {
    "externalId": "Ext-1", "displayName": "Babs Jensen", "nickName": "Babs", "profileUrl": "https://login.example.com/bjensen",
    "title": "Tour Guide",
    "userType": "Employee", "preferredLanguage": "en-US", "locale": "en-US", "timezone": "America/Los_Angeles", "active": True,
    "name": {"formatted": "Ms. Barbara J Jensen, III", "familyName": "Jensen", "givenName": "Barbara", "middleName": "Jane",
             "honorificPrefix": "Ms.",
             "honorificSuffix": "III"},
    "emails": [{"value": "bjensen@example.com", "type": "work", "primary": True},
               {"value": "babs@jensen.org", "type": "home", "display": "Babs"}],
    "phoneNumbers": [{"value": "+1-555-555-5555", "type": "work"}, {"value": "tel:+1-555-555-4444", "type": "mobile", "display": "Mobile"}],
    "addresses": [{"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA",
                   "postalCode": "91608",
                   "country": "US", "formatted": "100 Universal City Plaza\nHollywood, CA 91608 USA", "primary": True},
                  {"type": "home", "streetAddress": "456 Hollywood Blvd", "country": "US"}],
    "roles": [{"value": "guide", "display": "Guide", "type": "job", "primary": True}, {"value": "driver"}],
}
EXTENSION = {"employeeNumber": "701984", "costCenter": "4130", "organization": "Universal Studios", "division": "Theme Park",
             "department": "Tour Operations"}


def user_body(**attributes):
    return {"schemas": [USER], "userName": unique("new"), **attributes}


@pytest.mark.smoke
def test_created(directory, scim):
    """201 with the whole resource, Location, and all of it read back."""
    body = {**user_body(**FULL), "schemas": [USER, ENTERPRISE], ENTERPRISE: EXTENSION}
    answer = scim.post("/Users", body)
    made = answer.ok(201)
    assert {k: v for k, v in made.items() if k not in ("id", "meta", "schemas")} == {k: v for k, v in body.items() if k != "schemas"}
    assert sorted(made["schemas"]) == sorted([USER, ENTERPRISE])
    assert made["id"] and made["id"] != "bulkId"
    meta = made["meta"]
    assert set(meta) == {"resourceType", "created", "lastModified", "location", "version"}
    assert meta["resourceType"] == "User"
    assert meta["location"] == answer.headers["Location"] == f"{scim.url}/Users/{made['id']}"
    assert answer.headers["ETag"] == meta["version"]
    assert scim.get(scim.path_of(meta["location"])).ok() == made
    assert directory.database.query("SELECT login, employee_number FROM person WHERE id = ?", made["id"]) == [(body["userName"], "701984")]


@pytest.mark.smoke
def test_times_are_now(scim):
    """xsd:dateTime with an offset, and the right instant, whatever the database's time zone is."""
    before = datetime.now(timezone.utc)
    made = scim.create_user()
    after = datetime.now(timezone.utc)
    for name in ("created", "lastModified"):
        text = made["meta"][name]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text), text
        assert before - timedelta(seconds=2) <= instant(text) <= after + timedelta(seconds=2), (before, text)
    assert made["meta"]["created"] == made["meta"]["lastModified"]


def test_minimal(scim):
    body = user_body()
    made = scim.post("/Users", body).ok(201)
    assert state(made) == {"schemas": [USER], "id": made["id"], "userName": body["userName"], "active": True}


def test_group(directory, scim):
    one, other = scim.create_user(), scim.create_user()
    body = {"schemas": [GROUP], "displayName": unique("group"), "externalId": "E1",
            "members": [{"value": one["id"]}, {"value": other["id"], "type": "User"}]}
    answer = scim.post("/Groups", body)
    made = answer.ok(201)
    assert made["schemas"] == [GROUP] and made["displayName"] == body["displayName"] and made["externalId"] == "E1"
    assert {m["value"]: (m["$ref"], m["type"]) for m in made["members"]} == {u["id"]: (u["meta"]["location"], "User") for u in (one, other)}
    assert made["meta"]["resourceType"] == "Group" and made["meta"]["location"] == f"{scim.url}/Groups/{made['id']}"
    assert scim.get(f"/Groups/{made['id']}").ok() == made


@pytest.mark.smoke
@pytest.mark.parametrize("media_type",
                         ["application/scim+json", "application/json", "application/scim+json; charset=utf-8",
                          "application/json;charset=UTF-8",
                                        "APPLICATION/SCIM+JSON", 'application/json; charset="utf-8"'])
def test_media_types(scim, media_type):
    scim.post("/Users", user_body(), headers={"Content-Type": media_type}).ok(201)


def test_read_only_input_is_ignored(directory, scim):
    """RFC 7644 section 3.3."""
    group = scim.create_group()
    made = scim.post("/Users", user_body(
        id="mine", groups=[{"value": group["id"]}],
        meta={"resourceType": "Group", "created": "1999-01-01T00:00:00Z", "lastModified": "1999-01-01T00:00:00Z",
              "location": "https://example.com/", "version": 'W/"9"'},
    )).ok(201)
    assert made["id"] != "mine" and "groups" not in made
    assert made["meta"]["resourceType"] == "User" and made["meta"]["location"].startswith(scim.url) and made["meta"]["version"] != 'W/"9"'
    assert instant(made["meta"]["created"]).year > 2000 and instant(made["meta"]["lastModified"]).year > 2000
    assert "members" not in scim.read(group)


def test_names_without_regard_to_case(scim):
    """RFC 7643 section 2.1: USERNAME is userName; what comes back is spelt as the schema spells it."""
    name = unique("case")
    made = scim.post("/Users", {"SCHEMAS": [USER, ENTERPRISE], "USERNAME": name, "Name": {"FAMILYNAME": "Case"},
                                "EMAILS": [{"VALUE": "c@example.com", "TYPE": "Work"}],
                                ENTERPRISE.upper(): {"DEPARTMENT": "d"}, "externalID": "e"}).ok(201)
    assert state(made) == {"schemas": made["schemas"], "id": made["id"], "userName": name, "name": {"familyName": "Case"}, "active": True,
                           "emails": [{"value": "c@example.com", "type": "Work"}], ENTERPRISE: {"department": "d"}, "externalId": "e"}


@pytest.mark.smoke
def test_duplicate_user_names(directory, scim):
    name = unique("Twice")
    scim.create_user(userName=name)
    before = directory.database.dump()
    for again in (name, name.upper(), name.lower()):
        scim.post("/Users", user_body(userName=again, emails=[{"value": "x@example.com"}])).error(409, "uniqueness")
    assert directory.database.dump() == before


def test_duplicate_groups(directory, scim):
    group = scim.create_group()
    before = directory.database.dump()
    scim.post("/Groups", {"schemas": [GROUP], "displayName": group["displayName"].upper()}).error(409, "uniqueness")
    assert directory.database.dump() == before


def test_external_ids_are_not_unique(scim):
    """RFC 7643 section 3.1: uniqueness none."""
    assert scim.create_user(externalId="same")["id"] != scim.create_user(externalId="same")["id"]


def test_ids_are_not_used_again(scim):
    name = unique("again")
    first = scim.create_user(userName=name)
    scim.delete(path_to(first)).ok(204)
    second = scim.create_user(userName=name)
    assert second["id"] != first["id"]
    scim.get(path_to(first)).error(404)


@pytest.mark.smoke
@pytest.mark.parametrize("change", [{"userName": None}, {"userName": ""}, {"userName": []}, {"userName": ...}])
def test_required(directory, scim, change):
    """userName must be there and not be empty (RFC 7643 section 4.1.1)."""
    body = user_body(**change)
    if body["userName"] is ...:
        del body["userName"]
    before = directory.database.dump()
    scim.post("/Users", body).error(400, "invalidValue")
    assert directory.database.dump() == before


def test_required_in_groups(directory, scim):
    before = directory.database.dump()
    for body in ({}, {"displayName": None}, {"displayName": ""}, {"members": []}):
        scim.post("/Groups", {"schemas": [GROUP], **body}).error(400, "invalidValue")
    assert directory.database.dump() == before


def test_the_error_names_the_attribute(scim):
    assert "userName" in scim.post("/Users", {"schemas": [USER], "displayName": "confidential"}).error(400, "invalidValue").json["detail"]
    detail = scim.post("/Users", user_body(active="confidential")).error(400, "invalidValue").json["detail"]
    assert "active" in detail and "confidential" not in detail


@pytest.mark.parametrize("attributes", [
    {"userName": 5}, {"userName": True}, {"userName": ["x"]}, {"userName": {"value": "x"}}, {"title": 5}, {"title": False}, {"title": {}},
    {"title": ["x"]},
    {"active": "yes"}, {"active": 1}, {"active": "1"}, {"active": {}}, {"active": [True]}, {"name": "Barbara"}, {"name": ["x"]},
    {"name": 5}, {"name": {"familyName": 5}},
    {"name": {"familyName": ["x"]}}, {"name": {"familyName": {"x": "y"}}}, {"name": [{"familyName": "a"}, {"familyName": "b"}]},
    {"emails": 5},
    {"addresses": "x"}, {"addresses": ["x"]}, {"emails": [["x"]]}, {"emails": [5]}, {"emails": [{"value": 5}]},
    {"emails": [{"value": "x", "primary": "maybe"}]},
    {"emails": [{"value": {"x": "y"}}]}, {"emails": [{"value": "a"}, 5]}, {"addresses": [{"country": 49}]}, {"profileUrl": 5},
    {"profileUrl": ["https://example.com"]},
    {ENTERPRISE: "x"}, {ENTERPRISE: ["x"]}, {ENTERPRISE: 5}, {ENTERPRISE: {"department": 5}}, {ENTERPRISE: {"department": ["x"]}},
    {ENTERPRISE: {"manager": 5}},
    {ENTERPRISE: {"manager": {"value": 5}}}, {ENTERPRISE: {"manager": ["x", "y"]}}, {"password": 5}, {"password": {"value": "x"}},
    {"externalId": 5}, {"externalId": {}},
])
def test_wrong_types(directory, scim, attributes):
    before = directory.database.dump()
    scim.post("/Users", {**user_body(), **attributes}).error(400, "invalidValue", "invalidSyntax")
    assert directory.database.dump() == before


@pytest.mark.parametrize("schemas", ["x", 5, {}, [5], [None], [[USER]], {"0": USER}, True])
def test_wrong_schemas(directory, scim, schemas):
    before = directory.database.dump()
    scim.post("/Users", user_body(schemas=schemas)).error(400, "invalidSyntax", "invalidValue")
    assert directory.database.dump() == before


@pytest.mark.parametrize("schemas",
                         [[USER, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/User"], [USER, USER], [USER.upper()],
                          [USER, ENTERPRISE]])
def test_tolerated_schemas(scim, schemas):
    """Entra names schemas that nobody knows; the resource lists those that it has data of."""
    assert scim.post("/Users", user_body(schemas=schemas)).ok(201)["schemas"] == [USER]


def test_an_extension_is_listed_if_it_has_data(scim):
    assert scim.post("/Users", {**user_body(schemas=[USER, ENTERPRISE]), ENTERPRISE: {}}).ok(201)["schemas"] == [USER]
    assert scim.post("/Users", {**user_body(schemas=[USER, ENTERPRISE]), ENTERPRISE: {"department": None}}).ok(201)["schemas"] == [USER]
    made = scim.post("/Users", {**user_body(schemas=[USER, ENTERPRISE]), ENTERPRISE: {"department": "x"}}).ok(201)
    assert sorted(made["schemas"]) == sorted([USER, ENTERPRISE])


def test_unassigned_in_every_form(scim):
    """RFC 7643 section 2.5: null, [] and absent are the same."""
    made = scim.post("/Users", user_body(title=None, emails=[], name=None, phoneNumbers=None, roles=[], nickName=None, externalId=None,
                                         addresses=[{"country": "DE", "locality": None}])).ok(201)
    assert state(made) == {"schemas": [USER], "id": made["id"], "userName": made["userName"], "active": True,
                           "addresses": [{"country": "DE"}]}
    assert state(scim.post("/Users", user_body(name={})).ok(201)).keys() == {"schemas", "id", "userName", "active"}
    assert state(scim.post("/Users", user_body(name={"givenName": None})).ok(201)).keys() == {"schemas", "id", "userName", "active"}


def test_unknown_attributes_are_left_out(scim):
    made = scim.post("/Users", user_body(favouriteColour="blue", name={"familyName": "x", "shoeSize": 43},
                                         emails=[{"value": "a@example.com", "flag": True}],
                                         **{"urn:example:none": {"a": 1}, "members": [{"value": "x"}],
                                            "department": "outside of its schema"})).ok(201)
    assert state(made) == {"schemas": [USER], "id": made["id"], "userName": made["userName"], "active": True, "name": {"familyName": "x"},
                           "emails": [{"value": "a@example.com"}]}


def test_one_primary(directory, scim):
    """RFC 7643 section 2.4: true no more than once."""
    made = scim.post("/Users", user_body(emails=[{"value": "a@example.com", "primary": True},
                                                 {"value": "b@example.com", "primary": False}])).ok(201)
    assert [e.get("primary", False) for e in made["emails"]] == [True, False]
    before = directory.database.dump()
    scim.post("/Users", user_body(emails=[{"value": "a@example.com", "primary": True},
                                          {"value": "b@example.com", "primary": True}])).error(400, "invalidValue")
    assert directory.database.dump() == before


def test_equal_values_are_collapsed(scim):
    """RFC 7643 section 2.4: no (type, value) pair twice; members by their value."""
    email = {"value": "a@example.com", "type": "work"}
    made = scim.post("/Users", user_body(emails=[email, dict(email), {"value": "a@example.com", "type": "home"}])).ok(201)
    assert made["emails"] == [email, {"value": "a@example.com", "type": "home"}]
    group = scim.create_group([made, made, made["id"]])
    assert [m["value"] for m in group["members"]] == [made["id"]]


def test_canonical_values_are_suggestions(scim):
    made = scim.create_user(emails=[{"value": "a@example.com", "type": "holiday"}], phoneNumbers=[{"value": "1", "type": "WORK"}])
    assert made["emails"] == [{"value": "a@example.com", "type": "holiday"}] and made["phoneNumbers"] == [{"value": "1", "type": "WORK"}]


def test_the_order_of_values_is_kept(scim):
    values = [{"value": f"{n}@example.com", "type": "other"} for n in (5, 1, 4, 2, 3, 10, 9)]
    made = scim.create_user(emails=values)
    assert made["emails"] == values and scim.read(made)["emails"] == values


@pytest.mark.smoke
def test_password(directory, scim):
    """Taken, kept as a hash, never shown (RFC 7643 sections 4.1.1, 9.2)."""
    made = scim.create_user(password="tr0ub4dor&3 \u00e4")
    assert "password" not in made and "password" not in scim.read(made)
    assert "password" not in scim.get(path_to(made), attributes="password,userName").ok()
    ((stored,),) = directory.database.query("SELECT password_hash FROM person WHERE id = ?", made["id"])
    assert re.fullmatch(r"\$2[aby]\$08\$[./A-Za-z0-9]{53}", stored), stored
    other = scim.create_user(password="tr0ub4dor&3 \u00e4")
    assert directory.database.query("SELECT password_hash FROM person WHERE id = ?", other["id"]) != [(stored,)], "no salt"


def test_password_not_in_errors_nor_logs(directory, scim):
    """RFC 7644 sections 7.3, 7.5.1."""
    name = scim.create_user()["userName"]
    for body in (user_body(userName=name, password="Confidential1"), {"schemas": [USER], "password": "Confidential1"},
                 user_body(password="Confidential1", active="Confidential1")):
        assert "Confidential1" not in scim.post("/Users", body).error(scim.post("/Users", body).status).text
    scim.post("/Users", json.dumps(user_body(password="Confidential1"))[:-1]).error(400, "invalidSyntax")
    assert "Confidential1" not in directory.httpd.error_log.text()


def test_active(directory, scim):
    for sent, want in ((True, True), (False, False), ("True", True), ("False", False), ("true", True), ("false", False)):
        made = scim.create_user(active=sent)
        assert made["active"] is want and scim.read(made)["active"] is want
        assert directory.database.query("SELECT status FROM person WHERE id = ?", made["id"]) == [("A" if want else "I",)]
    assert scim.create_user(active=None)["active"] is True


@pytest.mark.parametrize("query, names", [
    ({"attributes": "userName"}, {"userName"}), ({"attributes": "name.givenName,emails.value"}, {"name", "emails"}),
    ({"excludedAttributes": "emails,name,meta,active"}, {"userName", "title"}), ({"attributes": "nosuch"}, set()),
    ({"attributes": "meta"}, {"meta"}),
])
def test_projection(scim, query, names):
    """RFC 7644 section 3.9: also for the answer to a POST; Location is there in any case."""
    answer = scim.post("/Users", user_body(name={"givenName": "a", "familyName": "b"}, emails=[{"value": "a@example.com", "type": "work"}],
                                           title="t"), **query)
    made = answer.ok(201)
    assert set(made) == {"schemas", "id"} | names, made
    assert answer.headers["Location"] == f"{scim.url}/Users/{made['id']}"
    if "name" in names:
        assert made["name"] == {"givenName": "a"} and made["emails"] == [{"value": "a@example.com"}]


def test_manager(scim):
    """RFC 7643 section 4.3; a bare string is taken for manager.value, as Entra sends it."""
    boss = scim.create_user(displayName="The Boss")
    for manager in ({"value": boss["id"]}, {"value": boss["id"], "displayName": "Somebody Else", "$ref": "../Users/x"}, boss["id"]):
        made = scim.create_user(enterprise={"manager": manager})
        assert made[ENTERPRISE] == {"manager": {"value": boss["id"], "$ref": boss["meta"]["location"]}}


def test_unknown_references_are_refused(directory, scim):
    group = scim.create_group()
    before = directory.database.dump()
    for identity in ("nobody", group["id"], "00000000-0000-0000-0000-000000000000", "' OR 1=1 --"):
        scim.post("/Users", {**user_body(schemas=[USER, ENTERPRISE]), ENTERPRISE: {"manager": {"value": identity}}}).error(400,
                                                                                                                           "invalidValue")
        scim.post("/Groups", {"schemas": [GROUP], "displayName": unique(), "members": [{"value": identity}]}).error(400, "invalidValue")
    assert directory.database.dump() == before


def test_not_to_a_resource(scim):
    user = scim.create_user()
    answer = scim.post(path_to(user), user_body()).error(405)
    assert {"GET", "PUT", "PATCH", "DELETE"} <= {m.strip() for m in answer.headers["Allow"].split(",")}


def test_not_everywhere(scim):
    for method in ("PUT", "PATCH", "DELETE"):
        answer = scim.request(method, "/Users", user_body() if method != "DELETE" else None).error(405)
        assert {"GET", "POST"} <= {m.strip() for m in answer.headers["Allow"].split(",")}
    for path in ("/User", "/users", "/Nothing", "/Users/x/y", "/Users/x/name", ""):
        scim.post(path, user_body()).error(404)
