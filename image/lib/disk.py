# SPDX-License-Identifier: Apache-2.0
"""Writes the disk image as an ordinary user: GPT, boot code for legacy BIOS, FAT32 start partition. No loop device, no mount.

Layout (512-byte sectors): BIOS boot partition at 1 MiB (GRUB's core image), then the start partition SHODO-BOOT. Entry 1 stays
free: the data partition is made there at the first start, physically last, because Windows before 1703 shows only the first entry of
a removable stick. All numbers that would be random are derived from the build id.
"""
import os
import struct
import uuid
import zlib
from pathlib import Path

from .debs import BuildError

SECTOR = 512
MIB = 2048  # sectors
BIOS_FIRST, BIOS_SECTORS = MIB, MIB
BOOT_FIRST = 2 * MIB
TYPE_ESP = uuid.UUID("C12A7328-F81F-11D2-BA4B-00A0C93EC93B")
TYPE_BIOS = uuid.UUID("21686148-6449-6E6F-744E-656564454649")
NAMESPACE = uuid.UUID("0e4a5d0a-7d0c-5f0e-9e57-6b4d8f7a1c55")


def gpt_entry(kind, ident, first, sectors, name):
    return (kind.bytes_le + ident.bytes_le + struct.pack("<QQQ", first, first + sectors - 1, 0)
            + name.encode("utf-16le").ljust(72, b"\0"))


def gpt_header(disk, entries, here, other, table, total):
    def pack(crc):
        return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, crc, 0, here, other, 34, total - 34, disk.bytes_le,
                           table, 128, 128, zlib.crc32(entries))
    return pack(zlib.crc32(pack(0))).ljust(SECTOR, b"\0")


def make_boot_partition(tools, path, files, sectors, serial):
    """FAT32 with the given {path: bytes}; same bytes for the same input (mkfs.fat --invariant, times from SOURCE_DATE_EPOCH)."""
    path = Path(path)
    with open(path, "wb") as f:
        f.truncate(sectors * SECTOR)
    tools.run("mkfs.fat", "--invariant", "-F", "32", "-s", "4", "-n", "SHODO-BOOT", "-i", serial, "-h", BOOT_FIRST, path)
    folders = sorted({str(p) for f in files for p in Path(f).parents if str(p) != "."})
    for d in folders:
        tools.run("mmd", "-i", path, f"::/{d}")
    stage = path.with_suffix(".file")
    for name in sorted(files):
        stage.write_bytes(files[name])
        os.utime(stage, (tools.epoch, tools.epoch))
        tools.run("mcopy", "-m", "-i", path, stage, f"::/{name}")
    stage.unlink()


def write_image(out, build_id, boot_img, core_img, boot_partition, boot_sectors):
    """The image file; returns the areas that `verify` compares: name -> (offset, size) in bytes."""
    disk = uuid.uuid5(NAMESPACE, "disk " + build_id)
    if len(core_img) > BIOS_SECTORS * SECTOR:
        raise BuildError("GRUB's core image is larger than its partition")
    entries = (b"\0" * 128
               + gpt_entry(TYPE_ESP, uuid.uuid5(NAMESPACE, "boot " + build_id), BOOT_FIRST, boot_sectors, "SHODO-BOOT")
               + gpt_entry(TYPE_BIOS, uuid.uuid5(NAMESPACE, "bios " + build_id), BIOS_FIRST, BIOS_SECTORS, "SHODO-BIOS"))
    entries = entries.ljust(128 * 128, b"\0")
    total = BOOT_FIRST + boot_sectors + MIB
    boot, core = bytearray(boot_img), bytearray(core_img)
    struct.pack_into("<Q", boot, 0x5C, BIOS_FIRST)  # kernel_sector: where core.img begins
    boot[0x66:0x68] = b"\x90\x90"  # no "which drive" guess, as grub-bios-setup patches it
    struct.pack_into("<QHH", core, 500, BIOS_FIRST + 1, (len(core) + 511) // 512 - 1, 0x820)  # block list of the first sector
    protective = struct.pack("<B3sB3sII", 0x80, b"\0\2\0", 0xEE, b"\xff\xff\xff", 1, min(total - 1, 0xFFFFFFFF))  # active: old BIOSes
    mbr = bytes(boot[:440]) + disk.bytes[:4] + b"\0\0" + protective + b"\0" * 48 + b"\x55\xaa"
    with open(out, "wb") as f:
        f.truncate(total * SECTOR)
        f.write(mbr + gpt_header(disk, entries, 1, total - 1, 2, total) + entries)
        f.seek(BIOS_FIRST * SECTOR)
        f.write(core)
        f.seek(BOOT_FIRST * SECTOR)
        with open(boot_partition, "rb") as p:
            while chunk := p.read(1 << 20):
                if chunk.count(0) == len(chunk):
                    f.seek(len(chunk), 1)
                else:
                    f.write(chunk)
        f.seek((total - 33) * SECTOR)
        f.write(entries + gpt_header(disk, entries, total - 1, 1, total - 33, total))
    return {"mbr_code": (0, 440), "bios_boot": (BIOS_FIRST * SECTOR, BIOS_SECTORS * SECTOR),
            "boot_partition": (BOOT_FIRST * SECTOR, boot_sectors * SECTOR)}
