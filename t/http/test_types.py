# SPDX-License-Identifier: Apache-2.0
"""Every type of RFC 7643 section 2.3, in a resource type and schema of one's own: values, filters, order, discovery."""
import base64

import pytest
from conftest import Directory
from harness import settings
from harness.client import unique
from harness.oracle import instant

GADGET = "urn:example:params:scim:schemas:Gadget"
EXTRA = "urn:example:params:scim:schemas:extension:Gadget"

CONFIG = """\
<SCIMTarget shop sql>
    SCIMProperty sql.driver  {driver}
    SCIMProperty sql.params  "{params}"
    SCIMPool     max=4 acquire=5s
</SCIMTarget>
<SCIMSchema urn:example:params:scim:schemas:Gadget Gadget "Something to test with">
    SCIMAttribute serialNumber  string     required caseExact uniqueness=server immutable "What is engraved on it"
    SCIMAttribute label         string     "What people call it"
    SCIMAttribute size          integer    "A whole number"
    SCIMAttribute weight        decimal    "A real number"
    SCIMAttribute working       boolean    "Whether it does"
    SCIMAttribute bought        dateTime   "When"
    SCIMAttribute picture       binary     "How it looks"
    SCIMAttribute manual        reference  references=external "What to read"
    SCIMAttribute note          string     returned=request "Only for those who ask"
    SCIMAttribute stars         string     readOnly "What others think of it"
    SCIMAttribute tags          string     multiValued "Words"
    SCIMAttribute parts         complex    multiValued "What it is made of"
    SCIMAttribute parts.value   string     caseExact "Its number"
    SCIMAttribute parts.amount  integer    "How many"
    SCIMAttribute parts.price   decimal    "For one"
    SCIMAttribute parts.since   dateTime   "From when on"
    SCIMAttribute parts.spare   boolean    "Whether there are more"
</SCIMSchema>
<SCIMSchema urn:example:params:scim:schemas:extension:Gadget GadgetExtra "More of it">
    SCIMAttribute shelf  integer  "Where it lies"
</SCIMSchema>
<SCIMSystem shop>
    <SCIMResourceType Gadget target=shop endpoint=Gadgets schema=urn:example:params:scim:schemas:Gadget extension=urn:example:params:scim:schemas:extension:Gadget>
        SCIMProperty sql.table         gadget
        SCIMProperty sql.key           id
        SCIMProperty sql.key.generate  uuid
        SCIMMap id            <-   id
        SCIMMap serialNumber  <->  serial  required
        SCIMMap label         <->  label
        SCIMMap size          <->  size
        SCIMMap weight        <->  weight
        SCIMMap working       <->  working
        SCIMMap bought        <->  bought
        SCIMMap picture       <->  picture
        SCIMMap manual        <->  manual
        SCIMMap note          <->  note
        SCIMMap stars         <-   stars
        <SCIMMapEach tags <-> rows(gadget_tag, gadget_id, position)>
            SCIMMap value  <->  word
        </SCIMMapEach>
        <SCIMMapEach parts <-> rows(gadget_part, gadget_id, position)>
            SCIMMap value   <->  part
            SCIMMap amount  <->  amount
            SCIMMap price   <->  price
            SCIMMap since   <->  since
            SCIMMap spare   <->  spare
        </SCIMMapEach>
        SCIMMap urn:example:params:scim:schemas:extension:Gadget:shelf  <->  shelf
    </SCIMResourceType>
</SCIMSystem>
<Location "/scim/v2">
    SCIMServe shop
    AuthType Basic
    AuthName "SCIM"
    AuthBasicProvider file
    AuthUserFile "{root}/users"
    Require valid-user
</Location>
"""

