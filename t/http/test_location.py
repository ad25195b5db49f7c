# SPDX-License-Identifier: Apache-2.0
"""URLs: what meta.location begins with, where a Location may be, ids of any characters, and other modules that map URLs."""
import base64
import gzip
import json
import urllib.request
from datetime import datetime, timezone

import pytest

from conftest import AUTH
from harness import settings
from harness.client import GROUP, USER, Client, operation, path_to, segment, unique
from harness.config import SMALL_GROUP, SMALL_USER, location, small, system, target
from harness.raw import exchange, request

_BASIC = "Authorization: Basic " + base64.b64encode(":".join(AUTH).encode()).decode()


@pytest.fixture(scope="module")
def database(databases):
    return databases.create(settings.DATABASES[0])


def serve(new_httpd, config, **options):
    httpd = new_httpd(config, **options).start()
    return httpd, Client(httpd.port, auth=AUTH)


def everywhere(client, begin):
    """Every URL in answers begins with this."""
    user = client.create_user()
    group = client.create_group([user])
    assert user["meta"]["location"] == f"{begin}/Users/{user['id']}"
    answer = client.get("/Users/" + user["id"])
    assert answer.headers["Location"] == answer.json["meta"]["location"] == user["meta"]["location"]
    for answer in (client.post("/Users", {"schemas": [USER], "userName": unique("u")}), client.put("/Users/" + user["id"], state_of(user)),
                   client.patch("/Users/" + user["id"], operation("replace", "title", "x"))):
        if answer.body:
            assert answer.json["meta"]["location"].startswith(begin + "/Users/")
        if answer.status == 201:
            assert answer.headers["Location"].startswith(begin + "/Users/")
    assert client.get("/Groups/" + group["id"]).ok()["members"][0]["$ref"] == user["meta"]["location"]
    listed = client.get("/Users", filter=f'id eq "{user["id"]}"').ok()["Resources"][0]
    assert listed["meta"]["location"] == user["meta"]["location"]
    for path in ("/ResourceTypes", "/Schemas"):
        for resource in client.get(path).ok()["Resources"]:
            assert resource["meta"]["location"] == f"{begin}{path}/{resource['id']}"
            assert client.get(f"{path}/{resource['id']}").ok()["meta"]["location"] == resource["meta"]["location"]
    assert client.get("/ServiceProviderConfig").ok()["meta"]["location"] == begin + "/ServiceProviderConfig"


def state_of(user):
    return {k: v for k, v in user.items() if k not in ("meta", "id")}


def one_location(client, headers=None):
    return client.get("/ServiceProviderConfig", headers).ok()["meta"]["location"]


# ---- what it begins with ----

@pytest.mark.smoke
def test_the_canonical_name(new_httpd, database):
    httpd, client = serve(new_httpd, small(database))
    everywhere(client, f"http://localhost:{httpd.port}/scim/v2")


@pytest.mark.parametrize("url, begin", [
    ("https://scim.example.com/scim/v2", "https://scim.example.com/scim/v2"),
    ("https://scim.example.com/other", "https://scim.example.com/other"),
    ("https://scim.example.com", "https://scim.example.com"),
    ("https://scim.example.com:8443/a/", "https://scim.example.com:8443/a"),
    ("http://[2001:db8::1]:8080/scim", "http://[2001:db8::1]:8080/scim"),
])
def test_scimbaseurl(new_httpd, database, url, begin):
    _, client = serve(new_httpd, small(database, "/scim/v2", f"SCIMBaseURL {url}"))
    everywhere(client, begin)
    assert one_location(client, {"Host": "evil.example"}) == begin + "/ServiceProviderConfig"


def test_scimbaseurl_with_many_systems(new_httpd, database):
    config = target(database) + system("small", SMALL_USER, SMALL_GROUP)
    config += location("/all", "*", "SCIMBaseURL https://scim.example.com/x", require="Require scim-system small")
    httpd = new_httpd(config).start()
    everywhere(Client(httpd.port, base="/all/small", auth=AUTH), "https://scim.example.com/x/small")


def test_scimbaseurl_of_a_location_below(new_httpd, database):
    _, client = serve(new_httpd, small(database, "/scim/v2", "SCIMBaseURL https://one.example/a")
                      + '<Location "/scim/v2/Groups">\nSCIMBaseURL https://two.example/b\n</Location>\n')
    assert client.create_user()["meta"]["location"].startswith("https://one.example/a/Users/")
    assert client.create_group()["meta"]["location"].startswith("https://two.example/b/Groups/")


