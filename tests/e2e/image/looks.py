# SPDX-License-Identifier: Apache-2.0
"""Screens: each thing that goes wrong, both sizes, big letters, keyboards and the input method. With SHODO_TEST_SHOTS=DIR the
pictures are kept, to be looked at (those of a size in a folder of their own); what can be checked by a program is checked from the text that the terminal got."""
import re
import time
from pathlib import Path

import disks
import screen
import variant
from fullpath import SHOTS, jst
from lib.vm import Machine
from play import Player
from steps import STICK_MIB, Walk, check


def machine(stick, s, memory=2048, size=(1024, 768), internal=(), extra=(), **more):
    return Machine(stick, firmware="uefi", memory=memory, resolution=size, disks=internal, extra=[*s.args(), *extra], **more)


def wrong(stick, work):
    """RAID controller, no disk, little memory, everything older than half a year."""
    with screen.VmScreen(work, SHOTS) as s, machine(stick, s, memory=1024, extra=["-device", "megasas"], rtc=jst(200 * 86400)) as vm:
        walk = Walk(vm, SHOTS, s.attach(vm))
        walk.ready()
        walk.shot("old")
        check(len(re.findall(r"\d+日 要更新", s.settle())) == 3, "200 days later the boot screen says 要更新 of system, rules and contacts, and goes on")
        vm.keys("ret")
        s.until("内蔵ディスクが見えません")
        walk.shot("raid")
        check("RAID（Intel RST/VMD）モードになっている" in s.settle() and "変えないで" in s.text(), "a RAID controller without a disk: the screen says what not to do")
        vm.keys("ret")
        s.until("メモリーが少ない")
        walk.shot("memory")
        check("未検査" in s.settle(), "1 GiB: the screen says what is lost")


def short(stick, work):
    """Half of what is asked for: it still starts, and says that the disk belongs into another PC's adapter."""
    with screen.VmScreen(work, SHOTS) as s, machine(stick, s, memory=512) as vm:
        walk = Walk(vm, SHOTS, s.attach(vm))
        walk.ready()
        vm.keys("ret")
        s.until("内蔵ディスクが見えません")
        vm.keys("ret")
        s.until("メモリーが足りない")
        walk.shot("memory-short")
        check("USBアダプターで別のPC" in s.settle(), "512 MiB: it starts, and says what to do instead")
        print("    memory: " + vm.shell("grep -E 'MemTotal|MemAvailable' /proc/meminfo | tr -s ' \\n' ' '")[1])


def other_letters(walk):
    """Key b on the boot screen; until the session is there again."""
    walk.vm.shell("rm -f /run/shodo/screen")
    walk.vm.keys("b")
    walk.until("cat /run/shodo/screen", "boot", screen.FAR)
    time.sleep(2)


def shapes(stick, work, size, name):
    """Boot screen and main screens in one size; big letters."""
    internal = [("nvme", disks.gpt(work / "nvme.img", [(disks.NTFS_TYPE, disks.dirty_ntfs(work / "ntfs.part"))]))]
    shots = SHOTS and Path(SHOTS) / name
    if shots:
        shots.mkdir(exist_ok=True)
    with screen.VmScreen(work, shots) as s, machine(stick, s, size=size, internal=internal) as vm:
        walk = Walk(vm, shots, s.attach(vm))
        walk.ready()
        walk.shot("boot")
        _, out = vm.shell("cat /sys/class/graphics/fb0/virtual_size; grep size /root/.fbtermrc")
        check(f"{size[0]},{size[1]}" in out, f"picture {name}: {out.splitlines()[-1]}, {s.size[1]} columns, {s.size[0]} rows")
        check(s.size[1] >= 80 and s.size[0] >= 24, "at least 80x24")
        before = s.size
        if size[0] == 1024:
            check("[b]" not in s.settle(), "no larger letters fit: key b is not offered")
        else:
            other_letters(walk)
            check(s.size[1] < before[1] and "[b]" in s.settle(), f"key b: big letters, {s.size[1]}x{s.size[0]}")
            walk.shot("boot-big")
            check(s.size[1] >= 80 and s.size[0] >= 24, f"{vm.shell('grep size /root/.fbtermrc')[1].splitlines()[-1]}: still 80x24 or more")
            other_letters(walk)
            check(s.size == before, "and back")
        walk.to_front_end()
        player = Player(s, "NVME0")
        player.start()
        s.key("1", "Enter")
        s.shot("step")
        s.key("F1")
        s.shot("help")
        s.key("Escape", "F9")
        s.shot("journal")


def keyboards(stick, work):
    """@ and : are on other keys of a Japanese keyboard; the input method turns romaji into kanji."""
    with screen.VmScreen(work, SHOTS) as s, machine(stick, s, internal=[]) as vm:
        walk = Walk(vm, SHOTS, s.attach(vm))
        walk.ready()
        vm.keys("i", "k")
        s.until("キーボード： 英語")
        check("日本語入力： あり" in s.settle(), "keyboard and input method are switched on the boot screen")
        walk.shot("keyboard-us")
        vm.keys("k")
        s.until("キーボード： 日本語")
        walk.to_front_end()
        Player(s, "NVME0").start()
        s.key("n")
        for n, label in re.findall(r"(\d)  (\S+)", s.settle()):
            if "文字で入れる" in label:
                s.key(n, "Enter")
        vm.keys("bracket_left", "apostrophe", "shift-2")  # jp106: @ : "
        time.sleep(2)
        check('@:"' in s.settle(), "a Japanese keyboard gives @ : and \" where they are printed")
        vm.keys("ctrl-o")
        time.sleep(1)
        vm.keys(*"kansentanmatu")
        time.sleep(2)
        walk.shot("ime-kana")
        check("かんせんたんまつ" in s.settle(), "romaji becomes kana")
        for _ in range(6):  # space goes through the candidates; 観戦 comes before 感染 as long as nothing was learnt
            vm.keys("spc")
            time.sleep(3)
            if "感染" in s.settle():
                break
        walk.shot("ime-kanji")
        vm.keys("ret")
        time.sleep(2)
        check("感染端末" in s.settle(), "and kanji: 感染端末 is in the note")


def looks(img, work, data):
    stick = variant.make(img, work / "stick.img", work, variant.files_for(more=screen.build(work), mirror=True), "console=ttyS0,115200", size_mib=STICK_MIB)
    wrong(stick, work)
    short(stick, work)
    keyboards(stick, work)
    for size, name in (((1024, 768), "1024x768"), ((1920, 1080), "1920x1080")):
        shapes(stick, work, size, name)