TABLES = """\
CREATE TABLE gadget (id {key} PRIMARY KEY, serial {key} NOT NULL UNIQUE, label {text}, size BIGINT, weight {real}, working BOOLEAN, bought {time},
    picture {long}, manual {text}, note {text}, stars {text}, shelf INTEGER);
CREATE TABLE gadget_tag (gadget_id {key} NOT NULL REFERENCES gadget (id) ON DELETE CASCADE, position INTEGER, word {text} NOT NULL);
CREATE TABLE gadget_part (gadget_id {key} NOT NULL REFERENCES gadget (id) ON DELETE CASCADE, position INTEGER, part {text} NOT NULL, amount INTEGER,
    price {real}, since {time}, spare BOOLEAN);
"""

COLUMNS = {
    "sqlite3": {"key": "TEXT", "text": "TEXT", "long": "TEXT", "real": "REAL", "time": "TIMESTAMP"},
    "pgsql": {"key": "TEXT", "text": "TEXT", "long": "TEXT", "real": "DOUBLE PRECISION", "time": "TIMESTAMP WITH TIME ZONE"},
    "mysql": {"key": "VARCHAR(64) COLLATE utf8mb4_bin", "text": "VARCHAR(255)", "long": "TEXT", "real": "DOUBLE", "time": "DATETIME(6)"},
}


@pytest.fixture(scope="module", params=settings.DATABASES)
def shop(request, databases, new_module_httpd):
    database = databases.create(request.param)
    script = TABLES
    for name, column in COLUMNS[request.param].items():
        script = script.replace("{" + name + "}", column)
    database.execute_script(script)
    config = CONFIG.replace("{driver}", database.driver).replace("{params}", database.params)
    return Directory(new_module_httpd(config).start(), database)


@pytest.fixture
def client(shop):
    result = shop.client()
    yield result
    result.close()


def create(client, **attributes):
    schemas = [GADGET] + [EXTRA] * (EXTRA in attributes)
    return client.post("/Gadgets", {"schemas": schemas, "serialNumber": unique("sn"), **attributes}).ok(201)


GADGETS = {
    "a": {"label": "Alpha", "size": 1, "weight": 1.5, "working": True, "bought": "2011-05-13T04:42:34Z", "tags": ["red", "Round"],
          "parts": [{"value": "p1", "amount": 10, "price": 0.5, "since": "2011-05-13T04:42:34Z", "spare": True},
                    {"value": "p2", "amount": 2}]},
    "b": {"label": "beta", "size": -5, "weight": -0.25, "working": False, "bought": "2011-05-13T06:42:34+02:00", "tags": ["RED"],
          "parts": [{"value": "p1", "amount": 2, "price": 10.25, "spare": False}]},
    "c": {"label": "Gamma", "size": 10, "weight": 100, "bought": "2011-05-13T04:42:34.5Z", EXTRA: {"shelf": 9}, "tags": ["blue"]},
    "d": {"label": "delta", "size": 9, "weight": 99.75, "bought": "2011-05-12T23:42:34.123456-05:00", EXTRA: {"shelf": 10}},
    "e": {"size": 9007199254740993, "picture": base64.b64encode(b"\x00\xff\x10picture").decode(), "manual": "https://example.com/Manual"},
    "f": {},
}


@pytest.fixture(scope="module")
def cast(shop):
    client = shop.client()
    shop.database.query("DELETE FROM gadget")
    made = {letter: create(client, **attributes) for letter, attributes in GADGETS.items()}
    client.close()
    return made


def _who(client, cast, text):
    letters = {r["id"]: letter for letter, r in cast.items()}
    return "".join(sorted(letters[i] for i in client.ids("/Gadgets", filter=text)))


