# SPDX-License-Identifier: Apache-2.0
"""The boot tests. Each gets (image, scratch folder, folder of test disks)."""
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import disks
import fullpath
import looks
import pull
import variant
from fullpath import attempts
from steps import OUT, REPO, STANDIN, STICK_MIB, Walk, check, make_stick, programs, recipient, skip
from lib.vm import Machine, VmError

SHOTS = os.environ.get("SHODO_TEST_SHOTS")


def hashes(internal):
    return [disks.sha256(path) for _, path in internal]


CASE = "/data/cases/試験"


def engine_run(walk, disk_bytes):
    """In the guest: sources, case, triage of the drill disk, collect into a sealed bundle on the data area."""
    vm = walk.vm
    _, out = vm.shell("shodo sources", 60)
    print("   ", "\n    ".join(out.splitlines()[:12]))
    _, out = vm.shell(f"for d in /sys/block/*; do [ $(($(cat $d/size) * 512)) -eq {disk_bytes} ] && echo DISK ${{d##*/}}; done")
    node = re.search(r"DISK (\w+)", out)[1]
    code, out = vm.shell(f"shodo case new {CASE} --drill", 60)
    check(code == 0, f"case made on the stick ({code})")
    began = time.monotonic()
    code, out = vm.shell(f"shodo triage /dev/{node} --case {CASE} --name DRILL-PC --profile quick 2>/run/triage.log", 420)
    check(code in (0, 1, 3), f"triage of the drill disk in the stick's system: exit {code}, {time.monotonic() - began:.0f} s: {vm.shell('tail -n 1 /run/triage.log')[1][-100:]}")
    endpoint = (re.search(r"endpoints/([0-9a-f]{12})", vm.shell(f"echo {CASE}/endpoints/*")[1]) or ["", "none"])[1]
    _, out = vm.shell(f"wc -l <{CASE}/endpoints/{endpoint}/findings.jsonl")
    check(int((re.findall(r"\d+", out) or ["0"])[-1]) > 5, f"findings of endpoint {endpoint}: {out.split()[-1]}")
    began = time.monotonic()
    code, out = vm.shell(f"mkdir -p {CASE}/endpoints/{endpoint}/out; shodo collect --case {CASE} --endpoint {endpoint} --recipient /test/desk.pem "
                         f"--out {CASE}/endpoints/{endpoint}/out 2>/run/collect.log", 420)
    check(code in (0, 1, 3), f"sealed bundle on the stick: exit {code}, {time.monotonic() - began:.0f} s: {vm.shell('tail -n 1 /run/collect.log')[1][-100:]}")
    code, out = vm.shell(f"shodo journal verify --case {CASE}", 60)
    check(code == 0, "the journal verifies in the stick's system")
    return endpoint


def real_engine(vm):
    return "shodo" in vm.shell("shodo --version")[1]


def negative(img, work, data):
    stick = make_stick(img, work, protection=False)
    internal = disks.standard_set(work, img)
    before = hashes(internal)
    with Machine(stick, firmware="uefi", memory=1024, disks=internal) as vm:
        walk = Walk(vm)
        walk.ready()
        check(any(not c["read_only"] for c in walk.counters()), "the protection is off in this variant")
        time.sleep(2)
        walk.shot("protection-off")
        worked = attempts(walk)
        check(any(w.startswith("DD") for w in worked), f"attempts work without the protection: {len(worked)}")
        check(any(w.startswith("MOUNTED") for w in worked), "ext4 with a dirty journal mounts -o ro")
        check(any(c["writes"] for c in walk.counters()), "the write counters see it")
    after = hashes(internal)
    check(all(a != b for a, b in zip(before, after)), "every hash changed: the test can fail")


