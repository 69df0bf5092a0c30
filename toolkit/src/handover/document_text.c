/* SPDX-License-Identifier: Apache-2.0 */
/* Plain text of a document, laid out for reading aloud on the telephone: short lines, one thing
 * each. And HTML: one file, no script, no link to anything outside, print style included. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "handover/document.h"
#include "handover/xml.h"

#define TEXT_COLUMNS 76

struct wrapped {
    struct shodo_buf *out;
    const char *first, *next; /* what stands before the first and the following lines */
    int line;
};

static void wrapped_line(void *ctx, const char *s, size_t n) {
    struct wrapped *w = ctx;
    shodo_buf_adds(w->out, w->line++ ? w->next : w->first);
    shodo_buf_add(w->out, s, n);
    shodo_buf_addc(w->out, '\n');
}

static void paragraph(struct shodo_buf *out, const char *first, const char *next,
                      const char *text) {
    struct wrapped w = {.out = out, .first = first, .next = next};
    size_t used = shodo_text_columns(next, strlen(next));
    shodo_text_wrap(text, strlen(text), TEXT_COLUMNS - used, wrapped_line, &w);
}

static void text_field(struct shodo_buf *out, const struct shodo_block *b, bool ja) {
    const char *value = *b->text                           ? b->text
                        : b->source == SHODO_FIELD_BY_HAND ? "____________________"
                        : ja                               ? "不明"
                                                           : "unknown";
    shodo_auto(shodo_buf) struct shodo_buf line = SHODO_BUF_INIT;
    shodo_buf_addf(&line, "%s: %s", b->label, value);
    paragraph(out, "", "    ", shodo_buf_cstr(&line));
    if (*b->boxes)
        paragraph(out, "    ", "    ", b->boxes);
    if (b->source == SHODO_FIELD_BY_HAND && !*b->source_text)
        return;
    shodo_buf_clear(&line);
    shodo_buf_addf(&line, "[%s] %s", shodo_field_source_name(b->source, ja), b->source_text);
    paragraph(out, "    ", "    ", shodo_buf_cstr(&line));
}

/* A row becomes "head: cell" lines: a table cannot be read aloud. */
static void text_table(struct shodo_buf *out, const struct shodo_block *b) {
    for (size_t row = b->columns; row < b->cells_count; row += b->columns) {
        for (size_t i = 0; i < b->columns; i++) {
            const char *cell = b->cells[row + i].text;
            if (!*cell)
                continue;
            shodo_auto(shodo_buf) struct shodo_buf line = SHODO_BUF_INIT;
            shodo_buf_addf(&line, "%s: %s", b->cells[i].text, cell);
            paragraph(out, i == 0 ? "- " : "  ", "    ", shodo_buf_cstr(&line));
        }
    }
}

static void text_qr(struct shodo_buf *out, const struct shodo_block *b) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    const uint8_t *modules = NULL;
    int size = 0;
    shodo_buf_addf(out, "%s\n", b->label);
    if (shodo_qr(b->text, &arena, &size, &modules, NULL) == SHODO_OK) {
        /* Two rows a line with half blocks; a light module is a printed one, for light letters on a
         * dark screen. Quiet zone of four modules: ISO/IEC 18004. */
        for (int y = -4; y < size + 4; y += 2) {
            for (int x = -4; x < size + 4; x++) {
                bool top = x >= 0 && x < size && y >= 0 && y < size && modules[y * size + x];
                bool low = x >= 0 && x < size && y + 1 >= 0 && y + 1 < size &&
                           modules[(y + 1) * size + x];
                shodo_buf_adds(out, top && low ? " "
                                    : top      ? "\xe2\x96\x84"
                                    : low      ? "\xe2\x96\x80"
                                               : "\xe2\x96\x88");
            }
            shodo_buf_addc(out, '\n');
        }
    }
    shodo_buf_addf(out, "%s\n", b->text);
}

static void rule(struct shodo_buf *out, char c) {
    for (int i = 0; i < TEXT_COLUMNS; i++)
        shodo_buf_addc(out, c);
    shodo_buf_addc(out, '\n');
}

