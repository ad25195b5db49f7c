# SPDX-License-Identifier: Apache-2.0
"""Who may do what: denied by default, Require scim-*, SCIMAnonymous, SCIMServe *."""
import re

import pytest

from conftest import AUTH
from harness import settings
from harness.client import PATCH, USER, Client
from harness.config import BASIC, SMALL_GROUP, SMALL_USER, location, system, target

_USER = {"schemas": [USER], "userName": "somebody"}
# Requests that change nothing where they are let in, and what they are answered with then.
REQUESTS = {
    "read": ("GET", "/Users?count=0", None, 200),
    "one": ("GET", "/Users/none", None, 404),
    "head": ("HEAD", "/Users?count=0", None, 200),
    "create": ("POST", "/Users", {"schemas": [USER]}, 400),
    "update": ("PUT", "/Users/none", _USER, 404),
    "patch": ("PATCH", "/Users/none", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "title", "value": "x"}]}, 404),
    "delete": ("DELETE", "/Users/none", None, 404),
    "config": ("GET", "/ServiceProviderConfig", None, 200),
    "types": ("GET", "/ResourceTypes", None, 200),
    "schemas": ("GET", "/Schemas", None, 200),
    "schema": ("HEAD", "/Schemas/" + USER, None, 200),
    "group": ("GET", "/Groups?count=0", None, 200),
    "newgroup": ("POST", "/Groups", {"schemas": []}, 400),
    "nowhere": ("GET", "/Nowhere", None, 404),
}
EVERYTHING = set(REQUESTS)
DISCOVERY = {"config", "types", "schemas", "schema"}
READING = {"read", "one", "head", "group", "nowhere"}       # a GET is one wherever it goes
NOBODY, TECHNICAL, OTHER, WRONG = None, AUTH, ("other", "other word"), ("technical", "no")


def attempt(client, request):
    method, path, body, _ = REQUESTS[request]
    return client.request(method, path, body).status


def allowed(request):
    return REQUESTS[request][3]


