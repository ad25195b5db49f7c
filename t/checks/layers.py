# SPDX-License-Identifier: Apache-2.0
"""A file includes its own layer and those before it; httpd's headers are for the httpd layer and connectors' module files."""
import re

import house

_RANK = {"include": 0, "base": 1, "scim": 2, "mapping": 3, "engine": 4, "httpd": 5}
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
_HTTPD = re.compile(r"(?:httpd|http_\w+|ap_\w+|mod_\w+|util_\w+|mpm_common|scoreboard|unixd)\.h")
_KNOWS_HTTPD = re.compile(r"mod_scimproxy/(?:httpd/.*|auth/.*|connectors/[^/]+/mod_scimproxy_\w+\.c)")
# What does input and output has no place in layers that compute.
_IO = re.compile(r"(?:apr_(?:file_io|file_info|network_io|poll|dbd|thread_\w+|proc_mutex|global_mutex|shm)|fcntl|unistd|sys/\w+|netdb|poll)\.h")
_PURE = {"scim", "mapping"}


def layer_of(path):
    """The layer of a file below mod_scimproxy: its folder; of a connector, "connectors/NAME"."""
    parts = path.split("/")
    return "/".join(parts[1:3]) if parts[1] == "connectors" else parts[1]


def includes(path):
    """(line, header, whether in <>) of each #include."""
    code = house.without_comments(house.read(path))
    return [(house.line_of(code, m.start()), m.group(2), m.group(1) == "<") for m in _INCLUDE.finditer(code)]


def _may_include(layer, other):
    if layer.startswith("connectors/"):
        return other in ("include", "base", layer)
    if layer not in _RANK or other not in _RANK:
        return layer == other
    return _RANK[other] <= _RANK[layer]


def check(root):
    findings = []
    headers = {}
    for path in house.files(root, ".h", below="mod_scimproxy"):
        name = path.relative_to(root).as_posix()
        if path.name in headers:
            findings.append(f"{name}: a header of this name is in {headers[path.name]} already")
        headers[path.name] = layer_of(name)
    for path in house.files(root, ".c", ".h"):
        name = path.relative_to(root).as_posix()
        layer = layer_of(name) if name.startswith("mod_scimproxy/") else None
        for line, header, _ in includes(path):
            other = headers.get(header.rpartition("/")[2])
            if layer and other and not _may_include(layer, other):
                findings.append(f"{name}:{line}: {layer} includes {header}, which belongs to {other}")
            if not other and _HTTPD.fullmatch(header) and not _KNOWS_HTTPD.fullmatch(name):
                findings.append(f"{name}:{line}: {header} is httpd's; only mod_scimproxy/httpd and a connector's mod_scimproxy_NAME.c may know it")
            if layer in _PURE and _IO.fullmatch(header):
                findings.append(f"{name}:{line}: {layer} has no input and output, so no {header}")
    return findings


if __name__ == "__main__":
    house.main(check)
