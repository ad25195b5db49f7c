# SPDX-License-Identifier: Apache-2.0
"""PATCH: RFC 7644 section 3.5.2, and the dialects of clients. Members of groups have their own file."""
import pytest
from harness.client import ENTERPRISE, GROUP, PATCH, USER, operation, patch_message, path_to, state, unique, unordered
from harness.oracle import instant

pytestmark = pytest.mark.usefixtures("directory")

E = ENTERPRISE
WORK = {"value": "w@example.com", "type": "work", "primary": True}
HOME = {"value": "h@example.com", "type": "home"}
BASE = {"displayName": "D", "title": "T", "name": {"familyName": "F", "givenName": "G"}, "emails": [WORK, HOME],
        "phoneNumbers": [{"value": "1", "type": "work"}]}


@pytest.fixture
def user(scim):
    return scim.create_user(**BASE, enterprise={"department": "Dep", "costCenter": "C"})


def _without(value, *names):
    return {k: v for k, v in value.items() if k not in names}


# operations -> what then differs from BASE and its extension; ... is for what is gone
CHANGES = [
    # add: section 3.5.2.1
    ([("add", "nickName", "N")], {"nickName": "N"}), ([("add", "title", "U")], {"title": "U"}),
    ([("add", "name.middleName", "M")], {"name": {**BASE["name"], "middleName": "M"}}),
    ([("add", "name", {"middleName": "M", "givenName": "H"})], {"name": {"familyName": "F", "givenName": "H", "middleName": "M"}}),
    ([("add", "emails", [{"value": "x@example.com", "type": "other"}])],
     {"emails": [WORK, HOME, {"value": "x@example.com", "type": "other"}]}),
    ([("add", "emails", {"value": "x@example.com"})], {"emails": [WORK, HOME, {"value": "x@example.com"}]}),
    ([("add", "emails", [{"value": "x@example.com"}, {"value": "y@example.com"}])],
     {"emails": [WORK, HOME, {"value": "x@example.com"}, {"value": "y@example.com"}]}),
    ([("add", None, {"nickName": "N", "title": "U"})], {"nickName": "N", "title": "U"}),
    ([("add", None, {"name": {"middleName": "M"}})], {"name": {**BASE["name"], "middleName": "M"}}),
    ([("add", None, {"emails": [{"value": "x@example.com", "type": "other"}]})],
     {"emails": [WORK, HOME, {"value": "x@example.com", "type": "other"}]}),
    ([("add", 'emails[type eq "home"].display', "Home")], {"emails": [WORK, {**HOME, "display": "Home"}]}),
    ([("add", "roles", [{"value": "r"}])], {"roles": [{"value": "r"}]}), ([("add", "active", False)], {"active": False}),
    ([("add", "addresses", [{"country": "DE", "locality": "Bonn"}])], {"addresses": [{"country": "DE", "locality": "Bonn"}]}),
    # remove: section 3.5.2.2
    ([("remove", "title")], {"title": ...}), ([("remove", "name.givenName")], {"name": {"familyName": "F"}}),
    ([("remove", "name")], {"name": ...}),
    ([("remove", "emails")], {"emails": ...}), ([("remove", 'emails[type eq "home"]')], {"emails": [WORK]}),
    ([("remove", "emails[type pr]")], {"emails": ...}),
    ([("remove", 'emails[type eq "work" and value ew "example.com"]')], {"emails": [HOME]}),
    ([("remove", 'emails[type eq "home"].type')], {"emails": [WORK, _without(HOME, "type")]}),
    ([("remove", 'emails[type eq "work"].primary')], {"emails": [_without(WORK, "primary"), HOME]}), ([("remove", "nickName")], {}),
    ([("remove", "name.middleName")], {}),
    ([("remove", "roles")], {}), ([("remove", 'emails[value eq "W@EXAMPLE.COM"]')], {"emails": [HOME]}),
    ([("remove", 'emails[not (type eq "work")]')], {"emails": [WORK]}),
    ([("remove", "name.givenName"), ("remove", "name.familyName")], {"name": ...}),
    ([("remove", "phoneNumbers"), ("remove", "displayName")], {"phoneNumbers": ..., "displayName": ...}),
    # replace: section 3.5.2.3
    ([("replace", "title", "U")], {"title": "U"}), ([("replace", "nickName", "N")], {"nickName": "N"}),
    ([("replace", "name.familyName", "X")], {"name": {"familyName": "X", "givenName": "G"}}),
    ([("replace", "name", {"familyName": "X"})], {"name": {"familyName": "X", "givenName": "G"}}),
    ([("replace", "emails", [HOME])], {"emails": [HOME]}),
    ([("replace", "emails", {"value": "x@example.com"})], {"emails": [{"value": "x@example.com"}]}),
    ([("replace", 'emails[type eq "home"].value', "x@example.com")], {"emails": [WORK, {**HOME, "value": "x@example.com"}]}),
    ([("replace", 'emails[type eq "home"]', {"value": "x@example.com", "type": "home"})],
     {"emails": [WORK, {"value": "x@example.com", "type": "home"}]}),
    ([("replace", 'emails[value sw "h" or value sw "w"].display', "both")],
     {"emails": [{**WORK, "display": "both"}, {**HOME, "display": "both"}]}),
    ([("replace", "emails.display", "all")], {"emails": [{**WORK, "display": "all"}, {**HOME, "display": "all"}]}),
    ([("replace", None, {"title": "U", "name": {"givenName": "X"}})], {"title": "U", "name": {"familyName": "F", "givenName": "X"}}),
    ([("replace", None, {"emails": [HOME], "active": False})], {"emails": [HOME], "active": False}),
    ([("replace", "userName", "{unique}")], {"userName": "{unique}"}),
    ([("replace", "roles", [{"value": "r", "primary": True}])], {"roles": [{"value": "r", "primary": True}]}),
    # null and [] clear: RFC 7643 section 2.5
    ([("replace", "title", None)], {"title": ...}), ([("replace", "emails", [])], {"emails": ...}),
    ([("replace", "emails", None)], {"emails": ...}),
    ([("replace", None, {"title": None, "emails": []})], {"title": ..., "emails": ...}),
    ([("replace", "name.givenName", None)], {"name": {"familyName": "F"}}),
    ([("add", "nickName", None)], {}), ([("add", "emails", [])], {}),
    ([("replace", 'emails[type eq "home"].type', None)], {"emails": [WORK, _without(HOME, "type")]}),
    # what a client had to say twice, and in order
    ([("add", "nickName", "a"), ("replace", "nickName", "b")], {"nickName": "b"}), ([("add", "nickName", "a"), ("remove", "nickName")], {}),
    ([("remove", "title"), ("add", "title", "V")], {"title": "V"}), ([("remove", "emails"), ("add", "emails", [HOME])], {"emails": [HOME]}),
    ([("add", "emails", [{"value": "x@example.com", "type": "x"}]), ("replace", 'emails[type eq "x"].value', "y@example.com")],
     {"emails": [WORK, HOME, {"value": "y@example.com", "type": "x"}]}),
    ([("replace", "emails", []), ("add", "emails", [HOME]), ("add", "emails", [_without(WORK, "primary")])],
     {"emails": [HOME, _without(WORK, "primary")]}),
    ([("replace", 'emails[type eq "home"].type', "x"), ("remove", 'emails[type eq "x"]')], {"emails": [WORK]}),
    # one primary: setting another clears it
    ([("replace", 'emails[type eq "home"].primary', True)], {"emails": [{**WORK, "primary": False}, {**HOME, "primary": True}]}),
    ([("add", "emails", [{"value": "x@example.com", "primary": True}])],
     {"emails": [{**WORK, "primary": False}, HOME, {"value": "x@example.com", "primary": True}]}),
    ([("add", 'emails[type eq "home"].primary', True)], {"emails": [{**WORK, "primary": False}, {**HOME, "primary": True}]}),
    # names and URNs: section 3.10
    ([("replace", "TITLE", "U")], {"title": "U"}), ([("replace", "NAME.FAMILYNAME", "X")], {"name": {"familyName": "X", "givenName": "G"}}),
    ([("replace", USER + ":title", "U")], {"title": "U"}),
    ([("replace", USER + ":name.givenName", "X")], {"name": {"familyName": "F", "givenName": "X"}}),
    ([("remove", USER.upper() + ":EMAILS[TYPE EQ \"home\"]")], {"emails": [WORK]}),
    ([("replace", E + ":department", "X")], {E: {"department": "X", "costCenter": "C"}}),
    ([("add", E + ":division", "X")], {E: {"department": "Dep", "costCenter": "C", "division": "X"}}),
    ([("remove", E + ":department")], {E: {"costCenter": "C"}}), ([("remove", E + ":department"), ("remove", E + ":costCenter")], {E: ...}),
    ([("replace", None, {E: {"department": "X"}})], {E: {"department": "X", "costCenter": "C"}}),
    ([("add", None, {E: {"division": "X"}, "title": "U"})], {E: {"department": "Dep", "costCenter": "C", "division": "X"}, "title": "U"}),
    ([("remove", E)], {E: ...}), ([("add", E, {"division": "X"})], {E: {"department": "Dep", "costCenter": "C", "division": "X"}}),
    ([("replace", E.upper() + ":DEPARTMENT", "X")], {E: {"department": "X", "costCenter": "C"}}),
    # Entra and Okta
    ([("Replace", "title", "U")], {"title": "U"}), ([("ADD", "nickName", "N")], {"nickName": "N"}), ([("Remove", "title")], {"title": ...}),
    ([("replace", "active", "False")], {"active": False}),
    ([("Replace", "active", "True")], {}), ([("replace", None, {"active": "False"})], {"active": False}),
    ([("add", 'phoneNumbers[type eq "mobile"].value', "2")],
     {"phoneNumbers": [{"value": "1", "type": "work"}, {"value": "2", "type": "mobile"}]}),
    ([("add", 'addresses[type eq "work"].country', "DE"), ("add", 'addresses[type eq "work"].locality', "Bonn")],
     {"addresses": [{"type": "work", "country": "DE", "locality": "Bonn"}]}),
    ([("replace", None, {"name.familyName": "X", "name.middleName": "M"})],
     {"name": {"familyName": "X", "givenName": "G", "middleName": "M"}}),
    ([("replace", None, {E + ":department": "X", "displayName": "Y"})], {E: {"department": "X", "costCenter": "C"}, "displayName": "Y"}),
    ([("add", 'roles[primary eq "True"].value', "admin")], {"roles": [{"value": "admin", "primary": True}]}),
]


