#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# static_base.sh PROGRAM: base/ in a static program, with nothing of the host around it. Needs chroot: as root, or with
# user name spaces.
set -euo pipefail
program=$1
root=$(mktemp -d)
trap 'chmod -R u+w "$root"; rm -rf "$root"' EXIT
cp "$program" "$root/program"

if [ "$(id -u)" = 0 ]; then
    inside() { env -i "$(command -v chroot)" "$root" /program "$@"; }
elif unshare -r true 2>/dev/null; then
    inside() { env -i "$(command -v unshare)" -r "$(command -v chroot)" "$root" /program "$@"; }
else
    echo "skipped: neither root nor user name spaces here"
    exit 77
fi

# 1. Nothing writable at all (none of the directories exists): told, not crashed; everything but the locale works.
inside --no-locale
# 2. Only the case directory is there.
mkdir "$root/case"
inside --case /case
[ -z "$(ls -A "$root/case")" ] || { echo "FAIL the locale was left behind:"; ls -R "$root/case"; exit 1; }
# 3. /tmp, as on any machine.
mkdir "$root/tmp"
inside
[ -z "$(ls -A "$root/tmp")" ] || { echo "FAIL the locale was left behind"; exit 1; }
# libc's own iconv must not be in it: it would look for converters in files.
if grep -qE 'libc\.a\((iconv_open|iconv)\.o\)' "$program.map"; then
    echo "FAIL libc's iconv is linked in"
    exit 1
fi
echo "static base: all checks passed"
