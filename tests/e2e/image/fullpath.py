# SPDX-License-Identifier: Apache-2.0
"""The whole path by keys, on each way to start: boot screen, data area, case, disk, triage, sealed bundle, 外してよい, power-off; then the
stick is opened on another computer. The internal disks must be the same byte for byte.

secure  Secure Boot with Microsoft's keys; the drill disk; a bundle with a pass phrase (a stick that nobody prepared)
uefi    plain UEFI; the BitLocker disk, opened with the recovery key typed in the image; a bundle for a recipient
bios    legacy BIOS, 2 GiB, every disk slow; the drill disk
"""
import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import disks
import screen
import variant
from play import Player
from steps import ATTEMPTS, OUT, REPO, STICK_MIB, Walk, check, ext4_modules, programs, recipient, skip
from lib.vm import Machine

SHOTS = os.environ.get("SHODO_TEST_SHOTS")
SLOW = ",throttling.bps-total=20000000,throttling.iops-total=150"


def attempts(walk):
    walk.vm.heard = b""
    _, out = walk.vm.shell("/test/attempts", seconds=600)
    return [line for line in out.splitlines() if re.match(r"(MOUNTED|SWAP|MKSWAP|DD|DISCARD|REDIRECT|MKFS) ", line)]


def read_back(stick, work):
    """The data area's files as another program (sleuthkit) sees them on the computer that gets the stick."""
    out = Path(work) / "taken"
    table = disks.run("sfdisk", "-d", stick).decode()
    start = int(re.search(r"start=\s*(\d+), size=\s*\d+, type=EBD0", table)[1])
    subprocess.run(["tsk_recover", "-a", "-o", str(start), str(stick), str(out)], check=True, capture_output=True)
    return out


def recovery_key():
    text = (REPO / "tests/data/drill/bitlocker.txt").read_text()
    return re.search(r"recovery=([\d-]{48,55})", text)[1].replace("-", "")


def internal_disks(work, img, data, slow):
    """Every disk invites a write; the last two are examined: the drill disk (serial NVME3) and the same encrypted (NVME4)."""
    found = disks.standard_set(work, img)
    for name in ("drill.img", "drill-bitlocker.img"):
        if not (data / name).exists():
            skip(f"'{data / name}' is not there: tests/data/build makes it")
        subprocess.run(["cp", "--sparse=always", str(data / name), str(work / name)], check=True)
        found.append(("nvme", work / name))
    return [(bus, path, SLOW if slow else "") for bus, path in found]


def look_around(walk, firmware, internal):
    """Before the front end: what the boot screen says, that nothing can be written."""
    env, vm = walk.env(), walk.vm
    check(env["SHODO_SECURE_BOOT"] == {"secure": "on", "uefi": "off", "bios": "none"}[firmware], f"Secure Boot state: {env['SHODO_SECURE_BOOT']}")
    check(env["SHODO_BOOT_PATH"] == ("bios" if firmware == "bios" else "uefi"), "boot path known")
    check(len(env["SHODO_PHRASE"].split()) == 6, f"phrase of six words: {env['SHODO_PHRASE']}")
    shown = walk.screen_text()
    check(all(w in shown for w in env["SHODO_PHRASE"].split()) and env["SHODO_BUILD_ID"] in shown, "the boot screen shows them")
    if env["SHODO_CLOCK_STATE"] == "wrong":
        check("時計がおかしい" in shown, "the boot screen says that the clock is wrong")
    status = walk.status()
    check(status["transport"] == "usb" and status["state"] == "no-data", "the stick is found on USB; no data area yet")
    check(len(status["imposters"]) == 1, f"the internal copy of the stick is reported, not taken: {status['imposters']}")
    counters = walk.counters()
    check(len(counters) == len(internal) and all(c["read_only"] for c in counters), f"every internal disk of {len(counters)} is read-only")
    check("sd" not in vm.shell("cat /proc/mounts | grep /dev/sd")[1].split("> ")[-1], "nothing of a disk is mounted")
    check(vm.shell("ls /sys/class/net")[1].split()[-1] == "lo", "no network device")
    worked = attempts(walk)
    check(not worked, f"every attempt to write is refused {worked}")
    return env


