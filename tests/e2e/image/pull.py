# SPDX-License-Identifier: Apache-2.0
"""Pulled out and put back: the stick while nothing happens, while files are written, while a disk is scanned; the examined disk itself."""
import re
import subprocess
import time

import disks
import screen
from fullpath import SHOTS, SLOW, driven
from lib.vm import Machine
from play import Player
from steps import Walk, check, make_stick, skip


def put_back(vm, stick, name):
    vm.command("blockdev-add", **{"driver": "raw", "node-name": name, "file": {"driver": "file", "filename": str(stick), "locking": "off"}})
    vm.command("device_add", driver="usb-storage", bus="xhci.0", id=f"{name}dev", drive=name, removable=True, serial="STICK0A1B2")


def front_end_pid(vm):
    return re.search(r"\d+", vm.shell("ps | grep shodo-tui | grep -v grep")[1])[0]


def until_new_front_end(walk, old):
    walk.until(f"[ -d /proc/{old} ] || ps | grep shodo-tui | grep -v grep", "shodo-tui", screen.FAR)


def unplug_scan(img, work, data):
    """By keys to a running triage on the stick's case; the stick goes and comes back; the case goes on and the triage ends."""
    if data is None:
        skip("no folder of test disks")
    subprocess.run(["cp", "--sparse=always", str(data / "drill.img"), str(work / "drill.img")], check=True)
    internal = [("nvme", work / "drill.img", SLOW.replace("20000000", "3000000").replace("150", "60"))]
    before = disks.sha256(work / "drill.img")
    with driven(img, work, 2048, internal) as (stick, s, vm, walk):
        player = Player(s, "NVME0")
        player.start()
        check(player.play(until=r"調べる（"), "by keys to the step that examines the disk")
        case = vm.shell("echo /data/cases/*")[1].split()[-1]
        s.key("1", "Enter")
        walk.until("ps | grep 'shodo triage' | grep -v grep", "triage", screen.FAR)
        walk.until(f"cat {case}/endpoints/*/ledger.jsonl {case}/endpoints/*/findings.jsonl | wc -l; ls {case}/endpoints | grep -c .", "\n1", screen.FAR)
        records = int(vm.shell(f"cat {case}/journal/*.jsonl | wc -l")[1].split()[-1])
        vm.command("device_del", id="stick0dev")
        walk.until("cat /run/shodo/stick-state", "removed", screen.FAR)
        time.sleep(8)
        walk.shot("unplug-scan")
        check("alarm" in vm.shell("ps | grep alarm | grep -v grep")[1], "pulled while the disk is scanned: a screen of its own tells it")
        old = front_end_pid(vm)
        put_back(vm, stick, "again")
        walk.until("stick status", "mounted", screen.FAR)
        until_new_front_end(walk, old)
        text = s.until(r"手順 \d+/約\d+ *(経過|$)")
        s.shot("replug-scan")
        check("調べる" in text, "put back: the front end is at the same step again")
        code, out = vm.shell(f"shodo journal verify --case {case}", 600)
        after = int(vm.shell(f"cat {case}/journal/*.jsonl | wc -l")[1].split()[-1])
        check(code == 0 and after >= records, f"no record is lost ({records} before, {after} after), the journal verifies: {out[-80:]}")
        s.key("1", "Enter")
        player.choose_disk()  # a new front end asks again: another disk could have been plugged in meanwhile
        check("このUSBメモリ（調べない）" in player.disk_text, "the own stick, put back under another name, is still known as not to be examined")
        player.run("調べる（もう一度）")
        code, out = vm.shell(f"shodo journal verify --case {case}; wc -l <$(echo {case}/endpoints/*/findings.jsonl)", 600)
        check(int(out.split()[-1]) > 5, f"the triage goes on and ends: {out.split()[-1]} findings")
        check(all(c["writes"] == 0 for c in walk.counters()), "the examined disk was not written")
    check(disks.sha256(work / "drill.img") == before, "SHA-256 of the examined disk is equal")


