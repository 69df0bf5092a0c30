# SPDX-License-Identifier: Apache-2.0
"""A person at the real program in a real terminal: tmux, keys, and only what the screen shows."""
import os
import re
import signal
import subprocess
import time


HELD_S = 0.65  # more than TUI_HELD_MS
HABIT_S = 1.05  # more than TUI_HABIT_MS: the screen is read before Enter


class Screen:
    def __init__(self, argv, rows=24, cols=80, env=None):
        self.name = f"shodo-tui-{os.getpid()}"
        self.argv, self.keys, self.log = argv, 0, []
        self.last, self.pressed = None, 0.0
        self.env = {**os.environ, "LC_ALL": "C.UTF-8", **(env or {})}
        self.tmux("new-session", "-d", "-x", str(cols), "-y", str(rows), *argv, start=True)
        self.tmux("set-option", "-g", "remain-on-exit", "on")

    def tmux(self, *args, start=False):
        base = ["tmux", "-L", self.name, "-f", "/dev/null", "-u"]
        return subprocess.run(base + list(args), env=self.env, capture_output=True, text=True, check=not start).stdout

    def text(self):
        return self.tmux("capture-pane", "-p")

    def pid(self):
        return int(self.tmux("display-message", "-p", "#{pane_pid}").strip())

    def is_dead(self):
        return self.tmux("display-message", "-p", "#{pane_dead}").strip() == "1"

    def settle(self, seconds=10.0):
        """The screen stands still for three looks."""
        last, same, end = None, 0, time.monotonic() + seconds
        while same < 3 and time.monotonic() < end:
            now = self.text()
            same = same + 1 if now == last and now.strip() else 0
            last = now
            time.sleep(0.04)
        return last

    def key(self, *names):
        for n in names:
            wait = HELD_S - (time.monotonic() - self.pressed) if n == self.last else 0
            if wait > 0:  # a finger that was lifted: the same key again is no held key
                time.sleep(wait)
            self.tmux("send-keys", n)
            self.keys += 1
            self.last, self.pressed = n, time.monotonic()
        return self.settle()

    def hold(self, name, times=20):
        """A key that stays down: the repeats of a console keyboard."""
        for _ in range(times):
            self.tmux("send-keys", name)
            time.sleep(0.03)
        self.last, self.pressed = name, time.monotonic()
        return self.settle()

    def type(self, text):
        self.tmux("send-keys", "-l", text)
        self.keys += len(text)
        return self.settle()

    def until(self, pattern, seconds=180):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            now = self.text()
            if re.search(pattern, now):
                return now
            time.sleep(0.2)
        raise AssertionError(f"never saw {pattern!r}:\n{self.text()}")

    def kill(self):
        """SIGKILL, then start again as the session script of the stick does."""
        os.kill(self.pid(), signal.SIGKILL)
        end = time.monotonic() + 10
        while not self.is_dead() and time.monotonic() < end:
            time.sleep(0.02)
        self.tmux("respawn-pane", "-k", *self.argv)
        return self.settle()

    def resize(self, cols, rows):
        self.tmux("resize-window", "-x", str(cols), "-y", str(rows))

    def end(self):
        subprocess.run(["tmux", "-L", self.name, "kill-server"], capture_output=True)


def pick(screen, n):
    """A numbered row: its digit answers, or moves the cursor where Enter must confirm."""
    before = without_cursor(screen.settle())
    after = screen.key(str(n))
    marked = re.search(rf"^ ?> *{n}\b", after, re.M)
    return screen.key("Enter") if marked and without_cursor(after) == before else after


def without_cursor(text):
    return [re.sub(r"^( ?)>", r"\1 ", line) for line in text.split("\n")[2:20]]


def crumbs(text):
    lines = text.split("\n")
    return re.sub(r" *経過 [\d:]+$", "", lines[1].strip()) if len(lines) > 1 else ""


def step(text):
    """(number, name) of the step on the screen, None elsewhere."""
    m = re.search(r"> 手順 (\d+)/約\d+ *(?:経過 [\d:]+)?$", crumbs(text))
    body = text.split("\n")
    name = next((line.strip() for line in body[3:6] if line.strip().startswith("[")), "")
    return (int(m.group(1)), name) if m else None


# What is decided on the decision screen; anything else takes the first option.
DECISIONS = [("線を切る", "決めた順に切る")]

# Answers of a hospital that is hit and cuts everything; anything else takes the first answer.
ANSWERS = [
    ("この機械は医療機器か", "いいえ"), ("機器ですか", "いいえ"), ("患者の安全", "影響する患者はいないと確認した"),
    ("内線", "いいえ"), ("次の機械", "いいえ"), ("機器はあるか", "いいえ"),
    ("VPN", "いいえ"), ("原因", "攻撃"),
]


def options(text):
    return [(int(m.group(1)), m.group(2).strip()) for m in re.finditer(r"^ ?>? +(\d+)  (\S.*)$", text, re.M)]


