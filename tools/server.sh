# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The private httpd of "run": its directory, its data, its password, its life.

HTTPD=/usr/sbin/apache2
HTTPD_ACCOUNT=www-data
PORT=${PORT:-8080}

# Run by root, httpd gives up its rights, and its account has to reach everything: a clone may lie where it cannot.
if [ "$(id -u)" -eq 0 ]; then
    AS_ROOT=yes STATE=/var/lib/mod_scimproxy-dev
else
    AS_ROOT='' STATE=$HERE/.run
fi

# The process id of our httpd; fails where it does not run.
server_pid() {
    local pid
    pid=$(cat "$STATE/run/httpd.pid" 2>/dev/null) && [ -n "$pid" ] &&
        tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -- "$STATE/httpd.conf" && echo "$pid"
}

server_running_port() {
    sed -n 's/^Listen 127.0.0.1://p' "$STATE/httpd.conf"
}

# ---- its directory ----

server_make_data() {
    local db=$STATE/db/directory.db new=$STATE/db/new.db
    [ ! -f "$db" ] || return 0
    echo "Making an embedded directory of sample people and teams"
    install -d -m 0700 "$STATE/db"
    rm -f "$new"*
    cat conf.d/embedded/schema.sqlite.sql conf.d/embedded/sample.sqlite.sql |
        sqlite3 -batch -bail "$new" >/dev/null || die 'the directory could not be made'
    chmod 0600 "$new"
    [ -z "$AS_ROOT" ] || chown "$HTTPD_ACCOUNT:" "$STATE/db" "$new"
    mv "$new" "$db"
}

# The password itself is for whoever runs this; httpd gets a hash. It is in no command's arguments.
server_make_password() {
    local word users=$STATE/users
    [ ! -s "$STATE/password" ] || [ ! -s "$STATE/netrc" ] || [ ! -s "$users" ] || return 0
    rm -f "$STATE/password" "$STATE/netrc" "$users"
    word=$(head -c 18 /dev/urandom | base64 | tr '+/' '-_')
    (
        umask 077
        printf '%s\n' "$word" >"$STATE/password"
        printf 'machine 127.0.0.1\nlogin technical\npassword %s\n' "$word" >"$STATE/netrc"
        htpasswd -i -B -c "$users.new" technical <"$STATE/password" 2>/dev/null || die 'htpasswd did not make a hash'
    )
    [ -z "$AS_ROOT" ] || { chgrp "$HTTPD_ACCOUNT" "$users.new" && chmod 0640 "$users.new"; }
    mv "$users.new" "$users"
}

server_load_lines() {
    local name folder
    folder=$(apxs -q LIBEXECDIR)
    for name in mpm_event authn_core authn_file authz_core authz_user auth_basic; do
        printf 'LoadModule %s_module "%s/mod_%s.so"\n' "$name" "$folder" "$name"
    done
    for name in scimproxy scimproxy_sql; do
        printf 'LoadModule %s_module "%s/modules/mod_%s.so"\n' "$name" "$STATE" "$name"
    done
}

server_make_config() {
    {
        cat <<END
# Made by ./bootstrap run, anew at each start.
ServerRoot "$STATE"
DefaultRuntimeDir "$STATE/run"
PidFile "$STATE/run/httpd.pid"
ErrorLog "$STATE/logs/error_log"
LogLevel notice scimproxy:info scimproxy_sql:info
ServerName localhost
Listen 127.0.0.1:$PORT
$(server_load_lines)
${AS_ROOT:+User $HTTPD_ACCOUNT
Group $HTTPD_ACCOUNT}
LogFormat "%t %u \"%r\" %>s %B %{SCIM_OPERATION}e %{SCIM_RESOURCE}e %{SCIM_TYPE}e %Dus" scim
CustomLog "$STATE/logs/access_log" scim
<Directory />
    Require all denied
</Directory>

Define SCIM_DB_DRIVER sqlite3
Define SCIM_DB_PARAMS "$STATE/db/directory.db"
Include "$STATE/conf/directory.conf"

<Location "/scim/v2">
    SCIMServe directory
    AuthType Basic
    AuthName "SCIM"
    AuthBasicProvider file
    AuthUserFile "$STATE/users"
    AuthzSendForbiddenOnFailure On
    Require valid-user
</Location>
END
    } >"$STATE/httpd.conf"
}

server_prepare() {
    umask 022
    install -d -m 0755 "$STATE" "$STATE/modules" "$STATE/conf" "$STATE/run" "$STATE/logs"
    install -m 0644 build/.libs/mod_scimproxy.so build/.libs/mod_scimproxy_sql.so "$STATE/modules"
    install -m 0644 conf.d/embedded/directory.conf "$STATE/conf"
    server_make_data
    server_make_password
    server_make_config
}

# ---- its life ----

