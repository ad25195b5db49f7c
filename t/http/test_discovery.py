# SPDX-License-Identifier: Apache-2.0
"""Discovery: RFC 7644 section 4, RFC 7643 sections 5 to 8.7."""
import pytest
from harness.client import ENTERPRISE, GROUP, LIST, SEARCH, USER, segment

pytestmark = pytest.mark.usefixtures("any_directory")

CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
ENDPOINTS = ["/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", f"/Schemas/{USER}"]

# RFC 7643 section 8.7.1 as far as conf.d/embedded maps it: name, type, then what differs from
# single-valued, optional, caseExact false, readWrite, returned default, uniqueness none.
STRING = {"type": "string"}
# Ids are caseExact (RFC 7643 section 3.1), so what refers to them is, whatever the figures of section 8.7.1 say.
IDENTITY = {"type": "string", "caseExact": True}
USER_ATTRIBUTES = {
    "userName": {"type": "string", "required": True, "uniqueness": "server"},
    "name": {"type": "complex", "sub": {n: STRING
                                        for n in ("formatted", "familyName", "givenName", "middleName", "honorificPrefix",
                                                  "honorificSuffix")}},
    "displayName": STRING, "nickName": STRING, "title": STRING, "userType": STRING, "preferredLanguage": STRING, "locale": STRING,
    "timezone": STRING,
    "profileUrl": {"type": "reference", "referenceTypes": ["external"]}, "active": {"type": "boolean"},
    "password": {"type": "string", "mutability": "writeOnly", "returned": "never"},
    "emails": {"type": "complex", "multiValued": True, "sub": {"value": STRING, "display": STRING, "primary": {"type": "boolean"},
                                                               "type": {"type": "string", "canonicalValues": ["work", "home", "other"]}}},
    "phoneNumbers": {"type": "complex", "multiValued": True, "sub": {
        "value": STRING, "display": STRING, "primary": {"type": "boolean"},
        "type": {"type": "string", "canonicalValues": ["work", "home", "mobile", "fax", "pager", "other"]}}},
    "addresses": {"type": "complex", "multiValued": True, "sub": {
        **{n: STRING for n in ("formatted", "streetAddress", "locality", "region", "postalCode", "country")},
        "type": {"type": "string", "canonicalValues": ["work", "home", "other"]}, "primary": {"type": "boolean"}}},
    "roles": {"type": "complex", "multiValued": True,
              "sub": {"value": STRING, "display": STRING, "type": STRING, "primary": {"type": "boolean"}}},
    "groups": {"type": "complex", "multiValued": True, "mutability": "readOnly", "sub": {
        "value": {**IDENTITY, "mutability": "readOnly"}, "display": {"type": "string", "mutability": "readOnly"},
        "$ref": {"type": "reference", "mutability": "readOnly"},
        "type": {"type": "string", "mutability": "readOnly", "canonicalValues": ["direct", "indirect"]}}},
}
GROUP_ATTRIBUTES = {
    "displayName": {"type": "string", "required": True},
    "members": {"type": "complex", "multiValued": True, "sub": {
        "value": {**IDENTITY, "mutability": "immutable"}, "$ref": {"type": "reference"}, "type": {"type": "string"}}},
}
ENTERPRISE_ATTRIBUTES = {
    **{n: STRING for n in ("employeeNumber", "costCenter", "organization", "division", "department")},
    "manager": {"type": "complex", "sub": {"value": IDENTITY, "$ref": {"type": "reference"}}},
}
DEFAULTS = {"multiValued": False, "required": False, "caseExact": False, "mutability": "readWrite", "returned": "default",
            "uniqueness": "none"}


def _compare(found, wanted, where):
    """Names are the same, and what `wanted` says of each. caseExact of references is left to the types (RFC 7643 section 2.3.7)."""
    assert sorted(a["name"] for a in found) == sorted(wanted), where
    for attribute in found:
        want = {**DEFAULTS, **wanted[attribute["name"]]}
        subs = want.pop("sub", None)
        if want["type"] == "reference":
            del want["caseExact"]
            if "referenceTypes" not in want:
                assert set(attribute["referenceTypes"]) <= {"User", "Group"} and attribute["referenceTypes"], attribute
                want.pop("mutability", None)
        if where in ("Group.members", "enterprise.manager") or where == "Group" and attribute["name"] == "displayName":
            if attribute["name"] != "value":
                want.pop("mutability", None)
            want.pop("uniqueness", None)
        # RFC 7643's text and its own figure disagree about these two.
        if where == "User.roles" and attribute["name"] == "type":
            attribute.pop("canonicalValues", None)
        assert {k: attribute.get(k) for k in want} == want, f"{where}.{attribute['name']}: {attribute}"
        if subs is None:
            assert "subAttributes" not in attribute
        else:
            _compare(attribute["subAttributes"], subs, f"{where}.{attribute['name']}")


