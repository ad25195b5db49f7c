# SPDX-License-Identifier: Apache-2.0
"""<SCIMSchema>: resource types and extensions of one's own, from discovery to PATCH, over tables of one's own."""
import json

import pytest

from conftest import AUTH
from harness import settings
from harness.client import USER, Client, operation, unique
from harness.config import SMALL_USER, location, system, target

DEVICE = "urn:example:params:scim:schemas:Device"
BADGE = "urn:example:params:scim:schemas:Badge"

_CONFIG = f"""
<SCIMSchema {DEVICE} Device "A device that somebody carries">
    SCIMAttribute serial         string     required caseExact uniqueness=server "What is engraved on it"
    SCIMAttribute label          string     "What people call it"
    SCIMAttribute weight         decimal    "In kilograms"
    SCIMAttribute slots          integer
    SCIMAttribute locked         boolean
    SCIMAttribute bought         dateTime
    SCIMAttribute certificate    binary
    SCIMAttribute manual         reference  references=external
    SCIMAttribute pin            string     writeOnly returned=never
    SCIMAttribute note           string     returned=request
    SCIMAttribute origin         string     immutable
    SCIMAttribute stock          string     readOnly
    SCIMAttribute kind           string     canonical=phone,laptop
    SCIMAttribute forgotten      string     "Nothing maps it"
    SCIMAttribute owner          complex    "Who carries it"
    SCIMAttribute owner.value    string     "The id of the User"
    SCIMAttribute owner.$ref     reference  references=User readOnly
    SCIMAttribute ports          complex    multiValued "What can be plugged in"
    SCIMAttribute ports.value    string     required
    SCIMAttribute ports.type     string     canonical=usb,lan
    SCIMAttribute ports.primary  boolean
</SCIMSchema>
<SCIMSchema {BADGE} Badge "A badge">
    SCIMAttribute number  string  required uniqueness=server
    SCIMAttribute room    string
</SCIMSchema>
"""
_DEVICE_TYPE = f"""<SCIMResourceType Device target=store endpoint=Devices schema={DEVICE}>
        SCIMProperty sql.table         device
        SCIMProperty sql.key           id
        SCIMProperty sql.key.generate  uuid
        SCIMProperty sql.version       row_version
        SCIMMap id           <-   id
        SCIMMap serial       <->  serial  required
        SCIMMap label        <->  label
        SCIMMap weight       <->  weight
        SCIMMap slots        <->  slots
        SCIMMap locked       <->  locked
        SCIMMap bought       <->  bought
        SCIMMap certificate  <->  certificate
        SCIMMap manual       <->  manual
        SCIMMap pin           ->  pin
        SCIMMap note         <->  note
        SCIMMap origin       <->  origin
        SCIMMap stock        <-   stock
        SCIMMap kind         <->  kind
        SCIMMap owner.value  <->  owner_id | ref(User)
        <SCIMMapEach ports <-> rows(device_port, device_id, position)>
            SCIMMap value    <->  name
            SCIMMap type     <->  kind
            SCIMMap primary  <->  is_primary
        </SCIMMapEach>
    </SCIMResourceType>"""
_BADGE_RULES = f"""SCIMMap {BADGE}:number  <->  employee_number  %s
        SCIMMap {BADGE}:room    <->  department
        SCIMMap id               <-   id"""
_TABLES = """
CREATE TABLE device (
    id          {key} PRIMARY KEY,
    serial      {key} NOT NULL UNIQUE,
    label       VARCHAR(200),
    weight      DECIMAL(10, 3),
    slots       BIGINT,
    locked      BOOLEAN,
    bought      {time},
    certificate TEXT,
    manual      VARCHAR(200),
    pin         VARCHAR(200),
    note        VARCHAR(200),
    origin      VARCHAR(200),
    stock       VARCHAR(200),
    kind        VARCHAR(200),
    owner_id    {key},
    row_version BIGINT NOT NULL DEFAULT 1
);
CREATE TABLE device_port (
    device_id  {key} NOT NULL,
    position   INTEGER,
    name       VARCHAR(200) NOT NULL,
    kind       VARCHAR(200),
    is_primary BOOLEAN
);
"""
_TYPES = {"sqlite3": {"key": "TEXT", "time": "TIMESTAMP"}, "pgsql": {"key": "TEXT", "time": "TIMESTAMP WITH TIME ZONE"},
          "mysql": {"key": "VARCHAR(64) COLLATE utf8mb4_bin", "time": "DATETIME(6)"}}


