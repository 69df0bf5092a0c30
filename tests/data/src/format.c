/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generated files that are what their magic says: a reader of each format opens them. The persons,
 * numbers and hospitals in them do not exist.
 */
#include "content.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void ascii(struct td_buf *b, uint64_t n, struct td_rng *r) {
    static const char *const words[] = {"night", "ward", "shift", "order", "report", "of",
                                        "the",   "list", "bed",   "team",  "and",    "visit",
                                        "chart", "to",   "plan",  "memo"};
    size_t start = b->n;

    while (b->n - start < n) {
        td_buf_str(b, words[td_rng_below(r, 16)]);
        td_buf_str(b, td_rng_below(r, 9) ? " " : ".\r\n");
    }
    b->n = start + n;
}

static void lines(struct td_buf *b, uint64_t n, struct td_rng *r) {
    static const char *const items[] = {"外来予約", "入院予定", "物品請求",
                                        "勤務変更", "会議メモ", "検査依頼"};
    size_t start = b->n;

    td_buf_str(b, "番号,区分,部署,日付,数量\r\n");
    for (unsigned i = 1; b->n - start < n; i++) {
        unsigned
            v[5]; /* drawn one after another: the order of arguments is the compiler's choice */
        static const unsigned limit[5] = {6, 8, 12, 28, 500};

        for (unsigned k = 0; k < 5; k++)
            v[k] = (unsigned)td_rng_below(r, limit[k]);
        td_buf_fmt(b, "%05u,%s,第%u病棟,2026-%02u-%02u,%u\r\n", i, items[v[0]], v[1] + 1, v[2] + 1,
                   v[3] + 1, v[4]);
    }
}

static void be16(struct td_buf *b, unsigned v) {
    td_buf_u8(b, v >> 8);
    td_buf_u8(b, v & 255);
}

static void be32(struct td_buf *b, uint32_t v) {
    be16(b, v >> 16);
    be16(b, v & 0xffff);
}

