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
import variant
from steps import ATTEMPTS, HERE, OUT, REPO, STICK_MIB, Walk, check, ext4_modules, programs
from lib.vm import Machine, VmError

SHOTS = os.environ.get("SHODO_TEST_SHOTS")
STANDIN = HERE / "standin-tui"


def make_stick(img, work, name="stick.img", extra=None, **options):
    more = {**ext4_modules(), **(extra or {})}
    more["test/attempts"] = (ATTEMPTS.encode(), 0o755)
    files = variant.files_for(tui=STANDIN, more=more, **options)
    return variant.make(img, work / name, work, files, "console=ttyS0,115200", size_mib=STICK_MIB)


def hashes(internal):
    return [disks.sha256(path) for _, path in internal]


def attempts(walk):
    walk.vm.heard = b""
    code, out = walk.vm.shell("/test/attempts", seconds=120)
    return [line for line in out.splitlines() if re.match(r"(MOUNTED|SWAP|MKSWAP|DD|DISCARD|REDIRECT|MKFS) ", line)]


def read_back(stick, work):
    """The data area's files as another program (sleuthkit) sees them on the computer that gets the stick."""
    out = work / "taken"
    table = disks.run("sfdisk", "-d", stick).decode()
    start = int(re.search(r"start=\s*(\d+), size=\s*\d+, type=EBD0", table)[1])
    subprocess.run(["tsk_recover", "-a", "-o", str(start), str(stick), str(out)], check=True, capture_output=True)
    return {str(p.relative_to(out)): p for p in out.rglob("*") if p.is_file()}


CASE = "/data/cases/試験"


