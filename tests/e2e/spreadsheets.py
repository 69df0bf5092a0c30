# SPDX-License-Identifier: Apache-2.0
# Helper of tests/e2e/spreadsheets: own | template | filled | hostile | office.
import csv, glob, io, json, os, re, sys, zipfile

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

MAPPED = {"hospital": ("様式2 ＜A&B＞", "C4"), "address": ("様式2 ＜A&B＞", "C6"), "sector": ("様式2 ＜A&B＞", "B12"),
          "director": ("様式2 ＜A&B＞", "C8"), "contact-person": ("様式2 ＜A&B＞", "C9"), "submitted": ("別紙", "B2")}


def fields(path):
    return {b["key"]: b["text"] for b in json.load(open(path, encoding="utf-8"))["blocks"] if b["kind"] == "field"}


def own(xlsx, data):
    d = json.load(open(data, encoding="utf-8"))
    unknown = "不明" if d["lang"] == "ja" else "unknown"
    sheet = openpyxl.load_workbook(xlsx).worksheets[0]
    rows = [[c or "" for c in r] for r in sheet.iter_rows(values_only=True)]
    at = 2
    for b in d["blocks"]:
        k = b["kind"]
        if k == "page":
            continue
        if k == "table":
            for r in b["rows"]:
                assert rows[at][: len(r)] == r, (rows[at], r)
                at += 1
            continue
        if k == "tag":
            assert rows[at][0] == b["label"] and rows[at + 1][0] == b["text"], rows[at]
            at += 2
            continue
        want = {"field": [b.get("label"), b.get("text") or ("" if b.get("source") == "by_hand" else unknown)], "heading": [b.get("label")],
                "paragraph": [b.get("text")], "notice": [b.get("text")], "check": ["□", b.get("text")], "qr": [b.get("label"), b.get("text")]}[k]
        assert rows[at][: len(want)] == want, (rows[at], want)
        at += 1
    assert all(isinstance(c, str) for r in rows for c in r), "a cell is no text"


def template(path):
    w = openpyxl.Workbook()
    s = w.active
    s.title = "様式2 ＜A&B＞"
    side = Side(style="thin")
    s["B2"] = "ランサムウェア事案共通様式（試験用の見本）"
    s["B2"].font = Font(bold=True, size=14)
    for r, t in [(4, "報告者"), (5, "法人番号"), (6, "住所"), (8, "代表者"), (9, "担当者"), (10, "メール")]:
        s.cell(r, 2, t)
    s.merge_cells("C4:F4")
    for a in ("C4", "C8"):
        s[a].border = Border(left=side, right=side, top=side, bottom=side)
        s[a].alignment = Alignment(wrap_text=True)
        s[a].fill = PatternFill("solid", fgColor="FFFFCC")
    s["C8"] = "選んでください"
    dv = DataValidation(type="list", formula1='"選んでください,その他"', allow_blank=True)
    s.add_data_validation(dv)
    dv.add("C8")
    s["E5"] = "=1+1"
    s["Z30"] = "端"
    s.row_dimensions[9].height = 30
    s.print_area = "A1:Z30"
    t = w.create_sheet("別紙")
    t["A1"] = "報告者"
    t["B2"] = 12345
    w.create_sheet("触らない")["A1"] = "そのまま"
    w.save(path)


def parts(path):
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        return [(i.filename, z.read(i)) for i in z.infolist()]


def cells(xml):
    return {m.group(1): m.group(0) for m in re.finditer(r'<c r="([A-Z]+[0-9]+)"[^>]*?(?:/>|>.*?</c>)', xml, re.S)}


