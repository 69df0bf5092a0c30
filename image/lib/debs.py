# SPDX-License-Identifier: Apache-2.0
"""Debian packages as a plain folder: resolve with apt, check the digest, extract. No root, no namespaces, no maintainer scripts.

apt runs with private state: an empty status file, its own lists and one archive folder (the cache). It checks every package
against the archive's signed Release file with debian-archive-keyring; a rebuild from a manifest asks for the exact versions and
compares SHA-256 with the manifest. The mirror is the machine's own, or the one given; no host name is stored.
"""
import hashlib
import os
import re
import subprocess
import tarfile
from pathlib import Path

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class BuildError(Exception):
    """A message for the person who builds; printed as it is."""


def sha256_file(path):
    h = hashlib.sha256()
    with open(path, "rb") as f:
        while chunk := f.read(1 << 20):
            h.update(chunk)
    return h.hexdigest()


def read_list(path, kinds=None):
    """Names from a package list; with `kinds`, lines are "kind name"."""
    names = []
    for line in Path(path).read_text().splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if kinds is None:
            names.append(words[0])
        elif words[0] in kinds:
            names.append(words[1])
    return names


def machine_mirrors():
    """(main, security) addresses that this machine's apt uses for Debian."""
    form = "$(LABEL)|$(COMPONENT)|$(REPO_URI)"
    out = subprocess.run(["apt-get", "indextargets", "--format", form, "Created-By: Packages"],
                         capture_output=True, text=True, check=True).stdout
    found = {}
    for line in out.splitlines():
        label, component, uri = line.split("|", 2)
        if component == "main":
            found.setdefault(label, uri.rstrip("/"))
    if "Debian" not in found:
        raise BuildError("apt on this machine has no Debian mirror in its lists: run 'apt-get update', or give --mirror")
    return found["Debian"], found.get("Debian-Security", found["Debian"] + "-security")


