# SPDX-License-Identifier: Apache-2.0
"""shellcheck has nothing to say about our scripts. Skipped where it is not installed; ./bootstrap check installs it."""
import shutil
import subprocess
import sys

import house


def scripts(root):
    """Files that a shell reads."""
    return [path for path in house.files(root) if path.suffix == ".sh" or house.read(path).startswith(("#!/bin/sh", "#!/usr/bin/env bash"))]


def check(root):
    done = subprocess.run(["shellcheck", "--external-sources", "--format=gcc", *scripts(root)], cwd=root,
                          capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).splitlines() + ([] if done.returncode in (0, 1) else [f"shellcheck ended with {done.returncode}"])


if __name__ == "__main__":
    if not shutil.which("shellcheck"):
        print("shellcheck is not installed")
        sys.exit(77)
    house.main(check)