static void text_head(const struct shodo_document *d, struct shodo_buf *out) {
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(d->made, d->offset_min, when);
    if (d->is_drill)
        shodo_buf_adds(out, d->is_ja ? "【訓練】 " : "[DRILL] ");
    if (d->is_draft)
        shodo_buf_adds(out, d->is_ja ? "【案】 " : "[DRAFT] ");
    shodo_buf_addf(out, "%s\n", d->title);
    if (*d->case_id)
        shodo_buf_addf(out, d->is_ja ? "事案 %s  " : "case %s  ", d->case_id);
    if (*when)
        shodo_buf_addf(out, d->is_ja ? "作成 %s" : "made %s", when);
    shodo_buf_addc(out, '\n');
    rule(out, '=');
}

enum shodo_status shodo_document_text(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err) {
    text_head(d, out);
    for (size_t i = 0; i < d->blocks.count; i++) {
        const struct shodo_block *b = shodo_vec_at(&d->blocks, i);
        switch (b->kind) {
        case SHODO_BLOCK_HEADING:
            shodo_buf_addf(out, "\n%s %s\n",
                           b->level == 1   ? "##"
                           : b->level == 2 ? "#"
                                           : "-",
                           b->label);
            break;
        case SHODO_BLOCK_PARAGRAPH:
            paragraph(out, "", "", b->text);
            break;
        case SHODO_BLOCK_NOTICE:
            paragraph(out, "! ", "! ", b->text);
            break;
        case SHODO_BLOCK_CHECK:
            paragraph(out, "[ ] ", "    ", b->text);
            break;
        case SHODO_BLOCK_FIELD:
            text_field(out, b, d->is_ja);
            break;
        case SHODO_BLOCK_TABLE:
            text_table(out, b);
            break;
        case SHODO_BLOCK_QR:
            text_qr(out, b);
            break;
        case SHODO_BLOCK_PAGE:
            rule(out, '-');
            break;
        case SHODO_BLOCK_TAG:
            shodo_buf_addf(out, "\n[ %s ]\n", b->label);
            paragraph(out, "  ", "  ", b->text);
            break;
        }
    }
    if (*d->digest)
        shodo_buf_addf(out, "\n%s %s\n", d->is_ja ? "元データの要約値" : "digest of the data",
                       d->digest);
    return out->failed || d->is_broken ? shodo_fail(err, SHODO_NOMEM, "no memory for the document")
                                       : SHODO_OK;
}

/* ---- HTML ---- */

static void html(struct shodo_buf *out, const char *s) {
    for (; *s; s += strcspn(s, "\n")) {
        for (; *s == '\n'; s++)
            shodo_buf_adds(out, "<br>");
        shodo_xml_escape(out, s, strcspn(s, "\n"));
    }
}