@pytest.mark.smoke
@pytest.mark.parametrize("operations, changes", CHANGES, ids=lambda c: str(c)[:70] if isinstance(c, list) else "")
def test_changes(scim, user, operations, changes):
    name = unique("patched")
    want = {**state(user), **changes}
    if want["userName"] == "{unique}":
        want["userName"] = name
    want = {k: v for k, v in want.items() if v is not ...}
    want["schemas"] = [USER] + [E] * (E in want)
    operations = [tuple(name if part == "{unique}" else part for part in o) for o in operations]
    answer = scim.patch(path_to(user), *operations)
    answer.ok(200, 204)
    now = scim.read(user)
    assert _comparable(state(now)) == _comparable(want)
    if answer.status == 200:
        assert answer.json == now
    same = _comparable(want) == _comparable(state(user))
    assert (now["meta"]["version"] == user["meta"]["version"]) is same, "the version changes with a real change, and only then"
    assert now["meta"]["created"] == user["meta"]["created"]
    if same:
        assert now["meta"]["lastModified"] == user["meta"]["lastModified"]
    else:
        assert instant(now["meta"]["lastModified"]) >= instant(user["meta"]["lastModified"])


def _comparable(resource):
    """Without order, and primary false is as good as none (RFC 7643 section 2.4)."""
    emails = [{s: v for s, v in e.items() if (s, v) != ("primary", False)} for e in resource.get("emails", [])]
    return unordered({**resource, "emails": emails})


