# SPDX-License-Identifier: Apache-2.0
"""A module shows httpd its module structure and nothing else, and lacks nothing of ours. MODULE_DIR has the modules."""
import os
import re
import subprocess
from pathlib import Path

import house

_MODULES = ("mod_scimproxy", "mod_scimproxy_sql")
_TOOLS = re.compile(r"__(?:odr_)?[at]san|__ubsan|__sanitizer")
_OURS = re.compile(r"(?:scim|scimp|map)_\w+")


def symbols(path, option):
    """Names that nm lists."""
    listed = subprocess.run(["nm", "-D", option, path], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].partition("@")[0] for line in listed.splitlines() if line.strip()}


def check_module(path):
    if not path.is_file():
        return [f"{path}: is not there"]
    wanted = path.stem.removeprefix("mod_") + "_module"
    shown = {name for name in symbols(path, "--defined-only") if not _TOOLS.match(name)}
    findings = [f"{path.name}: shows {name}" for name in sorted(shown - {wanted})]
    if wanted not in shown:
        findings.append(f"{path.name}: does not show {wanted}")
    lacking = {name for name in symbols(path, "--undefined-only") if _OURS.fullmatch(name)}
    return findings + [f"{path.name}: lacks {name}" for name in sorted(lacking)]


def check(_root):
    folder = Path(os.environ.get("MODULE_DIR", "build/.libs"))
    return [finding for name in _MODULES for finding in check_module(folder / f"{name}.so")]


if __name__ == "__main__":
    house.main(check)