@pytest.fixture(scope="module", params=settings.DATABASES)
def served(request, databases, new_module_httpd):
    database = databases.create(request.param)
    database.execute_script(_TABLES.format(**_TYPES[request.param]))
    plain = SMALL_USER.replace("target=store", f"target=store extension={BADGE}").replace("SCIMMap id               <-   id", _BADGE_RULES % "")
    strict = SMALL_USER.replace("target=store", f"target=store requiredExtension={BADGE}").replace(
        "SCIMMap id               <-   id", _BADGE_RULES % "required")
    config = _CONFIG + target(database) + system("assets", plain, _DEVICE_TYPE) + location("/scim/v2", "assets")
    config += system("strict", strict) + location("/strict/v2", "strict")
    return new_module_httpd(config).start(), database


@pytest.fixture
def client(served):
    result = Client(served[0].port, auth=AUTH)
    yield result
    result.close()


@pytest.fixture
def strict(served):
    result = Client(served[0].port, base="/strict/v2", auth=AUTH)
    yield result
    result.close()


def device(client, **attributes):
    return client.post("/Devices", {"schemas": [DEVICE], "serial": unique("S"), **attributes}).ok(201)


FULL = {"label": "Größe 7", "weight": 1.25, "slots": 9007199254740993, "locked": True, "bought": "2024-02-29T12:34:56.5Z",
        "certificate": "AAH+/w==", "manual": "https://example.com/m?a=b", "note": "by the door", "origin": "Ulm", "kind": "tablet",
        "ports": [{"value": "front", "type": "usb", "primary": True}, {"value": "back", "type": "lan"}]}


def path(resource):
    return f"/Devices/{resource['id']}"


# ---- discovery ----

@pytest.mark.smoke
def test_the_resource_type(client):
    got = client.get("/ResourceTypes/Device").ok()
    assert (got["name"], got["endpoint"], got["schema"], got.get("schemaExtensions", [])) == ("Device", "/Devices", DEVICE, [])
    user = client.get("/ResourceTypes/User").ok()
    assert user["schemaExtensions"] == [{"schema": BADGE, "required": False}]


def test_a_required_extension_is_shown_as_required(strict):
    assert strict.get("/ResourceTypes/User").ok()["schemaExtensions"] == [{"schema": BADGE, "required": True}]


def test_the_schema(client):
    got = client.get("/Schemas/" + DEVICE).ok()
    assert (got["name"], got["description"]) == ("Device", "A device that somebody carries")
    attributes = {a["name"]: a for a in got["attributes"]}
    assert set(attributes) == {"serial", "label", "weight", "slots", "locked", "bought", "certificate", "manual", "pin", "note", "origin", "stock",
                               "kind", "owner", "ports"}, "what is mapped, and nothing else"
    assert client.get("/Schemas/" + DEVICE.upper()).ok() == got, "URNs ignore case"

    def characteristics(name):
        a = attributes[name]
        return a["type"], a["multiValued"], a["required"], a["mutability"], a["returned"]
    assert characteristics("serial") == ("string", False, True, "readWrite", "default")
    assert (attributes["serial"]["caseExact"], attributes["serial"]["uniqueness"]) == (True, "server")
    assert (attributes["label"]["caseExact"], attributes["label"]["uniqueness"]) == (False, "none")
    assert attributes["label"]["description"] == "What people call it"
    assert characteristics("weight")[0] == "decimal"
    assert characteristics("slots")[0] == "integer"
    assert characteristics("locked")[0] == "boolean"
    assert characteristics("bought")[0] == "dateTime"
    assert characteristics("certificate")[0] == "binary"
    assert characteristics("manual")[0] == "reference" and attributes["manual"]["referenceTypes"] == ["external"]
    assert characteristics("pin") == ("string", False, False, "writeOnly", "never")
    assert characteristics("note")[4] == "request"
    assert characteristics("origin")[3] == "immutable"
    assert characteristics("stock")[3] == "readOnly"
    assert attributes["kind"]["canonicalValues"] == ["phone", "laptop"]
    parts = {a["name"]: a for a in attributes["ports"]["subAttributes"]}
    assert characteristics("ports")[:2] == ("complex", True)
    assert set(parts) == {"value", "type", "primary"} and parts["type"]["canonicalValues"] == ["usb", "lan"] and parts["primary"]["type"] == "boolean"
    owner = {a["name"]: a for a in attributes["owner"]["subAttributes"]}
    assert owner["$ref"]["referenceTypes"] == ["User"] and owner["$ref"]["mutability"] == "readOnly"


# ---- life of a resource ----

