/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of those who may open the evidence (police, support team): from a file beside the
 * data into site/recipients. What is taken is a certificate (PEM or DER) whose fingerprint a person
 * compares by telephone; collecting then encrypts to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "case/key.h"
#include "casefile.h"
#include "screens.h"

#define FILES_MAX 60
#define PEM_LINE  64
static const char pem_begin[] = "-----BEGIN CERTIFICATE-----\n",
                  pem_end[] = "-----END CERTIFICATE-----\n";

static bool is_candidate(const char *name) {
    static const char *const endings[] = {".pem", ".crt", ".cer", ".der"};
    size_t n = strlen(name);
    for (size_t i = 0; name[0] != '.' && i < SHODO_ARRAY_SIZE(endings); i++) {
        if (n > 4 && shodo_text_ieq(name + n - 4, endings[i]))
            return true;
    }
    return false;
}

/* i-th candidate in site/ and then at the top of the stick; false when there are no more. */
static bool nth_candidate(const struct tui_app *app, int want, char out[512]) {
    const char *folders[] = {tui_casefile_site_dir(app->casefile),
                             tui_casefile_root(app->casefile)};
    bool found = false;
    for (size_t f = 0; f < SHODO_ARRAY_SIZE(folders) && !found; f++) {
        struct dirent **list = NULL;
        int n = scandir(folders[f], &list, NULL, alphasort);
        for (int i = 0; i < n; i++) {
            if (!found && is_candidate(list[i]->d_name) && want-- == 0)
                found = snprintf(out, 512, "%s/%s", folders[f], list[i]->d_name) < 512;
            free(list[i]);
        }
        free(list);
    }
    return found;
}

/* DER as PEM (RFC 7468). */
static void to_pem(const char *p, size_t n, struct shodo_buf *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t column = 0;
    shodo_buf_adds(out, pem_begin);
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < n ? (uint8_t)p[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            shodo_buf_addc(out, i + k > n ? '=' : digits[v >> (18 - 6 * k) & 63]);
        column += 4;
        if (column >= PEM_LINE) {
            shodo_buf_addc(out, '\n');
            column = 0;
        }
    }
    if (column)
        shodo_buf_addc(out, '\n');
    shodo_buf_adds(out, pem_end);
}

/* Only the certificate itself, whatever else stands in the file (never a key). */
static enum shodo_status read_certificate(const char *path, struct shodo_buf *pem,
                                          char fingerprint[65], struct shodo_error *err) {
    shodo_auto(shodo_buf) struct shodo_buf in = SHODO_BUF_INIT;
    enum shodo_status st = shodo_io_read_file(&in, AT_FDCWD, path, SHODO_LIMIT_KEY_BYTES, err);
    if (st != SHODO_OK)
        return st;
    const char *from = strstr(shodo_buf_cstr(&in), "-----BEGIN CERTIFICATE-----"),
               *to = from ? strstr(from, "-----END CERTIFICATE-----") : NULL;
    if (from && to)
        shodo_buf_addf(pem, "%.*s\n", (int)(to + strlen("-----END CERTIFICATE-----") - from), from);
    else
        to_pem(in.data ? in.data : "", in.len, pem);
    return shodo_key_cert_fingerprint(pem->data, pem->len, fingerprint, err);
}

static void store(struct tui_app *app, const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf pem = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf folder = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    char fingerprint[65], name[80];
    int dir = -1;
    enum shodo_status st = read_certificate(path, &pem, fingerprint, &err);
    shodo_buf_addf(&folder, "%s/recipients", tui_casefile_site_dir(app->casefile));
    if (st == SHODO_OK && mkdir(tui_casefile_site_dir(app->casefile), 0700) != 0 && errno != EEXIST)
        st = shodo_fail_errno(&err, "making the folder site");
    if (st == SHODO_OK)
        st = shodo_io_make_dir(&dir, AT_FDCWD, shodo_buf_cstr(&folder), &err);
    if (st == SHODO_OK) {
        snprintf(name, sizeof name, "%.16s.pem", fingerprint);
        st = shodo_io_write_file(dir, name, pem.data, pem.len, &err);
    }
    shodo_io_close(&dir);
    if (st == SHODO_OK || st == SHODO_EXISTS)
        tui_message(app, TUI_ROLE_OK, "%s",
                    tui_text(app, st == SHODO_OK ? MSG_RECIPIENT_TAKEN : MSG_RECIPIENT_THERE));
    else
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_RECIPIENT_BAD), err.text);
}