@pytest.mark.smoke
def test_service_provider_config(scim):
    config = scim.get("/ServiceProviderConfig").ok()
    assert config["schemas"] == [CONFIG] and "Resources" not in config and "totalResults" not in config
    assert config["patch"] == {"supported": True}
    assert config["filter"] == {"supported": True, "maxResults": 1000}
    assert config["sort"] == {"supported": True} and config["etag"] == {"supported": True}
    assert config["changePassword"] == {"supported": True}
    assert config["bulk"]["supported"] is False
    assert all(type(config["bulk"][n]) is int for n in ("maxOperations", "maxPayloadSize"))
    (scheme,) = config["authenticationSchemes"]
    assert scheme["type"] == "httpbasic" and scheme["name"] and scheme["description"]
    assert config["meta"]["resourceType"] == "ServiceProviderConfig"
    assert config["meta"]["location"] == scim.url + "/ServiceProviderConfig"


@pytest.mark.smoke
def test_resource_types(scim):
    answer = scim.get("/ResourceTypes").ok()
    assert answer["schemas"] == [LIST] and answer["totalResults"] == 2 == len(answer["Resources"])
    assert answer.get("itemsPerPage", 2) == 2 and answer.get("startIndex", 1) == 1
    user, group = sorted(answer["Resources"], key=lambda r: r["name"], reverse=True)
    for resource, name, schema in ((user, "User", USER), (group, "Group", GROUP)):
        assert resource["schemas"] == [RESOURCE_TYPE]
        assert (resource["id"], resource["name"], resource["endpoint"], resource["schema"]) == (name, name, f"/{name}s", schema)
        assert resource["meta"] == {"resourceType": "ResourceType", "location": f"{scim.url}/ResourceTypes/{name}"}
        assert scim.get(scim.path_of(resource["meta"]["location"])).ok() == resource
    assert user["schemaExtensions"] == [{"schema": ENTERPRISE, "required": False}]
    assert group.get("schemaExtensions", []) == []


@pytest.mark.smoke
def test_schemas(scim):
    answer = scim.get("/Schemas").ok()
    assert answer["schemas"] == [LIST] and answer["totalResults"] == 3 == len(answer["Resources"])
    assert {s["id"] for s in answer["Resources"]} == {USER, GROUP, ENTERPRISE}
    for schema in answer["Resources"]:
        assert schema["name"] and schema["meta"]["resourceType"] == "Schema"
        assert scim.path_of(schema["meta"]["location"]) == f"/Schemas/{schema['id']}"
        assert scim.get(f"/Schemas/{schema['id']}").ok() == schema
        assert scim.get("/Schemas/" + segment(schema["id"])).ok() == schema


@pytest.mark.parametrize("urn, wanted, where", [
    (USER, USER_ATTRIBUTES, "User"), (GROUP, GROUP_ATTRIBUTES, "Group"), (ENTERPRISE, ENTERPRISE_ATTRIBUTES, "enterprise")],
    ids=["User", "Group", "enterprise"])
def test_characteristics(scim, urn, wanted, where):
    _compare(scim.get(f"/Schemas/{urn}").ok()["attributes"], wanted, where)


def test_every_attribute_states_everything(scim):
    """RFC 7643 section 7."""
    def walk(attributes):
        for attribute in attributes:
            assert set(attribute) >= {"name", "type", "multiValued", "required", "mutability", "returned"}, attribute
            assert attribute["type"] in {"string", "boolean", "decimal", "integer", "dateTime", "reference", "binary", "complex"}
            assert attribute["mutability"] in {"readOnly", "readWrite", "immutable", "writeOnly"}
            assert attribute["returned"] in {"always", "never", "default", "request"}
            assert attribute.get("uniqueness", "none") in {"none", "server", "global"}
            assert all(isinstance(attribute[n], bool) for n in ("multiValued", "required", "caseExact") if n in attribute)
            assert ("caseExact" in attribute and "uniqueness" in attribute) or attribute["type"] == "complex"
            assert ("subAttributes" in attribute) == (attribute["type"] == "complex")
            assert ("referenceTypes" in attribute) == (attribute["type"] == "reference")
            assert not any(s["type"] == "complex" for s in attribute.get("subAttributes", []))
            walk(attribute.get("subAttributes", []))
    for schema in scim.get("/Schemas").ok()["Resources"]:
        walk(schema["attributes"])


def test_urns_without_regard_to_case(scim):
    assert scim.get(f"/Schemas/{USER.upper()}").ok()["id"] == USER


