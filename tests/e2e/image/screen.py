# SPDX-License-Identifier: Apache-2.0
"""The screen of the machine under test as text, and its keyboard: the same interface as tui_lib.Screen, so that the same answers play.

Keys go through QEMU's USB keyboard, the kernel's console, fbterm and the session to the front end. Back comes what the terminal
received, by `mirror` (test-only initrd) and a second serial line; tmux turns the bytes into a screen. No time limit decides a check: after
each key the machine is asked whether the front end has taken it and waits again.
"""
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import variant  # noqa: F401  (puts image/lib on the path)
from lib.vm import VmError

HERE = Path(__file__).resolve().parent
NAMES = {"Enter": "ret", "Escape": "esc", "Space": "spc", "Up": "up", "Down": "down", "Tab": "tab", "F1": "f1", "F2": "f2", "F9": "f9", "F10": "f10",
         " ": "spc", "-": "minus", ".": "dot", "/": "slash", ",": "comma"}
# a Japanese keyboard (jp106): what is typed for a character
NAMES[":"] = "apostrophe"
FAR = 900  # seconds until a machine that stands still is given up


def build(work):
    out = Path(work) / "mirror"
    subprocess.run(["gcc", "-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o", str(out), str(HERE / "mirror.c")], check=True)
    return {"test/mirror": (out.read_bytes(), 0o755)}


class VmScreen:
    """Made before the machine starts (args() go to QEMU), attached when it runs."""

    def __init__(self, work, shots=None):
        self.work, self.path, self.shots, self.vm = Path(work), Path(work) / "mirror.sock", shots, None
        self.path.unlink(missing_ok=True)
        self.name = f"shodo-vm-{os.getpid()}"
        self.keys = self.taken = self.shown = self.reports = 0
        self.size, self.raw, self.sink = None, None, None  # raw: what was shown in this size, as a file that tmux follows

    def args(self):
        return ["-chardev", f"socket,id=mirror,path={self.path},server=on,wait=off", "-serial", "chardev:mirror"]

    def attach(self, vm):
        self.vm = vm
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(str(self.path))
        threading.Thread(target=self.listen, daemon=True).start()
        return self

    def tmux(self, *args):
        return subprocess.run(["tmux", "-L", self.name, "-f", "/dev/null", "-u", *args], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C.UTF-8"})

    def resized(self, rows, cols, first=b""):
        """A new terminal: its bytes go to a new file."""
        self.raw = self.work / f"screen-{time.monotonic_ns()}.raw"
        self.sink = open(self.raw, "wb", buffering=0)
        self.sink.write(first)
        self.size = (rows, cols)

    def open_pane(self):
        self.tmux("kill-server")
        rows, cols = self.size
        self.tmux("new-session", "-d", "-x", str(cols), "-y", str(rows), f"stty raw -echo; exec tail -c +1 -f {self.raw}")
        time.sleep(0.3)
        return self.raw

    def listen(self):
        """Screen bytes to the file, reports to our counters."""
        held = early = b""
        while True:
            try:
                data = self.line.recv(65536)
            except OSError:
                return
            if not data:
                return
            held += data
            while held:
                at = held.find(b"\x1e")
                body, rest = (held, b"") if at < 0 else (held[:at], held[at:])
                if body and self.sink:
                    self.sink.write(body)
                else:
                    early += body
                self.shown += len(body)
                end = rest.find(b"\x1f")
                if not rest or end < 0:
                    held = rest
                    break
                rows, cols, keys = (int(n) for n in rest[1:end].split())
                if (rows, cols) != self.size:
                    self.resized(rows, cols, early)
                self.taken, self.reports, held = keys, self.reports + 1, rest[end + 1:]

    def text(self):
        if not self.size:
            return ""
        if getattr(self, "followed", None) != self.raw:
            self.followed = self.open_pane()
        out = self.tmux("capture-pane", "-p")
        if out.returncode != 0:  # tmux was ended by someone else: all bytes are still there
            self.followed = self.open_pane()
            out = self.tmux("capture-pane", "-p")
        return out.stdout

    def wait(self, ready, what, seconds=FAR):
        end = time.monotonic() + seconds
        while not ready():
            if self.vm.process.poll() is not None:
                raise VmError(f"the machine ended while waiting: {what}")
            if time.monotonic() > end:
                raise VmError(f"waited {seconds} s: {what}; the screen:\n{self.text()}")
            time.sleep(0.03)

    def settle(self, seconds=None):
        """The screen when nothing was shown for three looks; every key was taken before (press waits for that)."""
        last, same = None, 0
        while same < 3:
            now = (self.shown, self.text())
            same = same + 1 if now == last and now[1].strip() else 0
            last = now
            time.sleep(0.05)
        return last[1]

    def press(self, name):
        before = self.taken
        key = NAMES.get(name) or (f"shift-{name.lower()}" if name.isupper() else name)
        self.vm.command("send-key", keys=[{"type": "qcode", "data": k} for k in key.split("-")], **{"hold-time": 40})
        self.keys += 1
        self.wait(lambda: self.taken > before, f"key '{name}'")

    def key(self, *names):
        for n in names:
            self.press(n)
        return self.settle()

    def type(self, text):
        for c in text:
            self.press(c)
        return self.settle()

    def until(self, pattern, seconds=FAR):
        self.wait(lambda: re.search(pattern, self.text()), f"'{pattern}' on the screen", max(seconds, FAR))
        return self.text()

    def shot(self, name):
        if self.shots:
            self.vm.screenshot(Path(self.shots) / f"{name}.png")
            (Path(self.shots) / f"{name}.txt").write_text(self.text())

    def end(self):
        self.tmux("kill-server")

    def __enter__(self):
        if not shutil.which("tmux"):
            raise VmError("'tmux' is not installed (tests/packages)")
        return self

    def __exit__(self, *exc):
        self.end()