# Name of a Location, its lines, and for each who: the requests that are let in, and the status of all others.
PLACES = {
    "nothing": ("", {NOBODY: (set(), 403), TECHNICAL: (set(), 403)}),
    "only-auth": (BASIC, {NOBODY: (set(), 500), TECHNICAL: (set(), 500)}),          # httpd itself finds that nobody decides
    "granted": ("Require all granted", {NOBODY: (set(), 403), TECHNICAL: (set(), 403)}),
    "granted-auth": (BASIC + "\nRequire all granted", {NOBODY: (set(), 403), TECHNICAL: (set(), 403)}),
    "denied": (BASIC + "\nRequire all denied", {NOBODY: (set(), 403), TECHNICAL: (set(), 403)}),
    "user": (BASIC + "\nRequire valid-user", {NOBODY: (set(), 401), WRONG: (set(), 401), TECHNICAL: (EVERYTHING, 0), OTHER: (EVERYTHING, 0)}),
    "address": ("Require ip 127.0.0.1", {NOBODY: (set(), 403), TECHNICAL: (set(), 403)}),
    "any-address": (BASIC + "\n<RequireAny>\nRequire ip 127.0.0.1\nRequire scim-operation read\n</RequireAny>",
                    {NOBODY: (set(), 403), TECHNICAL: (set(), 403)}),
    "read": (BASIC + "\nRequire scim-operation read", {NOBODY: (set(), 401), WRONG: (set(), 401), TECHNICAL: (READING, 403)}),
    "create": (BASIC + "\nRequire scim-operation create", {NOBODY: (set(), 401), TECHNICAL: ({"create", "newgroup"}, 403)}),
    "update": (BASIC + "\nRequire scim-operation update", {NOBODY: (set(), 401), TECHNICAL: ({"update"}, 403)}),
    "patch": (BASIC + "\nRequire scim-operation patch", {NOBODY: (set(), 401), TECHNICAL: ({"patch"}, 403)}),
    "delete": (BASIC + "\nRequire scim-operation delete", {NOBODY: (set(), 401), TECHNICAL: ({"delete"}, 403)}),
    "discovery": (BASIC + "\nRequire scim-operation discovery", {NOBODY: (set(), 401), TECHNICAL: (DISCOVERY, 403)}),
    "bulk": (BASIC + "\nRequire scim-operation bulk", {NOBODY: (set(), 401), TECHNICAL: (set(), 403)}),
    "several": (BASIC + "\nRequire scim-operation read patch discovery",
                {NOBODY: (set(), 401), TECHNICAL: (READING | DISCOVERY | {"patch"}, 403)}),
    "all-operations": (BASIC + "\nRequire scim-operation read create update patch delete discovery bulk",
                       {NOBODY: (set(), 401), WRONG: (set(), 401), TECHNICAL: (EVERYTHING, 0)}),
    "resource": (BASIC + "\nRequire scim-resource User", {NOBODY: (set(), 401), TECHNICAL: (
        {"read", "one", "head", "create", "update", "patch", "delete"}, 403)}),
    "endpoint": (BASIC + "\nRequire scim-resource Groups ServiceProviderConfig",
                 {NOBODY: (set(), 401), TECHNICAL: ({"group", "newgroup", "config"}, 403)}),
    "schemas": (BASIC + "\nRequire scim-resource Schemas ResourceTypes", {NOBODY: (set(), 401), TECHNICAL: (DISCOVERY - {"config"}, 403)}),
    "system": (BASIC + "\nRequire scim-system alpha", {NOBODY: (set(), 401), WRONG: (set(), 401), TECHNICAL: (EVERYTHING, 0)}),
    "system-id": (BASIC + "\nRequire scim-system 4711", {NOBODY: (set(), 401), TECHNICAL: (EVERYTHING, 0)}),
    "other-system": (BASIC + "\nRequire scim-system beta", {NOBODY: (set(), 401), TECHNICAL: (set(), 403)}),
    "two": (BASIC + "\nRequire scim-operation read\nRequire user technical",     # one of several lines is enough
            {NOBODY: (set(), 401), TECHNICAL: (EVERYTHING, 0), OTHER: (READING, 403)}),
    "all": (BASIC + "\n<RequireAll>\nRequire user technical\nRequire scim-operation read\n</RequireAll>",
            {NOBODY: (set(), 401), WRONG: (set(), 401), TECHNICAL: (READING, 403), OTHER: (set(), 403)}),
    "all-first": (BASIC + "\n<RequireAll>\nRequire scim-operation read\nRequire scim-resource User\nRequire valid-user\n</RequireAll>",
                  {NOBODY: (set(), 401), TECHNICAL: ({"read", "one", "head"}, 403), OTHER: ({"read", "one", "head"}, 403)}),
    "any": (BASIC + "\n<RequireAny>\nRequire user technical\n<RequireAll>\nRequire user other\nRequire scim-operation read discovery\n"
            "</RequireAll>\n</RequireAny>", {NOBODY: (set(), 401), TECHNICAL: (EVERYTHING, 0), OTHER: (READING | DISCOVERY, 403)}),
    "not": (BASIC + "\n<RequireAll>\nRequire valid-user\nRequire not scim-operation delete\n</RequireAll>",
            {NOBODY: (set(), 401), TECHNICAL: (EVERYTHING - {"delete"}, 403)}),
    "not-open": (BASIC + "\n<RequireAll>\nRequire all granted\nRequire not scim-operation delete\n</RequireAll>",
                 {NOBODY: (set(), 403), TECHNICAL: (set(), 403)}),
    "none": (BASIC + "\n<RequireAll>\nRequire valid-user\n<RequireNone>\nRequire scim-operation create\nRequire scim-resource Group\n"
             "</RequireNone>\n</RequireAll>", {NOBODY: (set(), 401), TECHNICAL: (EVERYTHING - {"create", "newgroup", "group"}, 403)}),
    "expression": (BASIC + "\n<RequireAll>\nRequire valid-user\nRequire expr \"%{reqenv:SCIM_OPERATION} == 'read'\"\n</RequireAll>",
                   {TECHNICAL: (READING - {"nowhere"}, 403)}),      # the variable is not set for what leads nowhere
    "anonymous": ("SCIMAnonymous On\nRequire all granted", {NOBODY: (EVERYTHING, 0)}),
    "anonymous-alone": ("SCIMAnonymous On", {NOBODY: (set(), 403)}),
    "anonymous-user": (BASIC + "\nSCIMAnonymous On\nRequire valid-user", {NOBODY: (set(), 401), WRONG: (set(), 401), TECHNICAL: (EVERYTHING, 0)}),
    "anonymous-denied": ("SCIMAnonymous On\nRequire all denied", {NOBODY: (set(), 403)}),
    "anonymous-read": ("SCIMAnonymous On\nRequire scim-operation read", {NOBODY: (READING, 403)}),
    "anonymous-off": ("SCIMAnonymous Off\nRequire all granted", {NOBODY: (set(), 403)}),
    "open-discovery": (BASIC + "\nSCIMAnonymous discovery\n<RequireAny>\nRequire scim-operation discovery\nRequire valid-user\n</RequireAny>",
                       {NOBODY: (DISCOVERY, 401), TECHNICAL: (EVERYTHING, 0)}),
    "open-discovery-granted": ("SCIMAnonymous discovery\nRequire all granted", {NOBODY: (DISCOVERY, 403), TECHNICAL: (DISCOVERY, 403)}),
    "open-discovery-user": (BASIC + "\nSCIMAnonymous discovery\nRequire valid-user", {NOBODY: (set(), 401), TECHNICAL: (EVERYTHING, 0)}),
    "open-discovery-alone": ("SCIMAnonymous discovery", {NOBODY: (set(), 403)}),
    "open-discovery-read": (BASIC + "\nSCIMAnonymous discovery\nRequire scim-operation read discovery",
                            {NOBODY: (DISCOVERY, 401), TECHNICAL: (READING | DISCOVERY, 403)}),
}
# What httpd says of refusals, and the warning about SCIMAnonymous On.
_LINES = (r"AH01617", r"AH01618", r"AH01627", r"AH01629", r"AH01630", r"AH01631", r"AH01796", r"AH01797", r"AH02217", r"SCIMAnonymous")


