# SPDX-License-Identifier: Apache-2.0
"""mutate.py SHODO IMAGE WORK COUNT SEED: seeded mutations of an NTFS volume without a partition table.

Every stream of the truth list must, for every mutation, be reported with its SHA-256 (by a rule that matches everything),
or be named in the ledger (itself, a folder above it, or the whole volume), or the mutated bytes must lie in its content.
What is left is the last group: a field that nothing on the volume contradicts. It is listed and may not pass 5 %.
Where content lies comes from an own small NTFS parser, not from the program under test."""
import collections, glob, json, os, random, shutil, struct, subprocess, sys

shodo, image, work, count, seed = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
LIMIT_S = 60
rng = random.Random(seed)
copy = os.path.join(work, "mutated.img")
shutil.copyfile(image, copy)
disk = open(copy, "r+b", buffering=0)
raw = open(image, "rb").read()
sector, per = struct.unpack_from("<HB", raw, 11)
cluster = sector * per
mft_at = struct.unpack_from("<Q", raw, 48)[0] * cluster
size = struct.unpack_from("<b", raw, 64)[0]
record_bytes = 1 << -size if size < 0 else size * cluster


def runs(p):
    at, lcn, out = 0, 0, []
    while p[at]:
        a, b = p[at] & 15, p[at] >> 4
        n = int.from_bytes(p[at + 1:at + 1 + a], "little")
        if b:
            lcn += int.from_bytes(p[at + 1 + a:at + 1 + a + b], "little", signed=True)
            out.append((lcn * cluster, n * cluster))
        at += 1 + a + b
    return out


def ranges(at):
    """Places of the content of all attributes of a record that are $DATA, streams included."""
    r = raw[at:at + record_bytes]
    if r[:4] != b"FILE":
        return []
    a, out = struct.unpack_from("<H", r, 20)[0], []
    while a + 24 <= record_bytes and struct.unpack_from("<I", r, a)[0] != 0xFFFFFFFF:
        kind, length, nonresident = struct.unpack_from("<IIB", r, a)
        if length == 0:
            break
        if kind == 0x80 and nonresident:
            out += runs(r[a + struct.unpack_from("<H", r, a + 32)[0]:a + length] + b"\0")
        elif kind == 0x80:
            n, off = struct.unpack_from("<IH", r, a + 16)
            out.append((at + a + off, n))
        a += length
    return out


mft = ranges(mft_at)
records = [o + i for o, n in mft for i in range(0, n, record_bytes)]
content = collections.defaultdict(list)
for i, at in enumerate(records):
    base = struct.unpack_from("<Q", raw, at + 32)[0] & 0xFFFFFFFFFFFF if raw[at:at + 4] == b"FILE" else 0
    content[base or i] += ranges(at) if i else []
truth = {}
for line in open(image + ".truth.tsv", encoding="utf-8"):
    f = line.rstrip("\n").split("\t")
    if line[0] != "#" and f[1] == "live" and f[2] in ("file", "ads", "wof") and f[5] != "0" and f[6] != "-" and "\\u" not in f[7] + f[8]:
        truth[(f[7], f[8])] = (f[6], int(f[3].split("-")[0]))
rule = os.path.join(work, "all.yar")
open(rule, "w").write("rule everything { condition: true }\n")


def text(x):
    return x if isinstance(x, str) else json.dumps(x)  # names that are no UTF-8 come as objects