def recipient(work):
    """A support desk's certificate, for the second initrd."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
                    "/CN=test support desk", "-keyout", str(work / "desk.key"), "-out", str(work / "desk.pem")], check=True, capture_output=True)
    return {"test/desk.pem": ((work / "desk.pem").read_bytes(), 0o644)}


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


def engine_outside(taken, work, build):
    """On the computer that gets the stick: the bundle verifies with our program and opens with openssl, sha256sum and unzip."""
    shodo, _ = programs(build)
    root = work / "taken"
    case = next(p for p in root.rglob("cases/試験") if p.is_dir())
    out = next(p for p in case.rglob("out") if p.is_dir())
    r = subprocess.run([str(shodo), "journal", "verify", "--case", str(case)], capture_output=True, text=True)
    check(r.returncode == 0, f"outside: the journal verifies: {(r.stdout + r.stderr).strip()[-90:]}")
    bundle = next(iter(sorted(out.glob("*.cms*")) or sorted(out.iterdir())))
    r = subprocess.run([str(shodo), "verify", str(out)], capture_output=True, text=True)
    check(r.returncode == 0, f"outside: the bundle verifies ({bundle.name}): {(r.stdout + r.stderr).strip()[-90:]}")
    dest = work / "opened"
    r = subprocess.run([str(REPO / "tests/e2e/bundle_open"), str(out), str(work / "desk.key"), str(work / "desk.pem"), str(dest)],
                       capture_output=True, text=True)
    print("    " + "\n    ".join((r.stdout + r.stderr).strip().splitlines()[-8:]))
    check(r.returncode == 0 and any(dest.rglob("bagit.txt")), "outside: the bundle opens with openssl, sha256sum, unzip and a BagIt tool")


def real_engine(vm):
    return "shodo" in vm.shell("shodo --version")[1]


def full_path(firmware):
    def case(img, work, data):
        stick = make_stick(img, work, extra=recipient(work))
        internal = disks.standard_set(work, img, data / "bitlocker.img" if data else None)
        drill = data / "drill.img" if data else None
        if drill and drill.exists():
            subprocess.run(["cp", "--sparse=always", str(drill), str(work / "drill.img")], check=True)
            internal.append(("virtio", work / "drill.img"))
        before = hashes(internal)
        with Machine(stick, firmware=firmware, memory=1024, disks=internal, stick_snapshot=False) as vm:
            walk = Walk(vm, SHOTS)
            seconds = walk.ready()
            walk.shot(f"{firmware}-boot")
            print(f"  boot screen after {seconds:.0f} s")
            env = walk.env()
            check(env["SHODO_SECURE_BOOT"] == {"secure": "on", "uefi": "off", "bios": "none"}[firmware], f"Secure Boot state: {env['SHODO_SECURE_BOOT']}")
            check(env["SHODO_BOOT_PATH"] == ("bios" if firmware == "bios" else "uefi"), "boot path known")
            check(len(env["SHODO_PHRASE"].split()) == 6, f"phrase of six words: {env['SHODO_PHRASE']}")
            status = walk.status()
            check(status["transport"] == "usb" and status["state"] == "no-data", "the stick is found on USB; no data area yet")
            if firmware != "bios":
                check(len(status["imposters"]) == 1, f"the internal copy of the stick is reported, not taken: {status['imposters']}")
            check(len(walk.counters()) == len(internal) and all(c["read_only"] for c in walk.counters()), "every internal disk is read-only")
            check("sd" not in vm.shell("cat /proc/mounts | grep /dev/sd")[1].split("> ")[-1], "nothing of a disk is mounted")
            check(vm.shell("ls /sys/class/net")[1].split()[-1] == "lo", "no network device")
            worked = attempts(walk)
            check(not worked, f"every attempt to write is refused {worked}")
            walk.to_front_end()
            time.sleep(3)
            walk.shot(f"{firmware}-front-end")
            status = walk.status()
            check(re.fullmatch(r"[0-9a-f]{12}", status["stick_id"]), f"stick id {status['stick_id']}, {status['free_bytes'] >> 20} MiB free")
            check(not attempts(walk), "also refused while the data area is mounted")
            vm.keys("w")
            walk.until("ls /data/cases/*/", "bin", 30)
            names = vm.shell("echo /data/cases/*/*.bin")[1]
            name = (re.search(r"証拠\d+\.bin", names) or [names])[0]
            digest = (re.search(r"[0-9a-f]{64}", vm.shell("sha256sum /data/cases/*/*.bin")[1]) or ["?"])[0]
            check(digest != "?", f"a file is written into the case: {name}")
            with_engine = drill and drill.exists() and real_engine(vm)
            if with_engine:
                engine_run(walk, drill.stat().st_size)
            log, counters = walk.leave(["q"])
            check("read back" in log, "the end reads back what was written: " + log.splitlines()[-1])
            check(vm.wait_end(40), "the machine powers off")
            check(len(counters) == len(internal) and all(c["writes"] == c["discards"] == c["flushes"] == 0 for c in counters),
                  f"write, discard and flush counters of {len(counters)} disks are 0")
        after = hashes(internal)
        for (bus, path), a, b in zip(internal, before, after):
            check(a == b, f"{bus} {path.name}: SHA-256 equal before and after ({a[:12]})")
        taken = read_back(stick, work)
        hit = [p for n, p in taken.items() if n.endswith(name)]
        check(hit and disks.sha256(hit[0]) == digest, "the file that was written is read outside, digest equal")
        if with_engine:
            engine_outside(taken, work, sys.argv[2])
    return case


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
        try:
            vm.wait_for("SHELL-READY", 60)
            check(False, "a changed kernel must not start under Secure Boot")
        except VmError:
            check(True, "a changed kernel does not start under Secure Boot")
        if SHOTS:
            vm.screenshot(Path(SHOTS) / "tampered-kernel.png")
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


def unplug(img, work, data):
    stick = make_stick(img, work)
    for phase in ("idle", "writing"):
        with Machine(stick, firmware="uefi", memory=1024, stick_snapshot=False) as vm:
            walk = Walk(vm, SHOTS)
            walk.ready()
            walk.to_front_end()
            before = walk.status()
            if phase == "writing":
                vm.shell("(mkdir -p /data/cases/u; i=0; while :; do i=$((i+1)); head -c 300000 /dev/urandom >/data/cases/u/$i.part && sync && mv /data/cases/u/$i.part /data/cases/u/$i.bin || break; done) >/dev/null 2>&1 &")
                time.sleep(5)
            vm.command("device_del", id="stick0dev")
            walk.until("cat /run/shodo/stick-state", "removed", 30)
            check(True, f"{phase}: the removal is seen")
            time.sleep(6)
            walk.shot(f"unplug-{phase}")
            check("alarm" in vm.shell("ps | grep alarm | grep -v grep")[1], f"{phase}: a screen of its own tells it")
            node = f"again{phase}"
            vm.command("blockdev-add", **{"driver": "raw", "node-name": node, "file": {"driver": "file", "filename": str(stick), "locking": "off"}})
            vm.command("device_add", driver="usb-storage", bus="xhci.0", id=f"{node}dev", drive=node, removable=True, serial="STICK0A1B2")
            walk.until("stick status", "mounted", 60)
            after = walk.status()
            check(after["stick_id"] == before["stick_id"], f"{phase}: the same stick is taken again ({after['key']})")
            time.sleep(8)
            walk.shot(f"replug-{phase}")
            check("shodo-tui" in vm.shell("ps | grep shodo-tui | grep -v grep")[1], f"{phase}: the front end runs again")
            if phase == "writing":
                _, out = vm.shell("ls /data/cases/u/*.bin | wc -l; [ -z \"$(find /data/cases/u -name '*.bin' -size -300000c)\" ] && echo WHOLE")
                check("WHOLE" in out, f"every finished file is whole after the pull: {out.splitlines()[0]}")
            walk.leave(["q"])
            check(vm.wait_end(40), f"{phase}: powers off")


def twosticks(img, work, data):
    one, two = make_stick(img, work, "one.img"), make_stick(img, work, "two.img")
    evidence = disks.gpt(work / "hot.img", [(disks.NTFS_TYPE, disks.dirty_ntfs(work / "hot.part"))])
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
        walk.leave(["q"])
        check(vm.wait_end(40), "powers off")
    check(disks.sha256(evidence) == digest, "the plugged-in disk is unchanged")
    # afterwards both differ: the grown one has its own identity and is found without asking
    with Machine(one, firmware="bios", memory=1024, stick_snapshot=False, extra=second) as vm:
        walk = Walk(vm)
        walk.ready()
        check(walk.status()["serial"] == "STICK0A1B2" and walk.status()["state"] == "data", "the used stick is recognised beside a new one (BIOS)")


def small(img, work, data):
    stick = make_stick(img, work)
    internal = [("ide", disks.gpt(work / "slow.img", [(disks.NTFS_TYPE, disks.dirty_ntfs(work / "slow.part"))]), ",throttling.bps-total=20000000,throttling.iops-total=150")]
    before = disks.sha256(internal[0][1])
    with Machine(stick, firmware="bios", memory=2048, disks=internal) as vm:
        walk = Walk(vm, SHOTS)
        print(f"  boot screen after {walk.ready():.0f} s (BIOS, 2 GiB, slow disk)")
        walk.to_front_end()
        check("oom" not in vm.shell("dmesg | grep -i oom-kill")[1].split(">")[-1], "nothing was killed for memory")
        vm.keys("w", "q")
        walk.until("cat /run/shodo/stick-state", "ejected", 60)
    check(disks.sha256(internal[0][1]) == before, "the slow disk is unchanged")
    for w, h in ((1024, 768), (1920, 1080)):
        with Machine(stick, firmware="uefi", memory=1024, resolution=(w, h)) as vm:
            walk = Walk(vm, SHOTS)
            walk.ready()
            walk.shot(f"boot-{w}x{h}")
            _, out = vm.shell("cat /sys/class/graphics/fb0/virtual_size; cat /root/.fbtermrc | grep size")
            check(f"{w},{h}" in out, f"picture {w}x{h}: {out.splitlines()[-1]}")
            vm.keys("ret")
            time.sleep(3)
            walk.shot(f"no-disk-{w}x{h}")


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
        with open(bad, "r+b") as f:
            f.seek(offset)
            b = f.read(1)
            f.seek(offset)
            f.write(bytes([b[0] ^ 1]))
        check(verify(bad)[0] == 1, f"verify: one changed byte in the {name} is found")
    bad = variant.make(img, work / "bad.img", work)
    variant.write_file(bad, "EFI/debian/grub.cfg", b"menuentry 'x' {}", work)
    check(verify(bad)[0] == 1, "verify: a changed grub.cfg is found")
    manifest = again / "shodo-usb.manifest.json"
    manifest.write_text(manifest.read_text().replace('"suite": "trixie"', '"suite": "sid"'))
    check(verify(new, *signed, cert)[0] == 1, "verify: a changed manifest is found by its signature")


def frontend(img, work, data):
    """The real front end on the stick, driven by keys: a new case is made on the data area, quitting ends in power-off."""
    stick = variant.make(img, work / "stick.img", work, variant.files_for(), "console=ttyS0,115200", size_mib=STICK_MIB)
    internal = [("nvme", disks.gpt(work / "nvme.img", [(disks.NTFS_TYPE, disks.dirty_ntfs(work / "ntfs.part"))]))]
    before = hashes(internal)
    with Machine(stick, firmware="secure", memory=2048, disks=internal, stick_snapshot=False, resolution=(1024, 768)) as vm:
        walk = Walk(vm, SHOTS)
        walk.ready()
        walk.to_front_end()
        time.sleep(4)
        walk.shot("tui-start")
        vm.keys("ret")
        time.sleep(3)
        vm.keys("down", "ret")
        walk.until("ls /data/cases", "-", 30)
        time.sleep(2)
        walk.shot("tui-case")
        code, out = vm.shell("for c in /data/cases/*; do shodo journal verify --case $c; done", 60)
        check(code == 0, f"the front end made a case, its journal verifies: {out.splitlines()[-1] if out else ''}")
        vm.keys("2")  # no record of the restart
        time.sleep(4)
        vm.keys("f10")
        time.sleep(4)
        walk.shot("tui-quit")
        _, counters = walk.leave(["down", "ret"])
        check(all(c["writes"] == c["discards"] == c["flushes"] == 0 for c in counters) and counters, "counters are 0")
        check(vm.wait_end(40), "quitting the front end ends in power-off")
    check(hashes(internal) == before, "the internal disk is unchanged")


CASES = {"frontend": frontend, "release": release, "secure": full_path("secure"), "uefi": full_path("uefi"), "bios": full_path("bios"), "negative": negative, "tamper": tamper,
         "powercut": powercut, "unplug": unplug, "twosticks": twosticks, "small": small}