/* Entropy-coded look-alike: random bytes with 0xFF stuffed, as in a real scan. */
static void jpg(struct td_buf *b, uint64_t n, struct td_rng *r) {
    static const unsigned char app0[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F',
                                         0,    1,    1,    0,    0, 1,  0,   1,   0,   0};
    size_t start = b->n;

    td_buf_add(b, app0, sizeof app0);
    be16(b, 0xffdb); /* quantisation */
    be16(b, 67);
    td_buf_u8(b, 0);
    for (unsigned i = 0; i < 64; i++)
        td_buf_u8(b, 8 + i / 2);
    be16(b, 0xffc0); /* baseline frame, 640 x 480, one component */
    be16(b, 11);
    td_buf_add(b, "\x08\x01\xe0\x02\x80\x01\x01\x11\x00", 9);
    for (unsigned class = 0; class < 2; class ++) { /* Huffman tables with sixteen codes each */
        be16(b, 0xffc4);
        be16(b, 19 + 12);
        td_buf_u8(b, class << 4);
        td_buf_add(b, "\x00\x01\x05\x01\x01\x01\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00", 16);
        td_buf_add(b, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b", 12);
    }
    be16(b, 0xffda);
    be16(b, 8);
    td_buf_add(b, "\x01\x01\x00\x00\x3f\x00", 6);
    while (b->n - start + 2 < n) {
        unsigned v = (unsigned)td_rng_below(r, 256);

        td_buf_u8(b, v);
        if (v == 0xff)
            td_buf_u8(b, 0);
    }
    be16(b, 0xffd9);
}

static void deflate_to(struct td_buf *b, const void *p, size_t n, int window_bits) {
    z_stream z = {0};
    size_t bound;

    if (deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        td_die("zlib: cannot start");
    bound = deflateBound(&z, n);
    size_t at = b->n;
    z.next_out = td_buf_grow(b, bound);
    z.avail_out = (unsigned)bound;
    z.next_in = (unsigned char *)(uintptr_t)p;
    z.avail_in = (unsigned)n;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        td_die("zlib: did not finish");
    b->n = at + z.total_out;
    deflateEnd(&z);
}

/* Noise in the low bits of a slope: packs to about a third. */
static void noise(struct td_buf *b, uint64_t n, struct td_rng *r) {
    unsigned char *p = td_buf_grow(b, n);

    for (uint64_t i = 0; i < n; i++)
        p[i] = (unsigned char)(i / 64 + (td_rng_next(r) & 7));
}

static void png_chunk(struct td_buf *b, const char *type, const void *p, size_t n) {
    be32(b, (uint32_t)n);
    size_t at = b->n;
    td_buf_add(b, type, 4);
    td_buf_add(b, p, n);
    be32(b, td_crc32(0, b->p + at, n + 4));
}

static void png(struct td_buf *b, uint64_t n, struct td_rng *r) {
    unsigned rows = (unsigned)(n / 100 + 1);
    struct td_buf head = {0}, raw = {0}, packed = {0};

    for (unsigned y = 0; y < rows; y++) {
        td_buf_u8(&raw, 0);
        noise(&raw, 256, r);
    }
    deflate_to(&packed, raw.p, raw.n, 15);
    be32(&head, 256);
    be32(&head, rows);
    td_buf_add(&head, "\x08\x00\x00\x00\x00", 5);
    td_buf_add(b, "\x89PNG\r\n\x1a\n", 8);
    png_chunk(b, "IHDR", head.p, head.n);
    png_chunk(b, "IDAT", packed.p, packed.n);
    png_chunk(b, "IEND", "", 0);
    td_buf_done(&head);
    td_buf_done(&raw);
    td_buf_done(&packed);
}

static void dicom_tag(struct td_buf *b, unsigned group, unsigned element, const char *vr,
                      const char *value) {
    size_t n = strlen(value), pad = n & 1;

    td_buf_le16(b, group);
    td_buf_le16(b, element);
    td_buf_add(b, vr, 2);
    td_buf_le16(b, (unsigned)(n + pad));
    td_buf_str(b, value);
    if (pad)
        td_buf_u8(b, strcmp(vr, "UI") ? ' ' : 0);
}

static void dicom_us(struct td_buf *b, unsigned element, unsigned v) {
    td_buf_le16(b, 0x28);
    td_buf_le16(b, element);
    td_buf_add(b, "US", 2);
    td_buf_le16(b, 2);
    td_buf_le16(b, v);
}

/* Explicit VR little endian; with `packed`, the pixels are one encapsulated JPEG frame. */
static void dicom(struct td_buf *b, uint64_t n, struct td_rng *r, bool packed) {
    struct td_buf meta = {0};
    unsigned rows = (unsigned)(n / 512 + 1);
    char uid[64] = "1.2.826.0.1.3680043.8.498.", *u = uid + strlen(uid);

    for (unsigned i = 0; i < 20; i++)
        *u++ = (char)('1' + td_rng_below(r, 9));
    *u = 0;
    td_buf_grow(b, 128);
    td_buf_str(b, "DICM");
    dicom_tag(&meta, 2, 2, "UI", "1.2.840.10008.5.1.4.1.1.2");
    dicom_tag(&meta, 2, 3, "UI", uid);
    dicom_tag(&meta, 2, 0x10, "UI", packed ? "1.2.840.10008.1.2.4.50" : "1.2.840.10008.1.2.1");
    dicom_tag(&meta, 2, 0x12, "UI", "1.2.826.0.1.3680043.8.498.1");
    td_buf_add(b, "\x02\x00\x00\x00UL\x04\x00", 8);
    td_buf_le32(b, (uint32_t)meta.n);
    td_buf_add(b, meta.p, meta.n);
    td_buf_done(&meta);
    dicom_tag(b, 8, 5, "CS", "\\ISO 2022 IR 87");
    dicom_tag(b, 8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2");
    dicom_tag(b, 8, 0x18, "UI", uid);
    dicom_tag(b, 8, 0x20, "DA", "20261119");
    dicom_tag(b, 8, 0x60, "CS", "CT");
    dicom_tag(b, 8, 0x80, "LO", "KAKUU HOSPITAL");
    dicom_tag(b, 0x10, 0x10, "PN", "KAKUU^TARO");
    dicom_tag(b, 0x10, 0x20, "LO", "TEST-00000");
    dicom_us(b, 2, 1);
    dicom_us(b, 0x10, rows);
    dicom_us(b, 0x11, 512);
    dicom_us(b, 0x100, 8);
    td_buf_le16(b, 0x7fe0);
    td_buf_le16(b, 0x10);
    td_buf_add(b, packed ? "OB\0\0" : "OW\0\0", 4);
    if (!packed) {
        td_buf_le32(b, rows * 512);
        noise(b, rows * 512ull, r);
        return;
    }
    struct td_buf frame = {0};
    jpg(&frame, n, r);
    if (frame.n & 1)
        td_buf_u8(&frame, 0);
    td_buf_le32(b, 0xffffffff);
    td_buf_add(b, "\xfe\xff\x00\xe0\x00\x00\x00\x00\xfe\xff\x00\xe0", 12);
    td_buf_le32(b, (uint32_t)frame.n);
    td_buf_add(b, frame.p, frame.n);
    td_buf_add(b, "\xfe\xff\xdd\xe0\x00\x00\x00\x00", 8);
    td_buf_done(&frame);
}

struct zip {
    struct td_buf *out, dir;
    size_t start;
    unsigned files;
};

static void zip_add(struct zip *z, const char *name, const void *p, size_t n) {
    struct td_buf packed = {0}, head = {0};
    uint32_t at = (uint32_t)(z->out->n - z->start);

    deflate_to(&packed, p, n, -15);
    td_buf_le16(&head, 20);
    td_buf_le16(&head, 0x800);
    td_buf_le16(&head, 8);
    td_buf_le32(&head, 0x5d760000); /* 2026-11-22 00:00 */
    td_buf_le32(&head, td_crc32(0, p, n));
    td_buf_le32(&head, (uint32_t)packed.n);
    td_buf_le32(&head, (uint32_t)n);
    td_buf_le16(&head, (unsigned)strlen(name));
    td_buf_le16(&head, 0);
    td_buf_str(z->out, "PK\x03\x04");
    td_buf_add(z->out, head.p, head.n);
    td_buf_str(z->out, name);
    td_buf_add(z->out, packed.p, packed.n);
    td_buf_str(&z->dir, "PK\x01\x02\x14");
    td_buf_u8(&z->dir, 0);
    td_buf_add(&z->dir, head.p, head.n);
    td_buf_grow(&z->dir, 10);
    td_buf_le32(&z->dir, at);
    td_buf_str(&z->dir, name);
    z->files++;
    td_buf_done(&packed);
    td_buf_done(&head);
}

static void zip_end(struct zip *z) {
    uint32_t at = (uint32_t)(z->out->n - z->start);

    td_buf_add(z->out, z->dir.p, z->dir.n);
    td_buf_add(z->out, "PK\x05\x06\0\0\0\0", 8);
    td_buf_le16(z->out, z->files);
    td_buf_le16(z->out, z->files);
    td_buf_le32(z->out, (uint32_t)z->dir.n);
    td_buf_le32(z->out, at);
    td_buf_le16(z->out, 0);
    td_buf_done(&z->dir);
}

static void office(struct td_buf *b, uint64_t n, struct td_rng *r, bool sheet) {
    static const char types[] =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types "
        "xmlns=\"http://schemas.openxmlformats.org/package/2006/"
        "content-types\"><Default Extension=\"rels\" "
        "ContentType=\"application/vnd.openxmlformats-package."
        "relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>";
    static const char
        rels_doc[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Relationships "
                     "xmlns=\"http://schemas.openxmlformats.org/package/"
                     "2006/relationships\"><Relationship Id=\"rId1\" "
                     "Type=\"http://schemas.openxmlformats.org/officeDocument/"
                     "2006/relationships/officeDocument\" Target=\"main.xml\"/></Relationships>";
    struct zip z = {.out = b, .start = b->n};
    struct td_buf body = {0}, media = {0};

    zip_add(&z, "[Content_Types].xml", types, sizeof types - 1);
    zip_add(&z, "_rels/.rels", rels_doc, sizeof rels_doc - 1);
    td_buf_str(&body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w><t>");
    lines(&body, 600 + n / 8, r);
    td_buf_str(&body, "</t></w>");
    zip_add(&z, sheet ? "xl/workbook.xml" : "word/document.xml", body.p, body.n);
    if (b->n - z.start + 600 < n) {
        jpg(&media, n - (b->n - z.start) - 400, r);
        zip_add(&z, sheet ? "xl/media/image1.jpg" : "word/media/image1.jpg", media.p, media.n);
    }
    zip_end(&z);
    td_buf_done(&body);
    td_buf_done(&media);
}

static void zip(struct td_buf *b, uint64_t n, struct td_rng *r) {
    struct zip z = {.out = b, .start = b->n};
    struct td_buf data = {0};

    lines(&data, n * 2, r);
    zip_add(&z, "backup/list.csv", data.p, data.n);
    data.n = 0;
    jpg(&data, n / 2, r);
    zip_add(&z, "backup/scan.jpg", data.p, data.n);
    zip_end(&z);
    td_buf_done(&data);
}

static void pdf(struct td_buf *b, uint64_t n, struct td_rng *r) {
    struct td_buf page = {0}, packed = {0};
    size_t start = b->n, at[5];

    td_buf_str(&page, "BT /F1 12 Tf 40 800 Td (");
    for (uint64_t i = 0; i < n; i++)
        td_buf_u8(&page, (unsigned)('A' + td_rng_below(r, 50) % 26));
    td_buf_str(&page, ") Tj ET");
    deflate_to(&packed, page.p, page.n, 15);
    td_buf_str(b, "%PDF-1.4\n%\xe2\xe3\xcf\xd3\n");
    at[0] = b->n - start;
    td_buf_str(b, "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n");
    at[1] = b->n - start;
    td_buf_str(b, "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n");
    at[2] = b->n - start;
    td_buf_str(
        b,
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources "
        "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> "
        ">>\nendobj\n");
    at[3] = b->n - start;
    td_buf_fmt(b, "4 0 obj\n<< /Length %zu /Filter /FlateDecode >>\nstream\n", packed.n);
    td_buf_add(b, packed.p, packed.n);
    td_buf_str(b, "\nendstream\nendobj\n");
    at[4] = b->n - start;
    td_buf_str(b, "xref\n0 5\n0000000000 65535 f \n");
    for (unsigned i = 0; i < 4; i++)
        td_buf_fmt(b, "%010zu 00000 n \n", at[i]);
    td_buf_fmt(b, "trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", at[4]);
    td_buf_done(&page);
    td_buf_done(&packed);
}

static void gz(struct td_buf *b, uint64_t n, struct td_rng *r) {
    struct td_buf data = {0};

    noise(&data, n * 2, r);
    deflate_to(b, data.p, data.n, 15 + 16);
    td_buf_done(&data);
}

bool td_format(struct td_buf *b, const char *kind, uint64_t n, const char *seed) {
    struct td_rng r;

    td_rng_init(&r, seed);
    if (!strcmp(kind, "ascii"))
        ascii(b, n, &r);
    else if (!strcmp(kind, "lines"))
        lines(b, n, &r);
    else if (!strcmp(kind, "jpg"))
        jpg(b, n, &r);
    else if (!strcmp(kind, "png"))
        png(b, n, &r);
    else if (!strcmp(kind, "dicom") || !strcmp(kind, "dicomjpg"))
        dicom(b, n, &r, kind[5] != 0);
    else if (!strcmp(kind, "docx") || !strcmp(kind, "xlsx"))
        office(b, n, &r, kind[0] == 'x');
    else if (!strcmp(kind, "pdf"))
        pdf(b, n, &r);
    else if (!strcmp(kind, "zip"))
        zip(b, n, &r);
    else if (!strcmp(kind, "gz"))
        gz(b, n, &r);
    else
        return false;
    return true;
}

static void pe_section(unsigned char *h, const char *name, uint32_t rva, uint32_t len, uint32_t at,
                       uint32_t flags) {
    memcpy(h, name, strlen(name));
    td_put32(h + 8, len);
    td_put32(h + 12, rva);
    td_put32(h + 16, (len + 511) & ~511u);
    td_put32(h + 20, at);
    td_put32(h + 36, flags);
}

void td_format_pe(struct td_buf *b, const char *marker, size_t n) {
    static const unsigned char code[] = {0x31, 0xc0, 0xc3}; /* xor eax, eax; ret */
    uint32_t data = (uint32_t)((n + 511) & ~(size_t)511);
    unsigned char *h = td_buf_grow(b, 0x400 + 0x200 + data), *o;

    memcpy(h, "MZ", 2);
    td_put32(h + 0x3c, 0x80);
    memcpy(h + 0x80, "PE\0\0", 4);
    td_put16(h + 0x84, 0x8664);
    td_put16(h + 0x86, 2);
    td_put32(h + 0x88, 0x6a0f0000); /* a fixed link time in 2026 */
    td_put16(h + 0x94, 240);
    td_put16(h + 0x96, 0x22);
    o = h + 0x98;
    td_put16(o, 0x20b);
    td_put32(o + 4, 0x200);
    td_put32(o + 8, data);
    td_put32(o + 16, 0x1000);
    td_put32(o + 20, 0x1000);
    td_put64(o + 24, 0x140000000);
    td_put32(o + 32, 0x1000);
    td_put32(o + 36, 0x200);
    td_put16(o + 40, 6);
    td_put16(o + 48, 6);
    td_put32(o + 56, 0x2000 + ((data + 0xfff) & ~0xfffu));
    td_put32(o + 60, 0x400);
    td_put16(o + 68, 3);
    td_put16(o + 70, 0x8160);
    td_put64(o + 72, 0x100000);
    td_put64(o + 80, 0x1000);
    td_put64(o + 88, 0x100000);
    td_put64(o + 96, 0x1000);
    td_put32(o + 108, 16);
    pe_section(o + 240, ".text", 0x1000, sizeof code, 0x400, 0x60000020);
    pe_section(o + 280, ".rdata", 0x2000, (uint32_t)n, 0x600, 0x40000040);
    memcpy(h + 0x400, code, sizeof code);
    memcpy(h + 0x600, marker, n);
}