@pytest.mark.smoke
@pytest.mark.parametrize("text, letters", [
    # integers
    ("size eq 1", "a"), ("size ne 1", "bcdef"), ("size gt 1", "cde"), ("size ge 9", "cde"), ("size lt 9", "ab"), ("size le 9", "abd"),
    ("size pr", "abcde"),
    ("size lt 0", "b"), ("size eq -5", "b"), ("size gt -6", "abcde"), ("size eq 1e0", "a"), ("size eq 10.0", "c"), 
    ('size eq "1"', "a"), ("size eq 9007199254740993", "e"), ("size eq 9007199254740992", ""),
    ("size gt 9007199254740992", "e"),
    ("size eq null", "f"), ("not (size gt 1)", "abf"), ("size eq 9223372036854775807", ""), ("size lt 9223372036854775807", "abcde"),
    # decimals
    ("weight eq 1.5", "a"), ("weight eq 15e-1", "a"), ("weight ne 1.5", "bcdef"), ("weight gt 99.75", "c"), ("weight ge 99.75", "cd"),
    ("weight lt 0", "b"),
    ("weight le 1.5", "ab"), ("weight eq 100", "c"), ("weight eq -0.25", "b"), ("weight gt -2.5e-1", "acd"), ("weight pr", "abcd"),
    ("weight lt 1e300", "abcd"),
    # booleans
    ("working eq true", "a"), ("working eq false", "b"), ("working ne true", "bcdef"), ("working ne false", "acdef"), ("working pr", "ab"),
    ("not (working eq true)", "bcdef"), ("not (working pr)", "cdef"),
    # instants
    ('bought eq "2011-05-13T04:42:34Z"', "ab"), ('bought eq "2011-05-13T10:12:34+05:30"', "ab"), ('bought gt "2011-05-13T04:42:34Z"', "cd"),
    ('bought ge "2011-05-13T04:42:34.123456Z"', "cd"), ('bought eq "2011-05-13T04:42:34.500Z"', "c"),
    ('bought lt "2011-05-13T04:42:34.1Z"', "ab"),
    ('bought le "2011-05-12T20:42:34.123456-08:00"', "abd"), ('bought ne "2011-05-13T04:42:34Z"', "cdef"), ("bought pr", "abcd"),
    ('bought eq "2011-05-13T04:42:34.1234560Z"', "d"),
    ('bought gt "2011-05-13T04:42:34.123Z" and bought lt "2011-05-13T04:42:34.124Z"', "d"),
    # others
    ("picture pr", "e"), ('manual eq "https://example.com/Manual"', "e"), ('manual eq "https://example.com/manual"', ""),
    ('label eq "ALPHA"', "a"),
    # simple multi-valued
    ('tags eq "red"', "ab"), ('tags co "E"', "abc"), ("tags pr", "abc"), ('tags[value eq "round"]', "a"), ('tags ne "red"', "acdef"),
    ('not (tags eq "red")', "cdef"), ('tags eq "red" and tags eq "round"', "a"), ('tags[value eq "red" and value eq "round"]', ""),
    # elements
    ("parts.amount gt 5", "a"), ("parts[amount eq 2]", "ab"), ('parts[value eq "p1" and amount eq 2]', "b"), ('parts[value eq "P1"]', ""),
    ('parts.value eq "p1" and parts.amount eq 2', "ab"), ("parts[price ge 10.25]", "b"), ("parts[spare eq true]", "a"),
    ("parts[spare eq false]", "b"),
    ('parts[since eq "2011-05-13T06:42:34+02:00"]', "a"), ("parts[not (spare pr)]", "a"), ("not (parts[spare pr])", "cdef"),
    ("parts.price lt 10", "a"), ("parts[amount gt 1 and amount lt 3]", "ab"),
    # extension
    (f"{EXTRA}:shelf eq 9", "c"), (f"{EXTRA}:shelf lt 10", "c"), (f"{EXTRA}:shelf pr", "cd"), (f"{EXTRA}:shelf gt 9", "d"),
])
def test_filters(client, cast, text, letters):
    assert _who(client, cast, text) == letters