@pytest.mark.smoke
def test_from_post_to_delete(client, served):
    user = client.create_user()
    made = device(client, **FULL, pin="1234", stock="ignored", owner={"value": user["id"]}, forgotten="x")
    assert made["meta"]["resourceType"] == "Device"
    assert made["meta"]["location"] == f"{client.url}/Devices/{made['id']}"
    assert made["schemas"] == [DEVICE]
    got = client.get(path(made)).ok()
    for name, value in FULL.items():
        if name not in ("note", "ports", "bought"):
            assert got[name] == value, name
    assert "note" not in got and "pin" not in got and "stock" not in got and "forgotten" not in got
    assert got["bought"].startswith("2024-02-29T12:34:56.5")
    assert sorted(got["ports"], key=lambda p: p["value"]) == [{"value": "back", "type": "lan"}, {"value": "front", "type": "usb", "primary": True}]
    assert got["owner"]["value"] == user["id"] and got["owner"]["$ref"] == user["meta"]["location"]
    assert list(served[1].query("SELECT pin, stock FROM device WHERE id = ?", made["id"])) == [("1234", None)]
    asked = client.get(path(made), attributes="note").ok()
    assert asked["note"] == "by the door"
    changed = client.put(path(made), {"schemas": [DEVICE], "serial": made["serial"], "origin": "Ulm", "label": "new"}).ok()
    assert changed["label"] == "new" and not {"weight", "slots", "locked", "ports", "owner", "kind"} & set(changed)
    assert list(served[1].query("SELECT pin FROM device WHERE id = ?", made["id"])) == [("1234",)], "writeOnly stays where PUT is silent"
    client.delete(path(made)).ok(204)
    client.get(path(made)).error(404)
    assert not served[1].query("SELECT * FROM device_port WHERE device_id = ?", made["id"])


@pytest.mark.parametrize("change, want", [
    (("replace", "label", "x"), {"label": "x"}),
    (("add", "weight", 0.5), {"weight": 0.5}),
    (("replace", "slots", -1), {"slots": -1}),
    (("replace", "locked", False), {"locked": False}),
    (("replace", "bought", "2025-01-01T01:00:00+01:00"), {"bought": "2025-01-01T00:00:00Z"}),
    (("replace", "certificate", "AAAA"), {"certificate": "AAAA"}),
    (("replace", "manual", "urn:x:y"), {"manual": "urn:x:y"}),
    (("remove", "label"), {"label": None}),
    (("replace", f"{DEVICE}:label", "y"), {"label": "y"}),
    (("replace", None, {"label": "z", "slots": 3}), {"label": "z", "slots": 3}),
    (("add", "ports", [{"value": "top", "type": "usb"}]),
     {"ports": [{"value": "back", "type": "lan"}, {"value": "front", "type": "usb", "primary": True}, {"value": "top", "type": "usb"}]}),
    (("remove", 'ports[type eq "lan"]'), {"ports": [{"value": "front", "type": "usb", "primary": True}]}),
    (("replace", 'ports[value eq "back"].type', "usb"),
     {"ports": [{"value": "back", "type": "usb"}, {"value": "front", "type": "usb", "primary": True}]}),
    (("replace", 'ports[value eq "back"].primary', True),
     {"ports": [{"value": "back", "type": "lan", "primary": True}, {"value": "front", "type": "usb", "primary": False}]}),
    (("replace", "ports", []), {"ports": None}),
], ids=lambda value: json.dumps(value)[:60])
def test_patch(client, change, want):
    made = device(client, **FULL)
    client.patch(path(made), operation(*change)).ok(200, 204)
    got = client.get(path(made)).ok()
    for name, value in want.items():
        if name == "ports" and value:
            ports = [{k: v for k, v in p.items() if (k, v) != ("primary", False)} for p in got["ports"]]
            value = [{k: v for k, v in p.items() if (k, v) != ("primary", False)} for p in value]
            assert sorted(ports, key=lambda p: p["value"]) == value
        elif name == "bought":
            assert got[name].startswith(value[:19])
        else:
            assert got.get(name) == value
    untouched = set(FULL) - set(want) - {"note", "ports", "bought"}
    assert all(got[name] == FULL[name] for name in untouched)


