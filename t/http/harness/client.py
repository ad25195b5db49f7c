# SPDX-License-Identifier: Apache-2.0
"""A SCIM client that sends what it is told, byte for byte, and holds every answer against what is true of all answers."""
import base64
import http.client
import itertools
import json
import os
import socket
from urllib.parse import quote, urlencode

from . import settings

SCIM_JSON = "application/scim+json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

_SCIM_TYPES = {"invalidFilter", "tooMany", "uniqueness", "mutability", "invalidSyntax", "invalidPath", "noTarget", "invalidValue",
               "invalidVers", "sensitive"}
_counter = itertools.count(1)
_run = f"{os.getpid():x}"


def unique(prefix="u"):
    """A name that no other test uses."""
    return f"{prefix}.{_run}.{next(_counter)}"


def segment(text):
    """A text as one path segment."""
    return quote(text, safe="")


def operation(op, path=None, value=...):
    """One PATCH operation."""
    result = {"op": op}
    if path is not None:
        result["path"] = path
    if value is not ...:
        result["value"] = value
    return result


def patch_message(*operations):
    return {"schemas": [PATCH], "Operations": [o if isinstance(o, dict) else operation(*o) for o in operations]}


class Answer:
    """A response."""

    def __init__(self, request, status, headers, body):
        self.request, self.status, self.headers, self.body = request, status, headers, body
        self.text = body.decode("utf-8", "replace")
        self.json = json.loads(body) if body and self.is_json() else None

    def is_json(self):
        return self.headers.get("Content-Type", "") == SCIM_JSON

    def __repr__(self):
        return f"{self.request} -> {self.status} {self.text[:600]}"

    def check(self):
        """What is true of every SCIM answer: RFC 7644 sections 3.1, 3.8, 3.12; RFC 9110."""
        head = self.request.startswith("HEAD ")
        if self.status in (204, 304):
            assert not self.body and "Content-Type" not in self.headers, f"{self!r}: a body or its type"
        elif self.body or head:
            assert self.headers.get("Content-Type") == SCIM_JSON, f"{self!r}: Content-Type {self.headers.get('Content-Type')}"
        if self.status >= 400 and not head:
            self._check_error()
        if self.status == 201:
            assert self.headers.get("Location"), f"{self!r}: no Location"
            if self.json and "meta" in self.json:
                assert self.headers["Location"] == self.json["meta"]["location"], self
        if self.status == 405:
            assert self.headers.get("Allow"), f"{self!r}: no Allow"
        if self.status == 401:
            assert self.headers.get("WWW-Authenticate"), f"{self!r}: no WWW-Authenticate"
        return self

    def _check_error(self):
        error = self.json
        assert isinstance(error, dict), f"{self!r}: no error document"
        assert error.get("schemas") == [ERROR], self
        assert error.get("status") == str(self.status), self
        assert isinstance(error.get("detail", ""), str), self
        assert set(error) <= {"schemas", "status", "scimType", "detail"}, self
        assert error.get("scimType", "invalidValue") in _SCIM_TYPES, self

    def ok(self, *statuses):
        """Wants one of these statuses (200 if none is given); the document."""
        assert self.status in (statuses or (200,)), f"want {statuses or (200,)}: {self!r}"
        return self.json

    def error(self, status, *scim_types):
        """Wants this error, with one of these scimTypes if any is given (None: without)."""
        assert self.status == status, f"want {status} {scim_types}: {self!r}"
        if scim_types:
            assert self.json.get("scimType") in scim_types, f"want {scim_types}: {self!r}"
        return self


