# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# "check": every part runs, whatever became of the others; what each reports is added up.

PYTEST=(/usr/bin/python3 -B -m pytest t/http)
LOGS=$HERE/build-check/logs
PART_LIMIT=40m                  # a part that hangs is a failure, not the end of the others
PASSED=0 FAILED=0 SUMMARY=''

# ---- counting: each prints "PASSED FAILED" of a part ----

# count_pytest LOG STATUS: from the closing line, "== 3 failed, 20 passed in 4.05s ==".
count_pytest() {
    local last passed failed errors
    last=$(sed -n -E 's/^=+ (.*) in [0-9.]+s.*$/\1/p' "$1" | tail -n 1)
    passed=$(sed -n -E 's/.*\b([0-9]+) passed.*/\1/p' <<<"$last")
    failed=$(sed -n -E 's/.*\b([0-9]+) failed.*/\1/p' <<<"$last")
    errors=$(sed -n -E 's/.*\b([0-9]+) errors?.*/\1/p' <<<"$last")
    count_or_failure "$2" "${passed:-0}" $((${failed:-0} + ${errors:-0}))
}

# count_make LOG STATUS FOLDER: from the results that Automake leaves beside each test's output. A program of Check says how
# many checks it made, the replay of a corpus how many inputs; any other test is one.
count_make() {
    local result output passed=0 failed=0 p f
    while IFS= read -r -d '' result; do
        output=${result%.trs}.log
        p=$(sed -n -E 's/^[0-9]+%: Checks: ([0-9]+), Failures: ([0-9]+), Errors: ([0-9]+)$/\1 - \2 - \3/p; s/.*: ([0-9]+) inputs$/\1/p' \
            "$output" | paste -s -d +)
        f=$(sed -n -E 's/^[0-9]+%: Checks: [0-9]+, Failures: ([0-9]+), Errors: ([0-9]+)$/\1 + \2/p; s/.*: failed$/1/p' \
            "$output" | paste -s -d +)
        p=$((${p:-0})) f=$((${f:-0}))
        case $(sed -n 's/^:test-result: *//p' "$result" | sort -u | paste -s -d ' ') in
        PASS) [ "$p" -gt 0 ] || p=1 ;;
        SKIP) ;;
        *)    [ "$f" -gt 0 ] || f=1 ;;
        esac
        passed=$((passed + p)) failed=$((failed + f))
    done < <(find "$3" -name '*.trs' -print0)
    count_or_failure "$2" "$passed" "$failed"
}

# count_status LOG STATUS: the part is one test.
count_status() {
    count_or_failure "$2" $(($2 == 0)) 0
}

