#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Files of the classes that strong encryption is confused with: real ones of this machine first (links), then files made here
# from its real texts, programs and fonts with the classes' own encoders. Same machine, same files.
# Usage: classes.py OUT [COUNT]      → OUT/CLASS/NAME.EXT, at least COUNT of each (8 to 256 KiB); OUT/classes.tsv says how many are real
import functools
import gzip
import io
import lzma
import os
import random
import shutil
import sqlite3
import stat
import struct
import subprocess
import sys
import zipfile
import zlib

import brotli
from PIL import Image

out, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 220
LEAST, MOST = 8192, 256 << 10
rng = random.Random(20261126)
TOPS = ["/var/cache/apt", "/usr/include", "/usr/share", "/var/lib/dpkg", "/usr/lib"]
FILES_MAX = 60000  # looked at; a machine with more gives the same classes
PLAIN = {"h", "py", "txt", "c", "pl", "xml", "html", "list", "so", "mo", "pm"}
REAL = {"gz", "xz", "zst", "png", "woff2", "jpg", "deb", "sqlite", "zip", "jar", "pdf", "txt", "html", "xml", "csv", "docx", "xlsx", "ttf"}


def walk():
    found, plain, looked = {}, [], 0
    for top in TOPS:
        for folder, dirs, names in os.walk(top):
            dirs.sort()
            looked += len(names)
            if looked > FILES_MAX:
                return found, plain
            for name in sorted(names):
                path = os.path.join(folder, name)
                ext = name.rsplit(".", 1)[-1] if "." in name else ""
                if ext not in REAL and ext not in PLAIN:
                    continue
                try:
                    st = os.lstat(path)
                except OSError:
                    continue
                if not (LEAST <= st.st_size <= MOST) or not stat.S_ISREG(st.st_mode):
                    continue
                if ext in REAL:
                    found.setdefault(ext, []).append(path)
                if ext in PLAIN:
                    plain.append(path)
    return found, plain


real, plain = walk()
rng.shuffle(plain)
assert len(plain) > 500, "too few files on this machine"
texts = [p for p in plain if not p.endswith((".so", ".mo"))]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def text(i, least=LEAST):
    data = b""
    while len(data) < least:
        data += read(texts[i % len(texts)])
        i += 7
    return data[:MOST]


def source(i, least):  # real content long enough to stay above LEAST when compressed
    data = b""
    while len(data) < least:
        data += read(plain[i % len(plain)])
        i += 13
    return data


@functools.lru_cache(None)
def picture(i):  # smooth areas, edges and sensor noise
    w, h = 160 + i % 97, 120 + i % 61
    a = Image.linear_gradient("L").resize((w, h)).rotate(i * 7)
    b = Image.effect_noise((w, h), 20 + i % 60)
    c = Image.radial_gradient("L").resize((w, h)).transpose(i % 5)
    return Image.merge("RGB", (Image.blend(a.resize((w, h)), b, 0.4), Image.blend(c.resize((w, h)), b, 0.3), b))


def image(i, form, **more):
    b, k, p = io.BytesIO(), 1, picture(i)
    p = p.convert("L") if form == "GIF" else p
    p.save(b, form, **more)
    while b.tell() < LEAST + 100 * (i % 40) and k < 5:  # larger until it is large enough
        k, b = k + 1, io.BytesIO()
        p.resize((p.width * k, p.height * k)).save(b, form, **more)
    return b.getvalue()


@functools.lru_cache(None)
def photo(i):
    return image(i, "JPEG")


def ooxml(i, first, part):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr("_rels/.rels", "<Relationships/>")
        z.writestr(first, b"<x>" + source(i, 20000)[:40000] + b"</x>")
        z.writestr(part, photo(i % 80))
    return b.getvalue()


def odf(i):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        z.writestr("content.xml", source(i, 40000)[:80000], zipfile.ZIP_DEFLATED)
    return b.getvalue()