def filled(before, after, data):
    a, b, want = parts(before), parts(after), fields(data)
    assert [n for n, _ in a] == [n for n, _ in b], "other parts or another order"
    differ = [n for (n, x), (_, y) in zip(a, b) if x != y]
    assert differ == ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"], differ
    mapped = {"xl/worksheets/sheet1.xml": {"C4", "C6", "B12", "C8", "C9"}, "xl/worksheets/sheet2.xml": {"B2"}}
    for (n, x), (_, y) in zip(a, b):
        if n not in differ:
            continue
        x, y = x.decode(), y.decode()
        cx, cy = cells(x), cells(y)
        assert {k for k in cx.keys() | cy.keys() if cx.get(k) != cy.get(k)} == mapped[n], (n, cx, cy)
        # without the mapped cells, and the rows that were opened for them, the texts are the same
        def rest(t, c):
            for k in mapped[n]:
                t = t.replace(c.get(k, "\0"), "")
            t = re.sub(r'<row( [^>]*?)? ?/>|<row( [^>]*?)?></row>', lambda m: "<row%s/>" % (m.group(1) or m.group(2) or ""), t)
            return t.replace('<row r="12"/>', "")
        assert rest(x, cx) == rest(y, cy), n
    w = openpyxl.load_workbook(after)
    for key, (sheet, cell) in MAPPED.items():
        assert w[sheet][cell].value == want[key], (key, w[sheet][cell].value, want[key])
    s = w["様式2 ＜A&B＞"]
    assert s["E5"].value == "=1+1" and s["C10"].value is None and s["Z30"].value == "端"
    assert s["C8"].fill.fgColor.rgb == "00FFFFCC" and [str(r) for r in s.merged_cells.ranges] == ["C4:F4"]
    assert [str(v.sqref) for v in s.data_validations.dataValidation] == ["C8"]


def hostile(folder):
    os.makedirs(folder)
    head = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    one = folder + "/%s.xlsx"
    bad = {
        "doctype": '<!DOCTYPE x [<!ENTITY a "aaaa">]>' + head + "<sheetData/></worksheet>",
        "no-end": head + "<sheetData><row r=\"1\"><c r=\"A1\">",
        "order": head + '<sheetData><row r="5"/><row r="2"/></sheetData></worksheet>',
        "cells": head + '<sheetData><row r="1"><c r="B1"/><c r="A1"/></row></sheetData></worksheet>',
        "deep": head + '<sheetData><row r="1"><c r="A1">' + "<a>" * 100 + "</a>" * 100 + "</c></row></sheetData></worksheet>",
        "utf16": (head + "<sheetData/></worksheet>").encode("utf-16"),
        "bytes": bytes(range(64, 128)) + b"<",
    }
    for name, text in bad.items():
        src = io.BytesIO()
        template(src)
        with zipfile.ZipFile(src) as i, zipfile.ZipFile(one % name, "w", zipfile.ZIP_DEFLATED) as o:
            for n in i.namelist():
                o.writestr(n, text if n == "xl/worksheets/sheet2.xml" else i.read(n))
    open(one % "no-zip", "wb").write(b"PK\3\4 no zip at all")
    with zipfile.ZipFile(one % "no-book", "w") as z:
        z.writestr("a.txt", "x")
    with zipfile.ZipFile(one % "bomb", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/bomb.bin", b"\0" * (200 << 20))


def office(folder, form, own_json):
    text = {os.path.basename(f): open(f, encoding="utf-8").read() for f in glob.glob(folder + "/*.csv")}
    flat = {n: {c for r in csv.reader(io.StringIO(t)) for c in r} for n, t in text.items()}
    want = fields(form)
    main = next(v for n, v in flat.items() if n.startswith("filled-") and "様式2" in n)
    other = next(v for n, v in flat.items() if n.startswith("filled-") and "別紙" in n)
    for key, (sheet, _) in MAPPED.items():
        assert want[key] in (other if sheet == "別紙" else main), (key, want[key])
    assert "端" in main and "2" in main
    mine = next(v for n, v in flat.items() if n.startswith("ransomware-common"))
    for key, value in fields(own_json).items():
        assert not value or value in mine, (key, value)


{"own": own, "template": template, "filled": filled, "hostile": hostile, "office": office}[sys.argv[1]](*sys.argv[2:])