class Client:
    """One connection, kept alive. Not for several threads: clone() makes another."""

    def __init__(self, port, base="/scim/v2", auth=None, host="127.0.0.1"):
        self.port, self.base, self.auth, self.host = port, base, auth, host
        self._connection = None

    def clone(self, **changes):
        return Client(**{"port": self.port, "base": self.base, "auth": self.auth, "host": self.host, **changes})

    def anonymous(self):
        return self.clone(auth=None)

    @property
    def url(self):
        """What meta.location begins with, where nothing else is configured."""
        return f"http://localhost:{self.port}{self.base}"

    def path_of(self, location):
        """A location as a path for request(); it must lie below our base."""
        assert location.startswith(self.url + "/"), f"{location} does not begin with {self.url}"
        return location[len(self.url):]

    def close(self):
        if self._connection:
            self._connection.close()
            self._connection = None

    def headers(self, extra=None):
        result = {"Host": f"localhost:{self.port}", "Accept": SCIM_JSON}
        if self.auth:
            result["Authorization"] = "Basic " + base64.b64encode(":".join(self.auth).encode()).decode()
        result.update(extra or {})
        return {k: v for k, v in result.items() if v is not None}

    def request(self, method, path, body=None, headers=None, check=True, **query):
        """Sends a request. path follows the base, as it is; body: a JSON value, or str/bytes as they are; a header None leaves it out."""
        extra = dict(headers or {})
        if body is not None:
            extra.setdefault("Content-Type", SCIM_JSON)
            if not isinstance(body, (str, bytes)):
                body = json.dumps(body)
            if isinstance(body, str):
                body = body.encode("utf-8")
        target = self.base + path
        if query:
            target += ("&" if "?" in target else "?") + urlencode(query, quote_via=quote)
        answer = self._send(method, target, body, self.headers(extra))
        return answer.check() if check else answer

    def _send(self, method, target, body, headers):
        for attempt in (1, 2):
            fresh = self._connection is None
            if fresh:
                self._connection = http.client.HTTPConnection(self.host, self.port, timeout=60 * settings.PATIENCE)
            try:
                self._connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
                for name, value in headers.items():
                    self._connection.putheader(name, value)
                if body is not None or method in ("POST", "PUT", "PATCH"):
                    self._connection.putheader("Content-Length", str(len(body or b"")))
                self._connection.endheaders(body)
                response = self._connection.getresponse()
                answer = Answer(f"{method} {target}", response.status, response.headers, response.read())
                if response.will_close:
                    self.close()
                return answer
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh or attempt == 2:       # a kept connection may have been closed meanwhile: once more on a new one
                    raise
        raise AssertionError("not reached")

    def get(self, path, headers=None, **query):
        return self.request("GET", path, None, headers, **query)

    def post(self, path, body, headers=None, **query):
        return self.request("POST", path, body, headers, **query)

    def put(self, path, body, headers=None, **query):
        return self.request("PUT", path, body, headers, **query)

    def delete(self, path, headers=None):
        return self.request("DELETE", path, None, headers)

    def patch(self, path, *operations, headers=None, **query):
        """Operations as tuples (op, path, value), or as they are."""
        return self.request("PATCH", path, patch_message(*operations), headers, **query)

    # ---- what most tests need ----

    def create_user(self, **attributes):
        """A user with a name of its own; enterprise= is the extension."""
        body = {"schemas": [USER], "userName": unique("user")}
        if "enterprise" in attributes:
            body["schemas"].append(ENTERPRISE)
            body[ENTERPRISE] = attributes.pop("enterprise")
        body.update(attributes)
        return self.post("/Users", body).ok(201)

    def create_group(self, members=(), **attributes):
        """A group; members are resources or ids."""
        body = {"schemas": [GROUP], "displayName": unique("group"), **attributes}
        if members:
            body["members"] = [{"value": m["id"] if isinstance(m, dict) else m} for m in members]
        return self.post("/Groups", body).ok(201)

    def read(self, resource):
        """A resource as it is now."""
        return self.get(path_to(resource)).ok()

    def change(self, resource, *operations):
        """PATCH that must succeed; the resource as it is then."""
        self.patch(path_to(resource), *operations).ok(200, 204)
        return self.read(resource)

    def ids(self, endpoint="/Users", **query):
        """Ids of a list, which must be one page, in their order."""
        answer = self.get(endpoint, **query).ok()
        resources = answer.get("Resources", [])
        assert answer["schemas"] == [LIST]
        assert answer["itemsPerPage"] == len(resources), answer
        assert answer["totalResults"] == len(resources), "more than a page"
        return [r["id"] for r in resources]


def path_to(resource):
    """The path of a resource below the base."""
    endpoint = {"User": "/Users", "Group": "/Groups"}[resource["meta"]["resourceType"]]
    return f"{endpoint}/{segment(resource['id'])}"


def state(resource):
    """A resource without what each change changes, for comparison."""
    return {k: v for k, v in resource.items() if k != "meta"}


def unordered(value):
    """A value whose lists have no order, for comparison: RFC 7643 gives the values of an attribute none."""
    if isinstance(value, dict):
        return {k: unordered(v) for k, v in value.items()}
    return sorted(map(unordered, value), key=lambda v: json.dumps(v, sort_keys=True)) if isinstance(value, list) else value


def raw_exchange(port, data, timeout=20):
    """Sends bytes and reads until the server closes; for requests that no client would make."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(data)
        received = b""
        while True:
            piece = connection.recv(65536)
            if not piece:
                return received
            received += piece