server_failed() {
    local pid
    ! pid=$(server_pid) || kill -TERM "$pid"
    tail -n 20 "$STATE/logs/printed" "$STATE/logs/error_log" >&2 2>/dev/null || true
    die "$1; its log is $STATE/logs/error_log"
}

# Any answer will do: that it is the right one is looked at afterwards.
server_wait() {
    local pid tries
    for ((tries = 0; tries < 150; tries++)); do
        if curl -s -o "$STATE/run/answer" --noproxy '*' --max-time 5 "$URL/"; then
            server_pid >/dev/null || server_failed "another program answers on port $PORT"
            return 0
        fi
        pid=${1:-$(server_pid)} || true
        [ -z "$pid" ] || kill -0 "$pid" 2>/dev/null || return 1
        sleep 0.1
    done
    return 1
}

server_verify() {
    local status
    status=$(curl -s -o "$STATE/run/answer" --noproxy '*' --max-time 10 -w '%{http_code}' \
        --netrc-file "$STATE/netrc" "$URL/Users?count=1") || true
    [ "$status" = 200 ] || server_failed "the server answers $status where it should list people"
}

server_explain() {
    local url curl proxy=''
    url=http://127.0.0.1:$(server_running_port)/scim/v2
    # a proxy of the environment must not get these requests
    [ -z "${http_proxy-}${ALL_PROXY-}${all_proxy-}" ] || proxy=' --noproxy 127.0.0.1'
    curl="curl -s$proxy --netrc-file $(printf %q "$STATE/netrc")"
    cat <<END

SCIM 2.0 is served at  $url
The user is technical; the password is in  $STATE/password  (curl reads it in $STATE/netrc)
Data and logs are in  $STATE

List people:

  $curl '$url/Users?count=3'

Add one:

  $curl -H 'Content-Type: application/scim+json' -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada","name":{"givenName":"Ada","familyName":"Lovelace"},"emails":[{"value":"ada@example.com","type":"work"}]}' $url/Users

Find some:

  $curl -G $url/Users --data-urlencode 'filter=name.familyName sw "L" and active eq true'

END
}

server_run_background() {
    "$HTTPD" -d "$STATE" -f "$STATE/httpd.conf" </dev/null >"$STATE/logs/printed" 2>&1 ||
        server_failed 'httpd did not start'
    server_wait || server_failed 'httpd does not answer'
    server_verify
    server_explain
    echo "./bootstrap stop ends it."
}

server_run_foreground() {
    local pid status=0
    "$HTTPD" -d "$STATE" -f "$STATE/httpd.conf" -DFOREGROUND </dev/null >"$STATE/logs/printed" 2>&1 &
    pid=$!
    trap 'STOPPED=yes; kill -TERM "$pid" 2>/dev/null' INT TERM HUP
    if server_wait "$pid"; then
        server_verify
        server_explain
        echo "Ctrl-C ends it."
    elif [ -z "${STOPPED-}" ]; then
        server_failed 'httpd does not answer'
    fi
    # a signal ends wait, not httpd
    while kill -0 "$pid" 2>/dev/null; do
        wait "$pid" && status=0 || status=$?
    done
    [ -n "${STOPPED-}" ] || [ "$status" -eq 0 ] || server_failed "httpd ended with status $status"
    echo "Stopped."
}

server_check_port() {
    if ! [[ $PORT =~ ^[1-9][0-9]{0,4}$ ]] || ((PORT > 65535)); then
        die "PORT is a number from 1 to 65535, not '$PORT'"
    fi
    ! (: <>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null ||
        die "another program listens on port $PORT of this machine; choose a port: PORT=$((PORT % 65535 + 1)) ./bootstrap run"
}

server_run() {
    local mode=$1 pid
    case $STATE in
    *[\"\\\$]* | *$'\n'*) die "httpd's configuration cannot name $STATE: rename the folder" ;;
    esac
    if pid=$(server_pid); then
        echo "It runs already, as process $pid; ./bootstrap stop ends it."
        server_explain
        return
    fi
    server_check_port
    packages_need "${PACKAGES_RUN[@]}"
    build_modules
    server_prepare
    URL=http://127.0.0.1:$PORT/scim/v2
    "server_run_$mode"
}

server_stop() {
    local pid tries
    if ! pid=$(server_pid); then
        echo "It does not run."
        return
    fi
    kill -TERM "$pid"
    for ((tries = 0; tries < 150; tries++)); do
        if ! server_pid >/dev/null; then
            echo "Stopped."
            return
        fi
        sleep 0.1
    done
    die "process $pid does not end"
}

server_reset() {
    if [ ! -e "$STATE" ]; then
        echo "There is nothing to forget."
        return
    fi
    server_stop
    rm -rf -- "$STATE"
    echo "Forgotten: $STATE"
}