def cfb(streams):  # [MS-CFB] version 3: header, FAT, directory, streams of full sectors
    def sector(b):
        return b + b"\0" * (-len(b) % 512)
    body, chains, at = b"", [], 0
    names = [("Root Entry", 5, 0xFFFFFFFE, 0)]
    blobs = [sector(data + b"\0" * max(0, 4096 - len(data))) for _, data in streams]
    dir_sectors = (len(streams) + 1 + 3) // 4
    total = dir_sectors + sum(len(b) // 512 for b in blobs)
    fats = (total + 127) // 128
    while (total + fats + 127) // 128 > fats:
        fats += 1
    fat = [0xFFFFFFFD] * fats
    at = fats
    fat += [at + k + 1 for k in range(dir_sectors - 1)] + [0xFFFFFFFE]
    first_dir, at = at, at + dir_sectors
    for (name, data), blob in zip(streams, blobs):
        n = len(blob) // 512
        names.append((name, 2, at, max(len(data), 4096)))
        fat += [at + k + 1 for k in range(n - 1)] + [0xFFFFFFFE]
        at += n
        body += blob
    fat += [0xFFFFFFFF] * (fats * 128 - len(fat))
    entries = b""
    for k, (name, kind, start, size) in enumerate(names):
        u = name.encode("utf-16-le") + b"\0\0"
        right = k + 1 if 1 <= k < len(names) - 1 else 0xFFFFFFFF
        child = 1 if k == 0 else 0xFFFFFFFF
        entries += u.ljust(64, b"\0") + struct.pack("<HBBIII16sIQQIQ", len(u), kind, 1, 0xFFFFFFFF, right, child, b"", 0, 0, 0, start, size)
    entries = entries.ljust(dir_sectors * 512, b"\0")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH6sIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, fats, first_dir, 0, 4096,
                                                                  0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)[:-4]
    head = (head + struct.pack("<109I", *([k for k in range(fats)] + [0xFFFFFFFF] * (109 - fats)))).ljust(512, b"\xff")
    return head + struct.pack(f"<{len(fat)}I", *fat) + entries + body


def ole(i, ext):
    return cfb([("WordDocument" if ext == "doc" else "Workbook", source(i, 20000)[:90000]), ("\x05SummaryInformation", text(i)[:4096])])


def encrypted_office(i):  # [MS-OFFCRYPTO]: an OLE file with the encrypted package
    return cfb([("EncryptionInfo", b"\x04\0\x04\0\x40\0\0\0<encryption/>"), ("EncryptedPackage", struct.pack("<Q", 30000) + rng.randbytes(30000 + i * 100))])


def sqlite(i, path):
    db = sqlite3.connect(path)
    db.execute("pragma synchronous=off")
    db.execute("create table patient(id integer primary key, name text, note text, picture blob)")
    s = source(i, 30000)
    for k in range(40):
        db.execute("insert into patient(name, note, picture) values(?,?,?)", (f"name {k}", s[k * 500:k * 500 + 400].decode("latin-1"), photo(i % 80)[:1500] if k % 4 == 0 else None))
    db.commit()
    db.close()


def element(group, el, vr, value):
    value += b"\0" * (len(value) % 2)
    if vr in (b"OB", b"OW", b"SQ"):
        return struct.pack("<HH", group, el) + vr + b"\0\0" + struct.pack("<I", len(value)) + value
    return struct.pack("<HH", group, el) + vr + struct.pack("<H", len(value)) + value


def dicom(i, has_preamble=True, is_compressed=True):
    syntax = b"1.2.840.10008.1.2.4.50" if is_compressed else b"1.2.840.10008.1.2.1"
    meta = element(2, 0x10, b"UI", syntax)
    meta = element(2, 0, b"UL", struct.pack("<I", len(meta))) + meta
    body = element(8, 5, b"CS", b"ISO_IR 100") + element(8, 0x60, b"CS", b"CT") + element(0x10, 0x10, b"PN", b"TEST^PATIENT") + element(0x28, 0x10, b"US", struct.pack("<H", 512))
    if is_compressed:
        jpg = image(i, "JPEG", quality=95)
        jpg += b"\0" * (len(jpg) % 2)
        pixels = struct.pack("<HHI", 0xFFFE, 0xE000, 0) + struct.pack("<HHI", 0xFFFE, 0xE000, len(jpg)) + jpg + struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
        body += struct.pack("<HH", 0x7FE0, 0x10) + b"OB\0\0\xff\xff\xff\xff" + pixels
    else:
        body += element(0x7FE0, 0x10, b"OW", picture(i).tobytes()[:100000])
    return b"\0" * 128 + b"DICM" + meta + body if has_preamble else body


