#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Unpacks the real volumes of ../shared/testdata for the evidence tests: evidence_data.sh TESTDATA OUT
# Nothing is an error when the data is not there: the tests then say that they skip.
set -euo pipefail
from=$1 out=$2
mkdir -p "$out"
if [ ! -d "$from/ntfs" ]; then
    echo "no test data at $from: tests on real volumes will skip"
    exit 0
fi
make() { # TARGET COMMAND…: writes TARGET.part, then renames
    local target=$1
    shift
    [ -s "$out/$target" ] && return
    "$@" >"$out/$target.part"
    mv "$out/$target.part" "$out/$target"
}
raw() { # TARGET QCOW2, sparse
    [ -s "$out/$1" ] && return
    qemu-img convert -O raw "$2" "$out/$1.part"
    mv "$out/$1.part" "$out/$1"
}
for f in ntfs3 ntfs3_attrlist ntfs_index fat32_loop; do
    make $f.raw gzip -dc "$from/ntfs/$f.raw.gz"
done
make testfs1.raw cat "$from/ntfs/testfs1.raw"
make ntfs_mbr.vhd 7z e -so "$from/ntfs/ntfs_mbr.7z"
raw windows_volume.raw "$from/ntfs/windows_volume.qcow2"
raw vsstest.raw "$from/vss/vsstest.qcow2"
make wof_ntfs.img xz -dc "$from/wof/wof_ntfs.img.xz"
if [ ! -e "$out/bitlocker/.done" ]; then
    mkdir -p "$out/bitlocker"
    tar --sparse -xJf "$from/bitlocker/images.tar.xz" -C "$out/bitlocker"
    cp "$from/bitlocker/images.conf" "$out/bitlocker/"
    touch "$out/bitlocker/.done"
fi
ls -ls "$out"
