/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/identify.h"

#include <string.h>

#include "base/cur.h"
#include "base/macro.h"
#include "base/text.h"

#define ROW(n, k, y, o, b)                                                                         \
    {                                                                                              \
        .name = n, .kind = SHODO_CLASS_##k, .yara_type = y, .offset = o, .len = sizeof(b) - 1,     \
        .bytes = b                                                                                 \
    }

/* First fit wins: longer and more special rows stand first. */
static const struct shodo_signature table[] = {
    ROW("exe", PROGRAM, "EXE", 0, "MZ"),
    ROW("elf", PROGRAM, "ELF", 0,
        "\x7f"
        "ELF"),
    ROW("macho", PROGRAM, "MACH-O", 0, "\xcf\xfa\xed\xfe"),
    ROW("macho", PROGRAM, "MACH-O", 0, "\xce\xfa\xed\xfe"),
    ROW("macho", PROGRAM, "MACH-O", 0, "\xca\xfe\xba\xbe"),
    ROW("minidump", DATA, "MDMP", 0, "MDMP"),
    ROW("rtf", DOCUMENT, "RTF", 0, "{\\rtf"),
    ROW("php", SCRIPT, "PHP", 0, "<?php"),
    ROW("jsp", SCRIPT, "JSP", 0, "<%@ page"),
    ROW("asp", SCRIPT, "ASP", 0, "<%@"),
    ROW("asp", SCRIPT, "ASP", 0, "<%"),
    ROW("batch", SCRIPT, "BATCH", 0, "@echo off"),
    ROW("batch", SCRIPT, "BATCH", 0, "@ECHO OFF"),
    ROW("shell", SCRIPT, "", 0, "#!"),
    ROW("pdf", DOCUMENT, "", 0, "%PDF"),
    ROW("ole", DOCUMENT, "", 0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ROW("docuworks", DOCUMENT, "", 0, "\x60\x0e\x82\xc7"),
    ROW("onenote", DOCUMENT, "", 0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d"),
    ROW("zip", ARCHIVE, "", 0, "PK\x03\x04"),
    ROW("zip", ARCHIVE, "", 0, "PK\x05\x06"),
    ROW("7z", ARCHIVE, "", 0, "7z\xbc\xaf\x27\x1c"),
    ROW("rar", ARCHIVE, "", 0, "Rar!\x1a\x07"),
    ROW("gz", ARCHIVE, "", 0, "\x1f\x8b\x08"),
    ROW("xz", ARCHIVE, "", 0,
        "\xfd"
        "7zXZ\x00"),
    ROW("zst", ARCHIVE, "", 0, "\x28\xb5\x2f\xfd"),
    ROW("bz2", ARCHIVE, "", 0, "BZh"),
    ROW("lz4", ARCHIVE, "", 0, "\x04\x22\x4d\x18"),
    ROW("cab", ARCHIVE, "", 0, "MSCF"),
    ROW("installshield", ARCHIVE, "", 0, "ISc("),
    ROW("wim", ARCHIVE, "", 0, "MSWIM\x00\x00\x00"),
    ROW("ar", ARCHIVE, "", 0, "!<arch>\n"),
    ROW("lha", ARCHIVE, "", 2, "-lh"),
    ROW("tar", ARCHIVE, "", 257, "ustar"),
    ROW("iso", ARCHIVE, "", 0x8001, "CD001"),
    ROW("jpg", MEDIA, "", 0, "\xff\xd8\xff"),
    ROW("png", MEDIA, "", 0, "\x89PNG\r\n\x1a\n"),
    ROW("gif", MEDIA, "", 0, "GIF8"),
    ROW("tif", MEDIA, "", 0, "II*\x00"),
    ROW("tif", MEDIA, "", 0, "MM\x00*"),
    ROW("psd", MEDIA, "", 0, "8BPS"),
    ROW("jp2", MEDIA, "", 0, "\x00\x00\x00\x0cjP  "),
    ROW("jp2", MEDIA, "", 0, "\xff\x4f\xff\x51"),
    ROW("riff", MEDIA, "", 0, "RIFF"),
    ROW("mp4", MEDIA, "", 4, "ftyp"),
    ROW("asf", MEDIA, "", 0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"),
    ROW("matroska", MEDIA, "", 0, "\x1a\x45\xdf\xa3"),
    ROW("mpeg", MEDIA, "", 0, "\x00\x00\x01\xba"),
    ROW("mp3", MEDIA, "", 0, "ID3"),
    ROW("ogg", MEDIA, "", 0, "OggS"),
    ROW("flac", MEDIA, "", 0, "fLaC"),
    ROW("dicom", MEDIA, "", 128, "DICM"),
    /* without preamble: group 8 or 2 comes first (before PS3.10) */
    ROW("dicom", MEDIA, "", 0, "\x08\x00\x05\x00"),
    ROW("dicom", MEDIA, "", 0, "\x08\x00\x00\x00\x04\x00\x00\x00"),
    ROW("dicom", MEDIA, "", 0, "\x02\x00\x00\x00UL\x04\x00"),
    ROW("mfer", MEDIA, "", 0, "\x40\x20MFR"),
    ROW("sqlite", DATA, "", 0, "SQLite format 3\x00"),
    ROW("jet", DATA, "", 4, "Standard Jet DB"),
    ROW("jet", DATA, "", 4, "Standard ACE DB"),
    ROW("ese", DATA, "", 4, "\xef\xcd\xab\x89"),
    ROW("pst", DATA, "", 0, "!BDN"),
    ROW("evtx", DATA, "", 0, "ElfFile\x00"),
    ROW("regf", DATA, "", 0, "regf"),
    ROW("prefetch", DATA, "", 0, "MAM\x04"),
    ROW("prefetch", DATA, "", 4, "SCCA"),
    ROW("lnk", DATA, "", 0, "L\x00\x00\x00\x01\x14\x02\x00"),
    ROW("vhdx", DATA, "", 0, "vhdxfile"),
    ROW("vhd", DATA, "", 0, "conectix"),
    ROW("vmdk", DATA, "", 0, "KDMV"),
    ROW("vmdk", DATA, "", 0, "# Disk DescriptorFile"),
    ROW("qcow", DATA, "", 0, "QFI\xfb"),
    ROW("pgdump", DATA, "", 0, "PGDMP"),
    ROW("mssql_backup", DATA, "", 0, "TAPE"),
    ROW("mssql", DATA, "", 0, "\x01\x0f\x00\x00"),
    ROW("oracle", DATA, "", 0, "\x00\xa2\x00\x00"),
    ROW("oracle_export", DATA, "", 3, "EXPORT:"),
    ROW("chm", DOCUMENT, "", 0, "ITSF"),
    ROW("woff", DATA, "", 0, "wOFF"),
    ROW("woff", DATA, "", 0, "wOF2"),
    ROW("font", DATA, "", 0, "\x00\x01\x00\x00\x00"),
    ROW("font", DATA, "", 0, "OTTO"),
    ROW("font", DATA, "", 0, "ttcf"),
    ROW("catalog", DATA, "", 4, "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"),
    ROW("pgp", DATA, "", 0, "-----BEGIN PGP"),
    ROW("hl7", DATA, "", 0, "MSH|^~\\&|"),
    ROW("xml", TEXT, "", 0, "<?xml"),
    ROW("html", TEXT, "", 0, "<!DOCTYPE"),
    ROW("html", TEXT, "", 0, "<!doctype"),
    ROW("html", TEXT, "", 0, "<html"),
    ROW("html", TEXT, "", 0, "<HTML"),
    ROW("bmp", MEDIA, "", 0, "BM"),
    ROW("ico", MEDIA, "", 0, "\x00\x00\x01\x00"),
};

/* Formats that share the bytes of others; chosen by code below. */
static const struct shodo_signature ooxml = {
    .name = "ooxml", .kind = SHODO_CLASS_DOCUMENT, .yara_type = "", .bytes = ""};
static const struct shodo_signature odf = {
    .name = "odf", .kind = SHODO_CLASS_DOCUMENT, .yara_type = "", .bytes = ""};
static const struct shodo_signature jar = {
    .name = "jar", .kind = SHODO_CLASS_PROGRAM, .yara_type = "", .bytes = ""};
static const struct shodo_signature python = {
    .name = "python", .kind = SHODO_CLASS_SCRIPT, .yara_type = "Python", .bytes = ""};
static const struct shodo_signature vbs = {
    .name = "vbs", .kind = SHODO_CLASS_SCRIPT, .yara_type = "VBS", .bytes = ""};
static const struct shodo_signature javaclass = {
    .name = "class", .kind = SHODO_CLASS_PROGRAM, .yara_type = "", .bytes = ""};
static const struct shodo_signature late_pdf = {
    .name = "pdf", .kind = SHODO_CLASS_DOCUMENT, .yara_type = "", .bytes = ""};
static const struct shodo_signature text = {
    .name = "text", .kind = SHODO_CLASS_TEXT, .yara_type = "", .bytes = ""};

static bool row_fits(const struct shodo_signature *s, const uint8_t *p, size_t n) {
    return n >= (size_t)s->offset + s->len && memcmp(p + s->offset, s->bytes, s->len) == 0;
}

static bool holds(const uint8_t *p, size_t n, const char *what) {
    return memmem(p, n, what, strlen(what)) != NULL;
}

/* A ZIP is named after its first member (APPNOTE 4.3.7: the name begins at byte 30). */
static const struct shodo_signature *refine_zip(const struct shodo_signature *zip, const uint8_t *p,
                                                size_t n) {
    struct shodo_cur c = shodo_cur_of(p, n);
    shodo_cur_skip(&c, 26);
    size_t len = shodo_cur_le16(&c);
    shodo_cur_skip(&c, 2);
    const char *name = (const char *)shodo_cur_bytes(&c, len);
    if (!name)
        return zip;
    if ((len == 19 && memcmp(name, "[Content_Types].xml", 19) == 0) ||
        (len >= 6 && memcmp(name, "_rels/", 6) == 0) ||
        (len >= 9 && memcmp(name, "docProps/", 9) == 0) ||
        (len >= 5 && memcmp(name, "word/", 5) == 0) || (len >= 3 && memcmp(name, "xl/", 3) == 0) ||
        (len >= 4 && memcmp(name, "ppt/", 4) == 0))
        return &ooxml;
    if (len == 8 && memcmp(name, "mimetype", 8) == 0)
        return &odf;
    return len >= 9 && memcmp(name, "META-INF/", 9) == 0 ? &jar : zip;
}

static bool is_text(const uint8_t *p, size_t n) {
    if (n == 0)
        return false;
    if (n >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return true; /* UTF-16 with a byte order mark */
    size_t odd = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] == 0)
            return false;
        odd += (p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\r' && p[i] != '\f' &&
                p[i] != 0x1b) ||
               p[i] == 0x7f;
    }
    if (odd * 100 > n)
        return false;
    /* high bytes: accept what decodes as UTF-8 or, mostly, as CP932 */
    size_t high = 0, bad = 0;
    for (size_t i = 0; i < n; i++)
        high += p[i] >= 0x80;
    if (high == 0)
        return true;
    size_t cut = n;
    for (size_t k = 0; k < 4; k++) {
        if (shodo_text_is_utf8((const char *)p, cut))
            return true;
        cut -= cut > 0;
    }
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    return shodo_text_decode(&out, SHODO_CP932, p, n, &bad) && bad * 100 <= n;
}

static const struct shodo_signature *refine_text(const uint8_t *p, size_t n) {
    size_t head = SHODO_MIN(n, (size_t)1024);
    if (holds(p, head, "CreateObject(") || holds(p, head, "On Error Resume Next") ||
        holds(p, head, "WScript."))
        return &vbs;
    if (holds(p, head, "import os\n") || holds(p, head, "import sys\n") ||
        holds(p, head, "# -*- coding:"))
        return &python;
    return &text;
}

const struct shodo_signature *shodo_identify(const uint8_t *p, size_t n) {
    size_t skip = n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(table); i++) {
        const struct shodo_signature *s = &table[i];
        bool is_scripty = s->kind == SHODO_CLASS_SCRIPT || s->kind == SHODO_CLASS_TEXT;
        if (!row_fits(s, p, n) && !(skip > 0 && is_scripty && row_fits(s, p + skip, n - skip)))
            continue;
        if (s->bytes[0] == 'P' && s->bytes[1] == 'K')
            return refine_zip(s, p, n);
        if (strcmp(s->name, "shell") == 0)
            return holds(p, SHODO_MIN(n, (size_t)64), "python") ? &python : s;
        /* CAFEBABE is a universal Mach-O (few architectures) and a Java class (version 45 and up)
         */
        if (memcmp(s->bytes, "\xca\xfe\xba\xbe", SHODO_MIN(s->len, 4u)) == 0 && s->len == 4 &&
            n >= 8 && p[7] >= 45)
            return &javaclass;
        /* two letters prove little: a bitmap states its own size and a zero word */
        if (strcmp(s->name, "bmp") == 0 && (n < 14 || shodo_le32(p + 6) != 0))
            continue;
        return s;
    }
    if (n >= 4 && holds(p, SHODO_MIN(n, (size_t)1024), "%PDF-"))
        return &late_pdf; /* readers accept the header anywhere in the first 1,024 bytes */
    size_t head = SHODO_MIN(n, (size_t)SHODO_IDENTIFY_BYTES);
    return is_text(p, head) ? refine_text(p, head) : NULL;
}