@pytest.mark.parametrize("operation_", [("add", "nickName", "N"), ("replace", "title", "U"), ("remove", "title")])
def test_the_answer(scim, user, operation_):
    """200 with the resource and its tag, or 204 without (section 3.5.2)."""
    answer = scim.patch(path_to(user), operation_)
    now = scim.read(user)
    if answer.status == 200:
        assert answer.json == now and answer.headers["ETag"] == now["meta"]["version"]
    else:
        answer.ok(204)
        assert answer.headers.get("ETag", now["meta"]["version"]) == now["meta"]["version"]


NO_OPERATIONS = [
    [("add", "title", "T")], [("replace", "title", "T")], [("add", "emails", [HOME])], [("add", "emails", [WORK, HOME])],
    [("replace", "emails", [WORK, HOME])],
    [("add", "name", {"familyName": "F"})], [("replace", "name", {"givenName": "G"})], [("add", None, {"title": "T", "emails": [WORK]})],
    [("replace", E + ":department", "Dep")],
    [("remove", "nickName")], [("replace", 'emails[type eq "home"].value', "h@example.com")], [("replace", "active", True)],
    [("replace", "active", "True")],
    [("replace", "title", "X"), ("replace", "title", "T")], [("remove", "emails"), ("add", "emails", [WORK, HOME])],
    [("add", E, {"costCenter": "C"})],
    [("replace", 'emails[type eq "work"]', WORK)], [("replace", None, {})], [("add", "phoneNumbers", {"value": "1", "type": "work"})],
]


