# SPDX-License-Identifier: Apache-2.0
"""Internal disks for the boot tests: each invites a write in its own way. Made as an ordinary user, no mount."""
import hashlib
import os
import shutil
import struct
import subprocess
import uuid
import zlib
from pathlib import Path

MIB = 2048
NTFS_TYPE = uuid.UUID("EBD0A0A2-B9E5-4433-87C0-68B6B72699C7")
LINUX_TYPE = uuid.UUID("0FC63DAF-8483-4772-8E79-3D69D8477DE4")
SWAP_TYPE = uuid.UUID("0657FD6D-A4AB-43C4-84E5-0933C84B4F4F")


def run(*args, data=None):
    r = subprocess.run([str(a) for a in args], input=data, capture_output=True,
                       env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin", "LC_ALL": "C"})
    if r.returncode != 0:
        raise RuntimeError(f"{args[0]}: {r.stderr.decode(errors='replace')}")
    return r.stdout


def sha256(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        while chunk := f.read(1 << 20):
            h.update(chunk)
    return h.hexdigest()


def gpt(path, parts):
    """A GPT disk from [(type, file with the partition's content)]."""
    sizes = [(Path(p).stat().st_size + 511) // 512 for _, p in parts]
    first, at = [], MIB
    for s in sizes:
        first.append(at)
        at += (s + MIB - 1) // MIB * MIB
    total = at + MIB
    entries = b"".join(t.bytes_le + uuid.uuid5(t, f"{path}{i}").bytes_le + struct.pack("<QQQ", first[i], first[i] + sizes[i] - 1, 0) + b"\0" * 72
                       for i, (t, _) in enumerate(parts)).ljust(128 * 128, b"\0")

    def head(here, other, table):
        def pack(crc):
            return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, crc, 0, here, other, 34, total - 34,
                               uuid.uuid5(NTFS_TYPE, str(path)).bytes_le, table, 128, 128, zlib.crc32(entries))
        return pack(zlib.crc32(pack(0))).ljust(512, b"\0")
    with open(path, "wb") as f:
        f.truncate(total * 512)
        f.seek(446)
        f.write(struct.pack("<B3sB3sII", 0, b"\0\2\0", 0xEE, b"\xff\xff\xff", 1, total - 1))
        f.seek(510)
        f.write(b"\x55\xaa" + head(1, total - 1, 2) + entries)
        for i, (_, p) in enumerate(parts):
            f.seek(first[i] * 512)
            with open(p, "rb") as src:
                shutil.copyfileobj(src, f, 1 << 20)
        f.seek((total - 33) * 512)
        f.write(entries + head(total - 1, 1, total - 33))
    return Path(path)


def dirty_ntfs(path, mib=48, asleep=False):
    """NTFS with the "dirty" flag of $Volume set, as after a crash; asleep: with the mark of hibernation or Fast Startup."""
    with open(path, "wb") as f:
        f.truncate(mib << 20)
    run("mkntfs", "-q", "-F", "-L", "Windows", path)
    if asleep:
        image = Path(f"{path}.hiberfil")
        image.write_bytes(b"HIBR" + os.urandom(1 << 20))
        run("ntfscp", "-f", "-q", path, image, "hiberfil.sys")
        image.unlink()
    return set_dirty(path)


def set_dirty(path):
    """Sets the flag in an NTFS volume without a partition table."""
    with open(path, "r+b") as f:
        boot = f.read(512)
        cluster = struct.unpack_from("<H", boot, 11)[0] * boot[13]
        record = struct.unpack_from("<Q", boot, 48)[0] * cluster + 3 * 1024  # $Volume
        f.seek(record)
        rec = bytearray(f.read(1024))
        at = struct.unpack_from("<H", rec, 20)[0]
        while struct.unpack_from("<I", rec, at)[0] != 0x70:  # VOLUME_INFORMATION
            at += struct.unpack_from("<I", rec, at + 4)[0]
        flags = at + struct.unpack_from("<H", rec, at + 20)[0] + 10
        assert flags % 512 < 510
        rec[flags] |= 1
        for at in (record, struct.unpack_from("<Q", boot, 56)[0] * cluster + 3 * 1024):  # as Windows does: in $MFTMirr too
            f.seek(at)
            f.write(rec)
    return Path(path)


def dirty_ext4(path, mib=32):
    """ext4 with a transaction in its journal that a mount would replay, even a mount "-o ro"."""
    with open(path, "wb") as f:
        f.truncate(mib << 20)
    run("mke2fs", "-q", "-F", "-t", "ext4", "-O", "^metadata_csum", path)
    block = Path(f"{path}.block")
    block.write_bytes(b"journal" * 100)
    # a file's block goes through the journal: open, write one block, close without a checkpoint
    run("debugfs", "-w", "-f", "-", path, data=f"jo\njw -b 8000 {block}\njc\n".encode())
    block.unlink()
    if b"needs_recovery" not in run("dumpe2fs", "-h", path):
        raise RuntimeError("the ext4 journal did not become dirty")
    return Path(path)


def swap(path, mib=8):
    with open(path, "wb") as f:
        f.truncate(mib << 20)
    run("mkswap", path)
    return Path(path)


def standard_set(folder, stick_image, bitlocker=None):
    """[(bus, path)]: NVMe with an NTFS that is dirty and asleep, AHCI with dirty ext4 and swap, a disk that is a copy of the stick, a BitLocker volume."""
    folder = Path(folder)
    nvme = gpt(folder / "nvme.img", [(NTFS_TYPE, dirty_ntfs(folder / "ntfs.part", asleep=True))])
    ahci = gpt(folder / "ahci.img", [(LINUX_TYPE, dirty_ext4(folder / "ext4.part")), (SWAP_TYPE, swap(folder / "swap.part"))])
    twin = folder / "twin.img"
    subprocess.run(["cp", "--sparse=always", str(stick_image), str(twin)], check=True)
    disks = [("nvme", nvme), ("ahci", ahci), ("ahci", twin)]
    if bitlocker and Path(bitlocker).exists():
        own = folder / "bitlocker.img"
        subprocess.run(["cp", "--sparse=always", str(bitlocker), str(own)], check=True)
        disks.append(("virtio", own))
    return disks
