#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Unpacks the real hives of ../shared/testdata for the reader tests: test_reader_data.sh TESTDATA OUT
set -euo pipefail
from=$1 out=$2
mkdir -p "$out"
if [ ! -d "$from/registry" ]; then
    echo "no test data at $from: tests on real hives will skip"
    exit 0
fi
for f in "$from"/registry/*.xz; do
    name=$(basename "$f" .xz)
    [ -s "$out/$name" ] && continue
    xz -dc "$f" >"$out/$name.part"
    mv "$out/$name.part" "$out/$name"
done
ls -l "$out"