@pytest.fixture(scope="module")
def server(databases, new_module_httpd):
    database = databases.create(settings.DATABASES[0])
    config = target(database) + system("alpha", SMALL_USER, SMALL_GROUP, options="id=4711") + system("beta", SMALL_USER)
    for name, (lines, _) in PLACES.items():
        config += location(f"/{name}/v2", "alpha", lines, require="", authentication="")
    config += location("/nested/v2", "alpha", "SCIMAnonymous On", require="Require all granted", authentication="")
    config += '<Location "/nested/v2/Users">\nSCIMAnonymous Off\n</Location>\n'
    config += '<Location "/nested/v2/Groups">\nSCIMServe Off\n</Location>\n'
    config += location("/many", "*", require="<RequireAll>\nRequire valid-user\nRequire scim-system alpha\n</RequireAll>")
    config += location("/many-any", "*", require="<RequireAny>\nRequire user other\nRequire scim-system beta\n</RequireAny>")
    config += location("/many-not", "*", require="<RequireAll>\nRequire valid-user\nRequire not scim-system beta\n"
                       "<RequireAny>\nRequire scim-system alpha\nRequire user other\n</RequireAny>\n</RequireAll>")
    config += location("/many-id", "*", require="Require scim-system 4711")
    config += location("/many-open", "*", "SCIMAnonymous On", require="Require scim-system alpha", authentication="")
    httpd = new_module_httpd(config)
    httpd.expect(*_LINES)
    return httpd.start()


@pytest.fixture
def at(server):
    """at(base, who): a client; what httpd logs of refusals is fine."""
    server.expect(*_LINES)
    clients = []

    def make(base, who):
        clients.append(Client(server.port, base=base, auth=who))
        return clients[-1]
    yield make
    for client in clients:
        client.close()


@pytest.mark.smoke
@pytest.mark.parametrize("name", PLACES)
def test_place(at, name):
    failures = []
    for who, (granted, refused) in PLACES[name][1].items():
        client = at(f"/{name}/v2", who)
        for request in REQUESTS:
            want = allowed(request) if request in granted else refused
            got = attempt(client, request)
            if got != want:
                failures.append(f"{who and who[0]} {request}: {got}, want {want}")
    assert not failures, failures


def test_a_bare_scim_operation_without_authentication_opens_nothing(databases, new_httpd):
    """httpd cannot ask for credentials without AuthType; it must not let anybody in for that."""
    config = target(databases.create(settings.DATABASES[0])) + system("alpha", SMALL_USER, SMALL_GROUP)
    config += location("/scim/v2", "alpha", require="Require scim-operation read create update patch delete discovery", authentication="")
    httpd = new_httpd(config).start()
    httpd.expect(r"AH00027|AH01796|AH01630|AH02217|AuthType not set|No authentication done")
    for who in (NOBODY, TECHNICAL):
        client = Client(httpd.port, auth=who)
        statuses = {attempt(client, request) for request in REQUESTS}
        assert statuses == {500}, statuses
        client.close()


# ---- OPTIONS ----