@pytest.mark.parametrize("text", [
    "size gt 9.5", 'size eq "one"', "size eq true", 'weight eq "x"', "working gt true", "working le false", "working eq 1", "bought eq 5",
    'bought gt "tomorrow"', 'picture gt "AA=="', 'picture le "AA=="', "size eq 1.", "size eq .5", "size eq +1", "size eq 0x10",
    "size eq 01", "size eq 1e",
    "size eq NaN", "size eq Infinity", "size eq --1", "parts.amount gt true", "parts[spare gt false]", 'parts[since gt "x"]', "shelf eq 9",
])
def test_invalid_filters(client, cast, text):
    client.get("/Gadgets", filter=text).error(400, "invalidFilter")


@pytest.mark.parametrize("sort, order", [
    ("size", "b a d c e / f"), ("weight", "b a d c / ef"), ("working", "b a / cdef"), ("bought", "ab d c / ef"), ("label", "a b d c / ef"),
    (f"{EXTRA}:shelf", "c d / abef"),
])
def test_order(client, cast, sort, order):
    """What stands behind the slash has no value: last in ascending order, first in descending (RFC 7644 section 3.4.2.3)."""
    with_value, without = order.split("/")
    rank = {letter: number for number, same in enumerate([*with_value.split(), without]) for letter in same.strip()}
    letters = {r["id"]: letter for letter, r in cast.items()}
    up = [rank[letters[i]] for i in client.ids("/Gadgets", sortBy=sort)]
    down = [rank[letters[i]] for i in client.ids("/Gadgets", sortBy=sort, sortOrder="descending")]
    assert up == sorted(rank.values()) and down == sorted(rank.values(), reverse=True), (up, down)


@pytest.mark.parametrize("attr, value", [
    ("size", 0), ("size", -1), ("size", 2147483648), ("size", 9223372036854775807), ("size", -9223372036854775808), ("weight", 0.1),
    ("weight", -1.25),
    ("weight", 1e-7), ("weight", 123456789.125), ("weight", 1e21), ("working", True), ("working", False),
    ("picture", base64.b64encode(bytes(range(256))).decode()),
    ("manual", "https://example.com/a?b=c&d=%20#e"), ("tags", ["one", "two", "\u4e09", "Four \U0001f600"]),
    ("parts", [{"value": "x", "amount": 0, "price": 0.1, "spare": False}, {"value": "y"}]),
])
def test_values_round_trip(client, attr, value):
    made = create(client, **{attr: value})
    assert made[attr] == value and isinstance(made[attr], bool) == isinstance(value, bool)
    again = client.get(f"/Gadgets/{made['id']}").ok()
    assert again[attr] == value
    assert client.put(f"/Gadgets/{made['id']}", again).ok()[attr] == value


def test_fractions(client):
    """integer has none, not even .0 (RFC 7643 section 2.3.4); a decimal may come without one."""
    assert create(client, weight=7)["weight"] == 7 and isinstance(create(client, size=5)["size"], int)
    client.post("/Gadgets", {"schemas": [GADGET], "serialNumber": unique("sn"), "size": 5.0}).error(400, "invalidValue")


@pytest.mark.parametrize("sent, hour", [
    ("2011-05-13T04:42:34Z", 4), ("2011-05-13T04:42:34.25Z", 4), ("2011-05-13T04:42:34+02:00", 2), ("2011-05-12T22:42:34.123456-05:45", 4),
    ("1969-12-31T23:59:59Z", 23), ("2038-01-19T03:14:08Z", 3), ("2011-10-30T02:30:00+01:00", 1), ("2000-02-29T00:00:00Z", 0),
])
def test_instants_round_trip(client, sent, hour):
    made = create(client, bought=sent)
    assert instant(made["bought"]) == instant(sent) and made["bought"][11:13] == f"{hour:02}" and made["bought"].endswith("Z"), made
    assert client.get(f"/Gadgets/{made['id']}").ok()["bought"] == made["bought"]


