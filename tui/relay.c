/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one machine showed is looked for on the next: files that matched, by size and SHA-256, as a
 * YARA file in relay/ that the engine gets beside its own rules. Only numbers go into it, never a
 * name from evidence.
 */
#include "relay.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "case/case.h"
#include "casefile.h"

#define RULES_MAX   200
#define HASH_DIGITS 64

static bool is_hash(const char *s) {
    return s && strlen(s) == HASH_DIGITS && strspn(s, "0123456789abcdef") == HASH_DIGITS;
}

static void add_rule(const struct tui_finding_row *f, struct shodo_buf *out) {
    shodo_buf_addf(
        out,
        "rule shodo_relay_%.16s\n{\n    meta:\n        id = \"SHODO-RELAY-%.16s\"\n        author = \"shodo relay\"\n"
        "        description = \"The same file matched on another machine of this case\"\n"
        "        description_ja = \"この事案の別の端末で一致したものと同じファイルです。\"\n"
        "        source = \"this case\"\n        severity = \"match\"\n"
        "    condition:\n        filesize == %llu and hash.sha256(0, filesize) == \"%s\"\n}\n\n",
        f->sha256, f->sha256, (unsigned long long)f->size_bytes, f->sha256);
}

static bool is_there(const struct shodo_buf *text, const char *sha256) {
    return text->len && strstr(text->data, sha256) != NULL;
}

static size_t make_rules(const struct tui_app *app, const char *endpoint, struct shodo_buf *out) {
    size_t n = 0;
    for (size_t i = 0; i < tui_casefile_endpoints(app->casefile); i++) {
        const struct tui_endpoint *e = tui_casefile_endpoint(app->casefile, i);
        if (strcmp(e->id, endpoint) == 0)
            continue;
        for (size_t k = 0; k < e->findings.count && n < RULES_MAX; k++) {
            const struct tui_finding_row *f = shodo_vec_at(&e->findings, k);
            if (f->verdict != SHODO_VERDICT_MATCH || !is_hash(f->sha256) || !f->size_bytes ||
                f->size_bytes > SHODO_LIMIT_SCAN_BYTES || is_there(out, f->sha256))
                continue;
            if (n++ == 0)
                shodo_buf_adds(out, "import \"hash\"\n\n");
            add_rule(f, out);
        }
    }
    return n;
}

size_t tui_relay_write(const struct tui_app *app, const char *endpoint,
                       struct shodo_buf *ret_path) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf now = SHODO_BUF_INIT;
    shodo_auto(shodo_case_dir) struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    unsigned newest = 0;
    size_t n = make_rules(app, endpoint, &text);
    if (!n || text.failed ||
        shodo_case_dir_look(&d, tui_casefile_path(app->casefile), NULL) != SHODO_OK)
        return 0;
    bool is_same = shodo_io_read_generation(&now, d.relay_fd, "relay", "yar", SHODO_LIMIT_DOC_BYTES,
                                            NULL) == SHODO_OK &&
                   now.len == text.len && memcmp(now.data, text.data, text.len) == 0;
    if (!is_same && shodo_io_write_generation(d.relay_fd, "relay", "yar", text.data, text.len,
                                              NULL) != SHODO_OK)
        return 0;
    if (shodo_io_generation(d.relay_fd, "relay", "yar", &newest, NULL) != SHODO_OK ||
        !shodo_io_generation_name(&name, "relay", newest, "yar"))
        return 0;
    shodo_buf_addf(ret_path, "%s/relay/%s", tui_casefile_path(app->casefile),
                   shodo_buf_cstr(&name));
    return n;
}