@pytest.mark.parametrize("change, scim_type", [
    (("replace", "origin", "elsewhere"), "mutability"), (("remove", "serial"), "mutability"), (("replace", "stock", "x"), "mutability"),
    (("replace", "owner.$ref", "x"), "mutability"), (("replace", "slots", "many"), "invalidValue"), (("replace", "slots", 1.5), "invalidValue"),
    (("replace", "locked", "perhaps"), "invalidValue"), (("replace", "bought", "yesterday"), "invalidValue"),
    (("replace", "certificate", "no base64!"), "invalidValue"), (("replace", "label", 5), "invalidValue"),
    (("replace", "label", ["a"]), "invalidValue"), (("replace", "weight", "heavy"), "invalidValue"),
    (("replace", "owner.value", "nobody"), "invalidValue"), (("add", "ports", [{"type": "usb"}]), "invalidValue"),
    (("replace", 'ports[value eq "none"].type', "usb"), "noTarget"),
], ids=lambda value: json.dumps(value)[:60])
def test_patches_that_are_refused(client, change, scim_type):
    made = device(client, **FULL)
    before = client.get(path(made)).ok()
    client.patch(path(made), operation("replace", "label", "never"), operation(*change)).error(400, scim_type)
    assert client.get(path(made)).ok() == before


@pytest.mark.parametrize("name", ["forgotten", "nothing", "ports.nothing", "owner.nothing", "label.x", "userName"])
def test_attributes_that_are_not_there(client, name):
    """What no rule maps does not exist, whatever the schema says."""
    made = device(client)
    client.patch(path(made), operation("replace", name, "x")).error(400, "invalidPath")


@pytest.mark.parametrize("change, status, scim_type", [
    ({"serial": None}, 400, "invalidValue"), ({"serial": ""}, 400, "invalidValue"), ({"slots": "7"}, 400, "invalidValue"),
    ({"slots": 2 ** 63}, 400, "invalidSyntax"), ({"weight": True}, 400, "invalidValue"), ({"ports": "usb"}, 400, "invalidValue"),
    ({"ports": [{"type": "usb"}]}, 400, "invalidValue"), ({"owner": {"value": "nobody"}}, 400, "invalidValue"),
], ids=lambda value: json.dumps(value)[:40])
def test_creations_that_are_refused(client, served, change, status, scim_type):
    before = list(served[1].query("SELECT COUNT(*) FROM device"))
    client.post("/Devices", {"schemas": [DEVICE], "serial": unique("S"), **change}).error(status, scim_type)
    assert list(served[1].query("SELECT COUNT(*) FROM device")) == before


def test_uniqueness(client):
    made = device(client)
    client.post("/Devices", {"schemas": [DEVICE], "serial": made["serial"]}).error(409, "uniqueness")
    device(client, serial=made["serial"].lower())       # caseExact: another value


def test_immutable_is_set_once(client):
    made = device(client)
    client.patch(path(made), operation("add", "origin", "Ulm")).ok(200, 204)
    client.patch(path(made), operation("add", "origin", "Ulm")).ok(200, 204)
    client.patch(path(made), operation("add", "origin", "Bonn")).error(400, "mutability")
    body = {"schemas": [DEVICE], "serial": made["serial"]}
    client.put(path(made), {**body, "origin": "Bonn"}).error(400, "mutability")
    client.put(path(made), {**body, "origin": "Ulm"}).ok()


# ---- queries ----

@pytest.fixture(scope="module")
def shelf(served):
    """Devices for queries, told apart by their label's beginning."""
    client = Client(served[0].port, auth=AUTH)
    mark = unique("shelf").replace(".", "")
    for i, (weight, slots, locked, bought, kind) in enumerate([
            (0.5, 1, True, "2024-01-01T00:00:00Z", "phone"), (2.25, 2, False, "2024-06-01T00:00:00+02:00", "laptop"),
            (10, 30, True, "2024-05-31T23:00:00Z", "Laptop"), (None, None, None, None, None)]):
        values = {"weight": weight, "slots": slots, "locked": locked, "bought": bought, "kind": kind}
        device(client, serial=f"{mark}-{'AbCd'[i]}", label=f"{mark} {i}", **{k: v for k, v in values.items() if v is not None},
               ports=[{"value": f"p{i}", "type": "usb" if i % 2 else "lan"}])
    yield mark
    client.close()


@pytest.mark.parametrize("expression, want", [
    ("weight eq 2.25", "1"), ("weight gt 0.5", "12"), ("weight le 2.25", "01"), ("slots ge 2", "12"), ("slots eq 30", "2"), ("slots lt 10", "01"),
    ("locked eq true", "02"), ("locked eq false", "1"), ("locked ne true", "13"), ("not (locked pr)", "3"),
    ('bought eq "2024-05-31T22:00:00Z"', "1"), ('bought gt "2024-05-31T22:00:00Z"', "2"), ('bought lt "2024-06-01T00:00:00Z"', "012"),
    ('kind eq "LAPTOP"', "12"), ('kind sw "lap"', "12"), ("kind pr", "012"), ('serial ew "-A"', "0"), ('serial ew "-a"', ""),
    ('ports.type eq "usb"', "13"), ('ports[type eq "usb" and value eq "p1"]', "1"), ('ports[type eq "usb" and value eq "p0"]', ""),
    (f'{DEVICE}:kind eq "phone"', "0"), ('slots gt 1 and (kind eq "laptop" or locked eq true)', "12"), ('weight gt 1 or kind eq "phone"', "012"),
])
def test_filters(client, shelf, expression, want):
    answer = client.get("/Devices", filter=f'label sw "{shelf}" and ({expression})').ok()
    assert "".join(sorted(d["label"][-1] for d in answer["Resources"])) == want
    assert answer["totalResults"] == len(want)