def answer(screen, text):
    """One answer to the step that is shown."""
    number, name = step(text)
    rows = options(text)
    labels = [label for _, label in rows]
    if labels and labels[0].startswith(("開く", "開いて")):
        pick(screen, 1)
        return function(screen, name)
    if labels and labels[0].startswith("その手順書"):
        pick(screen, 1 if "報告の前に" in name else 2)  # five questions that the reports need
        return name
    fits = [n for where, want in ANSWERS if where in name for n, label in rows if want in label]
    choice = fits[0] if fits else 1
    pick(screen, choice)
    text = screen.settle()
    if "答えた人の名前" in crumbs(text) and "Enter で決める" in text:
        screen.type("tanaka")
        screen.key("Enter")
    elif "決めた人" in crumbs(text) or "答えた人の名前" in crumbs(text):
        pick(screen, 1)
    elif "次に電話する時刻" in crumbs(text):
        pick(screen, 3)
    elif "Enter で決める" in text:
        screen.type("kakunin")
        screen.key("Enter")
    return name


def two_groups(text):
    m = re.search(r"\d{4}(?:-\d{4}){5}", text)
    return m.group(0)[:4] + m.group(0)[-4:] if m else None


def function(screen, name):
    """The screens that a step opens, by what stands in the crumbs."""
    here = crumbs(screen.text())
    last = here.split(" > ")[-1]
    if last.startswith("切る線"):
        rows = [n for n, _ in re.findall(r"^ ?>? +(\d+) .?\[(.+?)\]", screen.text(), re.M)]
        if rows:
            screen.key("g")
            time.sleep(HABIT_S)
            screen.key("Enter")  # empty: every line without a result
            pick(screen, 1)
        if not step(screen.settle()):
            time.sleep(HABIT_S)
            screen.key("Enter" if not rows else "Escape")
    elif last.startswith("判断"):
        rows = options(screen.text())
        want = [n for where, label_wanted in DECISIONS if where in name for n, label in rows if label_wanted in label]
        pick(screen, want[0] if want else 1)
        if "判断" in crumbs(screen.text()):
            pick(screen, 1)
            pick(screen, 1)
    elif last.startswith("調べるディスク"):
        screen.until(r"調べるディスクを選ぶ[\s\S]*\d  .*[GM]B")
        pick(screen, 1)
        text = screen.settle()
        if "検査と収集" in crumbs(text):
            run(screen)
    elif last.startswith("電話の言葉"):
        pick(screen, 3)  # noticed at
        pick(screen, 2)  # 15 minutes ago
        pick(screen, 4)  # place
        pick(screen, 3)
        screen.key("Escape")
    elif last.startswith("BitLocker"):
        time.sleep(HABIT_S)
        screen.key("Enter")
    elif last.startswith("検査と収集"):
        run(screen)
    elif last.startswith("メモ"):
        if "次に電話する時刻" in crumbs(pick(screen, 1)):
            pick(screen, 1)
    elif last.startswith("封印"):
        time.sleep(HABIT_S)
        screen.key("Enter")
    elif last.startswith("引継ぎ"):
        time.sleep(HABIT_S)
        text = screen.key("Enter")
        if "Enter で決める" in text:
            screen.type("sakura")
            screen.key("Enter")
        else:
            pick(screen, 1)
    elif last.startswith("USB を外す"):
        pick(screen, 3)
    elif "書類" in last or "巡回表" in last or "検出" in last or "範囲" in last:
        screen.until(r"F1")
        for _ in range(40):
            if "作っている" not in screen.text():
                break
            time.sleep(0.25)
        time.sleep(HABIT_S)
        if "Enter: 見た" in screen.text():
            screen.key("Enter")
        for _ in range(4):
            if step(screen.text()):
                break
            screen.key("Escape")
    text = screen.settle()
    now = step(text)
    if now and now[1] == name:  # not said to be done by the function itself
        done = [n for n, label in options(text) if label.startswith("済んだ")]
        if done:
            pick(screen, done[0])
    return name


def facts(screen):
    """Name, hospital and number before the first playbook: chosen when the site knows them, else typed."""
    for typed in ("sakura", "reibyouin", "090-0000-0000"):
        text = screen.settle()
        if step(text):
            return
        if "Enter で決める" in text:
            screen.type(typed)
            screen.key("Enter")
        else:
            pick(screen, 1)


def run(screen):
    text = screen.until(r"Enter で次へ|紙に書いたら", 300)
    if "紙に書いたら" in text:
        number = two_groups(text)
        hidden = screen.key("Enter")
        assert number and not two_groups(hidden), hidden
        screen.type(number)
        screen.key("Enter")
        text = screen.until(r"Enter で次へ", 300)
    if "できなかった" in text:
        raise AssertionError(text)
    screen.key("Enter")