def journal_of(case):
    return "".join(p.read_text() for p in sorted((case / "journal").glob("*.jsonl")))


def clock_offset(case):
    """What the journal says about the PC's clock against the telephone's, in seconds."""
    line = next(line for line in journal_of(case).splitlines() if '"start/clock"' in line)
    return int(re.search(r'"value":"(-?\d+)"', line)[1])


def opened_outside(case, work, player, prepared):
    """On the computer that gets the stick: the journal and the bundle verify, and the bundle opens."""
    shodo, _ = programs(sys.argv[2])

    def run(*args, **more):
        r = subprocess.run([str(a) for a in args], capture_output=True, text=True, **more)
        return r.returncode, (r.stdout + r.stderr).strip()
    code, text = run(shodo, "journal", "verify", "--case", case)
    check(code == 0, f"outside: the journal verifies: {text[-100:]}")
    out = case / "out"
    code, text = run(shodo, "verify", out)
    check(code == 0, f"outside: the bundle verifies: {text[-100:]}")
    dest = Path(work) / "opened"
    check(bool(player.passphrase) != prepared, "a pass phrase was asked for" if not prepared else "no pass phrase was asked for: a recipient's certificate is on the stick")
    if prepared:
        code, text = run(REPO / "tests/e2e/bundle_open", out, Path(work) / "desk.key", Path(work) / "desk.pem", dest)
        print("    " + "\n    ".join(text.splitlines()[-8:]))
        check(code == 0, "outside: the bundle opens with openssl, sha256sum, unzip and a BagIt tool")
    else:
        r, w = os.pipe()
        os.write(w, (player.passphrase or "none").encode() + b"\n")
        os.close(w)
        code, text = run(shodo, "open", out, "--out", dest, "--passphrase-fd", r, pass_fds=(r,))
        check(code == 0, f"outside: the bundle opens with the pass phrase from the screen: {text[-120:]}")
    bag = next(iter(dest.rglob("manifest-sha256.txt")), None)
    check(bag is not None, "outside: a bag with its manifest")
    if bag:
        code, text = run("sha256sum", "-c", "--quiet", bag, cwd=bag.parent)
        check(code == 0, f"outside: sha256sum finds every of {len(bag.read_text().splitlines())} files as sealed {text[-200:]}")


def table_kept(stick):
    """After the data area was made: image/verify still finds the table of the release, and old BIOSes their active flag."""
    manifest = OUT / "shodo-usb.manifest.json"
    text = subprocess.run([REPO / "image/verify", "--manifest", manifest, stick], capture_output=True, text=True).stdout
    check("partition table equal" in text, "outside: image/verify finds the partition table of the release")
    with open(stick, "rb") as f:
        check(f.read(447)[446] == 0x80, "outside: the active flag that old BIOSes want is kept")


def jst(seconds=0, form="%Y-%m-%dT%H:%M:%S"):
    return time.strftime(form, time.gmtime(time.time() + 9 * 3600 + seconds))


