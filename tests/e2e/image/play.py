# SPDX-License-Identifier: Apache-2.0
"""From the first screen to 外してよい by keys, as a person with the playbook for one suspicious machine would do it.

The answers and the ways through the screens are those of tests/e2e/tui_lib; only what differs on a real machine is here: several disks
to choose from, a recovery key, a pass phrase that must be read from the screen, and the step that ends in power-off.
"""
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import tui_lib  # noqa: E402
from steps import check  # noqa: E402
from tui_lib import crumbs, options, step  # noqa: E402

WORDS = re.compile(r"\d{4}(?:-\d{4}){5}")  # the pass phrase of a bundle without a recipient
ANSWERS = [("作業の予定", "予定はない")]


class Player:
    """disk: a regular expression for the row of the disk to examine. recovery_key: typed at the BitLocker step."""

    def __init__(self, screen, disk, recovery_key=None, clock="1"):
        self.screen, self.disk, self.recovery_key, self.clock = screen, disk, recovery_key, clock
        self.passphrase, self.names, self.triage_text, self.disk_text = None, [], "", ""
        for row in ANSWERS:
            if row not in tui_lib.ANSWERS:
                tui_lib.ANSWERS.insert(0, row)

    def start(self, drill=True):
        """A new case: the PC to examine, no prior record, the playbook for one suspicious machine."""
        s = self.screen
        s.until("何をしますか")
        s.shot("tui-start")
        self.choose("訓練" if drill else "新しい事案")
        for _ in range(12):
            text = s.settle()
            if "手順書" in crumbs(text) or "怪しい機械" in text:
                break
            self.question(text)
        s.shot("tui-home")
        self.to_row("怪しい機械")
        s.key("Enter")
        tui_lib.facts(s)

    def choose(self, label):
        """Presses the number of the row with this text."""
        rows = options(self.screen.settle())
        hit = [n for n, text in rows if label in text]
        if not hit:
            raise AssertionError(f"no row '{label}':\n{self.screen.text()}")
        tui_lib.pick(self.screen, hit[0])

    def question(self, text):
        """What is asked before the home screen; anything unknown is answered by Enter (the safe answer is preselected)."""
        s = self.screen
        if "今の時刻は" in text:  # "1": the clock is right, "2": it runs nine hours ahead, else what the telephone shows
            s.shot("tui-clock")
            if len(self.clock) == 1:
                tui_lib.pick(s, self.clock)
                return
            self.choose("携帯電話の時刻を打つ")
            s.type(self.clock)
            s.key("Enter")
            return
        for want in ("調べるPC", "事前の記録なし"):
            if any(want in label for _, label in options(text)):
                self.choose(want)
                return
        s.key("Enter")

    def to_row(self, label):
        for _ in range(30):
            line = next((x for x in self.screen.text().split("\n") if x.lstrip().startswith(">")), "")
            if label in line:
                return
            self.screen.key("Down")
        raise AssertionError(f"no row '{label}':\n{self.screen.text()}")

    def play(self, until=None):
        """Step by step; ends at a step whose name matches `until`, or when the step to unplug the stick has ended the program."""
        s = self.screen
        for _ in range(150):
            text = s.settle()
            if "最後まで進んだ" in text:
                return False
            here = step(text)
            if not here:
                raise AssertionError(f"not on a step:\n{text}")
            name = here[1]
            if until and re.search(until, name):
                return True
            self.names.append(name)
            started = time.monotonic()
            if self.special(name):
                return True
            print(f"      {here[0]:3} {name}  {time.monotonic() - started:.0f} s, {s.keys} keys", flush=True)
        raise AssertionError(f"no end: {self.names[-5:]}")

    def special(self, name):
        """True when the program has ended by this step."""
        s = self.screen
        if "調べるディスク" in name:
            tui_lib.pick(s, 1)
            self.choose_disk()
        elif "BitLocker" in name and "鍵" in name:
            tui_lib.pick(s, 1)
            if step(s.settle()) is None:  # it asks: the disk has a closed volume
                s.shot("tui-bitlocker")
                s.type((self.recovery_key or "").replace("-", ""))
                s.key("Enter")
                if step(s.settle()) is None and not self.recovery_key:
                    s.key("Enter")  # the first one right after a digit is taken for a habit and dropped
        elif re.search(r"調べる（|証拠を集める", name):
            tui_lib.pick(s, 1)
            self.run(name)
        elif "外してよい" in name or "USB を外す" in name:
            s.shot("tui-before-eject")
            tui_lib.pick(s, 1)
            self.choose("電源")
            return True
        else:
            tui_lib.answer(s, s.settle())
            return False
        if step(s.settle()) and step(s.text())[1] == name:  # not done by the screen itself
            self.choose("済んだ")
        return False

    def choose_disk(self):
        s = self.screen
        self.disk_text = s.until(r"[1-9]  .*[GM]B")
        self.disk_text = s.settle()
        while "調べています" in self.disk_text or "探して" in self.disk_text:
            self.disk_text = s.settle()
        s.shot("tui-disks")
        check(not any("取り外し式" in label for _, label in options(self.disk_text)), "the own stick is not among the disks to choose from")
        rows = [(n, label) for n, label in options(self.disk_text) if re.search(self.disk, label)]
        if not rows:
            raise AssertionError(f"no disk '{self.disk}':\n{self.disk_text}")
        tui_lib.pick(s, rows[0][0])

    def run(self, name):
        """Triage or collect: reads the pass phrase from the screen and types its first and last group back, then goes on."""
        s = self.screen
        text = s.until(r"Enter で次へ|紙に書いたら")
        if "紙に書いたら" in text:
            s.shot("tui-passphrase")
            self.passphrase = WORDS.search(text)[0]
            s.key("Enter")
            s.type(self.passphrase[:4] + self.passphrase[-4:])
            s.key("Enter")
            text = s.until(r"Enter で次へ")
        s.shot("tui-triage" if "調べる" in name else "tui-collect")
        if "調べる" in name:
            self.triage_text = text
        check("できなかった" not in text, f"{name.split('] ')[-1]}: {'; '.join(x.strip() for x in text.splitlines()[3:16] if x.strip())[:260]}")
        s.key("Enter")