@pytest.mark.parametrize("place, who, path, status", [
    ("user", NOBODY, "/Users", 401), ("user", TECHNICAL, "/Users", 204), ("read", TECHNICAL, "/Users", 204), ("read", TECHNICAL, "/Schemas", 403),
    ("create", TECHNICAL, "/Users", 403), ("discovery", TECHNICAL, "/Schemas", 204), ("open-discovery", NOBODY, "/Schemas", 204),
    ("open-discovery", NOBODY, "/Users", 401), ("nothing", NOBODY, "/Users", 403), ("resource", TECHNICAL, "/Groups", 403),
])
def test_options_counts_as_reading_what_it_asks_about(at, place, who, path, status):
    answer = at(f"/{place}/v2", who).request("OPTIONS", path)
    assert answer.status == status, answer
    if status == 204:
        methods = set(re.split(r",\s*", answer.headers["Allow"]))
        assert methods >= ({"GET", "POST"} if path == "/Users" else {"GET"}), answer.headers["Allow"]


# ---- what a method that the path does not have, and a path that leads nowhere, are ----

@pytest.mark.parametrize("place, status", [("all-operations", 405), ("user", 405), ("read", 403), ("resource", 403)])
def test_a_method_that_the_path_does_not_have(at, place, status):
    assert at(f"/{place}/v2", TECHNICAL).request("POST", "/Schemas", {}).status == status
    assert at(f"/{place}/v2", NOBODY).request("POST", "/Schemas", {}).status == 401


# ---- bodies of refusals ----

@pytest.mark.parametrize("place, who, status", [("user", NOBODY, 401), ("user", WRONG, 401), ("read", TECHNICAL, 403), ("nothing", NOBODY, 403),
                                                ("denied", TECHNICAL, 403), ("anonymous-denied", NOBODY, 403)])
def test_refusals_are_scim_errors(at, place, who, status):
    answer = at(f"/{place}/v2", who).request("POST", "/Users", {"schemas": [USER]}).error(status, None)
    assert answer.json["detail"]
    if status == 401:
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="SCIM"'


def test_a_refusal_tells_nothing_about_what_is_there(at):
    client = at("/user/v2", TECHNICAL)
    there = client.create_user()["id"]
    stranger = at("/user/v2", NOBODY)
    one, other = stranger.get("/Users/" + there), stranger.get("/Users/none")
    assert (one.status, one.body) == (other.status, other.body)


# ---- nested Locations ----

def test_settings_of_a_location_below(at):
    client = at("/nested/v2", NOBODY)
    assert client.get("/Schemas").status == 200
    assert client.get("/Users?count=0").status == 403
    outside = client.request("GET", "/Groups", check=False)
    assert (outside.status, outside.is_json()) == (404, False), "Groups are not served there"


# ---- SCIMServe * ----

def _reach(at, base, who, path="/Users?count=0"):
    return at(base, who).get(path).status


@pytest.mark.parametrize("base, who, status", [
    ("/many/alpha", TECHNICAL, 200), ("/many/4711", TECHNICAL, 200), ("/many/beta", TECHNICAL, 403), ("/many/gamma", TECHNICAL, 403),
    ("/many/ALPHA", TECHNICAL, 403), ("/many/alph", TECHNICAL, 403), ("/many/%61lpha", TECHNICAL, 200), ("/many/alpha%2F", TECHNICAL, 403),
    ("/many/alpha", NOBODY, 401), ("/many/beta", NOBODY, 401), ("/many/gamma", NOBODY, 401), ("/many/alpha", WRONG, 401),
    ("/many-any/beta", TECHNICAL, 200), ("/many-any/alpha", TECHNICAL, 403), ("/many-any/alpha", OTHER, 403), ("/many-any/gamma", OTHER, 403),
    ("/many-not/alpha", TECHNICAL, 200), ("/many-not/beta", TECHNICAL, 403), ("/many-not/beta", OTHER, 403), ("/many-not/gamma", OTHER, 403),
    ("/many-id/alpha", TECHNICAL, 200), ("/many-id/4711", TECHNICAL, 200), ("/many-id/beta", TECHNICAL, 403),
    ("/many-open/alpha", NOBODY, 200), ("/many-open/beta", NOBODY, 403), ("/many-open/gamma", NOBODY, 403),
])
def test_many_systems(at, base, who, status):
    assert _reach(at, base, who) == status


def test_many_systems_have_locations_of_their_own(at):
    for base in ("/many/alpha", "/many/4711"):
        client = at(base, TECHNICAL)
        user = client.create_user()
        assert client.get(client.path_of(user["meta"]["location"])).ok()["id"] == user["id"]