static void element(struct shodo_buf *out, const char *tag, const char *text) {
    shodo_buf_addf(out, "<%s>", tag);
    html(out, text);
    shodo_buf_addf(out, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

static void html_table(struct shodo_buf *out, const struct shodo_block *b) {
    shodo_buf_adds(out, "<table>\n");
    for (size_t row = 0; row < b->cells_count; row += b->columns) {
        shodo_buf_adds(out, "<tr>");
        for (size_t i = 0; i < b->columns; i++) {
            shodo_buf_adds(out, row ? "<td>" : "<th>");
            html(out, b->cells[row + i].text);
            shodo_buf_adds(out, row ? "</td>" : "</th>");
        }
        shodo_buf_adds(out, "</tr>\n");
    }
    shodo_buf_adds(out, "</table>\n");
}

static void html_qr(struct shodo_buf *out, const struct shodo_block *b) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    const uint8_t *modules = NULL;
    int size = 0;
    element(out, "p", b->label);
    if (shodo_qr(b->text, &arena, &size, &modules, NULL) == SHODO_OK) {
        shodo_buf_addf(out, "<svg class=\"qr\" viewBox=\"-4 -4 %d %d\"><path d=\"", size + 8,
                       size + 8);
        for (int i = 0; i < size * size; i++) {
            if (modules[i])
                shodo_buf_addf(out, "M%d %dh1v1h-1z", i % size, i / size);
        }
        shodo_buf_adds(out, "\"/></svg>\n");
    }
    element(out, "p class=\"mono\"", b->text);
}

static void html_field(struct shodo_buf *out, const struct shodo_block *b, bool ja) {
    shodo_buf_addf(out, "<div class=\"field %s\"><b>", shodo_field_source_name(b->source, false));
    html(out, b->label);
    shodo_buf_adds(out, "</b><span>");
    html(out, *b->text ? b->text : b->source == SHODO_FIELD_BY_HAND ? "" : ja ? "不明" : "unknown");
    if (*b->boxes)
        shodo_buf_addc(out, ' ');
    html(out, b->boxes);
    shodo_buf_adds(out, "</span><small>[");
    html(out, shodo_field_source_name(b->source, ja));
    shodo_buf_adds(out, "] ");
    html(out, b->source_text);
    shodo_buf_adds(out, "</small></div>\n");
}

static const char style[] =
    "body{font-family:sans-serif;max-width:48em;margin:1em auto;color:#000;background:#fff;line-height:1.5}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #000;padding:.2em .4em;text-align:left;vertical-align:top;"
    "height:1.6em}th{background:#eee}.field{display:grid;grid-template-columns:12em 1fr;border-bottom:1px solid #999;padding:.2em 0}"
    ".field small{grid-column:2}.notice{border:2px solid #000;padding:.4em}.mono{font-family:monospace;word-break:break-all}"
    ".tag{border:3px solid #000;padding:.6em;margin:1em 0;page-break-inside:avoid}.tag b{font-size:2.6em}.qr{width:45mm;height:45mm}.page{page-break-before:always}@page{size:A4;margin:15mm}";

enum shodo_status shodo_document_html(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err) {
    shodo_buf_addf(out, "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>",
                   d->is_ja ? "ja" : "en");
    html(out, d->title);
    shodo_buf_addf(out, "</title><style>%s</style></head><body>\n", style);
    if (d->is_drill)
        element(out, "p class=\"notice\"", d->is_ja ? "訓練" : "DRILL");
    element(out, "h1", d->title);
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_local(d->made, d->offset_min, when);
    shodo_auto(shodo_buf) struct shodo_buf line = SHODO_BUF_INIT;
    shodo_buf_addf(&line, d->is_ja ? "事案 %s  作成 %s  %s" : "case %s  made %s  %s", d->case_id,
                   when, d->is_draft ? (d->is_ja ? "案" : "draft") : "");
    element(out, "p", shodo_buf_cstr(&line));
    for (size_t i = 0; i < d->blocks.count; i++) {
        const struct shodo_block *b = shodo_vec_at(&d->blocks, i);
        switch (b->kind) {
        case SHODO_BLOCK_HEADING:
            element(out, b->level == 1 ? "h2" : b->level == 2 ? "h3" : "h4", b->label);
            break;
        case SHODO_BLOCK_PARAGRAPH:
            element(out, "p", b->text);
            break;
        case SHODO_BLOCK_NOTICE:
            element(out, "p class=\"notice\"", b->text);
            break;
        case SHODO_BLOCK_CHECK:
            shodo_buf_adds(out, "<p>&#9744; ");
            html(out, b->text);
            shodo_buf_adds(out, "</p>\n");
            break;
        case SHODO_BLOCK_FIELD:
            html_field(out, b, d->is_ja);
            break;
        case SHODO_BLOCK_TABLE:
            html_table(out, b);
            break;
        case SHODO_BLOCK_QR:
            html_qr(out, b);
            break;
        case SHODO_BLOCK_TAG:
            shodo_buf_adds(out, "<div class=\"tag\">");
            element(out, "b", b->label);
            element(out, "p", b->text);
            shodo_buf_adds(out, "</div>\n");
            break;
        case SHODO_BLOCK_PAGE:
            shodo_buf_adds(out, "<div class=\"page\"></div>\n");
            break;
        }
    }
    if (*d->digest)
        element(out, "p class=\"mono\"", d->digest);
    shodo_buf_adds(out, "</body></html>\n");
    return out->failed || d->is_broken ? shodo_fail(err, SHODO_NOMEM, "no memory for the document")
                                       : SHODO_OK;
}
