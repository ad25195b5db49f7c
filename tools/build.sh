# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Builds with autotools, each kind in a folder of its own.

JOBS=${JOBS:-$(nproc)}

# What a git clone does not have.
build_autoreconf() {
    { [ -x configure ] && [ -f Makefile.in ]; } || autoreconf -i
}

# build_in FOLDER CONFIGURE-OPTION...: configures it if it is new, and makes everything.
build_in() {
    local folder=$1
    shift
    build_autoreconf && mkdir -p "$folder" &&
        { [ -f "$folder/Makefile" ] || (cd "$folder" && ../configure "$@"); } &&
        make -C "$folder" -j "$JOBS" --no-print-directory
}

build_may_write() {
    local path
    for path in . build autom4te.cache; do
        [ ! -e "$path" ] || [ -w "$path" ] ||
            die "you may not write to $HERE/$path; if another user made it, remove it or run as that user"
    done
}

# Quietly; what was printed is shown where it fails.
build_modules() {
    local log=build/bootstrap.log
    build_may_write
    packages_need "${PACKAGES_BUILD[@]}"
    mkdir -p build
    echo "Building in $HERE/build"
    if ! build_in build </dev/null >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        die "the build failed; everything it printed is in $HERE/$log"
    fi
}