@pytest.mark.parametrize("path",
                         ["/ResourceTypes/Users", "/ResourceTypes/Nothing", "/ResourceTypes/User/x", "/Schemas/urn:none",
                          f"/Schemas/{USER}x",
                                  f"/Schemas/{USER}/x", "/Schemas/User", f"/Schemas/{CONFIG}x", "/ServiceProviderConfig/x",
                                  "/ServiceProviderConfigs",
                                  "/serviceproviderconfig", "/schemas", "/Schema", "/ResourceType"])
def test_unknown(scim, path):
    scim.get(path).error(404)


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_read_only(scim, path, method):
    answer = scim.request(method, path, {"schemas": []} if method in ("POST", "PUT", "PATCH") else None).error(405)
    allowed = {m.strip() for m in answer.headers["Allow"].split(",")}
    assert "GET" in allowed and not allowed & {"POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize("path", ENDPOINTS)
def test_head_and_options(scim, path):
    whole = scim.get(path)
    head = scim.request("HEAD", path)
    assert head.status == 200 and not head.body and head.headers["Content-Type"] == "application/scim+json"
    assert head.headers.get("Content-Length", str(len(whole.body))) == str(len(whole.body))
    options = scim.request("OPTIONS", path)
    assert options.status in (200, 204) and "GET" in options.headers["Allow"] and "POST" not in options.headers["Allow"]


@pytest.mark.parametrize("path", ["/ResourceTypes", "/Schemas"])
def test_filters_are_forbidden_and_the_rest_ignored(scim, path):
    """RFC 7644 section 4."""
    whole = scim.get(path).ok()
    scim.get(path, filter='name eq "User"').error(403)
    for query in ({"count": 1}, {"startIndex": 2}, {"count": 0}, {"sortBy": "name", "sortOrder": "descending"}, {"attributes": "id"},
                  {"excludedAttributes": "attributes"}, {"sortBy": "nosuch"}, {"count": "x"}):
        assert scim.get(path, **query).ok() == whole, query


def test_what_is_advertised_is_true(scim):
    """RFC 7644 sections 3.2, 3.12: what is not supported says so."""
    scim.post("/Bulk", {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": []}).error(501)
    for path in ("/.search", "/Users/.search", "/Groups/.search"):
        scim.post(path, {"schemas": [SEARCH], "filter": "userName pr"}).error(501)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        scim.request(method, "/Me", {} if method in ("PUT", "PATCH") else None).error(501)
    user = scim.create_user(password="first")
    assert scim.get("/Users", sortBy="userName").ok()["totalResults"] >= 1
    assert scim.get(f"/Users/{user['id']}").headers["ETag"] == user["meta"]["version"]


def _declared(schema):
    return {a["name"]: {s["name"] for s in a.get("subAttributes", [])} for a in schema["attributes"]}


def _assert_declared(attributes, declared, where):
    for name, value in attributes.items():
        assert name in declared, f"{where}: {name} is in no schema"
        for element in value if isinstance(value, list) else [value]:
            if isinstance(element, dict):
                assert set(element) <= declared[name], f"{where}.{name}: {element}"


def test_what_is_answered_is_declared(scim):
    """RFC 7643 section 7: an attribute in a response is in the schema that its place names."""
    schemas = {s["id"]: _declared(s) for s in scim.get("/Schemas").ok()["Resources"]}
    boss = scim.create_user()
    user = scim.create_user(
        externalId="x", name={"formatted": "a", "familyName": "b", "givenName": "c", "middleName": "d", "honorificPrefix": "e",
                              "honorificSuffix": "f"},
        displayName="g", nickName="h", profileUrl="https://example.com/", title="i", userType="j", preferredLanguage="de", locale="de-DE",
        timezone="Europe/Berlin", active=True, password="secret",
        emails=[{"value": "a@example.com", "type": "work", "display": "x", "primary": True}],
        phoneNumbers=[{"value": "1", "type": "work", "display": "x"}],
        addresses=[{"type": "work", "formatted": "a", "streetAddress": "b", "locality": "c", "region": "d", "postalCode": "e",
                    "country": "DE"}],
        roles=[{"value": "r", "type": "t", "display": "x"}], ims=[{"value": "not mapped"}], photos=[{"value": "https://example.com/p"}],
        enterprise={"employeeNumber": "1", "costCenter": "2", "organization": "3", "division": "4", "department": "5",
                    "manager": {"value": boss["id"]}})
    group = scim.create_group([user])
    for resource, core in ((scim.read(user), USER), (scim.read(group), GROUP)):
        top = {k: v for k, v in resource.items() if k not in ("schemas", "id", "externalId", "meta") and not k.startswith("urn:")}
        _assert_declared(top, schemas[core], core)
        for urn in (k for k in resource if k.startswith("urn:")):
            _assert_declared(resource[urn], schemas[urn], urn)
        assert set(resource["meta"]) <= {"resourceType", "created", "lastModified", "location", "version"}
        assert "ims" not in resource and "photos" not in resource and "password" not in resource