class Apt:
    """apt with private state under `work`, packages kept in `cache`."""

    def __init__(self, work, cache, suite, mirror=None, security=None):
        self.work, self.cache = Path(work).resolve(), Path(cache).resolve()
        if mirror is None:
            mirror, own_security = machine_mirrors()
            security = security or own_security
        security = security or mirror.rstrip("/") + "-security"
        for d in ("state/lists/partial", "cache", "etc"):
            (self.work / d).mkdir(parents=True, exist_ok=True)
        (self.cache / "partial").mkdir(parents=True, exist_ok=True)
        (self.work / "status").write_text("")
        signed = f"[arch=amd64 signed-by={KEYRING}]"
        if not os.path.exists(KEYRING):
            raise BuildError(f"'{KEYRING}' is missing: install debian-archive-keyring")
        (self.work / "sources.list").write_text(
            f"deb {signed} {mirror} {suite} main\n"
            f"deb {signed} {mirror} {suite}-updates main\n"
            f"deb {signed} {security} {suite}-security main\n")
        conf = self.work / "apt.conf"
        conf.write_text(f"""#clear APT::Update;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
Dir::State "{self.work}/state";
Dir::State::status "{self.work}/status";
Dir::Cache "{self.work}/cache";
Dir::Cache::archives "{self.cache}";
Dir::Etc::sourcelist "{self.work}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "amd64";
APT::Architectures "amd64";
APT::Sandbox::User "";
APT::Install-Recommends "false";
APT::Get::Assume-Yes "true";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "3";
Debug::NoLocking "true";
""")
        self.base = ["-c", str(conf), "-q=2"]

    def run(self, tool, *args, capture=False):
        r = subprocess.run([tool, *self.base, *args], text=True, capture_output=True,
                           env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"})
        if r.returncode != 0:
            raise BuildError(f"{tool} {args[0]}: {r.stderr.strip() or r.stdout.strip()}")
        return r.stdout

    def update(self):
        self.run("apt-get", "update")

    def known(self, names):
        """Names, without those marked "name?" that this suite does not have."""
        out = []
        for n in names:
            if n.endswith("?"):
                try:
                    self.run("apt-cache", "show", n[:-1])
                except BuildError:
                    continue
            out.append(n.rstrip("?"))
        return out

    def plan(self, names):
        """The closure of `names` (a name may be "name=version") as records: package, version, source, filename, sha256, size."""
        out = self.run("apt-get", "install", "--simulate", *names)
        chosen = re.findall(r"^Inst (\S+) \((\S+) ", out, re.M)
        shown = self.run("apt-cache", "show", *[f"{n.split(':')[0]}={v}" for n, v in chosen])
        records = {}
        for block in shown.split("\n\n"):
            f = dict(re.findall(r"^(Package|Version|Source|Filename|SHA256|Size): (.*)$", block, re.M))
            if "Package" not in f:
                continue
            src = re.match(r"(\S+)(?: \((\S+)\))?", f.get("Source", f["Package"]))
            records[(f["Package"], f["Version"])] = {
                "package": f["Package"], "version": f["Version"],
                "source": src[1], "source_version": src[2] or f["Version"],
                "sha256": f["SHA256"], "size": int(f["Size"])}
        missing = [c for c in chosen if (c[0].split(":")[0], c[1]) not in records]
        if missing:
            raise BuildError(f"apt-cache shows no record for {missing}")
        return [records[k] for k in sorted(records)]

    def path(self, rec, arch_try=("amd64", "all")):
        for arch in arch_try:
            p = self.cache / f"{rec['package']}_{rec['version'].replace(':', '%3a')}_{arch}.deb"
            if p.exists():
                return p
        return None

    def fetch(self, records):
        """Every package of `records` in the cache, digest checked."""
        want = [f"{r['package']}={r['version']}" for r in records if self.path(r) is None]
        if want:
            self.run("apt-get", "install", "--download-only", *[f"{r['package']}={r['version']}" for r in records])
        for r in records:
            p = self.path(r)
            if p is None:
                raise BuildError(f"package '{r['package']}' {r['version']} is neither in the cache nor on the mirror")
            if sha256_file(p) != r["sha256"]:
                raise BuildError(f"package file '{p.name}' has not the digest that is recorded for it")


def extract(apt, records, root):
    """Unpacks all packages into `root` (usr-merged); returns {path in root: package}. Device nodes do not occur in .debs."""
    root = Path(root)
    for d in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / d).mkdir(parents=True, exist_ok=True)
        if not (root / d).is_symlink():
            (root / d).symlink_to(f"usr/{d}")
    for d in ("dev", "proc", "sys", "tmp", "run", "src", "out"):
        (root / d).mkdir(exist_ok=True)
    owner = {}
    for r in records:
        p = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(apt.path(r))], stdout=subprocess.PIPE)
        with tarfile.open(fileobj=p.stdout, mode="r|") as t:
            for m in t:
                name = m.name.lstrip("./")
                if not name or m.ischr() or m.isblk():
                    continue
                top = name.split("/", 1)
                if len(top) == 1 and top[0] in ("bin", "sbin", "lib", "lib64"):
                    continue  # base-files ships the usr-merge links that are already there
                if top[0] in ("bin", "sbin", "lib", "lib64"):
                    name = "usr/" + name
                if ".." in name.split("/"):
                    raise BuildError(f"package '{r['package']}' holds the path '{m.name}'")
                dest = root / name
                if m.isdir():
                    dest.mkdir(parents=True, exist_ok=True)
                    continue
                dest.parent.mkdir(parents=True, exist_ok=True)
                if dest.is_symlink() or dest.exists():
                    dest.unlink()
                if m.issym():
                    dest.symlink_to(m.linkname)
                elif m.islnk():
                    link = m.linkname.lstrip("./")
                    if link.split("/", 1)[0] in ("bin", "sbin", "lib", "lib64"):
                        link = "usr/" + link
                    os.link(root / link, dest)
                elif m.isreg():
                    with open(dest, "wb") as f:
                        src = t.extractfile(m)
                        while chunk := src.read(1 << 20):
                            f.write(chunk)
                    dest.chmod(m.mode & 0o777)
                owner[name] = r["package"]
        if p.wait() != 0:
            raise BuildError(f"package '{r['package']}' does not unpack")
    return owner


class Tools:
    """Runs a program of the package root with the root's own loader and libraries: the host's versions never matter."""

    def __init__(self, root, epoch):
        self.root, self.epoch = Path(root).resolve(), epoch

    def run(self, program, *args, **kw):
        lib = self.root / "usr/lib/x86_64-linux-gnu"
        for folder in ("usr/bin", "usr/sbin"):
            exe = self.root / folder / program
            if exe.exists():
                break
        else:
            raise BuildError(f"'{program}' is not in the package root")
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "SOURCE_DATE_EPOCH": str(self.epoch),
               "GCONV_PATH": str(lib / "gconv"), "MTOOLS_SKIP_CHECK": "1", "MTOOLSRC": "/dev/null"}
        r = subprocess.run([str(self.root / "usr/lib64/ld-linux-x86-64.so.2"), "--argv0", program, "--library-path", str(lib),
                            str(exe.resolve() if exe.is_symlink() else exe), *map(str, args)],
                           env=env, capture_output=True, **kw)
        if r.returncode != 0:
            raise BuildError(f"{program}: {r.stderr.decode(errors='replace').strip()}")
        return r.stdout
