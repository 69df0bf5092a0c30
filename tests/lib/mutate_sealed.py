# SPDX-License-Identifier: Apache-2.0
"""mutate_sealed.py SHODO WORK COUNT SEED: seeded mutations of a sealed bundle and of a journal, half of COUNT each.

WORK holds case/ (closed, with its journal), out/ (the bundle) and r.key. For every mutation the program ends within its
limit, by itself, with words; and the change is found: verify and `journal verify` do not answer as they did. What is not
found is listed and may not pass 5 %."""
import collections, glob, os, random, shutil, subprocess, sys

shodo, work, count, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
LIMIT_S = 60
rng = random.Random(seed)


def run(*args):
    r = subprocess.run([shodo, *args], capture_output=True, timeout=LIMIT_S)
    if r.returncode not in (0, 1, 3, 4):
        raise AssertionError(f"{args[0]}: exit {r.returncode}: {r.stderr[-300:]!r}")
    if r.returncode and not (r.stdout + r.stderr).strip():
        raise AssertionError(f"{args[0]}: exit {r.returncode} without a word")
    return r


def change(data):
    """Another content, and how it came about."""
    at, n = rng.randrange(len(data)), rng.choice([1, 1, 1, 2, 4, 16, 64])
    kind = rng.choice(["bit", "bit", "zeros", "random", "cut out", "doubled", "cut off", "swapped"])
    if kind == "bit":
        new = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1:]
    elif kind == "zeros":
        new = data[:at] + bytes(len(data[at:at + n])) + data[at + n:]
    elif kind == "random":
        new = data[:at] + rng.randbytes(len(data[at:at + n])) + data[at + n:]
    elif kind == "cut out":
        new = data[:at] + data[at + n:]
    elif kind == "doubled":
        new = data[:at + n] + data[at:]
    elif kind == "cut off":
        new = data[:at]
    else:  # two lines, or two halves where there are no lines
        parts = data.split(b"\n") if data.count(b"\n") > 2 else [data[:at], data[at:]]
        i = rng.randrange(len(parts) - 1)
        parts[i], parts[i + 1] = parts[i + 1], parts[i]
        new = (b"\n" if data.count(b"\n") > 2 else b"").join(parts)
    return (new, f"{kind} at {at} of {len(data)}") if new != data else change(data)


def mutate(what, paths, look, rounds):
    """`look()` is how the program judges; it must judge otherwise than before."""
    before = look()
    assert before[0] == 0, f"the untouched {what} does not verify: {before}"
    groups, silent = collections.Counter(), []
    for i in range(rounds):
        path = rng.choice(paths)
        old = open(path, "rb").read()
        new, how = change(old)
        open(path, "wb").write(new)
        try:
            now = look()
        except (subprocess.TimeoutExpired, AssertionError) as e:
            sys.exit(f"FAILED: seed {seed}, {what} {i}: {os.path.basename(path)}, {how}: {e}")
        open(path, "wb").write(old)
        groups["found" if now[0] else "said" if now != before else "nothing said"] += 1
        if now == before:
            silent.append(f"{os.path.basename(path)}: {how}")
    assert look() == before, f"the {what} was not put back"
    print(f"seed {seed}: {rounds} mutations of a {what}:", ", ".join(f"{k} {v}" for k, v in sorted(groups.items())))
    for s in silent:
        print("  nothing said:", s)
    return len(silent)


def verify():
    lists = glob.glob(work + "/out/*.segments.txt")
    r = run("verify", lists[0] if lists else work + "/out", "--key", work + "/r.key")
    return r.returncode, r.stdout


def journal():
    r = run("journal", "verify", "--case", work + "/case")
    run("case", "show", "--case", work + "/case")  # may refuse, may not crash
    return r.returncode, r.stdout


files = [p for p in sorted(glob.glob(work + "/out/*")) if os.path.getsize(p)]
sealed = [p for p in files if p.endswith((".p7m", ".p7s", ".segments.txt"))]
assert len(sealed) >= 3, f"the bundle has only {files}"
# every part of it by turns, not by size: otherwise the segments would get all
silent = mutate("bundle", sealed, verify, count // 2)
silent += mutate("journal", glob.glob(work + "/case/journal/*.jsonl"), journal, count - count // 2)
share = 100 * silent / count
print(f"nothing said: {silent} of {count}, {share:.1f} % (at most 5 %)")
sys.exit(1 if share > 5 else 0)