def run(case):
    """What was reported, and the ledger; raises when the supervisor crashes or hangs."""
    shutil.rmtree(case, ignore_errors=True)
    subprocess.run([shodo, "case", "new", case, "--drill"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    r = subprocess.run([shodo, "triage", copy, "--case", case, "--only-rules", rule, "--profile", "full", "--jobs", "1", "--entry-seconds", "20"],
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=LIMIT_S)
    assert r.returncode in (0, 1, 3, 4), f"exit {r.returncode}"
    found, ledger = {}, []
    for p in glob.glob(case + "/endpoints/*/findings.jsonl"):
        for line in open(p, encoding="utf-8"):
            d = json.loads(line)
            for name in [d["shodo.path"]] + d.get("shodo.other_paths", []):
                if d.get("rule.name") == "everything":
                    found[(text(name), text(d.get("file.fork_name", "")))] = d.get("file.hash.sha256")
    for p in glob.glob(case + "/endpoints/*/ledger.jsonl"):
        ledger += [json.loads(line) for line in open(p, encoding="utf-8")]
    if r.returncode == 4:
        assert r.stderr.strip(), "failed without a word"
        ledger.append({"shodo.class": "problem"})
    return found, [d for d in ledger if d["shodo.class"] == "problem"]


def place():
    """Where the bytes go: mostly metadata of every kind, some content, some of the boot sector."""
    kind = rng.randrange(10)
    if kind < 5:
        return rng.choice(records) + rng.randrange(record_bytes)
    if kind < 6:
        return rng.randrange(512)
    if kind < 8:  # folders, bitmap, $Secure: anything the first 64 records own
        own = [r for i in range(64) for r in content[i] if r[1]]
        o, n = rng.choice(own)
        return o + rng.randrange(n)
    o, n = rng.choice([r for i in content for r in content[i] if r[1] and r[0] + r[1] <= len(raw)])
    return o + rng.randrange(n)


plain, problems = run(os.path.join(work, "plain"))
# a cloud placeholder has no content here, and an orphan's folder is a matter of taste: other names by design
odd = {k for k in truth if k[0] in ("/flags/cloud.docx", "/gone/stale.txt")}
truth = {k: v for k, v in truth.items() if k not in odd}
missing = [k for k, (sha, _) in truth.items() if plain.get(k) != sha]
assert len(truth) > 100 and not missing, f"the healthy volume: {len(missing)} of {len(truth)} streams are not reported: {missing[:5]}"
groups, last = collections.Counter(), []
for m in range(count):
    at, n = place(), rng.choice([1, 1, 2, 4, 8, 64, 512])
    at = min(at, len(raw) - n)
    new = rng.choice([bytes(n), b"\xff" * n, rng.randbytes(n), bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1:at + n]])
    os.pwrite(disk.fileno(), new, at)
    try:
        found, ledger = run(os.path.join(work, "case"))
    except (subprocess.TimeoutExpired, AssertionError) as e:
        sys.exit(f"FAILED: seed {seed}, mutation {m} ({n} bytes at {at}): {e}")
    os.pwrite(disk.fileno(), raw[at:at + n], at)
    whole = any(not d.get("shodo.path") and str(d.get("file.inode", "0")) in ("0", "") for d in ledger)
    named = {text(d["shodo.path"]) for d in ledger if d.get("shodo.path")}
    inodes = {str(d.get("file.inode")) for d in ledger}
    worst = "reported"
    for (path, stream), (sha, record) in truth.items():
        if found.get((path, stream)) == sha:
            continue
        parents = {path[:i] for i in range(1, len(path)) if path[i] == "/"}
        if any(at < o + k and o < at + n for o, k in content[record]):
            worst = "content" if worst == "reported" else worst
        elif str(record) in inodes or path in named or parents & named:
            worst = "ledger" if worst in ("reported", "content") else worst
        elif whole:
            worst = "volume" if worst != "nothing" else worst
        else:
            worst = "nothing"
            last.append(f"mutation {m}: {n} bytes at {at}: {path}{':' + stream if stream else ''} "
                        f"{'reported with another digest' if (path, stream) in found else 'not reported'}")
    groups[worst] += 1
print(f"seed {seed}: {count} mutations:", ", ".join(f"{k} {v}" for k, v in sorted(groups.items())))
shown = collections.Counter(x.split(":")[0] for x in last)
for x in last[:40]:
    print("  nothing contradicts it:", x)
share = 100 * groups["nothing"] / count
print(f"last group: {groups['nothing']} mutations, {share:.1f} % (at most 5 %), {len(last)} streams in {len(shown)} mutations")
sys.exit(1 if share > 5 else 0)