@pytest.mark.parametrize("attr, value", [
    ("size", 1.5), ("size", "one"), ("size", True), ("size", [1]), ("size", {"value": 1}), ("size", 9223372036854775808), ("size", 1e30),
    ("weight", "heavy"),
    ("weight", True), ("working", "yes"), ("working", 1), ("working", 0), ("bought", "today"), ("bought", 1305261754),
    ("bought", "2011-05-13"),
    ("bought", "2011-02-30T00:00:00Z"), ("bought", "04:42:34"), ("picture", "no base64!"), ("picture", 5), ("label", 5), ("label", True),
    ("label", ["x"]),
    ("label", {"value": "x"}), ("tags", [1]), ("tags", [{"value": "x"}, 5]), ("parts", [5]), ("parts", [{"amount": "many"}]),
    ("parts", [["x"]]),
    ("parts", [{"value": "x", "since": "x"}]), ("manual", 5), (EXTRA, "x"), (EXTRA, {"shelf": "top"}), (EXTRA, [{"shelf": 1}]),
])
def test_wrong_values(shop, client, attr, value):
    made = create(client, label="before")
    before = shop.database.query("SELECT * FROM gadget ORDER BY id")
    client.post("/Gadgets", {"schemas": [GADGET], "serialNumber": unique("sn"), attr: value}).error(400, "invalidValue", "invalidSyntax")
    body = {"schemas": [GADGET], "serialNumber": made["serialNumber"], attr: value}
    client.put(f"/Gadgets/{made['id']}", body).error(400, "invalidValue", "invalidSyntax")
    if attr != EXTRA:
        client.patch(f"/Gadgets/{made['id']}", ("replace", attr, value)).error(400, "invalidValue", "invalidSyntax")
    assert shop.database.query("SELECT * FROM gadget ORDER BY id") == before


def test_immutable(client):
    """RFC 7644 sections 3.5.1, 3.5.2: the same value is fine, another is an error."""
    made = create(client, label="x")
    path = f"/Gadgets/{made['id']}"
    assert client.put(path, {"schemas": [GADGET], "serialNumber": made["serialNumber"], "label": "y"}).ok()["label"] == "y"
    client.put(path, {"schemas": [GADGET], "serialNumber": made["serialNumber"].upper() + "x"}).error(400, "mutability")
    client.patch(path, ("replace", "serialNumber", "another")).error(400, "mutability")
    client.patch(path, ("remove", "serialNumber")).error(400, "mutability")
    client.patch(path, ("replace", "serialNumber", made["serialNumber"])).ok(200, 204)
    assert client.get(path).ok()["serialNumber"] == made["serialNumber"]


def test_returned_on_request(client):
    """RFC 7643 section 7: only those who name it get it."""
    made = create(client, note="psst", label="x")
    path = f"/Gadgets/{made['id']}"
    assert "note" not in client.get(path).ok() and "note" not in made
    assert client.get(path, attributes="note").ok() == {"schemas": [GADGET], "id": made["id"], "note": "psst"}
    assert "note" not in client.get(path, excludedAttributes="label").ok()
    client.put(path, {"schemas": [GADGET], "serialNumber": made["serialNumber"], "note": "louder"}).ok()
    assert client.get(path, attributes="note,label").ok() == {"schemas": [GADGET], "id": made["id"], "note": "louder"}


def test_read_only(shop, client):
    """RFC 7644 sections 3.3, 3.5.1, 3.5.2: ignored in a resource, an error in a PATCH."""
    made = create(client, stars="*****")
    path = f"/Gadgets/{made['id']}"
    assert "stars" not in made
    shop.database.query("UPDATE gadget SET stars = '***' WHERE id = ?", made["id"])
    assert client.get(path).ok()["stars"] == "***"
    client.patch(path, ("replace", "stars", "*****")).error(400, "mutability")
    client.patch(path, ("remove", "stars")).error(400, "mutability")
    assert client.put(path, {"schemas": [GADGET], "serialNumber": made["serialNumber"], "stars": "*****"}).ok()["stars"] == "***"


