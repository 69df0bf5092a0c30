# SPDX-License-Identifier: Apache-2.0
"""write_e01.py RAW STEM SEGMENTS: an E01 image of a raw one, packed chunks, in about that many segments (STEM.E01 …)."""
import hashlib, struct, sys, zlib

raw, stem, want = open(sys.argv[1], "rb").read(), sys.argv[2], int(sys.argv[3])
CHUNK = 64 * 512
assert len(raw) % 512 == 0


def section(kind, at, data, is_end=False):
    head = struct.pack("<16sQQ40x", kind, at if is_end else at + 76 + len(data), 76 + len(data))
    return head + struct.pack("<I", zlib.adler32(head)) + data


def volume():
    p = bytearray(1052)
    p[0] = 1
    struct.pack_into("<IIIQ", p, 4, -(-len(raw) // CHUNK), 64, 512, len(raw) // 512)
    struct.pack_into("<I", p, 1048, zlib.adler32(bytes(p[:1048])))
    return bytes(p)


chunks = [raw[i:i + CHUNK].ljust(CHUNK, b"\0") for i in range(0, len(raw), CHUNK)]
per = -(-len(chunks) // want)
parts = [chunks[i:i + per] for i in range(0, len(chunks), per)]
for number, part in enumerate(parts, 1):
    out = bytearray(b"EVF\x09\x0d\x0a\xff\x00\x01" + struct.pack("<HH", number, 0))
    if number == 1:
        out += section(b"volume", len(out), volume())
    begin, body, entries = len(out), bytearray(), bytearray()
    for c in part:
        entries += struct.pack("<I", (begin + 76 + len(body)) | 0x80000000)
        body += zlib.compress(c, 1)
    out += section(b"sectors", begin, bytes(body))
    head = struct.pack("<I4xQ4x", len(part), 0)
    table = head + struct.pack("<I", zlib.adler32(head)) + entries + struct.pack("<I", zlib.adler32(bytes(entries)))
    out += section(b"table", len(out), table)
    out += section(b"table2", len(out), table)
    if number == len(parts):
        out += section(b"hash", len(out), hashlib.md5(raw).digest() + bytes(16) + struct.pack("<I", 0))
        out += section(b"done", len(out), b"", True)
    else:
        out += section(b"next", len(out), b"", True)
    open(f"{stem}.E{number:02}", "wb").write(out)
