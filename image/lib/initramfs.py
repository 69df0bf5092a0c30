# SPDX-License-Identifier: Apache-2.0
"""The whole system of the stick as one initramfs: an in-memory tree, written as a sorted newc archive with fixed times and owners.

Nothing gets in by default. Programs come with the libraries they name; kernel modules by an allow-list of folders plus what those
depend on, and never from a forbidden folder (network, sound, graphics, file systems other than exfat, fat, nls).
"""
import lzma
import os
import re
import stat
import struct
from pathlib import Path

from .debs import BuildError

MODULE_FOLDERS = (
    "arch/x86/crypto", "crypto", "lib", "drivers/ata", "drivers/nvme", "drivers/scsi", "drivers/usb", "drivers/hid", "drivers/input",
    "drivers/mmc", "drivers/virtio", "drivers/hv", "drivers/thunderbolt", "drivers/cdrom", "drivers/ufs", "drivers/message",
    "drivers/misc/cardreader", "drivers/memstick", "drivers/i2c", "drivers/pinctrl", "drivers/acpi", "drivers/mfd", "drivers/spi",
    "drivers/platform/surface", "drivers/pci", "drivers/phy", "drivers/block/virtio_blk", "drivers/soc", "drivers/char/hw_random",
    "fs/exfat", "fs/fat", "fs/nls")
# folders inside the allowed ones that are not needed, and everything that may never be in the image, dependency or not
MODULE_SKIP = re.compile(
    r"drivers/nvme/(target|host/nvme-(tcp|rdma|fc|fabrics))|drivers/usb/(serial|gadget|misc|atm|image|usbip|chipidea|musb|isp1760|cdns3|dwc2)|drivers/scsi/(qla2xxx|qla4xxx|lpfc|bfa|be2iscsi|"
    r"bnx2fc|bnx2i|fcoe|libfc|cxgbi|csiostor|elx|fnic|qedf|qedi|iscsi|libiscsi|snic|aic94xx|pcmcia|scsi_transport_(fc|iscsi)|"
    r"scsi_debug|ch\.|st\.|osst|ses|sg\.)|"
    r"crypto/(ansi|tcrypt|af_alg|algif)|drivers/hid/(amd-sfh|hid-picolcd)|drivers/input/(joystick|misc|tablet)|drivers/i2c/busses/i2c-diolan|"
    r"drivers/acpi/(apei|nfit)|lib/(test_|842|kunit)|drivers/mfd/(dln2|viperboard)|drivers/message/fusion/mptlan|drivers/ata/pata_pcmcia")
MODULE_NEVER = re.compile(
    r"^(net|sound)/|^drivers/(net|bluetooth|nfc|gpu|md|media|infiniband|staging|android|isdn|vhost|target|nbd|firewire|watchdog)/|"
    r"^drivers/block/(?!virtio_blk)|^fs/(?!exfat/|fat/|nls/)|^drivers/scsi/(iscsi|libiscsi|fcoe)|/cfg80211|/mac80211")


def elf_needed(path):
    """Names of the shared libraries a 64-bit little-endian ELF file asks for; empty for anything else."""
    data = Path(path).read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        return []
    phoff, = struct.unpack_from("<Q", data, 32)
    phsize, phnum = struct.unpack_from("<HH", data, 54)
    loads, dyn = [], None
    for i in range(phnum):
        kind, _, off, vaddr, _, fsize = struct.unpack_from("<IIQQQQ", data, phoff + i * phsize)
        if kind == 1:
            loads.append((vaddr, off, fsize))
        elif kind == 2:
            dyn = (off, fsize)
    if dyn is None:
        return []
    tags = [struct.unpack_from("<qQ", data, dyn[0] + i) for i in range(0, dyn[1], 16)]
    table = next((v for t, v in tags if t == 5), None)
    if table is None:
        return []
    base = next(off + table - vaddr for vaddr, off, size in loads if vaddr <= table < vaddr + size)
    return [data[base + v:data.index(b"\0", base + v)].decode() for t, v in tags if t == 1]