@pytest.mark.smoke
@pytest.mark.parametrize("operations", NO_OPERATIONS, ids=lambda o: str(o)[:60])
def test_nothing_new(directory, scim, user, operations):
    """Section 3.5.2.1: a value that is there changes nothing, meta.lastModified included. Not a row is touched."""
    before = directory.database.dump()
    scim.patch(path_to(user), *operations).ok(200, 204)
    assert scim.read(user) == user
    assert directory.database.dump() == before


REFUSED = [
    # section 3.12, table 9
    ([("remove",)], "noTarget"), ([("remove", None, {"title": "T"})], "noTarget"),
    ([("replace", 'emails[type eq "none"].value', "x")], "noTarget"),
    ([("replace", 'emails[type eq "none"]', {"value": "x"})], "noTarget"),
    ([("replace", 'emails[value co "nothing"].display', "x")], "noTarget"),
    ([("replace", 'phoneNumbers[value eq "1" and type eq "home"].value', "x")], "noTarget"),
    ([("replace", 'emails[type eq', "x")], "invalidPath"), ([("replace", "emails[type eq \"work\"", "x")], "invalidPath"),
    ([("remove", "emails[]")], "invalidPath"),
    ([("remove", "emails[type xx 5]")], "invalidPath"), ([("remove", "emails[nosuch pr]")], "invalidPath"),
    ([("replace", "nosuch", "x")], "invalidPath"),
    ([("add", "name.nosuch", "x")], "invalidPath"), ([("replace", "title.x", "x")], "invalidPath"),
    ([("replace", "title x", "x")], "invalidPath"),     ([("add", ".title", "x")], "invalidPath"),
    ([("add", "title.", "x")], "invalidPath"),
    ([("add", "name..givenName", "x")], "invalidPath"), ([("replace", "urn:example:none:x", "x")], "invalidPath"),
    ([("replace", E + ":nosuch", "x")], "invalidPath"), ([("replace", "department", "x")], "invalidPath"),
    ([("replace", 'title[value eq "T"]', "x")], "invalidPath"),
    ([("replace", 'emails[type eq "work"].nosuch', "x")], "invalidPath"),
    ([("replace", 'emails[type eq "work"].value.x', "x")], "invalidPath"),
    ([("replace", 'emails[type eq "work"]].value', "x")], "invalidPath"), ([("replace", "/title", "x")], "invalidPath"),
    ([("replace", "$.title", "x")], "invalidPath"),
    ([("replace", "emails[0].value", "x")], "invalidPath"), ([("replace", "login", "x")], "invalidPath"),
    ([("replace", "*", "x")], "invalidPath"), ([("remove", "title, nickName")], "invalidPath"),
    ([("replace", "id", "x")], "mutability"), ([("remove", "id")], "mutability"),
    ([("replace", "meta.created", "2011-05-13T04:42:34Z")], "mutability"), ([("add", "meta", {"version": "x"})], "mutability"),
    ([("remove", "meta")], "mutability"), ([("add", "groups", [{"value": "x"}])], "mutability"), ([("remove", "groups")], "mutability"),
    ([("replace", 'groups[value eq "x"].display', "x")], "mutability"),
    ([("remove", "userName")], "mutability"), ([("replace", "userName", None)], "mutability"),
    ([("replace", E + ":manager.$ref", "x")], "mutability"),
    ([("replace", "title", 5)], "invalidValue"), ([("replace", "title", ["x"])], "invalidValue"),
    ([("replace", "title", {"value": "x"})], "invalidValue"), ([("replace", "active", "maybe")], "invalidValue"),
    ([("replace", "active", 1)], "invalidValue"), ([("add", "addresses", "x")], "invalidValue"), ([("add", "emails", [5])], "invalidValue"),
    ([("add", "emails", [{"value": 5}])], "invalidValue"),
    ([("replace", "name", "x")], "invalidValue"), ([("replace", "name", [{"familyName": "x"}, {"familyName": "y"}])], "invalidValue"),
    ([("replace", 'emails[type eq "home"]', 5)], "invalidValue"),
    ([("replace", "userName", "")], "invalidValue"), ([("replace", E, "x")], "invalidValue"),
    ([("replace", None, {"title": 5})], "invalidValue"), ([("add", None, {"emails": 5})], "invalidValue"),
    ([("add", "emails", [{"value": "a", "primary": True}, {"value": "b", "primary": True}])], "invalidValue"),
    ([("replace", 'emails[type eq "home"].primary', "maybe")], "invalidValue"),
    ([("replace", E + ":manager", {"value": "nobody"})], "invalidValue"), ([("replace", E + ":manager.value", "nobody")], "invalidValue"),
    ([("replace", E + ":manager", "nobody")], "invalidValue"),
]


