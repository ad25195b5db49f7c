# SPDX-License-Identifier: Apache-2.0
"""What the environment says: which build, which MPM, under which tool."""
import os
import pwd
import subprocess
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
BUILD_DIR = Path(os.environ.get("SCIM_BUILD_DIR", REPO / "build")).absolute()
MODULE_DIR = BUILD_DIR / ".libs"
MPM = os.environ.get("MPM", "event")
SANITIZER = os.environ.get("SAN", "")
VALGRIND = os.environ.get("VG", "") == "1"
LONG = os.environ.get("RUN_LONG", "") == "1"
ALL_DATABASES = ("sqlite3", "pgsql", "mysql")
DATABASES = tuple(os.environ.get("DATABASES", ",".join(ALL_DATABASES)).split(","))
IS_ROOT = os.geteuid() == 0
HTTPD = next((p for p in ("/usr/sbin/apache2", "/usr/sbin/httpd") if os.path.exists(p)), "apache2")
# A slow tool makes everything slower, deadlines included.
PATIENCE = 10 if VALGRIND else 3 if SANITIZER else 1


def standard_modules():
    """Where Debian's own modules are."""
    return Path(subprocess.run(["apxs", "-q", "LIBEXECDIR"], check=True, capture_output=True, text=True).stdout.strip())


def account(name):
    """An unprivileged account to run a server as; None where we are not root (the server is then ours)."""
    return pwd.getpwnam(name) if IS_ROOT else None


def preload():
    """The run-time libraries that a sanitizer build needs in a stock httpd."""
    if SANITIZER != "asan":
        return {}
    libraries = [subprocess.run(["gcc", f"-print-file-name={name}"], check=True, capture_output=True, text=True).stdout.strip()
                 for name in ("libasan.so", "libubsan.so")]
    return {"LD_PRELOAD": ":".join(libraries),
            "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0",
            "UBSAN_OPTIONS": "print_stacktrace=1"}