size_t shodo_signature_count(void) {
    return SHODO_ARRAY_SIZE(table);
}

const struct shodo_signature *shodo_signature_at(size_t i) {
    return &table[i];
}

static const struct extension {
    const char *name;
    enum shodo_class kind;
    const char *expects;
} extensions[] = {
    {".exe", SHODO_CLASS_PROGRAM, "exe"},
    {".dll", SHODO_CLASS_PROGRAM, "exe"},
    {".sys", SHODO_CLASS_PROGRAM, NULL},
    {".scr", SHODO_CLASS_PROGRAM, "exe"},
    {".ocx", SHODO_CLASS_PROGRAM, "exe"},
    {".cpl", SHODO_CLASS_PROGRAM, "exe"},
    {".com", SHODO_CLASS_PROGRAM, NULL},
    {".pif", SHODO_CLASS_PROGRAM, NULL},
    {".drv", SHODO_CLASS_PROGRAM, NULL},
    {".efi", SHODO_CLASS_PROGRAM, "exe"},
    {".ax", SHODO_CLASS_PROGRAM, NULL},
    {".msi", SHODO_CLASS_PROGRAM, "ole"},
    {".msp", SHODO_CLASS_PROGRAM, "ole"},
    {".jar", SHODO_CLASS_PROGRAM, "zip jar"},
    {".bat", SHODO_CLASS_SCRIPT, NULL},
    {".cmd", SHODO_CLASS_SCRIPT, NULL},
    {".ps1", SHODO_CLASS_SCRIPT, NULL},
    {".psm1", SHODO_CLASS_SCRIPT, NULL},
    {".vbs", SHODO_CLASS_SCRIPT, NULL},
    {".vbe", SHODO_CLASS_SCRIPT, NULL},
    {".js", SHODO_CLASS_SCRIPT, NULL},
    {".jse", SHODO_CLASS_SCRIPT, NULL},
    {".wsf", SHODO_CLASS_SCRIPT, NULL},
    {".hta", SHODO_CLASS_SCRIPT, NULL},
    {".py", SHODO_CLASS_SCRIPT, NULL},
    {".pl", SHODO_CLASS_SCRIPT, NULL},
    {".php", SHODO_CLASS_SCRIPT, NULL},
    {".asp", SHODO_CLASS_SCRIPT, NULL},
    {".aspx", SHODO_CLASS_SCRIPT, NULL},
    {".jsp", SHODO_CLASS_SCRIPT, NULL},
    {".lnk", SHODO_CLASS_SCRIPT, "lnk"},
    {".url", SHODO_CLASS_SCRIPT, NULL},
    {".reg", SHODO_CLASS_SCRIPT, NULL},
    {".inf", SHODO_CLASS_SCRIPT, NULL},
    {".docx", SHODO_CLASS_DOCUMENT, "ooxml zip ole"},
    {".docm", SHODO_CLASS_DOCUMENT, "ooxml zip ole"},
    {".xlsx", SHODO_CLASS_DOCUMENT, "ooxml zip ole"},
    {".xlsm", SHODO_CLASS_DOCUMENT, "ooxml zip ole"},
    {".pptx", SHODO_CLASS_DOCUMENT, "ooxml zip ole"},
    {".pptm", SHODO_CLASS_DOCUMENT, "ooxml zip ole"},
    {".doc", SHODO_CLASS_DOCUMENT, "ole rtf ooxml zip html xml text"},
    {".xls", SHODO_CLASS_DOCUMENT, "ole ooxml zip html xml text"},
    {".ppt", SHODO_CLASS_DOCUMENT, "ole ooxml zip"},
    {".msg", SHODO_CLASS_DOCUMENT, "ole"},
    {".jtd", SHODO_CLASS_DOCUMENT, "ole"},
    {".rtf", SHODO_CLASS_DOCUMENT, "rtf"},
    {".pdf", SHODO_CLASS_DOCUMENT, "pdf"},
    {".odt", SHODO_CLASS_DOCUMENT, "odf zip"},
    {".ods", SHODO_CLASS_DOCUMENT, "odf zip"},
    {".xdw", SHODO_CLASS_DOCUMENT, "docuworks"},
    {".one", SHODO_CLASS_DOCUMENT, "onenote"},
    {".chm", SHODO_CLASS_DOCUMENT, "chm"},
    {".txt", SHODO_CLASS_DOCUMENT, NULL},
    {".csv", SHODO_CLASS_DOCUMENT, NULL},
    {".htm", SHODO_CLASS_DOCUMENT, NULL},
    {".html", SHODO_CLASS_DOCUMENT, NULL},
    {".xml", SHODO_CLASS_DOCUMENT, NULL},
    {".uke", SHODO_CLASS_DOCUMENT, NULL},
    {".zip", SHODO_CLASS_ARCHIVE, "zip ooxml odf jar"},
    {".7z", SHODO_CLASS_ARCHIVE, "7z"},
    {".rar", SHODO_CLASS_ARCHIVE, "rar exe"},
    {".gz", SHODO_CLASS_ARCHIVE, "gz"},
    {".xz", SHODO_CLASS_ARCHIVE, "xz"},
    {".zst", SHODO_CLASS_ARCHIVE, "zst"},
    {".bz2", SHODO_CLASS_ARCHIVE, "bz2"},
    {".cab", SHODO_CLASS_ARCHIVE, "cab installshield"},
    {".lzh", SHODO_CLASS_ARCHIVE, "lha"},
    {".tar", SHODO_CLASS_ARCHIVE, NULL},
    {".wim", SHODO_CLASS_ARCHIVE, "wim"},
    {".iso", SHODO_CLASS_ARCHIVE, NULL},
    {".deb", SHODO_CLASS_ARCHIVE, "ar"},
    {".rpm", SHODO_CLASS_ARCHIVE, NULL},
    {".jpg", SHODO_CLASS_MEDIA, "jpg png gif jp2"},
    {".jpeg", SHODO_CLASS_MEDIA, "jpg png gif jp2"},
    {".png", SHODO_CLASS_MEDIA, "png jpg gif"},
    {".gif", SHODO_CLASS_MEDIA, "gif jpg png"},
    {".bmp", SHODO_CLASS_MEDIA, "bmp"},
    {".tif", SHODO_CLASS_MEDIA, "tif"},
    {".tiff", SHODO_CLASS_MEDIA, "tif"},
    {".mp4", SHODO_CLASS_MEDIA, "mp4"},
    {".mov", SHODO_CLASS_MEDIA, NULL},
    {".avi", SHODO_CLASS_MEDIA, "riff"},
    {".wav", SHODO_CLASS_MEDIA, "riff"},
    {".wmv", SHODO_CLASS_MEDIA, "asf"},
    {".wma", SHODO_CLASS_MEDIA, "asf"},
    {".mkv", SHODO_CLASS_MEDIA, "matroska"},
    {".mpg", SHODO_CLASS_MEDIA, NULL},
    {".mp3", SHODO_CLASS_MEDIA, NULL},
    {".ico", SHODO_CLASS_MEDIA, NULL},
    {".cur", SHODO_CLASS_MEDIA, NULL},
    {".svg", SHODO_CLASS_MEDIA, NULL},
    {".webp", SHODO_CLASS_MEDIA, "riff"},
    {".dcm", SHODO_CLASS_MEDIA, "dicom"},
    {".mwf", SHODO_CLASS_MEDIA, "mfer"},
    {".hl7", SHODO_CLASS_DATA, "hl7 text xml"},
    {".dump", SHODO_CLASS_DATA, "pgdump minidump text xml gz zip"},
    {".psd", SHODO_CLASS_MEDIA, "psd"},
    {".ttf", SHODO_CLASS_DATA, "font"},
    {".ttc", SHODO_CLASS_DATA, "font"},
    {".otf", SHODO_CLASS_DATA, "font"},
    {".fon", SHODO_CLASS_DATA, NULL},
    {".woff", SHODO_CLASS_DATA, "woff"},
    {".woff2", SHODO_CLASS_DATA, "woff"},
    {".vhd", SHODO_CLASS_DATA, NULL},
    {".vhdx", SHODO_CLASS_DATA, "vhdx"},
    {".vmdk", SHODO_CLASS_DATA, NULL},
    {".evtx", SHODO_CLASS_DATA, "evtx"},
    {".mdb", SHODO_CLASS_DATA, "jet"},
    {".accdb", SHODO_CLASS_DATA, "jet"},
    {".mdf", SHODO_CLASS_DATA, "mssql"},
    {".ldf", SHODO_CLASS_DATA, NULL},
    {".pst", SHODO_CLASS_DATA, "pst"},
    {".ost", SHODO_CLASS_DATA, "pst"},
    {".sqlite", SHODO_CLASS_DATA, "sqlite"},
    {".edb", SHODO_CLASS_DATA, "ese"},
    {".dbf", SHODO_CLASS_DATA, NULL},
    {".bak", SHODO_CLASS_DATA, NULL},
    {".mui", SHODO_CLASS_DATA, "exe"},
    {".nls", SHODO_CLASS_DATA, NULL},
    {".cat", SHODO_CLASS_DATA, NULL},
    {".mum", SHODO_CLASS_DATA, NULL},
    {".manifest", SHODO_CLASS_DATA, NULL},
    {".pnf", SHODO_CLASS_DATA, NULL},
    {".etl", SHODO_CLASS_DATA, NULL},
    {".pf", SHODO_CLASS_DATA, "prefetch"},
    {".tlb", SHODO_CLASS_DATA, NULL},
    {".mof", SHODO_CLASS_DATA, NULL},
};

static const struct extension *find_extension(const char *name) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(extensions); i++) {
        if (strcmp(extensions[i].name, name) == 0)
            return &extensions[i];
    }
    return NULL;
}

enum shodo_class shodo_extension_class(const char *extension) {
    const struct extension *e = find_extension(extension);
    return e ? e->kind : SHODO_CLASS_UNKNOWN;
}

const char *shodo_extension_expects(const char *extension) {
    const struct extension *e = find_extension(extension);
    return e ? e->expects : NULL;
}

bool shodo_extension_allows(const char *extension, const struct shodo_signature *s) {
    const char *list = shodo_extension_expects(extension);
    if (!list)
        return true;
    size_t n = s ? strlen(s->name) : 0;
    for (const char *p = list; s && *p;) {
        const char *end = strchrnul(p, ' ');
        if ((size_t)(end - p) == n && memcmp(p, s->name, n) == 0)
            return true;
        p = *end ? end + 1 : end;
    }
    return false;
}