def hl7(i):
    rows = [f"MSH|^~\\&|HIS|HP|SS-MIX2|RCV|20261122{k % 24:02}0000||ORU^R01|{i * 1000 + k}|P|2.5\rPID|||{k:08}||試験^患者||19600101|M\rOBX|1|NM|GLU^血糖||{80 + k % 90}|mg/dL\r" for k in range(120)]
    return "".join(rows).encode("iso2022_jp" if i % 2 else "utf-8")


def receipt(i):
    rows = [f"RE,{k},1112,42611,試験患者{k % 9},1,3{k:07},,,,,,,,,,,,,,,,,,,,,,,,\r\nSY,{8830000 + k},4261101,1,,01,\r\nSI,12,1,{110000000 + k},,73,1,,,,,,\r\n" for k in range(150)]
    return "".join(rows).encode("cp932")


noise = [rng.randrange(-9, 9) for _ in range(1024)]


def mfer(i):  # waveform: tags, then 16-bit samples that are smooth plus noise
    head = b"\x40\x20MFR Standard 12-leads ECG".ljust(34, b" ") + b"\x01\x01\x01\x02\x01\x00\x08\x01\x01"
    wave = b"".join(struct.pack("<h", int(900 * ((k % 250) / 250) ** 3) + noise[k & 1023]) for k in range(6000 + i * 10))
    return head + b"\x1e\x84" + struct.pack(">I", len(wave)) + wave


def orca_dump(i):
    return b"PGDMP\x01\x0e\x00\x04\x08\x01" + b"\0" * 40 + zlib.compress(source(i, 40000)[:90000], 6)


fonts = real.get("ttf", [])
fonts += [p for top in ("/usr/share/fonts",) for d, _, fs in os.walk(top) for f in sorted(fs) if f.endswith(".ttf") for p in [os.path.join(d, f)]]


def base128(n):
    b = [n & 127]
    while n > 127:
        n >>= 7
        b.append(n & 127 | 128)
    return bytes(reversed(b))


def woff2(i):  # W3C WOFF2: real font tables (glyf cut to a piece), null transform, Brotli
    font = read(fonts[i % len(fonts)])
    tables = {}
    for k in range(struct.unpack(">H", font[4:6])[0]):
        tag, _, at, size = struct.unpack(">4sIII", font[12 + 16 * k:28 + 16 * k])
        tables[tag] = font[at:at + size]
    start = i * 1009 % max(1, len(tables[b"glyf"]) - 60000)
    tables[b"glyf"] = tables[b"glyf"][start:start + 50000]
    tables = {t: tables[t] for t in (b"head", b"hhea", b"maxp", b"cmap", b"glyf", b"loca", b"name") if t in tables}
    directory, data = b"", b""
    for tag, d in tables.items():
        directory += bytes([63 | (3 << 6 if tag in (b"glyf", b"loca") else 0)]) + tag + base128(len(d))
        data += d
    packed = brotli.compress(data, quality=5)
    total = 48 + len(directory) + len(packed)
    return struct.pack(">4s4sIHHIIHHIIIII", b"wOF2", b"\0\1\0\0", total, len(tables), 0, len(data), len(packed), 1, 0, 0, 0, 0, 0, 0) + directory + packed