def test_above_the_systems_there_is_nothing(at):
    for base, path, status in (("/many", "", 403), ("/many", "/", 403), ("/many/alpha", "", 404), ("/many/alpha", "/", 404)):
        at(base, TECHNICAL).get(path).error(status)


def test_each_system_has_its_own_types(at, server):
    assert [t["name"] for t in at("/many/alpha", TECHNICAL).get("/ResourceTypes").ok()["Resources"]] == ["User", "Group"]
    assert [t["name"] for t in at("/many-any/beta", TECHNICAL).get("/ResourceTypes").ok()["Resources"]] == ["User"]
    at("/many-any/beta", TECHNICAL).get("/Groups").error(404)


def test_a_virtual_host_finds_its_own_system_first(databases, new_httpd):
    database = databases.create(settings.DATABASES[0])
    many = location("/many", "*", require="Require scim-system alpha beta")
    config = target(database) + system("alpha", SMALL_USER) + system("beta", SMALL_USER, SMALL_GROUP) + many
    config += "<VirtualHost 127.0.0.1:{port}>\nServerName one.example\n" + system("alpha", SMALL_GROUP.replace(
        "<SCIMMapEach members <-> rows(team_member, team_id)>\n            SCIMMap value  <->  person_id | ref(User)\n        </SCIMMapEach>", ""))
    config += many + "</VirtualHost>\n<VirtualHost 127.0.0.1:{port}>\nServerName two.example\n" + many + "</VirtualHost>\n"
    httpd = new_httpd(config).start()

    def types(host, base):
        client = Client(httpd.port, base=base, auth=AUTH)
        answer = client.get("/ResourceTypes", {"Host": host})
        client.close()
        return [t["name"] for t in answer.ok()["Resources"]]
    assert types("one.example", "/many/alpha") == ["Group"]
    assert types("one.example", "/many/beta") == ["User", "Group"]
    assert types("two.example", "/many/alpha") == ["User"]


# ---- the examples of the manual and of conf.d ----

def _examples():
    """Every block of the manual, and every file of conf.d, with a Location in it, but those that need TLS."""
    for path in sorted((settings.REPO / "conf.d").glob("**/*.conf")):
        if "<Location" in path.read_text(encoding="utf-8"):
            yield pytest.param(path.read_text(encoding="utf-8"), id=path.name)
    for path in [settings.REPO / "README.md", *sorted((settings.REPO / "docs").glob("*.md"))]:
        blocks = re.findall(r"^( *)```\w*\n(.*?)^\1```", path.read_text(encoding="utf-8"), re.M | re.S)
        for i, (_, block) in enumerate(blocks):
            if "<Location" in block and "SSL" not in block:
                yield pytest.param(block, id=f"{path.name}-{i}")


_EXAMPLE_SYSTEMS = target(None, "hr") + "".join(
    system(name, SMALL_USER.replace("target=store", "target=hr"), SMALL_GROUP.replace("target=store", "target=hr")) for name in ("hr", "sales"))


@pytest.mark.parametrize("block", _examples())
def test_examples_let_nobody_in(new_httpd, block):
    text = re.sub(r"(?m)^\s*LoadModule.*$", "", block).replace("/etc/scim/hr-password", "{root}/conf/word")
    httpd = new_httpd((text if "<SCIMSystem" in text else _EXAMPLE_SYSTEMS + text))
    (httpd.root / "conf").mkdir(mode=0o755)
    httpd.file("conf/word", "word")
    httpd.users(idm="word")
    (httpd.root / "users").rename(httpd.root / "conf" / "scim-users")
    httpd.start()
    httpd.expect(*_LINES)
    open_for_all = DISCOVERY if "SCIMAnonymous discovery" in block else set()
    for path, many in re.findall(r'<Location "?([^">]+)"?>\s*(?:SCIMServe (\*))?', text):
        base = path + ("/hr" if many else "")
        for who in (None, ("idm", "wrong")):
            client = Client(httpd.port, base=base, auth=who)
            for request in REQUESTS:
                want = 200 if request in open_for_all else 401
                assert attempt(client, request) == want, f"{base} {request} {who}"
            client.close()
        if "Require valid-user" in text or "Require user idm" in text:
            client = Client(httpd.port, base=base, auth=("idm", "word"))
            client.get("/Schemas").ok()
            client.close()


def test_there_are_examples():
    assert len(list(_examples())) >= 5
