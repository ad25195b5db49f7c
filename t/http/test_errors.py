# SPDX-License-Identifier: Apache-2.0
"""Errors: RFC 7644 section 3.12: status, scimType, a document that helps and gives nothing away."""
import json
import re

import pytest
from harness.client import GROUP, PATCH, USER, patch_message, path_to, raw_exchange, unique

pytestmark = pytest.mark.usefixtures("any_directory")

U, G = {"schemas": [USER]}, {"schemas": [GROUP]}
BAD_PATCH = {"schemas": [PATCH], "Operations": []}

# method, path, body, headers -> status, scimType; {user}, {name} stand for a user that is there
ERRORS = [
    ("GET", "/Users?filter=nonsense", None, {}, 400, "invalidFilter"),
    ("GET", "/Users?filter=password%20pr", None, {}, 400, "invalidFilter"),
    ("GET", "/Users?sortBy=nosuch", None, {}, 400, "invalidPath"), ("GET", "/Users?count=x", None, {}, 400, "invalidValue"),
    ("GET", "/Users?attributes=a&excludedAttributes=b", None, {}, 400, "invalidValue"), ("GET", "/Users/nobody", None, {}, 404, None),
    ("GET", "/Nothing", None, {}, 404, None), ("GET", "/Me", None, {}, 501, None), ("GET", "/Users/%zz", None, {}, 400, None),
    ("POST", "/Users", {**U, "userName": "{name}"}, {}, 409, "uniqueness"), ("POST", "/Users", U, {}, 400, "invalidValue"),
    ("POST", "/Users", {**U, "userName": 5}, {}, 400, "invalidValue"), ("POST", "/Users", "{", {}, 400, "invalidSyntax"),
    ("POST", "/Users", "", {}, 400, "invalidSyntax"),
    ("POST", "/Users", "[]", {}, 400, "invalidSyntax"),
    ("POST", "/Users", {**U, "userName": "x"}, {"Content-Type": "text/plain"}, 415, None),
    ("POST", "/Users/x", U, {}, 405, None), ("POST", "/Bulk", {}, {}, 501, None), ("POST", "/ServiceProviderConfig", {}, {}, 405, None),
    ("POST", "/Nothing", {}, {}, 404, None),
    ("POST", "/Groups", {**G, "displayName": "x", "members": [{"value": "nobody"}]}, {}, 400, "invalidValue"),
    ("POST", "/Groups", G, {}, 400, "invalidValue"),
    ("PUT", "/Users/nobody", {**U, "userName": "x"}, {}, 404, None), ("PUT", "/Users/{user}", U, {}, 400, "invalidValue"),
    ("PUT", "/Users", U, {}, 405, None),
    ("PUT", "/Users/{user}", {**U, "userName": "x"}, {"If-Match": 'W/"none"'}, 412, None),
    ("PUT", "/Users/{user}", {**U, "userName": "x"}, {"Content-Type": None}, 415, None),
    ("PATCH", "/Users/{user}", BAD_PATCH, {}, 400, "invalidSyntax"),
    ("PATCH", "/Users/{user}", patch_message(("replace", "a b", "x")), {}, 400, "invalidPath"),
    ("PATCH", "/Users/{user}", patch_message(("remove",)), {}, 400, "noTarget"),
    ("PATCH", "/Users/{user}", patch_message(("replace", "id", "x")), {}, 400, "mutability"),
    ("PATCH", "/Users/{user}", patch_message(("replace", "active", "x")), {}, 400, "invalidValue"),
    ("PATCH", "/Users/nobody", patch_message(("replace", "title", "x")), {}, 404, None),
    ("PATCH", "/Users/{user}", patch_message(("replace", "title", "x")), {"If-Match": '"none"'}, 412, None),
    ("PATCH", "/Users", BAD_PATCH, {}, 405, None),
    ("DELETE", "/Users/nobody", None, {}, 404, None), ("DELETE", "/Users", None, {}, 405, None),
    ("DELETE", "/Users/{user}", None, {"If-Match": 'W/"none"'}, 412, None),
    ("GET", "/Users", None, {"Authorization": None}, 401, None), ("GET", "/Users", None, {"Authorization": "Basic eDp5"}, 401, None),
    ("GET", "/Schemas?filter=x", None, {}, 403, None), ("GET", "/Schemas/none", None, {}, 404, None),
    ("GET", "/ResourceTypes/none", None, {}, 404, None),
]