def plug_disk(vm, path, name):
    """A slow disk in a USB adapter."""
    vm.command("object-add", **{"qom-type": "throttle-group", "id": f"{name}limit", "limits": {"bps-total": 3000000, "iops-total": 60}})
    vm.command("blockdev-add", **{"driver": "throttle", "node-name": name, "throttle-group": f"{name}limit",
                                  "file": {"driver": "raw", "file": {"driver": "file", "filename": str(path), "locking": "off"}}})
    vm.command("device_add", driver="usb-storage", bus="xhci.0", id=f"{name}dev", drive=name, serial="EVIDENCE01")


def disk_gone(img, work, data):
    """Plan B by keys: the suspect disk in an adapter on a clean PC; its cable comes off while it is examined, and is put back."""
    if data is None:
        skip("no folder of test disks")
    suspect = work / "suspect.img"
    subprocess.run(["cp", "--sparse=always", str(data / "drill.img"), str(suspect)], check=True)
    own = disks.gpt(work / "own.img", [(disks.NTFS_TYPE, disks.dirty_ntfs(work / "own.part"))])
    before = [disks.sha256(p) for p in (suspect, own)]
    with driven(img, work, 2048, [("nvme", own)]) as (_, s, vm, walk):
        player = Player(s, "HARDDISK")
        player.start()
        player.play(until=r"調べるディスク")
        plug_disk(vm, suspect, "hot")
        walk.until("stick counters", "sdb", screen.FAR)
        check(player.play(until=r"調べる（"), "plugged in at the step that asks for the disk, it is offered and chosen")
        case = vm.shell("echo /data/cases/*")[1].split()[-1]
        s.key("1", "Enter")
        walk.until(f"cat {case}/endpoints/*/ledger.jsonl {case}/endpoints/*/findings.jsonl | wc -l; ls {case}/endpoints | grep -c .", "\n1", screen.FAR)
        vm.command("device_del", id="hotdev")
        text = s.until(r"Enter で次へ")
        s.shot("disk-gone")
        check("ディスクが答えなくなった" in text, "pulled while it is examined: the screen says it: " + "; ".join(x.strip() for x in text.splitlines()[3:14] if x.strip())[:300])
        code, out = vm.shell(f"shodo journal verify --case {case}", 600)
        check(code == 0, f"the journal verifies: {out[-80:]}")
        plug_disk(vm, suspect, "back")
        walk.until("stick counters", "read-only", screen.FAR)
        walk.until("ls /sys/block | grep -c ^sd", "2", screen.FAR)
        s.key("Enter")
        player.play(until=r"調べる（")
        s.key("1")
        if "調べるディスク" not in s.settle():
            s.key("Enter")
        player.choose_disk()
        player.run("調べる（もう一度）")
        code, out = vm.shell(f"shodo journal verify --case {case}; ls {case}/endpoints | grep -c .; wc -l <$(echo {case}/endpoints/*/findings.jsonl)", 600)
        check(out.split()[-2] == "1" and int(out.split()[-1]) > 5, f"put back: the same machine of the same case goes on and ends: {out.split()[-1]} findings")
        check(all(c["writes"] == c["discards"] == 0 for c in walk.counters()), "neither disk was written")
    check(before == [disks.sha256(p) for p in (suspect, own)], "SHA-256 of both disks is equal")


def unplug(img, work, data):
    stick = make_stick(img, work)
    for phase in ("idle", "writing"):
        with Machine(stick, firmware="uefi", memory=1024, stick_snapshot=False) as vm:
            walk = Walk(vm, SHOTS)
            walk.ready()
            walk.to_front_end()
            before, old = walk.status(), front_end_pid(vm)
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
            until_new_front_end(walk, old)
            walk.shot(f"replug-{phase}")
            check(front_end_pid(vm) != old, f"{phase}: the old front end is ended, a new one runs")
            if phase == "writing":
                _, out = vm.shell("ls /data/cases/u/*.bin | wc -l; [ -z \"$(find /data/cases/u -name '*.bin' -size -300000c)\" ] && echo WHOLE")
                check("WHOLE" in out, f"every finished file is whole after the pull: {out.splitlines()[0]}")
            walk.leave(["q"])
            check(vm.wait_end(40), f"{phase}: powers off")
