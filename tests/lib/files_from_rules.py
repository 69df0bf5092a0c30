#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Harmless files that YARA rules match, one per rule, made from the rules' own strings.

  files_from_rules.py RULES OUT [--tree]

RULES is a folder of .yara/.yar files, OUT a folder that does not exist yet. Each rule gets OUT/NAME.bin: a program header
(or an ELF one where the condition asks for it) and behind it every string of the rule, alternatives taken first, wild
bytes as zeros. Nothing in them runs. --tree adds what a comparison with another scanner needs: sub-folders, duplicates
under other names, empty files, 2,000 tiny ones and one of 60 MiB that ends with a rule's strings.
Everything is a function of the rules: two calls give the same bytes.
"""
import argparse
import pathlib
import re
import sys

RULE = re.compile(r"\brule\s+(\w+)[^{]*\{(.*?)\n\}", re.S)
STRING = re.compile(r'\$\w*\s*=\s*(\{.*?\}|"(?:\\.|[^"\\\n])*")([^\n]*)', re.S)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
TOKEN = re.compile(r"\[[^\]]*\]|~?[0-9A-Fa-f?]{2}")
ALTERNATIVES = re.compile(r"\(([^()|]*)(\|[^()]*)?\)")


def program_header() -> bytes:
    """MZ stub that points to a minimal PE header at 0x40 (x64, no sections)."""
    mz = b"MZ" + bytes(58) + (0x40).to_bytes(4, "little")
    pe = b"PE\0\0" + b"\x64\x86" + bytes(14) + (240).to_bytes(2, "little") + b"\x22\x00" + b"\x0b\x02" + bytes(238)
    return mz + pe


def elf_header() -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(121)


def text_bytes(literal: str, modifiers: str) -> bytes:
    """A "…" string; wide when the rule accepts nothing else or both."""
    plain = literal[1:-1].encode("utf-8").decode("unicode_escape", errors="replace").encode("latin-1", "replace")
    wide = b"".join(bytes([c, 0]) for c in plain)
    return wide if re.search(r"\bwide\b", modifiers) else plain


def hex_bytes(literal: str) -> bytes:
    """A { … } string: first alternative, shortest jumps, zeros for wild nibbles and for negated bytes."""
    body = COMMENT.sub("", literal[1:-1])
    while True:
        shorter = ALTERNATIVES.sub(r" \1 ", body)
        if shorter == body:
            break
        body = shorter
    out = bytearray()
    for token in TOKEN.findall(body):
        if token.startswith("["):
            jump = re.match(r"\[\s*(\d+)", token)
            out += b"\x90" * (int(jump.group(1)) if jump else 0)
        elif token.startswith("~"):
            out.append(int(token[1:].replace("?", "0"), 16) ^ 0x01)
        else:
            out.append(int(token.replace("?", "0"), 16))
    return bytes(out)


def file_for(body: str) -> bytes:
    is_elf = re.search(r"0x457[fF]|0x464[cC]457[fF]|\belf\.", body)
    out = bytearray(elf_header() if is_elf else program_header())
    for literal, modifiers in STRING.findall(body):
        out += (text_bytes(literal, modifiers) if literal[0] == '"' else hex_bytes(literal)) + b"\0\0"
    return bytes(out)


def rules_in(folder: pathlib.Path):
    for path in sorted(p for p in folder.rglob("*") if p.suffix in (".yara", ".yar")):
        for name, body in RULE.findall(path.read_text(encoding="utf-8", errors="replace")):
            yield name, body


def write_tree(out: pathlib.Path, files: dict) -> None:
    names = sorted(files)
    for i, name in enumerate(names):
        if i % 10 == 0:
            folder = out / "医事課" / f"{i // 100:02d}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"写し {name}.dat").write_bytes(files[name])
    for i in range(5):
        (out / f"empty{i}.txt").write_bytes(b"")
    tiny = out / "tiny"
    tiny.mkdir()
    for i in range(2000):
        (tiny / f"{i:04d}.txt").write_bytes(f"line {i}\n".encode() * (1 + i % 12))
    first = files[names[0]]
    size = 60 << 20
    block = bytes((k * 7 + k // 256) % 251 for k in range(65536))
    with open(out / "big.bin", "wb") as f:
        f.write(first[:256])
        while f.tell() < size - len(first) - len(block):
            f.write(block)
        f.write(first[256:])


def main() -> int:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("rules", type=pathlib.Path)
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("--tree", action="store_true")
    a = p.parse_args()
    a.out.mkdir(parents=True)
    files = {name: file_for(body) for name, body in rules_in(a.rules)}
    for name, data in files.items():
        (a.out / f"{name}.bin").write_bytes(data)
    if a.tree:
        write_tree(a.out, files)
    print(f"{len(files)} files")
    return 0 if files else 1


if __name__ == "__main__":
    sys.exit(main())