def deb(i):
    raw = source(i, 40000)[:90000]
    def member(name, d):
        return f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(d):<10}`\n".encode() + d + b"\n" * (len(d) % 2)
    return b"!<arch>\n" + member("debian-binary", b"2.0\n") + member("control.tar.xz", lzma.compress(text(i)[:2000], preset=0)) + member("data.tar.xz", lzma.compress(raw, preset=0))


MAKERS = {
    "gz": ("gz", lambda i: gzip.compress(source(i, 40000)[:90000], 6, mtime=0)), "xz": ("xz", lambda i: lzma.compress(source(i, 40000)[:90000], preset=0)),
    "png": ("png", lambda i: image(i, "PNG", compress_level=3)), "jpg": ("jpg", lambda i: image(i, "JPEG", quality=60 + i % 36)), "woff2": ("woff2", woff2), "deb": ("deb", deb),
    "webp": ("webp", lambda i: image(i, "WEBP", quality=90)), "tif": ("tif", lambda i: image(i, "TIFF", compression="tiff_lzw")), "gif": ("gif", lambda i: image(i, "GIF")),
    "docx": ("docx", lambda i: ooxml(i, "word/document.xml", "word/media/image1.jpg")), "xlsx": ("xlsx", lambda i: ooxml(i, "xl/worksheets/sheet1.xml", "xl/media/image1.jpg")),
    "pptx": ("pptx", lambda i: ooxml(i, "ppt/slides/slide1.xml", "ppt/media/image1.jpg")), "odt": ("odt", odf), "doc": ("doc", lambda i: ole(i, "doc")), "xls": ("xls", lambda i: ole(i, "xls")),
    "docx-password": ("docx", encrypted_office), "xls-password": ("xls", encrypted_office), "zip": ("zip", lambda i: ooxml(i, "a/text.txt", "a/image.jpg")),
    "dicom-jpeg": ("dcm", dicom), "dicom-plain": ("dcm", lambda i: dicom(i, True, False)), "dicom-old": ("dcm", lambda i: dicom(i, False)), "hl7": ("hl7", hl7), "ss-mix2": ("", hl7),
    "receipt": ("uke", receipt), "mfer": ("mwf", mfer), "orca-dump": ("dump", orca_dump), "txt": ("txt", text), "csv": ("csv", lambda i: text(i).replace(b" ", b",")),
    "html": ("html", lambda i: b"<html><body>" + text(i)), "xml": ("xml", lambda i: b'<?xml version="1.0"?>' + text(i))
}


def pdf(i):
    s = zlib.compress(source(i, 40000)[:80000])
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n4 0 obj<</Length " + str(len(s)).encode() + b"/Filter/FlateDecode>>stream\n" + s + b"\nendstream endobj\n"


MAKERS["pdf"] = ("pdf", pdf)


def put(folder, name, data):
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)
tally = []
for name, (ext, make) in MAKERS.items():
    folder = os.path.join(out, name)
    os.makedirs(folder)
    have = sorted(real.get(ext, []))[::max(1, len(real.get(ext, [])) // count)][:count] if name == ext else []
    for i, path in enumerate(have):
        os.symlink(path, f"{folder}/real-{i:04}.{ext}")
    for i in range(len(have), count):
        put(folder, f"made-{i:04}" + (f".{ext}" if ext else ""), make(i))
    tally.append((name, len(have), count - len(have)))
# classes whose encoders are programs
for name, ext, command in (("zst", "zst", None), ("7z", "7z", ["7z", "a", "-bd", "-mx=1"]), ("7z-password", "7z", ["7z", "a", "-bd", "-mx=1", "-pkey", "-mhe=on"]),
                           ("zip-password", "zip", ["7z", "a", "-bd", "-tzip", "-mx=1", "-pkey"]), ("sqlite", "sqlite", None)):
    folder, raw = os.path.join(out, name), os.path.join(out, "raw")
    os.makedirs(folder)
    os.makedirs(raw, exist_ok=True)
    for i in range(count):
        if name == "sqlite":
            sqlite(i, f"{folder}/made-{i:04}.sqlite")
        else:
            put(raw, f"made-{i:04}", source(i, 40000)[:90000])
    if name == "zst":
        subprocess.run(["zstd", "-q", "-r", raw, "--output-dir-flat", folder], check=True)
    elif command:
        for i in range(count):
            subprocess.run(command + [f"{folder}/made-{i:04}.{ext}", f"{raw}/made-{i:04}"], check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(raw)
    tally.append((name, 0, count))
with open(os.path.join(out, "classes.tsv"), "w") as f:
    for name, is_real, made in tally:
        f.write(f"{name}\t{is_real}\t{made}\n")