def path(firmware, img, work, data, target, key=None, memory=1024, slow=False, prepared=False, rtc="utc", clock="1"):
    if data is None:
        skip("no folder of test disks")
    more = {**screen.build(work), **ext4_modules(), "test/attempts": (ATTEMPTS.encode(), 0o755), **recipient(work)}
    stick = variant.make(img, work / "stick.img", work, variant.files_for(more=more, mirror=True), "console=ttyS0,115200", size_mib=STICK_MIB)
    internal = internal_disks(work, img, data, slow)
    before = [disks.sha256(d[1]) for d in internal]
    with screen.VmScreen(work, SHOTS) as s, Machine(stick, firmware=firmware, memory=memory, disks=internal, stick_snapshot=False,
                                              resolution=(1024, 768), rtc=rtc, extra=s.args()) as vm:
        s.attach(vm)
        walk = Walk(vm, SHOTS, s)
        print(f"  boot screen after {walk.ready():.0f} s")
        walk.shot(f"{firmware}-boot")
        env = look_around(walk, firmware, internal)
        walk.to_front_end()
        if prepared:  # what the playbook "preparedness" leaves on a stick
            vm.shell("mkdir -p /data/site/recipients; cp /test/desk.pem /data/site/recipients/; sync")
        check(not attempts(walk), "also refused while the data area is mounted")
        began = time.monotonic()
        player = Player(s, target, key, clock)
        player.start()
        ended = player.play()
        check("休止か高速スタートアップ" in player.disk_text and "BitLocker" in player.disk_text, "the list of disks tells of a sleeping Windows and of BitLocker")
        check(ended, f"by {s.keys} keys through {len(player.names)} steps to 外してよい in {time.monotonic() - began:.0f} s")
        walk.until("cat /run/shodo/stick-state", "ejected", screen.FAR)
        s.until("起動禁止の札")
        walk.shot(f"{firmware}-end")
        check("外してよい" in s.text(), "the end screen says 外してよい: " + vm.shell("tail -n 1 /run/shodo/log")[1])
        check(len(re.findall(r"書き込み=0 消去=0 書き出し=0|writes=0 discards=0 flushes=0", s.text())) == len(internal), "the end screen shows 0 writes for each disk")
        check("oom-kill" not in vm.shell("dmesg | grep -o oom-kill")[1].split("> ")[-1], "nothing was killed for memory")
        counters = walk.counters()
        check(len(counters) == len(internal) and all(c["writes"] == c["discards"] == c["flushes"] == 0 for c in counters),
              f"write, discard and flush counters of {len(counters)} disks are 0")
        print("    memory: " + vm.shell("grep -E 'MemTotal|MemAvailable' /proc/meminfo | tr -s ' \\n' ' '")[1])
        vm.keys("ret")
        check(vm.wait_end(screen.FAR), "Enter: the machine powers off")
    for (bus, p, _), a in zip(internal, before):
        check(a == disks.sha256(p), f"{bus} {p.name}: SHA-256 equal before and after ({a[:12]})")
    table_kept(stick)
    cases = sorted(p.parent for p in read_back(stick, work).rglob("journal") if p.parent.parent.name == "cases")
    check(len(cases) == 1, f"outside: one case on the data area: {[c.name for c in cases]}")
    opened_outside(cases[0], work, player, prepared)
    text = journal_of(cases[0])
    check(env["SHODO_BUILD_ID"] in text.splitlines()[0] and env["SHODO_PHRASE"].split()[0] in text.splitlines()[0], "the journal's first record carries build and phrase")
    zero = text.count('"device_counters":{"writes":0,"discards":0,"flushes":0}')
    check(zero >= 2 and zero == text.count('"device_counters"'), f"the journal has the disk's write counters at start and end of the run, all 0 ({zero} records)")
    return cases[0], player


def secure(img, work, data):
    path("secure", img, work, data, "NVME3")


def uefi(img, work, data):
    case, player = path("uefi", img, work, data, "NVME4", key=recovery_key(), prepared=True, rtc=jst(), clock="2")
    check(clock_offset(case) == -9 * 3600, f"the PC keeps local time, as Windows sets it: offset in the journal {clock_offset(case)} s")
    found = next(case.rglob("findings.jsonl")).read_text().splitlines()
    check(len(found) > 5, f"{len(found)} findings inside the BitLocker volume, opened with the key typed in the image")


@contextlib.contextmanager
def driven(img, work, memory, internal):
    """A machine whose front end runs, to be driven by keys: (stick, screen, machine, walk)."""
    stick = variant.make(img, work / "stick.img", work, variant.files_for(more=screen.build(work), mirror=True), "console=ttyS0,115200", size_mib=STICK_MIB)
    with screen.VmScreen(work, SHOTS) as s, Machine(stick, firmware="uefi", memory=memory, disks=internal, stick_snapshot=False,
                                                    resolution=(1024, 768), extra=s.args()) as vm:
        walk = Walk(vm, SHOTS, s.attach(vm))
        walk.ready()
        walk.to_front_end()
        yield stick, s, vm, walk


