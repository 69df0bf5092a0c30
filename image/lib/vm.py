# SPDX-License-Identifier: Apache-2.0
"""One QEMU machine with the stick on USB and any internal disks. Used by image/boot and the tests.

Software emulation is asked for by name: an existing /dev/kvm proves nothing about it working.
"""
import ctypes
import json
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

OVMF = Path("/usr/share/OVMF")
KEY_NAMES = {" ": "spc", "\n": "ret", "-": "minus", ".": "dot", "/": "slash", ",": "comma"}


class VmError(Exception):
    pass


def end_with_parent():
    """In the child: QEMU goes when the program that started it goes, however that ended (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Machine:
    """Start with `with Machine(...) as vm`. firmware: secure (Microsoft keys enforced), refuses (Secure Boot
    that does not know Microsoft's third-party key), uefi or bios."""

    def __init__(self, stick, firmware="secure", memory=1024, disks=(), extra=(), stick_snapshot=True, direct=None, display="none",
                 resolution=None, rtc="utc"):
        self.dir = Path(tempfile.mkdtemp(prefix="shodo-vm-"))
        self.serial_log = self.dir / "serial.log"
        args = ["qemu-system-x86_64", "-accel", "tcg,thread=single", "-cpu", "max", "-smp", "1", "-m", str(memory), "-nodefaults",
                "-display", display, "-nic", "none", "-qmp", f"unix:{self.dir}/qmp,server=on,wait=off",
                "-chardev", f"socket,id=ser,path={self.dir}/serial,server=on,wait=off,logfile={self.serial_log}", "-serial", "chardev:ser",
                "-rtc", f"base={rtc}"]
        args += ["-machine", {"secure": "q35,smm=on", "refuses": "q35,smm=on", "uefi": "q35", "bios": "pc"}[firmware]]
        if firmware != "bios":
            vars_name, code = {"secure": ("OVMF_VARS_4M.ms.fd", "OVMF_CODE_4M.secboot.fd"),
                               "refuses": ("OVMF_VARS_4M.snakeoil.fd", "OVMF_CODE_4M.secboot.fd"), "uefi": ("OVMF_VARS_4M.fd", "OVMF_CODE_4M.fd")}[firmware]
            shutil.copy(OVMF / vars_name, self.dir / "vars.fd")
            if firmware in ("secure", "refuses"):
                args += ["-global", "driver=cfi.pflash01,property=secure,value=on"]
            args += ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF / code}", "-drive", f"if=pflash,format=raw,file={self.dir}/vars.fd"]
        vga = "VGA" + (",edid=on,xres={},yres={},vgamem_mb=64".format(*resolution) if resolution else "")
        args += ["-device", vga, "-device", "qemu-xhci,id=xhci", "-device", "usb-kbd,bus=xhci.0"]
        if stick:
            args += self.stick_args("stick0", stick, stick_snapshot, boot=not direct)
        if direct:
            kernel, initrd, cmdline = direct
            args += ["-kernel", str(kernel), "-initrd", str(initrd), "-append", cmdline]
        for i, (bus, path, throttle) in enumerate((d + ("",))[:3] for d in disks):
            dev = {"nvme": f"nvme,drive=int{i},serial=NVME{i}", "ahci": f"ide-hd,drive=int{i},bus=ahci.{i}", "virtio": f"virtio-blk-pci,drive=int{i}",
                   "ide": f"ide-hd,drive=int{i}"}[bus]
            if bus == "ahci" and not any("ich9-ahci" in a for a in args):
                args += ["-device", "ich9-ahci,id=ahci"]
            args += ["-drive", f"if=none,id=int{i},file={path},format=raw,cache=writeback{throttle}", "-device", dev]
        self.args = args + list(extra)
        self.process = None

    @staticmethod
    def stick_args(name, path, snapshot, boot=False, serial=None):
        return ["-drive", f"if=none,id={name},file={path},format=raw,snapshot={'on' if snapshot else 'off'}",
                "-device", f"usb-storage,bus=xhci.0,id={name}dev,drive={name},removable=on,serial={serial or name.upper() + 'A1B2'}"
                + (",bootindex=0" if boot else "")]

    def __enter__(self):
        self.began = time.monotonic()
        self.stderr = open(self.dir / "stderr", "w+")
        self.process = subprocess.Popen(self.args, stdin=subprocess.DEVNULL, stdout=self.stderr, stderr=self.stderr, preexec_fn=end_with_parent)
        self.qmp = self.connect("qmp")
        self.reader = self.qmp.makefile("r")
        try:
            json.loads(self.reader.readline())
            self.command("qmp_capabilities")
        except (OSError, ValueError):
            self.process.wait(5)
            raise VmError("QEMU ended: " + (self.dir / "stderr").read_text()) from None
        self.serial = self.connect("serial")
        self.serial.settimeout(0.5)
        self.heard = b""
        return self

    def connect(self, name):
        for _ in range(200):
            if self.process.poll() is not None:
                raise VmError("QEMU ended: " + (self.dir / "stderr").read_text())
            s = socket.socket(socket.AF_UNIX)
            try:
                s.connect(str(self.dir / name))
                return s
            except OSError:
                s.close()
                time.sleep(0.05)
        raise VmError("QEMU does not answer")

    def __exit__(self, *exc):
        self.kill()
        shutil.rmtree(self.dir, ignore_errors=True)

    def kill(self):
        """As if the power went: nothing is flushed by the guest."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def command(self, name, **arguments):
        self.qmp.sendall((json.dumps({"execute": name, **({"arguments": arguments} if arguments else {})}) + "\n").encode())
        while True:
            line = self.reader.readline()
            if not line:
                raise VmError("QEMU closed the monitor")
            reply = json.loads(line)
            if "return" in reply:
                return reply["return"]
            if "error" in reply:
                raise VmError(f"{name}: {reply['error']['desc']}")

    def screenshot(self, path):
        path = Path(path).resolve()
        path.unlink(missing_ok=True)
        self.command("screendump", filename=str(path), format="png")

    def keys(self, *names):
        """QEMU key names ("ret", "down", "shift-a", "f1"), or "text:abc"."""
        for n in names:
            for k in ([KEY_NAMES.get(c, c) if not c.isupper() else f"shift-{c.lower()}" for c in n[5:]] if n.startswith("text:") else [n]):
                self.command("send-key", keys=[{"type": "qcode", "data": q} for q in k.split("-")])
                time.sleep(0.25)

    def listen(self, seconds=0.5):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data = self.serial.recv(65536)
            except socket.timeout:
                continue
            except OSError:
                return
            if not data:
                return
            self.heard += data

    def wait_for(self, text, seconds):
        """Waits for text on the serial line; the seconds since the start."""
        want = text.encode() if isinstance(text, str) else text
        end = time.monotonic() + seconds
        while want not in self.heard:
            if time.monotonic() > end or self.process.poll() is not None:
                tail = self.heard[-2000:].decode(errors="replace")
                raise VmError(f"'{text}' did not come in {seconds} s; last on the serial line:\n{tail}")
            self.listen(0.3)
        return time.monotonic() - self.began

    def shell(self, command, seconds=60):
        """Runs a command in the test image's serial shell: (exit code, output)."""
        self.listen(0.1)
        mark = f"M{time.monotonic_ns()}"
        self.heard = b""
        self.serial.sendall(f"{{ {command}\n}} 2>&1; echo {mark[:3]}\"\"{mark[3:]}:$?:\n".encode())
        self.wait_for(mark + ":", seconds)
        self.wait_for_end(mark)
        text = self.heard.decode(errors="replace").replace("\r", "")
        body, _, code = text.rpartition(mark + ":")
        lines = [line for line in body.split("\n")]
        return int(code.split(":")[0]), "\n".join(line for line in lines if mark[3:] not in line and "{ " + command[:20] not in line).strip()

    def wait_for_end(self, mark):
        end = time.monotonic() + 5
        while self.heard.rpartition((mark + ":").encode())[2].count(b":") < 1 and time.monotonic() < end:
            self.listen(0.1)

    def wait_end(self, seconds):
        """Waits for the guest to power off; True when it did."""
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False
