/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/verb.h"
#include "handover/sheet.h"

static void print_problem(void *ctx, const char *text) {
    (void)ctx;
    fprintf(stderr, "%s\n", text); /* made safe by who wrote it */
}

static int list_all(bool is_ja) {
    for (size_t i = 0; i < shodo_sheet_kinds_count; i++)
        printf("%-20s %s\n", shodo_sheet_kinds[i].name,
               is_ja ? shodo_sheet_kinds[i].title.ja : shodo_sheet_kinds[i].title.en);
    return SHODO_EXIT_NOTHING;
}

typedef enum shodo_status (*renderer)(const struct shodo_document *d, struct shodo_buf *out,
                                      struct shodo_error *err);

static renderer renderer_of(const char *format) {
    static const struct {
        const char *name;
        renderer render;
    } rows[] = {{"pdf", shodo_document_pdf},
                {"html", shodo_document_html},
                {"txt", shodo_document_text},
                {"json", shodo_document_json},
                {"xlsx", shodo_document_xlsx}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        if (strcmp(rows[i].name, format) == 0)
            return rows[i].render;
    return NULL;
}

/* As asked; a spreadsheet is the official one when the hospital has put it on the stick. */
static enum shodo_status render(const char *format, const struct shodo_sheet_kind *kind,
                                const struct shodo_sheet_options *o, const char *template_path,
                                const struct shodo_document *d, struct shodo_buf *out,
                                struct shodo_error *err) {
    bool is_book = strcmp(format, "xlsx") == 0 && *kind->form;
    enum shodo_status st = is_book ? shodo_sheet_fill(kind, o, d, template_path, out, err)
                                   : SHODO_NOTFOUND;
    if (st != SHODO_NOTFOUND || template_path)
        return st;
    return renderer_of(format)(d, out, err);
}

static enum shodo_status deliver(const struct shodo_buf *out, const char *path,
                                 struct shodo_error *err) {
    if (strcmp(path, "-") == 0)
        return fwrite(out->data, 1, out->len, stdout) == out->len && fflush(stdout) == 0
                   ? SHODO_OK
                   : shodo_fail_errno(err, "writing to the output");
    return shodo_io_write_file(AT_FDCWD, path, out->data, out->len, err);
}

int shodo_verb_sheet(const struct shodo_verb *v, int argc, char **argv) {
    const char *word = NULL, *lang = "ja", *format = NULL, *path = "-", *template_path = NULL;
    size_t n = 0;
    struct shodo_sheet_options o = {
        .is_ja = true, .now = shodo_time_now(), .problem = print_problem};
    const struct shodo_option options[] = {{.name = "--case", .text = &o.case_path},
                                           {.name = "--site", .text = &o.site_path},
                                           {.name = "--data", .text = &o.data_dir},
                                           {.name = "--since", .text = &o.since},
                                           {.name = "--note", .text = &o.note_path},
                                           {.name = "--format", .text = &format},
                                           {.name = "--out", .text = &path},
                                           {.name = "--lang", .text = &lang, .choices = "ja|en"},
                                           {.name = "--blank", .flag = &o.is_blank},
                                           {.name = "--template", .text = &template_path}};
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), &word, 1, &n))
        return SHODO_EXIT_USAGE;
    o.is_ja = strcmp(lang, "en") != 0;
    const char *ending = strrchr(path, '.');
    if (!format)
        /* --out x.pdf means a PDF */
        format = ending && renderer_of(ending + 1) ? ending + 1 : "txt";
    if (n == 0)
        return shodo_verb_usage(v, "which sheet? ('shodo sheet list' names them)");
    if (strcmp(word, "list") == 0)
        return list_all(o.is_ja);
    const struct shodo_sheet_kind *kind = shodo_sheet_find(word);
    bool is_map = strcmp(format, "cells") == 0;
    if (!kind || (!is_map && !renderer_of(format)))
        return shodo_verb_usage(v, kind ? "unknown format (pdf, html, txt, json, xlsx, cells)"
                                        : "no such sheet ('shodo sheet list' names them)");
    if (template_path && strcmp(format, "xlsx") != 0)
        return shodo_verb_usage(v, "--template needs --format xlsx");
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_auto(shodo_document) struct shodo_document d;
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    enum shodo_status st = shodo_sheet_make(kind, &o, &d, &err);
    if (st == SHODO_OK)
        st = is_map ? shodo_sheet_cells_blank(kind, &o, &out, &err)
                    : render(format, kind, &o, template_path, &d, &out, &err);
    if (st == SHODO_OK)
        st = deliver(&out, path, &err);
    return st == SHODO_OK ? SHODO_EXIT_NOTHING : shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
}