@pytest.mark.parametrize("by, order, want", [("weight", "ascending", "0123"), ("weight", "descending", "3210"), ("slots", "ascending", "0123"),
                                             ("bought", "ascending", "0123"), ("serial", "descending", "3210")])
def test_order(client, shelf, by, order, want):
    if by == "serial":
        want = "".join(sorted("0123", key=lambda i: "AbCd"[int(i)], reverse=True))      # by code point: caseExact
    if by == "bought":
        want = "0123"
    answer = client.get("/Devices", filter=f'label sw "{shelf}"', sortBy=by, sortOrder=order).ok()
    assert "".join(d["label"][-1] for d in answer["Resources"]) == want


@pytest.mark.parametrize("expression", ['pin eq "1234"', "locked gt true", 'certificate gt "AA"', "slots eq 1.x", 'bought gt "soon"'])
def test_filters_that_are_refused(client, expression):
    client.get("/Devices", filter=expression).error(400, "invalidFilter")


def test_projection(client, shelf):
    answer = client.get("/Devices", filter=f'label sw "{shelf}"', attributes="slots,ports.value,pin,note").ok()
    for got in answer["Resources"]:
        assert set(got) <= {"id", "schemas", "slots", "ports", "meta"} and "pin" not in got
        assert all(set(p) == {"value"} for p in got["ports"])
    answer = client.get("/Devices", filter=f'label sw "{shelf}"', excludedAttributes="ports,label").ok()
    assert not any({"ports", "label"} & set(got) for got in answer["Resources"])


# ---- extensions ----

@pytest.mark.smoke
def test_an_extension(client):
    name, number = unique("u"), unique("B")
    body = {"schemas": [USER, BADGE], "userName": name, BADGE: {"number": number, "room": "7a"}}
    user = client.post("/Users", body).ok(201)
    assert user[BADGE] == {"number": number, "room": "7a"} and set(user["schemas"]) == {USER, BADGE}
    where = f"/Users/{user['id']}"
    assert client.ids(filter=f'{BADGE}:number eq "{number}"') == [user["id"]]
    client.patch(where, operation("replace", f"{BADGE}:room", "8")).ok(200, 204)
    assert client.get(where).ok()[BADGE]["room"] == "8"
    client.patch(where, operation("add", None, {BADGE: {"room": "9"}})).ok(200, 204)
    assert client.get(where).ok()[BADGE] == {"number": number, "room": "9"}
    client.patch(where, operation("remove", f"{BADGE}:room")).ok(200, 204)
    assert client.get(where, attributes=f"{BADGE}:number").ok()[BADGE] == {"number": number}
    assert client.put(where, {"schemas": [USER], "userName": name}).ok().get(BADGE) is None
    assert client.get(where).ok()["schemas"] == [USER]


def test_an_extension_that_is_not_required_may_be_missing(client):
    user = client.create_user()
    assert user["schemas"] == [USER] and BADGE not in user


def test_a_required_extension(strict):
    strict.post("/Users", {"schemas": [USER], "userName": unique("u")}).error(400, "invalidValue")
    strict.post("/Users", {"schemas": [USER, BADGE], "userName": unique("u"), BADGE: {"room": "1"}}).error(400, "invalidValue")
    name = unique("u")
    user = strict.post("/Users", {"schemas": [USER, BADGE], "userName": name, BADGE: {"number": unique("B")}}).ok(201)
    where = f"/Users/{user['id']}"
    strict.put(where, {"schemas": [USER], "userName": name}).error(400, "invalidValue")
    strict.patch(where, operation("remove", f"{BADGE}:number")).error(400, "mutability")
    strict.patch(where, operation("replace", f"{BADGE}:room", "2")).ok(200, 204)


def test_schemas_of_other_systems_are_not_shown(strict):
    assert {s["id"] for s in strict.get("/Schemas").ok()["Resources"]} == {USER, BADGE}
    strict.get("/Devices").error(404)