@pytest.fixture(scope="module")
def hosts(new_module_httpd, database):
    """A main server, and a virtual host with names."""
    config = small(database) + ("<VirtualHost 127.0.0.1:{port}>\nServerName localhost\n</VirtualHost>\n"
                                "<VirtualHost 127.0.0.1:{port}>\nServerName scim.example.com\nServerAlias also.example.com *.wild.example.com\n"
                                "</VirtualHost>\n<VirtualHost 127.0.0.1:{port}>\nServerName https://front.example.com:8443\n"
                                "ServerAlias front\nUseCanonicalName On\n</VirtualHost>\n")
    return new_module_httpd(config).start()


@pytest.mark.parametrize("host, want", [
    ("localhost:{port}", "localhost:{port}"),
    ("LOCALHOST:{port}", "localhost:{port}"),
    ("127.0.0.1:{port}", "127.0.0.1:{port}"),
    ("evil.example", "localhost:{port}"),
    ("evil.example:{port}", "localhost:{port}"),
    ("localhost.evil.example:{port}", "localhost:{port}"),
    ("127.0.0.2:{port}", "localhost:{port}"),
    ("[::1]:{port}", "localhost:{port}"),
    ("scim.example.com:{port}", "scim.example.com:{port}"),
    ("also.example.com:{port}", "also.example.com:{port}"),
    ("a.wild.example.com:{port}", "a.wild.example.com:{port}"),
    ("also.example.com.evil.example:{port}", "localhost:{port}"),
])
def test_the_host_of_a_request(hosts, host, want):
    client = Client(hosts.port, auth=AUTH)
    got = one_location(client, {"Host": host.format(port=hosts.port)})
    assert got.lower() == f"http://{want.format(port=hosts.port)}/scim/v2/serviceproviderconfig"
    client.close()


def test_use_canonical_name(hosts):
    client = Client(hosts.port, auth=AUTH)
    for host in ("front", "front.example.com", f"front:{hosts.port}"):
        assert one_location(client, {"Host": host}) == "https://front.example.com:8443/scim/v2/ServiceProviderConfig"
    client.close()