def tamper(img, work, data):
    # Secure Boot: one byte of the kernel
    bad = variant.make(img, work / "kernel.img", work, variant.files_for(tui=STANDIN), "console=ttyS0,115200", size_mib=STICK_MIB)
    kernel = bytearray(variant.read_file(bad, "shodo/vmlinuz"))
    kernel[len(kernel) // 2] ^= 1
    variant.write_file(bad, "shodo/vmlinuz", bytes(kernel), work)
    with Machine(bad, firmware="secure", memory=1024) as vm:
        vm.wait_for("Cannot start: files of this stick are damaged", 600)
        check(b"SHELL-READY" not in vm.heard, "a changed kernel does not start under Secure Boot, and the screen says what to do")
        time.sleep(3)
        if SHOTS:
            vm.screenshot(Path(SHOTS) / "tampered-kernel.png")
        vm.keys("esc")
        check(vm.wait_end(60), "Esc: the machine powers off, no menu, no other disk is started")
    # a firmware that does not know the third-party key: it says so, and no internal disk is started instead
    with Machine(img, firmware="refuses", memory=1024) as vm:
        vm.wait_for("Access Denied", 900)
        check(True, "Secure Boot without the third-party key: the firmware refuses the stick")
        time.sleep(2)
        if SHOTS:
            vm.screenshot(Path(SHOTS) / "refused.png")
    # one byte of the initramfs: still starts, other phrase
    phrases = []
    for change in (False, True):
        stick = make_stick(img, work, f"initramfs-{change}.img")
        if change:
            raw = bytearray(subprocess.run(["zstd", "-dc"], input=variant.read_file(stick, "shodo/initrd.img"), capture_output=True, check=True).stdout)
            at = raw.index("病院のための".encode()) if "病院のための".encode() in raw else raw.index(b"#!/bin/sh") + 1
            raw[at + 2] ^= 1
            packed = subprocess.run(["zstd", "-3", "-c"], input=bytes(raw), capture_output=True, check=True).stdout
            variant.write_file(stick, "shodo/initrd.img", packed, work)
        with Machine(stick, firmware="uefi", memory=1024) as vm:
            walk = Walk(vm)
            walk.ready()
            phrases.append(walk.env()["SHODO_PHRASE"])
    check(phrases[0] != phrases[1] and all(phrases), f"one byte of the initramfs changes the phrase: {phrases[0]} / {phrases[1]}")


WRITER = r"""#!/bin/sh
# writes numbered files by the rule of the case folder (part, fsync, rename, fsync), then lists each by digest
mkdir -p /data/cases/cut; i=0
id=$(head -c 4 /dev/urandom | hexdump -e '4/1 "%02x"')
while :; do
    i=$((i + 1)); n=/data/cases/cut/$id-$i
    head -c $((i * 7919 % 900000 + 1000)) /dev/urandom >$n.part; sync $n.part
    s=$(sha256sum <$n.part | cut -c1-64)
    mv $n.part $n.bin; sync /data/cases/cut; echo "$s  ${n##*/}.bin" >>/data/cases/cut/LIST; sync /data/cases/cut/LIST
done
"""


SEALER = r"""#!/bin/sh
# seals one bundle after the other; a finished one is listed
c=/data/cases/試験
e=$(ls $c/endpoints)
id=$(head -c 4 /dev/urandom | hexdump -e '4/1 "%02x"')
i=0
while :; do
    i=$((i + 1)); o=$c/endpoints/$e/out/$id-$i
    mkdir -p $o
    shodo collect --case $c --endpoint $e --recipient /test/desk.pem --out $o >/dev/null 2>&1 || exit
    echo "$o" >>/data/cases/SEALED; sync /data/cases/SEALED
done
"""

CHECK_SEALED = r"""#!/bin/sh
# after a cut: every listed bundle verifies, the journal verifies, the case opens
c=/data/cases/試験
ok=0 all=0
while read -r o; do all=$((all + 1)); shodo verify $o >/run/verify.txt 2>&1 && ok=$((ok + 1)) || cat /run/verify.txt; done </data/cases/SEALED
shodo journal verify --case $c >/run/journal.txt 2>&1; j=$?
shodo case show --case $c >/run/case.txt 2>&1; s=$?
head -c 300 /run/journal.txt; echo
echo "SEALED $ok of $all journal=$j case=$s"
"""


def powercut(img, work, data):
    more = {"test/writer": (WRITER.encode(), 0o755), "test/sealer": (SEALER.encode(), 0o755), "test/check": (CHECK_SEALED.encode(), 0o755)}
    stick = make_stick(img, work, extra={**more, **recipient(work)})
    drill = data / "drill.img" if data else None
    internal = [("virtio", drill, ",snapshot=on")] if drill and drill.exists() else []
    seed = int(os.environ.get("SHODO_TEST_SEED", time.time_ns() % 100000))
    rng = random.Random(seed)
    rounds = int(os.environ.get("SHODO_TEST_CUTS", 10))
    print(f"  seed {seed}")
    sealing = False
    for i in range(rounds + 1):
        with Machine(stick, firmware="uefi", memory=1024, stick_snapshot=False, disks=internal) as vm:
            walk = Walk(vm)
            walk.ready()
            walk.to_front_end()
            if i == 0:
                sealing = bool(internal) and real_engine(vm)
                if sealing:
                    engine_run(walk, drill.stat().st_size)
            else:
                _, out = vm.shell("(cd /data/cases/cut; sha256sum -c LIST 2>/dev/null | grep -c OK; wc -l <LIST; ls *.bin | wc -l)", 120)
                ok, listed, there = [int(n) for n in re.findall(r"^>? ?(\d+)$", out, re.M)][-3:]
                check(ok == listed and there >= listed, f"cut {i}: {ok} of {listed} listed files are whole, {there} files there; "
                      + vm.shell("grep fsck /run/shodo/log")[1].replace("> ", ""))
                if sealing:
                    _, out = vm.shell("/test/check", 240)
                    m = re.search(r"SEALED (\d+) of (\d+) journal=(\d) case=(\d)", out)
                    check(m and m[1] == m[2] and m[3] == m[4] == "0", f"cut {i}: {m[0] if m else out[-300:]}")
                    if not m or m[3] != "0" or m[1] != m[2]:
                        print(out)
            if i < rounds:
                vm.shell("/test/writer >/dev/null 2>&1 &" + (" /test/sealer >/dev/null 2>&1 &" if sealing else ""))
                time.sleep(3 + rng.random() * 15)
                vm.kill()


def twosticks(img, work, data):
    one, two = make_stick(img, work, "one.img"), make_stick(img, work, "two.img")
    evidence = work / "hot.img"
    if data is None:
        skip("no folder of test disks")
    subprocess.run(["cp", "--sparse=always", str(data / "drill.img"), str(evidence)], check=True)
    digest = disks.sha256(evidence)
    second = Machine.stick_args("stick1", two, False, serial="SECOND9Z8Y")
    with Machine(one, firmware="uefi", memory=1024, stick_snapshot=False, extra=second) as vm:
        walk = Walk(vm, SHOTS)
        vm.wait_for("SHELL-READY", 120)
        walk.until("cat /run/shodo/stick-state", "ambiguous", 60)
        walk.until("ls /run/shodo", "choices", 60)
        time.sleep(2)
        walk.shot("two-sticks")
        listed = vm.shell("cat /run/shodo/choices")[1]
        check("STICK0A1B2" in listed and "SECOND9Z8Y" in listed, "both are offered, by size, model and serial")
        pick = next(i for i, line in enumerate(re.findall(r"sd\S+ .*", listed), 1) if "STICK0A1B2" in line)
        vm.keys(str(pick))
        time.sleep(3)
        check(walk.status()["serial"] == "STICK0A1B2", "nothing is done before a person has chosen; then the chosen one is ours")
        walk.to_front_end()
        check(all(c["read_only"] for c in walk.counters()), "the other stick stays read-only")
        # a disk comes during the run, on USB, as a suspect disk in an adapter would
        vm.command("blockdev-add", **{"driver": "raw", "node-name": "hot", "file": {"driver": "file", "filename": str(evidence)}})
        vm.command("device_add", driver="usb-storage", bus="xhci.0", id="hotdev", drive="hot", serial="EVIDENCE01")
        walk.until("stick counters", "sdc", 30)
        time.sleep(1)
        hot = [c for c in walk.counters() if c["serial"] == "EVIDENCE01"]
        check(hot and hot[0]["read_only"], "the plugged-in disk is read-only at once")
        check(not attempts(walk), "writing to it is refused")
        # plan B: the disk of a PC that does not start from USB, in an adapter on a clean PC
        vm.shell("shodo case new /data/cases/b --drill", 600)
        code, out = vm.shell(f"shodo triage /dev/{hot[0]['disk']} --case /data/cases/b --name ADAPTER --profile quick 2>&1 | tail -n 1; wc -l <$(echo /data/cases/b/endpoints/*/findings.jsonl)", 900)
        check(int(out.split()[-1]) > 5, f"plan B: the disk in the adapter is examined: {out.split()[-1]} findings")
        check(all(c["writes"] == c["discards"] == 0 for c in walk.counters()), "and not written")
        walk.leave(["q"])
        check(vm.wait_end(40), "powers off")
    check(disks.sha256(evidence) == digest, "the plugged-in disk is unchanged")
    # afterwards both differ: the grown one has its own identity and is found without asking
    with Machine(one, firmware="bios", memory=1024, stick_snapshot=False, extra=second) as vm:
        walk = Walk(vm)
        walk.ready()
        check(walk.status()["serial"] == "STICK0A1B2" and walk.status()["state"] == "data", "the used stick is recognised beside a new one (BIOS)")


def poke(path, offset):
    """One bit of one byte changed."""
    with open(path, "r+b") as f:
        f.seek(offset)
        b = f.read(1)
        f.seek(offset)
        f.write(bytes([b[0] ^ 1]))


def table(stick, how, line):
    """Changes the partition table of a stick that is larger than the image."""
    disks.run("sfdisk", "--relocate", "gpt-bak-std", stick)
    disks.run("sfdisk", how, stick, data=line.encode() + b"\n")


def fat_data(stick, work):
    """Entry 1 as the first start makes it, but FAT: a firmware would look for a boot loader there."""
    table(stick, "-N1", "start=335872,size=204800,type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7")
    part = work / "fat.part"
    with open(part, "wb") as f:
        f.truncate(204800 * 512)
    disks.run("mkfs.fat", "-F", "32", part)
    with open(stick, "r+b") as f:
        f.seek(335872 * 512)
        f.write(part.read_bytes()[:65536])


def release(img, work, data):
    """Built again from its manifest: bit-identical; signed; verify tells equal, extra files and changes apart."""
    engine, tui = programs(sys.argv[2])
    old = OUT / "shodo-usb.manifest.json"
    cert, key = work / "sign.pem", work / "sign.key"
    for c, k in ((cert, key), (work / "other.pem", work / "other.key")):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                        f"/CN=test release {c.stem}", "-keyout", k, "-out", c], check=True, capture_output=True)
    again = work / "again"
    cache = os.environ.get("SHODO_TEST_DEBS", str(OUT / "cache"))
    subprocess.run([REPO / "image/build", "--fast", "--out", again, "--cache", cache, "--manifest", old, "--engine", engine, "--tui", tui,
                    "--sign-key", key, "--sign-cert", cert], check=True, capture_output=True)
    new = again / "shodo-usb.img"
    check(disks.sha256(new) == disks.sha256(img), f"built twice from one manifest and cache: bit-identical ({disks.sha256(img)[:16]})")

    def verify(stick, *options):
        r = subprocess.run([REPO / "image/verify", "--manifest", again / "shodo-usb.manifest.json", *options, stick], capture_output=True, text=True)
        return r.returncode, r.stdout.strip().splitlines()[-1]
    signed = ("--signature", again / "shodo-usb.manifest.p7s", "--trust")
    check(verify(new, *signed, cert)[0] == 0, "verify: equal, signature good")
    check(verify(new, *signed, work / "other.pem")[0] == 1, "verify: another signer's certificate is refused")
    used = variant.make(img, work / "used.img", work)
    variant.write_file(used, "WPSettings.dat", b"written by another system", work)
    check(verify(used)[0] == 3, "verify: an extra file beside equal boot files is told apart")
    for name, offset in (("boot code", 100), ("GRUB", (1 << 20) + 5000)):
        bad = variant.make(img, work / "bad.img", work)
        poke(bad, offset)
        check(verify(bad)[0] == 1, f"verify: one changed byte in the {name} is found")
    bad = variant.make(img, work / "bad.img", work)
    variant.write_file(bad, "EFI/debian/grub.cfg", b"menuentry 'x' {}", work)
    check(verify(bad)[0] == 1, "verify: a changed grub.cfg is found")
    for what, change in (("a second start partition in the free area", lambda p: table(p, "--append", "start=400000,size=20000,type=U")),
                         ("the start partition's entry moved", lambda p: table(p, "-N2", "start=400000,size=20000,type=U")),
                         ("a FAT data partition", lambda p: fat_data(p, work)), ("a broken table", lambda p: poke(p, 600)),
                         ("a partition in the first sector", lambda p: poke(p, 466))):
        bad = variant.make(img, work / "bad.img", work, size_mib=STICK_MIB)
        change(bad)
        code, text = verify(bad)
        check(code == 1, f"verify: {what} is found")
    manifest = again / "shodo-usb.manifest.json"
    manifest.write_text(manifest.read_text().replace('"suite": "trixie"', '"suite": "sid"'))
    check(verify(new, *signed, cert)[0] == 1, "verify: a changed manifest is found by its signature")


CASES = {"release": release, "secure": fullpath.secure, "uefi": fullpath.uefi, "bios": fullpath.bios, "nokey": fullpath.nokey, "negative": negative, "tamper": tamper,
         "powercut": powercut, "unplug": pull.unplug, "unplugscan": pull.unplug_scan, "diskgone": pull.disk_gone, "twosticks": twosticks, "small": fullpath.small, "looks": looks.looks}