@pytest.mark.smoke
@pytest.mark.parametrize("method, path, body, headers, status, kind", ERRORS,
                         ids=lambda v: v[:40] if isinstance(v, str) else str(v) if isinstance(v, int) else "")
def test_errors(any_directory, scim, method, path, body, headers, status, kind):
    user = scim.create_user()
    if isinstance(body, dict):
        body = json.dumps(body).replace("{name}", user["userName"])
    before = any_directory.database.dump()
    any_directory.httpd.expect("AH10244: invalid URI path", "AH01618: user x not found")
    answer = scim.request(method, path.replace("{user}", user["id"]), body, headers=headers)
    assert answer.status == status, answer
    assert answer.json.get("scimType") == kind, answer
    assert answer.json["detail"], "a sentence for the client's developer"
    assert not re.search(r"SELECT|INSERT|person|team_member|sqlite|\.c:\d|/tmp/|httpd|Apache", answer.json["detail"]), answer
    assert "ETag" not in answer.headers and "Location" not in answer.headers
    assert any_directory.database.dump() == before


def test_status_is_a_text(scim):
    """RFC 7644 section 3.12: a JSON string."""
    assert '"404"' in scim.get("/Users/nobody").text and '"409"' in scim.post("/Users",
                                                                              {**U, "userName": scim.create_user()["userName"]}).text


@pytest.mark.parametrize("status, method, path, headers", [
    (404, "HEAD", "/Users/nobody", {}), (400, "HEAD", "/Users?filter=x", {}), (401, "HEAD", "/Users", {"Authorization": None}),
    (404, "HEAD", "/Nothing", {})])
def test_no_body_for_head(scim, status, method, path, headers):
    answer = scim.request(method, path, headers=headers)
    assert answer.status == status and answer.body == b""


def test_values_of_clients_are_not_repeated(any_directory, scim):
    """Details name attributes; the error log names no value at all (RFC 7644 section 7.5.2)."""
    user = scim.create_user()
    secret = "Zq7Confidential"
    for answer in (scim.get("/Users", filter=f'userName eq "{secret}" and'), scim.get("/Users", filter=f'active gt "{secret}"'),
                   scim.get(f"/Users/{secret}"),
                   scim.post("/Users", {**U, "userName": unique(), "active": secret}),
                   scim.patch(path_to(user), ("replace", f'emails[value eq "{secret}"].type', "x")),
                   scim.put(path_to(user), {**U, "userName": {"x": secret}}), scim.post("/Users", f'{{"userName": "{secret}"'),
                   scim.post("/Users", f'{{"{secret}')):
        assert answer.status in (400, 404), answer
        assert secret not in any_directory.httpd.error_log.text()
        assert secret not in answer.text or answer.request.endswith(secret), answer


def test_a_connection_goes_on(any_directory, scim):
    """After an error the next request on the same connection is answered as ever."""
    user = scim.create_user()
    for method, path, body in (("POST", "/Users", "{"), ("GET", "/Nothing", None), ("PATCH", path_to(user), "[" * 1000),
                               ("POST", "/Users/x/y", {"a": "b"}), ("PUT", "/Users", U),
                               ("DELETE", "/Users", None), ("POST", "/Users", "x" * 50000)):
        assert scim.request(method, path, body).status >= 400
        assert scim.read(user) == user


def test_one_answer_for_each_request(any_directory, scim):
    """A refused request's body is not taken for the next request."""
    inner = b"GET /scim/v2/ServiceProviderConfig HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    head = scim.headers({"Content-Type": "text/plain", "Content-Length": str(len(inner))})
    request = "POST /scim/v2/Users HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items()) + "\r\n"
    last = "GET /scim/v2/Users/nobody HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k,
                                                              v in {**scim.headers(), "Connection": "close"}.items()) + "\r\n"
    received = raw_exchange(any_directory.httpd.port, request.encode() + inner + last.encode())
    assert re.findall(rb"HTTP/1\.1 (\d+)", received) == [b"415", b"404"], received
