# SPDX-License-Identifier: Apache-2.0
"""Clients that come with a certificate: the example of docs/howto.md, as it stands there."""
import base64
import hashlib
import json
import re
import ssl
import subprocess
import urllib.error
import urllib.request

import pytest

from harness import settings
from harness.client import ERROR, SCIM_JSON, USER
from harness.config import SMALL_GROUP, SMALL_USER, system, target
from harness.process import wait_for


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Two authorities, a server, clients: idm is known, stranger is not, forged has idm's name from the other authority."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
    for ca in ("ca", "other-ca"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{ca}.key", "-out", f"{ca}.pem",
                "-subj", f"/CN={ca}", "-days", "3")
    for name, subject, ca in [("server", "localhost", "ca"), ("idm", "idm", "ca"), ("stranger", "stranger", "ca"), ("forged", "idm", "other-ca")]:
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                "-subj", f"/O=Example/CN={subject}")
        (folder / "extensions").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-out", f"{name}.pem",
                "-days", "2", "-extfile", "extensions")
    return folder


def _example():
    text = (settings.REPO / "docs" / "howto.md").read_text(encoding="utf-8")
    section = text[text.index("## Let a client in by its certificate"):]
    return re.search(r"```\n(.*?)```", section, re.S)[1]


@pytest.fixture(scope="module")
def server(certificates, databases, new_module_httpd):
    database = databases.create(settings.DATABASES[0])
    types = [t.replace("target=store", "target=hr") for t in (SMALL_USER, SMALL_GROUP)]
    config = target(database, "hr") + system("hr", *types) + f"""
SSLEngine             On
SSLCertificateFile    "{certificates}/server.pem"
SSLCertificateKeyFile "{certificates}/server.key"
SSLSessionCache       none
SSLRandomSeed startup builtin
""" + _example()
    httpd = new_module_httpd(config, modules=("ssl",))
    (httpd.root / "conf").mkdir(mode=0o755)
    httpd.file("conf/clients-ca.pem", (certificates / "ca.pem").read_text())
    word = base64.b64encode(hashlib.sha1(b"password").digest()).decode()
    httpd.file("conf/scim-certificates", f"/O=Example/CN=idm:{{SHA}}{word}\n")
    httpd._answers = lambda: _is_up(httpd, certificates)
    httpd.expect(r"AH01906|AH01909|AH01873|AH02032")
    return httpd.start()


def _context(certificates, name):
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    if name:
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    return context


def _is_up(httpd, certificates):
    try:
        return exchange(httpd, certificates, "idm", "/-ready-")[0] == 404
    except OSError:
        return False


def exchange(httpd, certificates, name, path, body=None, **headers):
    """(status, headers, document)"""
    message = urllib.request.Request(f"https://localhost:{httpd.port}{path}", data=json.dumps(body).encode() if body else None,
                                     headers={"Content-Type": SCIM_JSON, **headers})
    try:
        with urllib.request.urlopen(message, context=_context(certificates, name), timeout=20) as answer:
            text = answer.read()
            return answer.status, answer.headers, json.loads(text) if text else None
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, error.headers, json.loads(text) if error.headers["Content-Type"] == SCIM_JSON else None


@pytest.mark.smoke
def test_a_known_certificate_is_let_in(server, certificates):
    status, headers, user = exchange(server, certificates, "idm", "/scim/v2/Users", {"schemas": [USER], "userName": "someone"})
    assert status == 201, user
    assert headers["Location"] == user["meta"]["location"] == f"https://localhost:{server.port}/scim/v2/Users/{user['id']}"
    assert exchange(server, certificates, "idm", f"/scim/v2/Users/{user['id']}")[2]["id"] == user["id"]


def test_the_access_log_has_its_name(server, certificates):
    exchange(server, certificates, "idm", "/scim/v2/Users?mark=certificate")
    log = server.root / "logs" / "access_log"       # written after the answer
    line = wait_for(lambda: next((line for line in log.read_text().splitlines() if "mark=certificate" in line), None), 10, "the access log")
    assert re.search(r"\] \S*idm ", line), line


def test_an_unknown_certificate_is_answered_with_401(server, certificates):
    server.expect(r"AH01618", r"AH01617")
    status, headers, error = exchange(server, certificates, "stranger", "/scim/v2/Users")
    assert (status, headers["Content-Type"], error["schemas"], error["status"]) == (401, SCIM_JSON, [ERROR], "401")


@pytest.mark.parametrize("name", [None, "forged"])
def test_without_a_certificate_of_the_authority_there_is_no_connection(server, certificates, name):
    server.expect(r"AH02008|AH02039|AH02261|AH02276|SSL Library Error|AH0\d+.*[Cc]ertificate")
    with pytest.raises((ssl.SSLError, urllib.error.URLError, ConnectionError)):
        exchange(server, certificates, name, "/scim/v2/Users")


def test_the_name_cannot_be_sent_as_credentials(server, certificates):
    """A known name with the fixed password, from a stranger's connection."""
    server.expect(r"AH0203\d|AH0161\d|AH0203\d|FakeBasicAuth|spoof")
    word = base64.b64encode(b"/O=Example/CN=idm:password").decode()
    status, _, error = exchange(server, certificates, "stranger", "/scim/v2/Users", Authorization="Basic " + word)
    assert status == 403 and error["schemas"] == [ERROR]