static void on_compared(struct tui_app *app, long candidate, int index) {
    char path[512];
    if (index == 1 && nth_candidate(app, (int)candidate, path))
        store(app, path);
}

/* The fingerprint in groups of four, as people read it to each other. */
static void groups(const char *hex, struct shodo_buf *out) {
    for (size_t i = 0; hex[i]; i++)
        shodo_buf_addf(out, "%s%c", i && i % 4 == 0 ? " " : "", hex[i]);
}

static void compare(struct tui_app *app, long index) {
    char path[512], fingerprint[65];
    shodo_auto(shodo_buf) struct shodo_buf pem = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    if (!nth_candidate(app, (int)index, path))
        return;
    if (read_certificate(path, &pem, fingerprint, &err) != SHODO_OK) {
        tui_message(app, TUI_ROLE_ERROR, "%s: %s", tui_text(app, MSG_RECIPIENT_BAD), err.text);
        return;
    }
    groups(fingerprint, &text);
    shodo_buf_addf(&text, "\n\n%s", tui_text(app, MSG_RECIPIENT_COMPARE));
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_PREPARE_RECIPIENTS),
                                      shodo_buf_cstr(&text), on_compared, index);
    tui_ask_add(a, tui_text(app, MSG_RECIPIENT_NO), NULL);
    tui_ask_add(a, tui_text(app, MSG_RECIPIENT_YES), NULL);
    tui_told_by(app, compare, index);
}

static void on_candidate(struct tui_app *app, long arg, int index) {
    (void)arg;
    compare(app, index);
}

static void add_known(const struct tui_app *app, struct shodo_buf *out) {
    shodo_auto(shodo_buf) struct shodo_buf folder = SHODO_BUF_INIT;
    struct dirent **list = NULL;
    shodo_buf_addf(&folder, "%s/recipients", tui_casefile_site_dir(app->casefile));
    int n = scandir(shodo_buf_cstr(&folder), &list, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (is_candidate(list[i]->d_name))
            shodo_buf_addf(out, "%s\n", list[i]->d_name);
        free(list[i]);
    }
    free(list);
}

static void ask(struct tui_app *app, long arg) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    char path[512];
    add_known(app, &text);
    if (!text.len)
        shodo_buf_adds(&text, tui_text(app, MSG_PREPARE_RECIPIENTS_NONE));
    if (!nth_candidate(app, 0, path)) {
        shodo_buf_addf(&text, "\n\n%s", tui_text(app, MSG_RECIPIENT_WHERE));
        tui_page_show(app, tui_text(app, MSG_PREPARE_RECIPIENTS), shodo_buf_cstr(&text));
        tui_told_by(app, ask, arg);
        return;
    }
    shodo_buf_addf(&text, "\n%s", tui_text(app, MSG_RECIPIENT_WHICH));
    struct tui_ask *a = tui_ask_begin(app, tui_text(app, MSG_PREPARE_RECIPIENTS),
                                      shodo_buf_cstr(&text), on_candidate, arg);
    for (int i = 0; i < FILES_MAX && nth_candidate(app, i, path); i++)
        tui_ask_add(a, strrchr(path, '/') + 1, NULL);
    tui_ask_select(a, -1);
    tui_told_by(app, ask, arg);
}

void tui_recipients_ask(struct tui_app *app) {
    ask(app, 0);
}