def test_unique(client):
    made = create(client)
    client.post("/Gadgets", {"schemas": [GADGET], "serialNumber": made["serialNumber"]}).error(409, "uniqueness")
    other = client.post("/Gadgets", {"schemas": [GADGET], "serialNumber": made["serialNumber"].upper()}).ok(201)
    assert other["serialNumber"] == made["serialNumber"].upper()


def test_patch_of_simple_lists(client):
    made = create(client, tags=["one", "two", "three"])
    path = f"/Gadgets/{made['id']}"

    def after(*operations):
        client.patch(path, *operations).ok(200, 204)
        return client.get(path).ok().get("tags", [])
    assert after(("add", "tags", ["four"])) == ["one", "two", "three", "four"]
    assert after(("add", "tags", ["two"])) == ["one", "two", "three", "four"]
    assert after(("remove", 'tags[value eq "two"]')) == ["one", "three", "four"]
    assert after(("replace", "tags", ["six"])) == ["six"]
    assert after(("remove", "tags")) == []


def test_patch_of_numbers(client):
    made = create(client, size=1, weight=1.5, parts=[{"value": "p", "amount": 1}], **{EXTRA: {"shelf": 1}})
    path = f"/Gadgets/{made['id']}"
    client.patch(path, ("replace", "size", 2), ("add", "weight", 2.5), ("replace", 'parts[value eq "p"].amount', 7),
                 ("replace", f"{EXTRA}:shelf", 3),
                 ("add", "parts", [{"value": "q", "price": 0.25}])).ok(200, 204)
    now = client.get(path).ok()
    assert (now["size"], now["weight"], now[EXTRA]) == (2, 2.5, {"shelf": 3})
    assert now["parts"] == [{"value": "p", "amount": 7}, {"value": "q", "price": 0.25}]
    client.patch(path, ("remove", "size"), ("remove", f"{EXTRA}:shelf"), ("remove", "parts[amount gt 5]")).ok(200, 204)
    now = client.get(path).ok()
    assert "size" not in now and EXTRA not in now and now["schemas"] == [GADGET] and now["parts"] == [{"value": "q", "price": 0.25}]


def test_discovery(client):
    (rtype,) = client.get("/ResourceTypes").ok()["Resources"]
    assert (rtype["id"], rtype["name"], rtype["endpoint"], rtype["schema"]) == ("Gadget", "Gadget", "/Gadgets", GADGET)
    assert rtype["schemaExtensions"] == [{"schema": EXTRA, "required": False}]
    schema = client.get(f"/Schemas/{GADGET}").ok()
    assert schema["name"] == "Gadget" and schema["description"] == "Something to test with"
    attributes = {a["name"]: a for a in schema["attributes"]}
    assert {n: a["type"] for n, a in attributes.items()} == {
        "serialNumber": "string", "label": "string", "size": "integer", "weight": "decimal", "working": "boolean", "bought": "dateTime",
        "picture": "binary", "manual": "reference", "note": "string", "stars": "string", "tags": "string", "parts": "complex"}
    serial = attributes["serialNumber"]
    assert serial["required"] and serial["caseExact"] and (serial["uniqueness"], serial["mutability"]) == ("server", "immutable")
    assert attributes["note"]["returned"] == "request" and attributes["stars"]["mutability"] == "readOnly"
    assert attributes["tags"]["multiValued"]
    assert attributes["manual"]["referenceTypes"] == ["external"] and attributes["label"]["description"] == "What people call it"
    assert {s["name"]: s["type"] for s in attributes["parts"]["subAttributes"]} == {
        "value": "string", "amount": "integer", "price": "decimal", "since": "dateTime", "spare": "boolean"}
    client.get("/Users").error(404)


def test_no_versions_without_a_version_column(client):
    """etag is advertised where it is true (RFC 7643 section 5)."""
    made = create(client)
    assert "version" not in made["meta"] and "ETag" not in client.get(f"/Gadgets/{made['id']}").headers
    assert client.get("/ServiceProviderConfig").ok()["etag"] == {"supported": False}