@pytest.mark.smoke
@pytest.mark.parametrize("operations, kind", REFUSED, ids=lambda o: str(o)[:60])
def test_refused(directory, scim, user, operations, kind):
    before = directory.database.dump()
    operations = [dict(zip(("op", "path", "value"), o)) for o in operations]
    operations = [{k: v for k, v in o.items() if k != "path" or v is not None} for o in operations]
    scim.patch(path_to(user), *operations).error(400, kind)
    assert directory.database.dump() == before


def test_required_of_groups(directory, scim):
    group = scim.create_group()
    before = directory.database.dump()
    scim.patch(path_to(group), ("remove", "displayName")).error(400, "mutability")
    scim.patch(path_to(group), ("replace", "displayName", "")).error(400, "invalidValue")
    assert directory.database.dump() == before


@pytest.mark.parametrize("value",
                         [{}, {"id": 5}, {"id": "x"}, {"meta": {"version": "x"}}, {"groups": [{"value": "x"}]}, {"title": "U", "id": "x"}])
def test_read_only_in_a_value_without_a_path(directory, scim, user, value):
    """What a value without a path says of read-only attributes is an error like a path to them; but for what is so already."""
    before = directory.database.dump()
    answer = scim.patch(path_to(user), ("replace", None, value))
    if value == {}:
        answer.ok(200, 204)
    else:
        answer.error(400, "mutability", "invalidValue")
    assert directory.database.dump() == before


def test_the_same_id_in_a_value_is_no_error(scim, user):
    """Okta and authentik send it."""
    now = scim.change(user, ("replace", None, {"id": user["id"], "schemas": user["schemas"], "title": "U"}))
    assert now["title"] == "U"
    assert scim.change(now, ("replace", "id", user["id"])) == now