def test_headers_that_anybody_can_send_change_nothing(hosts):
    client = Client(hosts.port, auth=AUTH)
    for name in ("X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "Forwarded", "X-Original-URL", "X-Forwarded-Proto", "X-Forwarded-Prefix"):
        value = "host=evil.example;proto=https" if name == "Forwarded" else "https" if name.endswith("Proto") else "evil.example"
        assert one_location(client, {name: value}) == f"http://localhost:{hosts.port}/scim/v2/ServiceProviderConfig"
    client.close()


def test_without_a_host(hosts):
    answer = exchange(hosts.port, b"GET /scim/v2/ServiceProviderConfig HTTP/1.0\r\n" + _BASIC.encode() + b"\r\n\r\n")
    assert answer.ok()["meta"]["location"] == f"http://localhost:{hosts.port}/scim/v2/ServiceProviderConfig"


def test_a_host_in_the_request_line(hosts):
    answer = exchange(hosts.port, request("GET", "http://evil.example/scim/v2/ServiceProviderConfig", _BASIC, f"Host: localhost:{hosts.port}"))
    assert "evil" not in json.dumps(answer.check().ok())


# ---- where it may be ----

@pytest.mark.parametrize("path, base", [
    ("/", ""), ("/scim/", "/scim"), ("/a/b/c/d/e", "/a/b/c/d/e"), ("/v2.0_x~y-z", "/v2.0_x~y-z"), ("/Users", "/Users"),
    ("/scim/Users/v2", "/scim/Users/v2"),
])
def test_the_path_of_a_location(new_httpd, database, path, base):
    httpd = new_httpd(small(database, path) + '<Location "/-ready-">\nSCIMServe Off\nRequire all granted\n</Location>\n').start()
    client = Client(httpd.port, base=base, auth=AUTH)
    everywhere(client, f"http://localhost:{httpd.port}{base}")
    user = client.create_user()
    client.patch("/Users/" + user["id"], operation("replace", "title", "x")).ok(200)
    client.delete("/Users/" + user["id"]).ok(204)
    client.get("/Nowhere").error(404)


def test_locations_beside_each_other(new_httpd, database):
    config = target(database) + system("one", SMALL_USER) + system("two", SMALL_GROUP.replace(" | ref(User)", "")) + location("/a", "one") + \
        location("/a/b", "two") + location("/ab", "two")
    httpd = new_httpd(config).start()
    for base, types in (("/a", ["User"]), ("/a/b", ["Group"]), ("/ab", ["Group"])):
        client = Client(httpd.port, base=base, auth=AUTH)
        answer = client.get("/ResourceTypes").ok()
        assert [t["name"] for t in answer["Resources"]] == types
        assert answer["Resources"][0]["meta"]["location"].startswith(f"http://localhost:{httpd.port}{base}/")
        client.close()


@pytest.mark.parametrize("target_, status", [
    ("/scim/v2/./Users?count=0", 200), ("/scim/v2/x/../Users?count=0", 200), ("/scim/x/../v2/Users?count=0", 200), ("/%73cim/v2/Users?count=0", 200),
    ("/scim/v2/%55sers?count=0", 200), ("/scim//v2/Users?count=0", 200), ("/scim/v2//Users?count=0", 200), ("/scim/v2/Users/?count=0", 200),
    ("/SCIM/v2/Users", 404), ("/scim/v2/users", 404), ("/scim/v2/Users/../../v2/Schemas", 200),
])
def test_paths_that_are_written_in_another_way(new_httpd, database, target_, status):
    httpd, client = serve(new_httpd, small(database))
    httpd.expect(r"AH01630", r"AH00128", r"AH01276")
    answer = client.clone(base="").request("GET", target_, check=False)
    if target_.startswith("/SCIM"):
        assert answer.status in (403, 404) and not answer.is_json(), "not our Location"
    else:
        assert answer.check().status == status, answer
        if status == 200 and "Users?" in target_:
            assert answer.json["totalResults"] >= 0


# ---- ids ----

IDS = ["a/b", "/", "//", "a//b", "a b", " a", "100%", "%2F", "%41", "a+b", "a?b", "a#b", "a&b=c", "a\\b", "a;b", "a:b", "a,b", "a@b", "ä", "日本", "😀",
       "'", '"', "<b>", "a.html", "a.gz", "a.de.html", ".htaccess", "Me", "a|b", "[x]", "{x}", "~a", "$ref", "*", "a\tb", "-", "0", "null",
       "x" * 60, "Schemas", "a/../b", "../a", "a/.", "a/..", "...", "()", "a'b--", "`", "^"]


@pytest.fixture(scope="module", params=["", "AllowEncodedSlashes On", "AllowEncodedSlashes NoDecode", "MergeSlashes Off"])
def keyed(request, databases, new_module_httpd):
    """Users whose keys an application chose."""
    database = databases.create(settings.DATABASES[0])
    now = datetime.now(timezone.utc).isoformat()
    database.insert("person", ("id", "login", "created_at", "modified_at"), [(key, f"user{i}", now, now) for i, key in enumerate(IDS)])
    config = request.param + "\n" + small(database) + """
TypesConfig /dev/null
AddType text/html .html
AddEncoding x-gzip .gz
AddLanguage de .de
AddDefaultCharset utf-8
"""
    httpd = new_module_httpd(config, modules=("mime",)).start()
    client = Client(httpd.port, auth=AUTH)
    yield client
    client.close()


def test_ids_of_any_characters(keyed):
    listed = keyed.get("/Users", count="200").ok()["Resources"]
    assert {u["id"] for u in listed} >= set(IDS)
    for user in listed:
        if user["id"] not in IDS:
            continue
        path = keyed.path_of(user["meta"]["location"])
        assert path == "/Users/" + segment(user["id"]), "percent-encoded as one segment"
        answer = keyed.get(path)
        assert answer.ok()["id"] == user["id"]
        assert "Content-Encoding" not in answer.headers and "Content-Language" not in answer.headers
        assert answer.json["meta"]["location"] == answer.headers["Location"] == user["meta"]["location"]


def test_ids_of_any_characters_in_changes(keyed):
    for key in IDS:
        path = "/Users/" + segment(key)
        keyed.patch(path, operation("replace", "title", "title of " + key)).ok(200)
        got = keyed.get(path).ok()
        assert got["title"] == "title of " + key
        keyed.put(path, {**state_of(got), "title": "again"}).ok(200)
        assert keyed.get("/Users", filter="id eq " + json.dumps(key)).ok()["Resources"][0]["title"] == "again"


def test_ids_of_any_characters_as_members(keyed):
    group = keyed.post("/Groups", {"schemas": [GROUP], "displayName": unique("g"), "members": [{"value": key} for key in IDS]}).ok(201)
    members = keyed.get(path_to(group)).ok()["members"]
    assert {m["value"] for m in members} == set(IDS)
    for member in members:
        assert keyed.get(keyed.path_of(member["$ref"])).ok()["id"] == member["value"]
    for key in IDS:
        keyed.patch(path_to(group), operation("remove", f"members[value eq {json.dumps(key)}]")).ok(200, 204)
    assert "members" not in keyed.get(path_to(group)).ok()


def test_an_encoded_slash_is_no_slash(keyed):
    """Below /Users there are no places: what is behind a real slash is none of the ids."""
    for path in ("/Users/a/b", "/Users%2Fa", "/Users/a%2Fb/c"):
        keyed.get(path).error(404)


# ---- other modules ----

_OTHERS = """
DocumentRoot "{root}/htdocs"
<Directory "{root}/htdocs">
    Options +MultiViews +Indexes +FollowSymLinks
    AllowOverride All
    DirectoryIndex index.html
    FallbackResource /fallback.html
    Require all granted
</Directory>
ScriptAlias "/scim/v2/Groups" "{root}/htdocs/cgi"
Alias "/scim" "{root}/htdocs/alias"
RewriteEngine On
RewriteRule ^/other(.*)$ /else$1 [PT]
RewriteRule ^/old/(.*)$ /scim/v2/$1 [PT]
RewriteRule ^/scim/v2/Devices$ /scim/v2/Users [PT]
TypesConfig /dev/null
AddType text/plain .com .txt
AddHandler server-status .com
AddCharset utf-8 .com
AddEncoding x-gzip .com
AddDefaultCharset iso-8859-1
"""


@pytest.fixture(scope="module")
def crowded(databases, new_module_httpd):
    """A server whose files and directives lie in the way."""
    database = databases.create(settings.DATABASES[0])
    httpd = new_module_httpd(small(database) + _OTHERS, modules=("alias", "rewrite", "dir", "mime", "negotiation", "autoindex", "status"))
    for name in ("htdocs/scim", "htdocs/scim/v2", "htdocs/alias", "htdocs/alias/v2", "htdocs/cgi", "htdocs/scim/v2/Users"):
        (httpd.root / name).mkdir(mode=0o755)
    for name in ("htdocs/scim/v2/Groups", "htdocs/scim/v2/index.html", "htdocs/scim/v2/Users/index.html", "htdocs/scim/v2/Users.html",
                 "htdocs/index.html", "htdocs/fallback.html", "htdocs/alias/v2/Users", "htdocs/alias/v2/Schemas"):
        httpd.file(name, "a file\n")
    httpd.file("htdocs/scim/.htaccess", "Require all denied\n")
    return httpd.start()


def test_other_modules_do_not_interfere(crowded):
    client = Client(crowded.port, auth=AUTH)
    everywhere(client, f"http://localhost:{crowded.port}/scim/v2")
    client.get("/").error(404)
    client.get("/Users/").ok()
    client.get("/Users/index.html").error(404)
    client.close()


def test_a_rewritten_path_is_ours_under_its_new_name(crowded):
    client = Client(crowded.port, auth=AUTH)
    old = client.clone(base="/old")
    user = old.create_user()
    assert user["meta"]["location"] == f"{client.url}/Users/{user['id']}"
    assert old.get("/Users/" + user["id"]).ok()["id"] == user["id"]
    assert client.get("/Devices?count=0").ok()["totalResults"] >= 1
    for one in (client, old):
        one.close()


def test_the_rest_of_the_server_is_as_it_was(crowded):
    client = Client(crowded.port, base="")
    assert client.request("GET", "/index.html", check=False).text == "a file\n"
    assert client.request("GET", "/nothing", check=False).text == "a file\n", "FallbackResource"
    client.close()


def test_a_handler_of_a_location_around_does_not_win(new_httpd, database):
    around = '<Location "/">\nSetHandler server-status\nForceType text/x\n</Location>\n'
    httpd, client = serve(new_httpd, around + small(database), modules=("status",))
    everywhere(client, f"http://localhost:{httpd.port}/scim/v2")


def test_off_gives_the_path_back(new_httpd, database):
    httpd = new_httpd(small(database) + '<Location "/scim/v2/files">\nSCIMServe Off\nRequire all granted\n</Location>\n'
                      'Alias "/scim/v2/files" "{root}/htdocs"\n', modules=("alias",))
    httpd.config += f'<Directory "{httpd.root}/htdocs">\nRequire all granted\n</Directory>\n'
    httpd.file("htdocs/readme", "text")
    httpd.start()
    client = Client(httpd.port, auth=AUTH)
    assert client.request("GET", "/files/readme", check=False).text == "text"
    client.get("/Schemas").ok()
    client.close()


def test_a_proxy_behind_the_location_is_not_asked(new_httpd, database):
    """ProxyPass / of the server, as a front end has it."""
    config = small(database) + 'ProxyPass "/-ready-" "!"\nProxyPass "/" "http://127.0.0.1:9/"\n'
    httpd, client = serve(new_httpd, config, modules=("proxy", "proxy_http"))
    everywhere(client, f"http://localhost:{httpd.port}/scim/v2")


def test_compression_of_lists(new_httpd, database):
    config = small(database, "/scim/v2", "SetOutputFilter DEFLATE")
    httpd, client = serve(new_httpd, config, modules=("filter", "deflate"))
    user = client.create_user()
    ask = {**client.headers(), "Accept-Encoding": "gzip"}
    with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{httpd.port}/scim/v2/Users", headers=ask), timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert user["id"] in {u["id"] for u in json.loads(gzip.decompress(answer.read()))["Resources"]}
    one = client.get(path_to(user), {"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in one.headers and one.ok()["id"] == user["id"]
    assert one.headers["ETag"] == one.json["meta"]["version"]
    client.close()
