# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034   # the lists are used by who sources this
# Debian packages: which are needed for what, and how they get here.

PACKAGES_BUILD=(autoconf automake libtool make gcc libc6-dev pkg-config apache2-dev libjansson-dev)
PACKAGES_RUN=("${PACKAGES_BUILD[@]}" apache2-bin apache2-utils libaprutil1-dbd-sqlite3 sqlite3 curl)
PACKAGES_CHECK=("${PACKAGES_RUN[@]}" check clang shellcheck python3-pytest python3-psycopg2 python3-pymysql openssl
    libaprutil1-dbd-pgsql libaprutil1-dbd-mysql postgresql mariadb-server-core mariadb-client-core)
PACKAGES_LONG=("${PACKAGES_CHECK[@]}" llvm valgrind)

# Those of the packages that are not installed, one on a line.
packages_missing() {
    local installed name
    installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for name in "$@"; do
        grep -qxF -- "$name installed" <<<"$installed" || echo "$name"
    done
}

# packages_refuse REASON COMMAND-PREFIX PACKAGE...: says what somebody else has to install.
packages_refuse() {
    local reason=$1 prefix=$2
    shift 2
    cat >&2 <<END
bootstrap: $reason
These Debian packages are missing: $*
Install them as root, then give the same command again:

    ${prefix}apt-get update && ${prefix}apt-get install --no-install-recommends $*

END
    exit 1
}

# packages_need PACKAGE...: installs what is missing; without anything missing it needs no rights and no network.
packages_need() {
    local missing log prefix='' apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=1
        -o Acquire::http::Timeout=30 -o DPkg::Lock::Timeout=300)
    command -v dpkg-query >/dev/null || packages_refuse 'this is no Debian: there is no dpkg-query' '' "$@"
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        prefix='sudo '
        command -v sudo >/dev/null || packages_refuse 'you are not root, and there is no sudo' '' "${missing[@]}"
        # asks for a password where somebody can type one
        { if [ -t 0 ]; then sudo -v; else sudo -n true; fi; } 2>/dev/null ||
            packages_refuse 'sudo does not let you in' "$prefix" "${missing[@]}"
        apt=(sudo "${apt[@]}")
    fi
    echo "Installing Debian packages: ${missing[*]}"
    log=$(mktemp)
    # the lists of packages may be old, or not be there at all
    "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >"$log" 2>&1 ||
        { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } </dev/null >"$log" 2>&1 ||
        { tail -n 20 "$log" >&2 && rm -f "$log" && packages_refuse 'apt-get did not succeed' "$prefix" "${missing[@]}"; }
    rm -f "$log"
    mapfile -t missing < <(packages_missing "$@")
    [ ${#missing[@]} -eq 0 ] || packages_refuse 'apt-get did not install everything' "$prefix" "${missing[@]}"
}