MESSAGES = [
    {}, [], "x", 5, None, True, {"schemas": [PATCH]}, {"schemas": [PATCH], "Operations": []}, {"schemas": [PATCH], "Operations": {}},
    {"schemas": [PATCH], "Operations": "x"},
    {"schemas": [PATCH], "Operations": None}, {"schemas": [PATCH], "Operations": ["x"]}, {"schemas": [PATCH], "Operations": [None]},
    {"schemas": [PATCH], "Operations": [[]]},
    {"schemas": [PATCH], "Operations": [{}]}, {"schemas": [PATCH], "Operations": [{"path": "title", "value": "x"}]},
    {"schemas": [PATCH], "Operations": [{"op": None, "path": "title", "value": "x"}]},
    {"schemas": [PATCH], "Operations": [{"op": 5, "path": "title", "value": "x"}]},
    {"schemas": [PATCH], "Operations": [{"op": "move", "path": "title", "value": "x"}]},
    {"schemas": [PATCH], "Operations": [{"op": "", "path": "title", "value": "x"}]},
    {"schemas": [PATCH], "Operations": [{"op": "test", "path": "title", "value": "T"}]},
    {"schemas": [PATCH], "Operations": [{"op": "add ", "path": "title", "value": "T"}]},
    {"schemas": PATCH, "Operations": [operation("remove", "title")]},
    {"schemas": [USER], "Operations": [operation("remove", "title")]}, {"schemas": [5], "Operations": [operation("remove", "title")]},
    {"schemas": [], "Operations": [operation("remove", "title")]}, [operation("remove", "title")], {"schemas": [USER], "title": "U"},
    operation("remove", "title"),
]


@pytest.mark.smoke
@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: str(m)[:80])
def test_no_patch_messages(directory, scim, user, message):
    before = directory.database.dump()
    body = "null" if message is None else message
    scim.request("PATCH", path_to(user), body if body != "x" else '"x"').error(400, "invalidSyntax")
    assert directory.database.dump() == before


@pytest.mark.parametrize("operation_",
                         [{"op": "add", "path": "title"}, {"op": "add"}, {"op": "add", "value": "x"}, {"op": "add", "value": ["x"]},
                          {"op": "replace", "value": 5},
                                        {"op": "replace", "value": "x"}, {"op": "add", "value": None}, operation("replace", 5, "x"),
                                        operation("replace", ["title"], "x"), operation("replace", {"title": 1}, "x")])
def test_operations_without_what_they_need(directory, scim, user, operation_):
    before = directory.database.dump()
    scim.patch(path_to(user), operation_).error(400, "invalidSyntax", "invalidValue", "noTarget", "invalidPath")
    assert directory.database.dump() == before


def test_names_in_messages_without_regard_to_case(scim, user):
    """RFC 7643 section 2.1 holds for the message's attributes, too."""
    scim.request("PATCH", path_to(user),
                 {"Schemas": [PATCH.upper()], "operations": [{"OP": "Replace", "PATH": "title", "Value": "U"}]}).ok(200, 204)
    assert scim.read(user)["title"] == "U"


@pytest.mark.smoke
def test_all_or_nothing(directory, scim, user):
    """One failure undoes everything (section 3.5.2), in each table."""
    other = scim.create_user()
    before = directory.database.dump()
    good = [("replace", "title", "U"), ("add", "emails", [{"value": "x@example.com"}]), ("remove", "phoneNumbers"),
            ("replace", E + ":department", "X")]
    for bad in (("replace", "nosuch", 1), ("replace", 'emails[type eq "none"].value', "x"), ("replace", "id", "x"),
                ("replace", "active", "maybe"), ("remove",),
                ("replace", E + ":manager.value", "nobody")):
        for position in (0, 2, 4):
            scim.patch(path_to(user), *good[:position], bad, *good[position:]).error(400)
            assert directory.database.dump() == before, bad
    scim.patch(path_to(user), *good, ("replace", "userName", other["userName"].upper())).error(409, "uniqueness")
    assert directory.database.dump() == before


def test_unknown_ids(directory, scim):
    before = directory.database.dump()
    scim.patch("/Users/nobody", ("replace", "title", "T")).error(404)
    scim.patch("/Groups/nothing", ("add", "members", [])).error(404)
    assert directory.database.dump() == before


@pytest.mark.smoke
def test_user_names(scim, user):
    other = scim.create_user()
    scim.patch(path_to(user), ("replace", "userName", other["userName"].upper())).error(409, "uniqueness")
    assert scim.change(user, ("replace", "userName", user["userName"].upper()))["userName"] == user["userName"].upper()