class Tree:
    """path -> (mode, bytes or link text). Remembers which package each file came from."""

    def __init__(self, root, owner):
        self.root, self.owner = Path(root), owner
        self.nodes, self.packages = {}, set()
        for d in ("dev", "proc", "sys", "run", "tmp", "data", "root", "etc", "usr", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "var"):
            self.folder(d)
        for d in ("bin", "sbin", "lib", "lib64"):
            self.link(d, f"usr/{d}")

    def folder(self, path):
        parts = path.split("/")
        for i in range(1, len(parts) + 1):
            self.nodes.setdefault("/".join(parts[:i]), (stat.S_IFDIR | 0o755, b""))

    def link(self, path, target):
        self.folder(os.path.dirname(path) or ".") if "/" in path else None
        self.nodes[path] = (stat.S_IFLNK | 0o777, target.encode())

    def put(self, path, data, mode=0o644):
        if "/" in path:
            self.folder(os.path.dirname(path))
        self.nodes[path] = (stat.S_IFREG | mode, data if isinstance(data, bytes) else data.encode())

    def take(self, path, dest=None, mode=None):
        """A file of the package root, symbolic links resolved inside the root."""
        real = path
        for _ in range(8):
            p = self.root / real
            if not p.is_symlink():
                break
            target = os.readlink(p)
            real = target.lstrip("/") if target.startswith("/") else os.path.normpath(os.path.join(os.path.dirname(real), target))
        if not p.is_file():
            raise BuildError(f"'{path}' is not in the package root")
        if real in self.owner:
            self.packages.add(self.owner[real])
        self.put(dest or path, p.read_bytes(), mode if mode is not None else (0o755 if os.access(p, os.X_OK) else 0o644))
        return p

    def take_folder(self, path, dest=None, keep=lambda name: True):
        found = sorted(p for p in (self.root / path).rglob("*") if p.is_file() and keep(p.name))
        if not found:
            raise BuildError(f"'{path}' is empty in the package root")
        for p in found:
            rel = str(p.relative_to(self.root))
            self.take(rel, (dest + rel[len(path):]) if dest else rel)

    def take_program(self, name, dest=None):
        for folder in ("usr/bin", "usr/sbin"):
            if (self.root / folder / name).exists():
                p = self.take(f"{folder}/{name}", dest or f"usr/bin/{name}", 0o755)
                self.take_libraries(p)
                return
        raise BuildError(f"program '{name}' is not in the package root")

    def take_libraries(self, program):
        for lib in elf_needed(program):
            if lib.startswith("ld-linux"):
                self.take(f"usr/lib64/{lib}", mode=0o755)
                continue
            path = f"usr/lib/x86_64-linux-gnu/{lib}"
            if path not in self.nodes:
                self.take_libraries(self.take(path, mode=0o644))

    def take_modules(self, kernel):
        """The allow-list and its dependencies, decompressed (one zstd over all is smaller and loads faster)."""
        base = self.root / "usr/lib/modules" / kernel
        deps = {}
        for line in (base / "modules.dep").read_text().splitlines():
            name, rest = line.split(":", 1)
            deps[name] = rest.split()
        chosen = set()
        for name in deps:
            short = name.removeprefix("kernel/")
            if not any(short.startswith(f + "/") or short.startswith(f + ".ko") for f in MODULE_FOLDERS) or MODULE_SKIP.search(short):
                continue
            all_of_it = {name, *deps[name]}
            if any(MODULE_NEVER.search(n.removeprefix("kernel/")) for n in all_of_it):
                continue
            chosen |= all_of_it
        for name in sorted(chosen):
            p = self.take(f"usr/lib/modules/{kernel}/{name}")
            dest = f"usr/lib/modules/{kernel}/{name}"
            if name.endswith(".xz"):
                del self.nodes[dest]
                self.put(dest[:-3], lzma.decompress(p.read_bytes()))
        self.check_modules(kernel)
        return len(chosen)

    def check_modules(self, kernel):
        """A second look at the result, by name: the promise "no network, no evidence file system" is checked, not hoped for."""
        prefix = f"usr/lib/modules/{kernel}/kernel/"
        for path in self.nodes:
            if path.startswith(prefix) and path.endswith(".ko") and MODULE_NEVER.search(path[len(prefix):]):
                raise BuildError(f"module '{path}' must not be in the image")

    def write_modules_to(self, folder):
        """For depmod, which wants files."""
        for path, (mode, data) in self.nodes.items():
            if path.startswith("usr/lib/modules/") and stat.S_ISREG(mode):
                p = Path(folder) / path
                p.parent.mkdir(parents=True, exist_ok=True)
                p.write_bytes(data)

    def cpio(self, epoch):
        return cpio(self.nodes, epoch)


def cpio(nodes, epoch):
    """A newc archive: sorted by name, owner root, one time, running inode numbers."""
    out = bytearray()

    def entry(ino, name, mode, data):
        raw = name.encode() + b"\0"
        head = "070701" + "".join(f"{v:08X}" for v in (ino, mode, 0, 0, 1, epoch if name != "TRAILER!!!" else 0,
                                                       len(data), 0, 0, 0, 0, len(raw), 0))
        out.extend(head.encode() + raw)
        out.extend(b"\0" * (-len(out) % 4))
        out.extend(data)
        out.extend(b"\0" * (-len(out) % 4))

    for ino, name in enumerate(sorted(nodes), 1):
        entry(ino, name, nodes[name][0], nodes[name][1])
    entry(0, "TRAILER!!!", 0, b"")
    out.extend(b"\0" * (-len(out) % 512))
    return bytes(out)
