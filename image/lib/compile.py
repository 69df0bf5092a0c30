# SPDX-License-Identifier: Apache-2.0
"""Compiles shodo and shodo-tui inside the Debian 13 package root, never with the host's compiler.

The root is entered with chroot in a mount namespace of its own (user namespace when not root). The sources are seen at /src and
the build at /out, so no path of the host is in the programs.
"""
import os
import subprocess
from pathlib import Path

from .debs import BuildError

# what a package root without maintainer scripts still needs to run cmake
BASE_PACKAGES = ("bash", "dash", "coreutils", "sed", "grep", "mawk", "findutils", "diffutils", "tar", "gzip", "git")

SCRIPT = r"""set -e
root=$1 repo=$2 out=$3
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
mount --bind "$repo" "$root/src"
mount --bind "$out" "$root/out"
exec chroot "$root" /usr/bin/env -i PATH=/usr/bin:/usr/sbin LC_ALL=C.UTF-8 HOME=/out CC=gcc CXX=g++ SOURCE_DATE_EPOCH="$4" JOBS="$5" /bin/sh -ec '
cmake -S /src -B /out/build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ >/out/cmake.log 2>&1 || { tail -n 30 /out/cmake.log; exit 1; }
cmake --build /out/build -j "$JOBS" --target shodo --target shodo-tui >/out/build.log 2>&1 || { tail -n 40 /out/build.log; exit 1; }
'
"""


def compile_in(root, repo, work, epoch, say):
    root, out = Path(root).resolve(), Path(work).resolve() / "programs"
    out.mkdir(parents=True, exist_ok=True)
    for name, target in (("sh", "dash"), ("awk", "mawk")):
        link = root / "usr/bin" / name
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(target)
    say("  compiling shodo and shodo-tui inside the package root")
    spaces = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-m"]
    r = subprocess.run([*spaces, "/bin/sh", "-c", SCRIPT, "sh", str(root), str(Path(repo).resolve()), str(out), str(epoch),
                        str(min(os.cpu_count() or 1, 4))], capture_output=True, text=True)
    if r.returncode != 0:
        raise BuildError(f"compiling inside the package root failed:\n{r.stdout}{r.stderr}")
    found = {}
    for name in ("shodo", "shodo-tui"):
        hits = [p for p in (out / "build").rglob(name) if p.is_file() and os.access(p, os.X_OK)]
        if len(hits) != 1:
            raise BuildError(f"the build made {len(hits)} programs named '{name}'")
        found[name] = hits[0]
    return found