def test_passwords(directory, scim, user):
    def stored():
        return directory.database.query("SELECT password_hash FROM person WHERE id = ?", user["id"])[0][0]
    assert stored() is None
    for number, operations in enumerate(([("replace", "password", "one")], [("replace", None, {"password": "two"})],
                                         [("add", "password", "three"), ("replace", "title", "U")])):
        before = stored()
        answer = scim.patch(path_to(user), *operations)
        answer.ok(200, 204)
        assert "password" not in answer.text.lower() and stored() != before and stored().startswith("$2"), number
    before = stored()
    scim.patch(path_to(user), ("replace", "title", "V")).ok(200, 204)
    assert stored() == before
    scim.patch(path_to(user), ("remove", "password")).ok(200, 204)
    assert stored() is None


def test_managers(scim, user):
    boss, path = scim.create_user(), path_to(user)
    for operations in ([("add", E + ":manager", {"value": boss["id"]})], [("replace", E + ":manager.value", boss["id"])],
                       [("Add", E + ":manager", boss["id"])],
                       [("replace", None, {E: {"manager": {"value": boss["id"]}}})], [("replace", None, {E + ":manager": boss["id"]})],
                       [("add", E + ":manager", {"value": boss["id"], "displayName": "ignored", "$ref": "ignored"})]):
        now = scim.change(user, *operations)
        assert now[E]["manager"] == {"value": boss["id"], "$ref": boss["meta"]["location"]}, operations
        assert now[E]["department"] == "Dep"
        scim.patch(path, ("remove", E + ":manager")).ok(200, 204)
        assert scim.read(user)[E] == user[E]
    scim.change(user, ("add", E + ":manager.value", boss["id"]))
    assert "manager" not in scim.change(user, ("replace", E + ":manager", None))[E]


def test_an_extension_comes_and_goes(scim):
    """`schemas` follows (section 3.5.2)."""
    user = scim.create_user()
    assert user["schemas"] == [USER]
    assert sorted(scim.change(user, ("add", E + ":department", "D"))["schemas"]) == sorted([USER, E])
    now = scim.change(user, ("remove", E + ":department"))
    assert now["schemas"] == [USER] and E not in now
    assert sorted(scim.change(user, ("add", None, {"schemas": [USER, E], E: {"division": "X"}}))["schemas"]) == sorted([USER, E])
    assert scim.change(user, ("remove", E))["schemas"] == [USER]


def test_emptied_lists_are_unassigned(scim, user):
    """Section 3.5.2.2."""
    now = scim.change(user, ("remove", 'emails[type eq "work"]'), ("remove", 'emails[type eq "home"]'))
    assert "emails" not in now
    assert scim.ids(filter=f'id eq "{user["id"]}" and not (emails pr)') == [user["id"]]


def test_elements_without_anything_left(scim):
    user = scim.create_user(addresses=[{"country": "DE"}, {"locality": "Bonn", "type": "work"}],
                            phoneNumbers=[{"value": "1", "type": "mobile"}])
    assert scim.change(user, ("remove", 'addresses[country eq "DE"].country'))["addresses"] == [{"locality": "Bonn", "type": "work"}]


def test_typed_values_that_do_not_exist_yet(scim):
    """Entra: add and replace at emails[type eq "work"].value make the element with that type."""
    user = scim.create_user()
    now = scim.change(user, ("Add", 'emails[type eq "work"].value', "w@example.com"), ("Add", 'phoneNumbers[type eq "fax"].value', "3"),
                      ("Add", 'addresses[type eq "work"].formatted', "A"), ("Add", 'addresses[type eq "work"].region', "R"))
    assert now["emails"] == [{"type": "work", "value": "w@example.com"}] and now["phoneNumbers"] == [{"type": "fax", "value": "3"}]
    assert now["addresses"] == [{"type": "work", "formatted": "A", "region": "R"}]
    now = scim.change(user, ("Add", 'emails[type eq "work"].value', "v@example.com"))
    assert now["emails"] == [{"type": "work", "value": "v@example.com"}]
    now = scim.change(user, ("Add", 'emails[type eq "home" and primary eq true].value', "h@example.com"))
    assert {"type": "home", "primary": True, "value": "h@example.com"} in now["emails"]
    now = scim.change(user, ("Replace", 'phoneNumbers[type eq "pager"].value', "4"), ("Replace", 'addresses[type eq "home"].country', "DE"))
    assert {"type": "pager", "value": "4"} in now["phoneNumbers"] and {"type": "home", "country": "DE"} in now["addresses"]


