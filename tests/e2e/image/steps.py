# SPDX-License-Identifier: Apache-2.0
"""What the boot tests share: the image under test, the walk through the first screens, the attempts to write."""
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import variant
from lib.vm import Machine, VmError  # noqa: F401  (image/lib, put on the path by variant)

REPO = variant.REPO
HERE = Path(__file__).resolve().parent
OUT = Path(os.environ.get("SHODO_TEST_IMAGE_DIR", REPO / "build/image-test"))
STICK_MIB = 700
NOT_IN_IMAGE = ("boot", "verify", "card", "vm.py")  # of image/: changing them makes no other image
STANDIN = HERE / "standin-tui"
checks = []


def check(ok, text):
    checks.append(bool(ok))
    print(f"  {'ok  ' if ok else 'FAIL'} {text}", flush=True)
    return ok


def skip(text):
    print(f"skipped: {text}")
    sys.exit(77)


def need_programs():
    for p in ("qemu-system-x86_64", "mcopy", "apt-get", "dpkg-deb"):
        if not shutil.which(p):
            skip(f"'{p}' is not installed (image/packages)")


def image(build):
    """The image under test, built once with weak compression from the static programs of the test build."""
    OUT.mkdir(parents=True, exist_ok=True)
    with open(OUT / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        engine, tui = programs(build)
        stamp = json.dumps([str(engine), os.stat(engine).st_mtime_ns, str(tui), os.stat(tui).st_mtime_ns,
                            sorted((str(p), p.stat().st_mtime_ns) for folder in ("image", "rules") for p in (REPO / folder).rglob("*")
                                   if p.is_file() and "__pycache__" not in p.parts and p.name not in NOT_IN_IMAGE)])
        img = OUT / "shodo-usb.img"
        if img.exists() and (OUT / ".stamp").exists() and (OUT / ".stamp").read_text() == stamp:
            return img
        (OUT / ".stamp").unlink(missing_ok=True)
        extra = ["--cache", os.environ["SHODO_TEST_DEBS"]] if "SHODO_TEST_DEBS" in os.environ else []
        r = subprocess.run([REPO / "image/build", "--fast", "--out", OUT, "--engine", engine, "--tui", tui, *extra], capture_output=True, text=True)
        print(r.stderr)
        if r.returncode != 0:
            if "Could not resolve" in r.stderr or "Failed to fetch" in r.stderr or "has no Debian mirror" in r.stderr:
                skip("the Debian mirror cannot be reached")
            sys.exit("image/build failed")
        (OUT / ".stamp").write_text(stamp)
        return img


def programs(build):
    """shodo and shodo-tui of the test build."""
    found = []
    for name in ("shodo", "shodo-tui"):
        hits = [p for p in Path(build).rglob(name) if p.is_file() and os.access(p, os.X_OK)] if build and Path(build).is_dir() else []
        if not hits:
            sys.exit(f"no static program '{name}' in '{build}': build it first (tests/run does)")
        found.append(hits[0])
    return found


def ext4_modules():
    """The modules a careless image would have: with them a mount "-o ro" replays a journal. Test overlays only."""
    root = OUT / "work/root/usr/lib/modules"
    kernel = next(iter(root.iterdir()))
    import lzma
    files = {}
    for name in ("crypto/crc32c_generic", "lib/crc16", "fs/mbcache", "fs/jbd2/jbd2", "fs/ext4/ext4"):
        p = kernel / f"kernel/{name}.ko.xz"
        if p.exists():
            files[f"test/{p.name[:-3]}"] = (lzma.decompress(p.read_bytes()), 0o644)
    return files


ATTEMPTS = r"""#!/bin/sh
# as root: every way to write that lies at hand, on every disk but the stick; prints what worked
for m in crc32c_generic crc16 mbcache jbd2 ext4; do insmod /test/$m.ko 2>/dev/null; done
cat /proc/crypto | grep -q crc32c || modprobe crc32c-intel
mkdir -p /tmp/m
stick counters | cut -d'#' -f1 >/tmp/targets
for d in $(cat /tmp/targets); do
    for p in /sys/block/$d/$d*; do
        n=/dev/${p##*/}
        [ -b $n ] || continue
        mount -t ext4 -o ro $n /tmp/m 2>/dev/null && { echo "MOUNTED $n"; umount /tmp/m; }
        swapon $n 2>/dev/null && { echo "SWAP $n"; swapoff $n; }
        busybox mkswap $n >/dev/null 2>&1 && echo "MKSWAP $n"
    done
    echo x | busybox dd of=/dev/$d bs=1 seek=1000000 conv=notrunc,fsync 2>/dev/null && echo "DD $d"
    busybox blkdiscard -o 2097152 -l 1048576 /dev/$d 2>/dev/null && echo "DISCARD $d"
    echo y >/dev/$d 2>/dev/null && echo "REDIRECT $d"
    /usr/lib/shodo/mkfs.exfat /dev/$d >/dev/null 2>&1 && echo "MKFS $d"
done
sync
echo ATTEMPTS-END
"""


def make_stick(img, work, name="stick.img", extra=None, **options):
    more = {**ext4_modules(), **(extra or {})}
    more["test/attempts"] = (ATTEMPTS.encode(), 0o755)
    files = variant.files_for(tui=STANDIN, more=more, **options)
    return variant.make(img, work / name, work, files, "console=ttyS0,115200", size_mib=STICK_MIB)


def recipient(work):
    """A support desk's certificate, for the second initrd."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                    "/CN=test support desk", "-keyout", str(work / "desk.key"), "-out", str(work / "desk.pem")], check=True, capture_output=True)
    return {"test/desk.pem": ((work / "desk.pem").read_bytes(), 0o644)}


class Walk:
    """A machine and where we are in it."""

    def __init__(self, vm, shots=None, mirror=None):
        self.vm, self.shots, self.mirror = vm, shots, mirror

    def shot(self, name):
        if self.shots:
            self.vm.screenshot(Path(self.shots) / f"{name}.png")

    def screen_text(self):
        return self.mirror.settle() if self.mirror else ""

    def ready(self, seconds=900):
        """Until the boot screen waits for Enter; returns seconds since the start."""
        self.vm.wait_for("SHELL-READY", seconds)
        self.until("cat /run/shodo/stage", "ready", seconds)
        self.until("[ $(cat /run/shodo/screen) != splash ] && echo SHOWN", "SHOWN", seconds)
        time.sleep(1)
        return time.monotonic() - self.vm.began

    def until(self, command, want, seconds):
        end = time.monotonic() + seconds
        while True:
            _, out = self.vm.shell(command, seconds=60)
            if want in out:
                return out
            if time.monotonic() > end:
                raise VmError(f"'{command}' never showed '{want}', last: {out}")
            time.sleep(0.7)

    def status(self):
        _, out = self.vm.shell("stick status --json")
        return json.loads(re.search(r"\{.*\}", out)[0])

    def counters(self):
        _, out = self.vm.shell("stick counters --json")
        return json.loads(re.search(r"\[.*\]", out)[0])

    def env(self):
        _, out = self.vm.shell("cat /run/shodo/image.env")
        return dict(re.findall(r'^>? ?(\w+)="?([^"\n]*)"?$', out, re.M))

    def screen(self):
        return self.vm.shell("cat /run/shodo/screen")[1].split()[-1:][0]

    def to_front_end(self, grow=True, seconds=900):
        """Through boot screen and notices by Enter, making the data area by its code (or not), until the front end runs."""
        end = time.monotonic() + seconds
        seen = []
        while True:
            name = self.screen()
            if name == "front-end":
                break
            if time.monotonic() > end:
                raise VmError(f"the front end did not start; screens so far: {seen}")
            if name != (seen or [""])[-1]:
                seen.append(name)
                time.sleep(1.5)
                self.shot(f"screen-{name}")
                if name == "prepare" and grow:
                    self.vm.keys("text:" + self.status()["confirm"].lower())
                if name != "splash":
                    self.vm.keys("ret")
            time.sleep(1)
        check(self.status()["state"] == ("mounted" if grow is not None else "no-data"), f"front end runs, data area mounted; screens: {' '.join(seen)}")
        return seen

    def leave(self, quit_keys, seconds=900):
        """Quits the front end; the end screen; power-off."""
        self.vm.keys(*quit_keys)
        self.until("cat /run/shodo/stick-state", "ejected", seconds)
        time.sleep(2)
        self.shot("end")
        log = self.vm.shell("tail -n 3 /run/shodo/log")[1]
        counters = self.counters()
        self.vm.keys("ret")
        return log, counters


def scratch():
    return tempfile.TemporaryDirectory(prefix="shodo-image-", dir=os.environ.get("SHODO_TEST_TMP"))


def finish(name):
    bad = checks.count(False)
    print(f"{name}: {len(checks)} checks, {bad} failed")
    sys.exit(1 if bad or not checks else 0)
