# SPDX-License-Identifier: Apache-2.0
"""Test variants of the built image: the same bytes, plus a second initrd and other command-line words.

The second initrd can replace files of the first (the kernel unpacks one after the other): a root shell on the serial line, the
stand-in front end, or, for the negative control, a read-only rule that does nothing. The product itself has no test hook.
"""
import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPO / "image"))
from lib import initramfs  # noqa: E402

BOOT_OFFSET = 2 * 1024 * 1024  # the start partition, image/lib/disk.py
ROOTFS = REPO / "image/rootfs"
SERIAL_SHELL = """#!/bin/sh
[ -e /run/serial-shell ] || { : >/run/serial-shell
    while :; do setsid sh -c 'exec </dev/ttyS0 >/dev/ttyS0 2>&1; stty -echo; echo SHELL-READY; exec sh'; sleep 1; done & }
exec @RUN@/usr/lib/shodo/session.real
"""
MIRROR = "/test/mirror /dev/ttyS1 "


def mtools(tool, image, *args):
    subprocess.run([tool, "-i", f"{image}@@{BOOT_OFFSET}", *args], check=True, capture_output=True,
                   env={**os.environ, "MTOOLS_SKIP_CHECK": "1", "MTOOLSRC": "/dev/null"})


def read_file(image, name):
    return subprocess.run(["mtype", "-i", f"{image}@@{BOOT_OFFSET}", f"::/{name}"], check=True, capture_output=True,
                          env={**os.environ, "MTOOLS_SKIP_CHECK": "1", "MTOOLSRC": "/dev/null"}).stdout


def write_file(image, name, data, scratch):
    stage = Path(scratch) / "stage.bin"
    stage.write_bytes(data)
    mtools("mcopy", image, "-o", str(stage), f"::/{name}")
    stage.unlink()


def overlay(files):
    """{path: (bytes, mode)} as an uncompressed second initrd."""
    nodes = {}
    for path, (data, mode) in files.items():
        for i in range(1, path.count("/") + 1):
            nodes.setdefault("/".join(path.split("/")[:i]), (0o040755, b""))
        nodes[path] = (0o100000 | mode, data)
    return initramfs.cpio(nodes, 0)


def files_for(shell=True, protection=True, tui=None, more=None, mirror=False):
    files = {}
    if shell:
        files["usr/lib/shodo/session.real"] = ((ROOTFS / "session").read_bytes(), 0o755)
        files["usr/lib/shodo/session"] = (SERIAL_SHELL.replace("@RUN@", MIRROR if mirror else "").encode(), 0o755)
    if not protection:
        files["usr/lib/shodo/on-block"] = (b"#!/bin/sh\nexit 0\n", 0o755)
        init = (ROOTFS / "init").read_text()
        assert "blockdev --setro" in init
        files["init"] = (init.replace("|| { blockdev --setro", "|| { true").encode(), 0o755)
    if tui:
        files["usr/bin/shodo-tui"] = (Path(tui).read_bytes(), 0o755)
    files.update(more or {})
    return files


def make(image, out, scratch, files=None, cmdline="", size_mib=0, config=None):
    """A copy of the image with a second initrd and command-line words added; grown to size_mib (a bigger stick)."""
    subprocess.run(["cp", "--sparse=always", str(image), str(out)], check=True)
    if size_mib:
        with open(out, "r+b") as f:
            f.truncate(size_mib << 20)
    text = config or read_file(out, "boot/grub/grub.cfg").decode()
    if files:
        write_file(out, "shodo/test.img", overlay(files), scratch)
        text = text.replace("initrd /shodo/initrd.img", "initrd /shodo/initrd.img /shodo/test.img")
    if not files and not cmdline and not config:
        return Path(out)
    text = text.replace(" shodo.boot=", f" {cmdline} shodo.boot=")
    for name in ("boot/grub/grub.cfg", "EFI/debian/grub.cfg"):
        write_file(out, name, text.encode(), scratch)
    return Path(out)