def test_many_operations(scim, user):
    """Hundreds in one message, in order."""
    operations = [("add", "emails", [{"value": f"{n}@example.com", "type": "x"}]) for n in range(300)]
    operations += [("replace", "title", f"T{n}") for n in range(300)] + [("remove", f'emails[value eq "{n}@example.com"]')
                                                                         for n in range(0, 300, 2)]
    now = scim.change(user, *operations)
    assert now["title"] == "T299"
    assert now["emails"] == [WORK, HOME] + [{"value": f"{n}@example.com", "type": "x"} for n in range(1, 300, 2)]


def test_what_is_added_comes_last(scim, user):
    """The list has an order column."""
    for n in (3, 1, 2):
        user = scim.change(user, ("add", "emails", [{"value": f"{n}@example.com"}]))
    assert [e["value"] for e in user["emails"]] == ["w@example.com", "h@example.com", "3@example.com", "1@example.com", "2@example.com"]
    user = scim.change(user, ("remove", 'emails[type eq "home"]'))
    assert [e["value"] for e in user["emails"]] == ["w@example.com", "3@example.com", "1@example.com", "2@example.com"]


def test_equal_elements_are_not_added_twice(scim, user):
    """Section 3.5.2.1: a (type, value) pair that is there is not doubled; another type is another element."""
    now = scim.change(user, ("add", "emails", [HOME, HOME, {"value": "h@example.com", "type": "other"}]))
    assert now["emails"] == [WORK, HOME, {"value": "h@example.com", "type": "other"}]


def test_values_in_paths_are_data(directory, scim, user):
    for text in ("' OR 1=1 --", '"', "\\", "%", "_", "\u00e4", "a]b", "a\"].value"):
        quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        now = scim.change(user, ("add", "emails", [{"value": "z@example.com", "type": text}]))
        assert now["emails"] == [WORK, HOME, {"value": "z@example.com", "type": text}]
        now = scim.change(user, ("replace", f"emails[type eq {quoted}].display", text))
        assert unordered(now["emails"]) == unordered([WORK, HOME, {"value": "z@example.com", "type": text, "display": text}])
        before = directory.database.dump()
        scim.patch(path_to(user), ("remove", f"emails[type eq {quoted[:-1]}x\"]")).ok(200, 204)
        assert directory.database.dump() == before
        assert scim.change(user, ("remove", f"emails[type eq {quoted}]"))["emails"] == [WORK, HOME]


def test_group_names(scim):
    group, other = scim.create_group(externalId="e"), scim.create_group()
    name = unique("renamed")
    now = scim.change(group, ("replace", "displayName", name))
    assert now["displayName"] == name and now["externalId"] == "e" and now["meta"]["version"] != group["meta"]["version"]
    scim.patch(path_to(group), ("replace", "displayName", other["displayName"].upper())).error(409, "uniqueness")
    now = scim.change(group, ("replace", None, {"id": group["id"], "displayName": name + "2"}), ("remove", "externalId"))
    assert now["displayName"] == name + "2" and "externalId" not in now
    scim.patch(path_to(group), ("replace", "userName", "x")).error(400, "invalidPath")
    assert state(scim.read(group)) == {"schemas": [GROUP], "id": group["id"], "displayName": name + "2"}


def test_a_patch_with_other_media_types(scim, user):
    for media_type in ("application/json", "application/scim+json; charset=utf-8"):
        scim.request("PATCH", path_to(user), patch_message(("replace", "title", media_type)), headers={"Content-Type": media_type}).ok(200,
                                                                                                                                       204)
        assert scim.read(user)["title"] == media_type