# Who failed without saying what, or succeeded without doing anything, failed once.
count_or_failure() {
    local status=$1 passed=$2 failed=$3
    if [ "$failed" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$passed" -eq 0 ]; }; then
        failed=1
    fi
    echo "$passed $failed"
}

# ---- parts ----

# part_add TITLE LOG STATUS SECONDS COUNT [ARGUMENT]: adds a part that has ended to the totals.
part_add() {
    local title=$1 log=$2 status=$3 seconds=$4 count=$5 p f
    shift 5
    read -r p f < <("$count" "$log" "$status" "$@")
    PASSED=$((PASSED + p)) FAILED=$((FAILED + f))
    SUMMARY+=$(printf '%-44s %6d passed %4d failed %5d s' "$title" "$p" "$f" "$seconds")$'\n'
}

part_log() {
    echo "$LOGS/${1//[^A-Za-z0-9]/-}.log"
}

# part TITLE 'COUNT [ARGUMENT]' COMMAND...: runs a part; its output is shown and kept.
part() {
    local title=$1 log status begin=$SECONDS
    local -a count
    read -r -a count <<<"$2"
    shift 2
    log=$(part_log "$title")
    printf '\n==== %s ====\n' "$title"
    set +e
    "$@" </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    set -e
    part_add "$title" "$log" "$status" $((SECONDS - begin)) "${count[@]}"
}

limited() {
    timeout --foreground --kill-after=60 "$PART_LIMIT" "$@"
}

# make_check FOLDER CONFIGURE-OPTION...: builds, and runs "make check" to its end. Where a test does not compile, make runs
# none of them; the others are run nevertheless.
make_check() {
    local folder=$1 status=0
    local -a check=(limited make -C "$folder" -k -j "$JOBS" --no-print-directory VERBOSE=1)
    shift
    find "$folder" -name '*.trs' -exec sh -c 'rm -f "$1" "${1%.trs}.log"' - {} \; 2>/dev/null
    build_in "$folder" "$@" || return
    "${check[@]}" check || status=$?
    [ -n "$(find "$folder" -name '*.trs' -print -quit)" ] || "${check[@]}" test-suite.log
    return "$status"
}

# http_tests FOLDER VARIABLE=VALUE... [-- PYTEST-OPTION...]
http_tests() {
    local folder=$1
    local -a environment=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        environment+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    limited env SCIM_BUILD_DIR="$HERE/$folder" "${environment[@]}" "${PYTEST[@]}" "$@"
}

# ---- fuzzing ----

# fuzz TARGET: new inputs stay in the build folder, what fails is left in LOGS.
fuzz() {
    local name=$1 found=build-fuzz/found/$1
    local -a options=(-max_total_time="${FUZZ_SECONDS:-600}" -timeout=10 -rss_limit_mb=1024 -max_len=8192 -print_final_stats=1
        -artifact_prefix="$LOGS/$name-")
    [ ! -f "t/fuzz/$name.dict" ] || options+=(-dict="t/fuzz/$name.dict")
    mkdir -p "$found"
    "build-fuzz/t/fuzz/fuzz_$name" "${options[@]}" "$found" "t/fuzz/corpus/$name"
}

fuzz_build() {
    build_in build-fuzz --enable-fuzzing CC=clang && make -C build-fuzz -j "$JOBS" --no-print-directory fuzz
}

# Two targets at a time.
fuzz_all() {
    local name names=() i status begin
    local -A pids=()
    for name in t/fuzz/fuzz_*.c; do
        name=${name##*/fuzz_}
        names+=("${name%.c}")
    done
    for ((i = 0; i < ${#names[@]}; i += 2)); do
        begin=$SECONDS
        for name in "${names[@]:i:2}"; do
            printf '\n==== fuzzing: %s ====\n' "$name"
            fuzz "$name" </dev/null >"$(part_log "fuzzing: $name")" 2>&1 &
            pids[$name]=$!
        done
        for name in "${names[@]:i:2}"; do
            wait "${pids[$name]}" && status=0 || status=$?
            tail -n 25 "$(part_log "fuzzing: $name")"
            part_add "fuzzing: $name" "$(part_log "fuzzing: $name")" "$status" $((SECONDS - begin)) count_status
        done
    done
}

# ---- the two commands ----

check_begin() {
    build_may_write
    packages_need "$@"
    rm -rf -- "$LOGS"
    mkdir -p "$LOGS"
}

# The last line is for machines, too.
check_end() {
    printf '\n%s\nThe output of each part is in %s\n' "$SUMMARY" "$LOGS"
    echo "$PASSED passed, $FAILED failed"
    [ "$FAILED" -eq 0 ]
}

check_short() {
    check_begin "${PACKAGES_CHECK[@]}"
    part 'gcc: make check' 'count_make build-gcc' make_check build-gcc --enable-werror
    part 'HTTP: event, three databases' count_pytest http_tests build-gcc MPM=event DATABASES=sqlite3,pgsql,mysql
    part 'HTTP: worker' count_pytest http_tests build-gcc MPM=worker -- -m smoke
    part 'HTTP: prefork' count_pytest http_tests build-gcc MPM=prefork -- -m smoke
    part 'AddressSanitizer: make check' 'count_make build-asan' make_check build-asan --enable-werror --with-sanitizer=address
    part 'AddressSanitizer: HTTP' count_pytest http_tests build-asan SAN=asan -- -m smoke
    part 'clang: make check' 'count_make build-clang' make_check build-clang --enable-werror CC=clang
    check_end
}

check_long() {
    check_begin "${PACKAGES_LONG[@]}"
    part 'fuzzing: build' count_status fuzz_build
    fuzz_all
    part 'ThreadSanitizer: make check' 'count_make build-tsan' make_check build-tsan --enable-werror --with-sanitizer=thread
    part 'gcc: build' count_status build_in build-gcc --enable-werror
    part 'HTTP: what takes long' count_pytest http_tests build-gcc RUN_LONG=1 -- -m long
    part 'valgrind: HTTP' count_pytest http_tests build-gcc VG=1 DATABASES=sqlite3 -- -m smoke
    check_end
}