def nokey(img, work, data):
    """BitLocker without its key: the step is left empty, the volume is parked as 未検査, and the screen says so."""
    if data is None:
        skip("no folder of test disks")
    disk = work / "drill-bitlocker.img"
    subprocess.run(["cp", "--sparse=always", str(data / disk.name), str(disk)], check=True)
    before = disks.sha256(disk)
    with driven(img, work, 1024, [("nvme", disk)]) as (_, s, vm, walk):
        player = Player(s, "NVME0")
        player.start()
        check(player.play(until="証拠を集める"), "the path goes on without the key")
        check("このUSBメモリ（調べない）" in player.disk_text, "the own stick stands below the disks, as not examined")
        check("回復キー" in player.disk_text, "the list of disks asks for the recovery key")
        shown = player.triage_text
        check("未検査（鍵待ち）" in shown and "BitLocker" in shown, "after the examination the screen says 未検査 and BitLocker: " + "; ".join(x.strip() for x in shown.splitlines() if "未検査" in x or "BitLocker" in x)[:300])
        check("[該当なし]" not in shown and "鍵のかかった領域があり" in shown, "and not 該当なし: the Windows of this machine was not seen")
        _, out = vm.shell("grep -h -i bitlocker $(echo /data/cases/*/endpoints/*/ledger.jsonl)")
        check('"event.reason":"encrypted"' in out, f"the ledger has the volume: {out[-300:]}")
        check(all(c["writes"] == c["discards"] == c["flushes"] == 0 for c in walk.counters()), "the disk was not written")
    check(disks.sha256(disk) == before, "SHA-256 of the disk is equal")


def bios(img, work, data):
    case, player = path("bios", img, work, data, "NVME3", memory=2048, slow=True, rtc="2003-05-04T03:02:01", clock=jst(form="%Y-%m-%d %H:%M"))
    check(case.name.startswith(jst(form="%Y%m")), f"the case has its number from the telephone's time: {case.name}")
    years = clock_offset(case) / 86400 / 365.25
    check(abs(years - (time.time() - 1052017321) / 86400 / 365.25) < 0.1, f"the PC clock is {years:.1f} years behind: offset typed from a telephone is in the journal")


def small(img, work, data):
    """2 GiB, BIOS, slow disk, a file larger than what is read whole there: nothing is killed, the ledger says what was cut down."""
    part = disks.dirty_ntfs(work / "slow.part", mib=128)
    with open(work / "big.exe", "wb") as f:
        f.write(b"MZ" + os.urandom((48 << 20) - 2))
    disks.run("ntfscp", "-f", part, work / "big.exe", "big.exe")
    internal = [("ide", disks.gpt(work / "slow.img", [(disks.NTFS_TYPE, part)]), SLOW)]
    before = disks.sha256(internal[0][1])
    stick = variant.make(img, work / "stick.img", work, variant.files_for(), "console=ttyS0,115200", size_mib=STICK_MIB)
    with Machine(stick, firmware="bios", memory=2048, disks=internal) as vm:
        walk = Walk(vm, SHOTS)
        print(f"  boot screen after {walk.ready():.0f} s (BIOS, 2 GiB, slow disk)")
        walk.to_front_end()
        print("    memory: " + vm.shell("grep -E 'MemTotal|MemAvailable' /proc/meminfo | tr -s ' \\n' ' '")[1])
        vm.shell("shodo case new /data/cases/small --drill", 300)
        vm.shell("(while :; do grep MemAvailable /proc/meminfo; sleep 1; done | awk '{if (!m || $2 < m) {m = $2; print m >\"/run/least\"; close(\"/run/least\")}}') >/dev/null 2>&1 &")
        code, out = vm.shell("node=$(ls /sys/block | grep -v -e loop -e ram | while read d; do [ $(cat /sys/block/$d/size) -lt 400000 ] && echo $d; done | head -n 1); "
                             "shodo triage /dev/$node --case /data/cases/small --profile full --name SMALL 2>&1 | tail -n 3", 900)
        print("    " + out.replace("\n", "\n    "))
        _, ledger = vm.shell("grep big.exe /data/cases/small/endpoints/*/ledger.jsonl")
        check("big.exe" in ledger.replace("grep big.exe", "", 1), f"the ledger says what was cut down: {ledger[-300:]}")
        check("oom-kill" not in vm.shell("dmesg | grep -o oom-kill")[1].split("> ")[-1], f"nothing was killed for memory; least available: {vm.shell('cat /run/least')[1]} KiB")
    check(disks.sha256(internal[0][1]) == before, "the slow disk is unchanged")
