# SPDX-License-Identifier: Apache-2.0
"""An authority, a server and a client, made by openssl for one run."""
import subprocess


def _openssl(*arguments, text=None):
    subprocess.run(["openssl", *[str(a) for a in arguments]], check=True, capture_output=True, input=text, text=True)


class Certificates:
    """PEM files in a directory."""

    def __init__(self, root):
        self.root = root
        root.mkdir(mode=0o755)
        self.ca, self._ca_key = root / "ca.pem", root / "ca.key"
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=bench authority",
                 "-keyout", self._ca_key, "-out", self.ca)
        self.server, self.server_key = self._make("localhost", "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        self.client, self.client_key = self._make("bench", "extendedKeyUsage=clientAuth\n")

    def _make(self, name, extensions):
        key, request, cert = (self.root / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
        _openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                 "-keyout", key, "-out", request)
        (self.root / f"{name}.ext").write_text(extensions, encoding="utf-8")
        _openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self._ca_key, "-CAcreateserial", "-days", "2",
                 "-extfile", self.root / f"{name}.ext", "-out", cert)
        return cert, key
