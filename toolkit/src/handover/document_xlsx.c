/* SPDX-License-Identifier: Apache-2.0 */
/* A document as a spreadsheet: one sheet, every text an inline string (never a formula), the source
 * beside each value. Ref: ECMA-376 part 1, 18.2–18.4, 18.8. */
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "handover/document.h"
#include "handover/xml.h"
#include "handover/zip.h"

#define CELL_CHARS_MAX 32767u /* of Excel */
#define NAME_CHARS_MAX 31u    /* of a sheet's name */
#define SPAN           4      /* columns of a field: label, value, kind of source, source */
#define SPAN_WIDTH     120    /* their widths together, in characters */
#define LINE_PT        15

enum style { PLAIN, TITLE, HEADING, LABEL, VALUE, HEAD, NOTICE, SMALL };

static const char styles[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
    "<fonts count=\"5\"><font><sz val=\"10\"/><name val=\"MS Gothic\"/><family val=\"3\"/></font>"
    "<font><b/><sz val=\"14\"/><name val=\"MS Gothic\"/><family val=\"3\"/></font>"
    "<font><b/><sz val=\"11\"/><name val=\"MS Gothic\"/><family val=\"3\"/></font>"
    "<font><b/><sz val=\"10\"/><name val=\"MS Gothic\"/><family val=\"3\"/></font>"
    "<font><sz val=\"8\"/><name val=\"MS Gothic\"/><family val=\"3\"/></font></fonts>"
    "<fills count=\"3\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill>"
    "<fill><patternFill patternType=\"solid\"><fgColor rgb=\"FFE6E6E6\"/></patternFill></fill></fills>"
    "<borders count=\"2\"><border><left/><right/><top/><bottom/><diagonal/></border>"
    "<border><left style=\"thin\"/><right style=\"thin\"/><top style=\"thin\"/><bottom style=\"thin\"/><diagonal/></border></borders>"
    "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"8\">"
#define XF(font, fill, border)                                                                     \
    "<xf numFmtId=\"49\" fontId=\"" #font "\" fillId=\"" #fill "\" borderId=\"" #border            \
    "\" xfId=\"0\" applyNumberFormat=\"1\" "                                                       \
    "applyFont=\"1\" applyFill=\"1\" applyBorder=\"1\" applyAlignment=\"1\"><alignment vertical=\"top\" wrapText=\"1\"/></xf>"
    XF(0, 0, 0) XF(1, 0, 0) XF(2, 2, 0) XF(3, 2, 1) XF(0, 0, 1) XF(3, 2, 1) XF(3, 0, 1) XF(4, 0, 1)
#undef XF
        "</cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>";

static const char types[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
    "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
    "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
    "<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/></Types>";

#define RELS                                                                                       \
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define REL(id, type, target)                                                                      \
    "<Relationship Id=\"" id                                                                       \
    "\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" type          \
    "\" Target=\"" target "\"/>"
static const char root_rels[] = RELS REL("rId1", "officeDocument",
                                         "xl/workbook.xml") "</Relationships>";
static const char book_rels[] = RELS REL("rId1", "worksheet", "worksheets/sheet1.xml")
    REL("rId2", "styles", "styles.xml") "</Relationships>";

struct grid {
    struct shodo_buf rows, merges;
    unsigned row, merges_count, column;
};

static size_t clip_chars(const char *s, size_t chars) {
    size_t pos = 0, n = strlen(s);
    while (pos < n && chars-- > 0)
        shodo_text_next(s, n, &pos);
    return pos;
}

static void row_begin(struct grid *g, unsigned lines) {
    g->column = 0;
    g->row++;
    if (lines)
        shodo_buf_addf(&g->rows, "<row r=\"%u\" ht=\"%u\" customHeight=\"1\">", g->row,
                       lines * LINE_PT + 3);
    else
        shodo_buf_addf(&g->rows, "<row r=\"%u\">", g->row);
}

static void row_end(struct grid *g) {
    shodo_buf_adds(&g->rows, "</row>\n");
}

static void cell(struct grid *g, enum style style, const char *text) {
    char column = (char)('A' + g->column++);
    if (!*text) {
        shodo_buf_addf(&g->rows, "<c r=\"%c%u\" s=\"%d\"/>", column, g->row, (int)style);
        return;
    }
    shodo_buf_addf(&g->rows,
                   "<c r=\"%c%u\" s=\"%d\" t=\"inlineStr\"><is><t xml:space=\"preserve\">", column,
                   g->row, (int)style);
    shodo_xml_escape(&g->rows, text, clip_chars(text, CELL_CHARS_MAX));
    shodo_buf_adds(&g->rows, "</t></is></c>");
}

static void count_line(void *ctx, const char *s, size_t n) {
    (void)s, (void)n;
    ++*(unsigned *)ctx;
}

/* A text over all columns of a field. */
static void wide(struct grid *g, enum style style, const char *text) {
    unsigned lines = 0;
    shodo_text_wrap(text, strlen(text), SPAN_WIDTH - (style == TITLE ? 40 : 4), count_line, &lines);
    row_begin(g, SHODO_MAX(lines, 1u) * (style == TITLE ? 2 : 1));
    cell(g, style, text);
    for (int i = 1; i < SPAN; i++)
        cell(g, style, "");
    row_end(g);
    shodo_buf_addf(&g->merges, "<mergeCell ref=\"A%u:%c%u\"/>", g->row, 'A' + SPAN - 1, g->row);
    g->merges_count++;
}

static void table(struct grid *g, const struct shodo_block *b) {
    for (size_t at = 0; at + b->columns <= b->cells_count; at += b->columns) {
        row_begin(g, 0);
        for (size_t i = 0; i < b->columns; i++)
            cell(g, at ? VALUE : HEAD, b->cells[at + i].text);
        row_end(g);
    }
}

static void field(struct grid *g, const struct shodo_block *b, bool ja) {
    bool is_by_hand = b->source == SHODO_FIELD_BY_HAND;
    row_begin(g, 0);
    cell(g, LABEL, b->label);
    cell(g, VALUE, *b->text || is_by_hand ? b->text : ja ? "不明" : "unknown");
    cell(g, SMALL, shodo_field_source_name(b->source, ja));
    shodo_auto(shodo_buf) struct shodo_buf source = SHODO_BUF_INIT;
    shodo_buf_addf(&source, "%s%s%s", b->source_text, *b->boxes && *b->source_text ? "  " : "",
                   b->boxes);
    cell(g, SMALL, shodo_buf_cstr(&source));
    row_end(g);
}

static void block(struct grid *g, const struct shodo_block *b, bool ja) {
    switch (b->kind) {
    case SHODO_BLOCK_HEADING:
        wide(g, HEADING, b->label);
        break;
    case SHODO_BLOCK_PARAGRAPH:
        wide(g, PLAIN, b->text);
        break;
    case SHODO_BLOCK_NOTICE:
        wide(g, NOTICE, b->text);
        break;
    case SHODO_BLOCK_FIELD:
        field(g, b, ja);
        break;
    case SHODO_BLOCK_TABLE:
        table(g, b);
        break;
    case SHODO_BLOCK_CHECK:
        row_begin(g, 0);
        cell(g, LABEL, "□");
        cell(g, VALUE, b->text);
        row_end(g);
        break;
    case SHODO_BLOCK_QR: /* the words; a code is for the printed sheet */
        row_begin(g, 0);
        cell(g, LABEL, b->label);
        cell(g, VALUE, b->text);
        row_end(g);
        break;
    case SHODO_BLOCK_TAG:
        wide(g, NOTICE, b->label);
        wide(g, PLAIN, b->text);
        break;
    case SHODO_BLOCK_PAGE:
        break;
    }
}

static void head(const struct shodo_document *d, struct grid *g) {
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_auto(shodo_buf) struct shodo_buf line = SHODO_BUF_INIT;
    shodo_time_local(d->made, d->offset_min, when);
    shodo_buf_addf(&line, "%s%s%s", d->is_drill ? (d->is_ja ? "【訓練】 " : "[DRILL] ") : "",
                   d->is_draft ? (d->is_ja ? "【案】 " : "[DRAFT] ") : "", d->title);
    wide(g, TITLE, shodo_buf_cstr(&line));
    shodo_buf_clear(&line);
    shodo_buf_addf(&line, d->is_ja ? "事案 %s  作成 %s  %s" : "case %s  made %s  %s",
                   *d->case_id ? d->case_id : "-", *when ? when : "-", d->status);
    wide(g, PLAIN, shodo_buf_cstr(&line));
}

/* [ ] : * ? / \ and quotes may not stand in a sheet's name. */
static void sheet_name(const struct shodo_document *d, struct shodo_buf *out) {
    shodo_auto(shodo_buf) struct shodo_buf plain = SHODO_BUF_INIT;
    for (size_t i = 0, n = clip_chars(d->title, NAME_CHARS_MAX); i < n; i++)
        shodo_buf_addc(&plain, strchr("[]:*?/\\'", d->title[i]) ? '-' : d->title[i]);
    shodo_xml_escape(out, shodo_buf_cstr(&plain), plain.len);
}

static void workbook(const struct shodo_document *d, struct shodo_buf *out) {
    shodo_buf_adds(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "
        "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"");
    sheet_name(d, out);
    shodo_buf_adds(out, "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
}

static void worksheet(const struct shodo_document *d, struct shodo_buf *out) {
    struct grid g = {.rows = SHODO_BUF_INIT, .merges = SHODO_BUF_INIT};
    head(d, &g);
    for (size_t i = 0; i < d->blocks.count; i++)
        block(&g, shodo_vec_at(&d->blocks, i), d->is_ja);
    if (*d->digest) {
        shodo_auto(shodo_buf) struct shodo_buf line = SHODO_BUF_INIT;
        shodo_buf_addf(&line, "%s %s", d->is_ja ? "元データの要約値" : "digest of the data",
                       d->digest);
        wide(&g, PLAIN, shodo_buf_cstr(&line));
    }
    shodo_buf_adds(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
        "<sheetPr><pageSetUpPr fitToPage=\"1\"/></sheetPr><cols><col min=\"1\" max=\"1\" width=\"26\" customWidth=\"1\"/>"
        "<col min=\"2\" max=\"2\" width=\"46\" customWidth=\"1\"/><col min=\"3\" max=\"3\" width=\"12\" customWidth=\"1\"/>"
        "<col min=\"4\" max=\"4\" width=\"36\" customWidth=\"1\"/><col min=\"5\" max=\"16\" width=\"24\" customWidth=\"1\"/></cols>"
        "<sheetData>\n");
    shodo_buf_add(out, g.rows.data ? g.rows.data : "", g.rows.len);
    shodo_buf_addf(out, "</sheetData><mergeCells count=\"%u\">%s</mergeCells>", g.merges_count,
                   shodo_buf_cstr(&g.merges));
    shodo_buf_adds(
        out,
        "<pageMargins left=\"0.5\" right=\"0.5\" top=\"0.6\" bottom=\"0.6\" header=\"0.3\" footer=\"0.3\"/>"
        "<pageSetup paperSize=\"9\" orientation=\"portrait\" fitToWidth=\"1\" fitToHeight=\"0\"/>"
        "<headerFooter><oddFooter>&amp;C&amp;P / &amp;N</oddFooter></headerFooter></worksheet>");
    out->failed = out->failed || g.rows.failed || g.merges.failed;
    shodo_buf_done(&g.rows);
    shodo_buf_done(&g.merges);
}

enum shodo_status shodo_document_xlsx(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf book = SHODO_BUF_INIT, sheet = SHODO_BUF_INIT;
    shodo_autop(shodo_zip) struct shodo_zip *zip = NULL;
    const struct shodo_sink sink = shodo_sink_to(out);
    workbook(d, &book);
    worksheet(d, &sheet);
    if (d->is_broken || book.failed || sheet.failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for the document");
    const struct {
        const char *name, *text;
        size_t n;
    } parts[] = {{"[Content_Types].xml", types, strlen(types)},
                 {"_rels/.rels", root_rels, strlen(root_rels)},
                 {"xl/workbook.xml", book.data, book.len},
                 {"xl/_rels/workbook.xml.rels", book_rels, strlen(book_rels)},
                 {"xl/styles.xml", styles, strlen(styles)},
                 {"xl/worksheets/sheet1.xml", sheet.data, sheet.len}};
    enum shodo_status st = shodo_zip_new(&zip, &sink, NULL, err);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(parts) && st == SHODO_OK; i++)
        st = shodo_zip_add(zip, parts[i].name, SHODO_TIME_NONE, parts[i].text, parts[i].n, err);
    return st == SHODO_OK ? shodo_zip_finish(zip, err) : st;
}
