#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Replays the corpus of every fuzz target: FUZZ_TARGETS names the programs, srcdir the sources.
status=0
for target in $FUZZ_TARGETS; do
    corpus=${srcdir:-.}/t/fuzz/corpus/${target##*/fuzz_}
    if output=$("./$target" "$corpus" 2>&1); then
        echo "$target: $(echo "$output" | tail -n 1)"
    else
        echo "$target: failed"
        echo "$output" | tail -n 40
        status=1
    fi
done
exit $status
