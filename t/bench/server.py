# SPDX-License-Identifier: Apache-2.0
"""The server that is measured: the directory for each set of data, plain and over TLS, and static files beside it with the same access rules."""
from dataclasses import dataclass
from typing import Optional

from certificates import Certificates
from harness.httpd import Httpd
from harness.ports import free_port

BASE = "/scim/v2"

_MODULES = ("ssl",)
_PLAIN = "SCIMAnonymous On\nRequire local"
# who is who says the certificate, which httpd has verified
_TLS = "SSLUserName SSL_CLIENT_S_DN_CN\nRequire ssl-verify-client"
_TLS_ENGINE = """\
    SSLEngine on
    SSLCertificateFile "{c.server}"
    SSLCertificateKeyFile "{c.server_key}"
    SSLCACertificateFile "{c.ca}"
    SSLVerifyClient require
"""

_HOST = """\
Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
    ServerName localhost
{engine}
    DocumentRoot "{{root}}/htdocs"
    Define SCIM_DB_DRIVER {database.driver}
    Define SCIM_DB_PARAMS "{database.params}"
    Include "{{repo}}/conf.d/embedded/directory.conf"
    <Location "{base}">
        SCIMServe directory
        SCIMPageSize default=100 max=0
        {access}
    </Location>
    <Location "/static">
        ForceType application/scim+json
        {static_access}
    </Location>
</VirtualHost>
"""


@dataclass
class Endpoint:
    """Where one set of data is served, and how."""
    port: int
    certificates: Optional[Certificates]


def _host(endpoint, database):
    tls = endpoint.certificates is not None
    access = _TLS if tls else _PLAIN
    return _HOST.format(port=endpoint.port, database=database, base=BASE, access=access,
                        static_access=access.replace("SCIMAnonymous On\n", ""),
                        engine=_TLS_ENGINE.format(c=endpoint.certificates) if tls else "")


class Server:
    """endpoints[transport, data] for the transports plain and tls."""

    def __init__(self, root, databases):
        self.certificates = Certificates(root / "certificates")
        self.endpoints = {(transport, name): Endpoint(free_port(), self.certificates if transport == "tls" else None)
                          for transport in ("plain", "tls") for name in databases}
        config = "KeepAlive On\nMaxKeepAliveRequests 0\n" + "".join(_host(endpoint, databases[name])
                                                                   for (_, name), endpoint in self.endpoints.items())
        self.httpd = Httpd(root / "httpd", config, modules=_MODULES)
        self.httpd.expect("SCIM0003", "AH01873")    # SCIMAnonymous On; no cache of TLS sessions
        self.httpd.start()

    def static(self, size):
        """The path of a file of that size."""
        name = self.httpd.root / "htdocs" / "static" / f"{size}.json"
        if not name.exists():
            name.parent.mkdir(exist_ok=True, mode=0o755)
            name.write_bytes(b"x" * size)
            name.chmod(0o644)
        return f"/static/{size}.json"

    def stop(self):
        self.httpd.stop()
