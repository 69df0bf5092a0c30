/* SPDX-License-Identifier: Apache-2.0 */
/* shodo list: every entry of a source, as lines or JSON, straight from the sandboxed lister. shodo
 * compare: what differs between a shadow copy and the present. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/host_image.h"
#include "engine/list_lines.h"
#include "engine/lister.h"
#include "engine/message.h"
#include "engine/verb.h"
#include "engine/worker.h"

/* The lister made the lines harmless; it may have been taken over since. Only the bytes that could
 * hurt a terminal or break the line format are looked for: controls, invalid UTF-8 leads of
 * controls (C2 80..9F), bidi and invisible ones. */
static bool is_harmless(const uint8_t *p, size_t n) {
    for (size_t i = shodo_list_plain(p, n); i < n;
         i += 1 + shodo_list_plain(p + i + 1, n - i - 1)) {
        if (p[i] == '\n' || p[i] == '\t')
            continue;
        if (p[i] < 0x80)
            return false;
        size_t at = i;
        uint32_t cp = shodo_text_next((const char *)p, n, &at);
        if (cp < 0xa0 || cp == 0xfffd || (cp >= 0xd800 && cp < 0xe000) ||
            shodo_text_is_invisible(cp))
            return false;
        i = at - 1;
    }
    return true;
}

struct listing {
    const struct shodo_verb *v;
    bool is_json;
    uint64_t problems, bytes;
};

static void show_problem(struct listing *l, struct shodo_cur *c) {
    struct shodo_arena a = SHODO_ARENA_INIT;
    struct shodo_ledger g;
    struct shodo_buf b = SHODO_BUF_INIT;
    if (shodo_msg_get_ledger(&g, c, &a, NULL) == SHODO_OK) {
        l->problems++;
        if (l->is_json) {
            struct shodo_json j = shodo_json_to(&b);
            shodo_ledger_write(&j, &g, SHODO_TIME_NONE);
            shodo_json_line_end(&j);
            (void)shodo_io_write_all(STDOUT_FILENO, b.data, b.len, NULL);
        } else {
            shodo_buf_addf(&b, "volume %u, record %llu: %s: %s", g.volume,
                           (unsigned long long)g.record, shodo_ledger_reason_name(g.reason),
                           g.text ? g.text : "");
            shodo_verb_fail(l->v, 0, shodo_buf_cstr(&b));
        }
    }
    shodo_buf_done(&b);
    shodo_arena_done(&a);
}

/* OK: go on. END: all listed. */
static enum shodo_status take(struct listing *l, uint8_t type, struct shodo_cur *c,
                              struct shodo_error *err) {
    switch (type) {
    case SHODO_MSG_TEXT:
        if (!is_harmless(c->data, c->len))
            return shodo_fail(err, SHODO_DAMAGED, "the lister sent text that must not be shown");
        l->bytes += c->len;
        return shodo_io_write_all(STDOUT_FILENO, c->data, c->len, err);
    case SHODO_MSG_LEDGER:
        show_problem(l, c);
        return SHODO_OK;
    case SHODO_MSG_LISTING:
        return SHODO_OK;
    case SHODO_MSG_LISTED:
        return SHODO_END;
    case SHODO_MSG_FAIL:
        return shodo_fail(err, SHODO_DAMAGED, "%.*s", (int)SHODO_MIN(c->len, (size_t)400),
                          (const char *)c->data);
    default:
        return shodo_fail(err, SHODO_DAMAGED, "unexpected message %u from the lister", type);
    }
}

static enum shodo_status list(struct listing *l, struct shodo_lister *job,
                              struct shodo_error *err) {
    struct shodo_worker w;
    enum shodo_status st = shodo_worker_start(&w, shodo_lister_run, job, job->host, err);
    if (st != SHODO_OK)
        return st;
    for (;;) {
        uint8_t type = 0;
        struct shodo_cur c;
        st = shodo_worker_next(&w, SHODO_LIMIT_LISTER_SECONDS * 1000ULL, &type, &c, err);
        if (st == SHODO_OK)
            st = take(l, type, &c, err);
        else if (st == SHODO_END)
            st = shodo_fail(err, SHODO_DAMAGED,
                            "the lister process ended early; what is listed is not all");
        if (st != SHODO_OK)
            break;
    }
    shodo_worker_stop(&w, true, NULL, NULL);
    return st == SHODO_END ? SHODO_OK : st;
}

/* Both verbs: a source, and which state of which volume. */
static int run(const struct shodo_verb *v, int argc, char **argv, struct shodo_lister *job,
               bool is_compare) {
    const char *source = NULL, *shadow = is_compare ? "newest" : NULL;
    bool is_json = false;
    struct shodo_vec keys = SHODO_VEC_INIT(sizeof(const char *));
    const struct shodo_option options[] = {
        {.name = "--json", .flag = &is_json},
        {.name = "--recovery-key-file", .list = &keys},
        {.name = "--volume", .text = &job->only},
        {.name = "--shadow", .text = &shadow},
        is_compare ? (struct shodo_option){.name = "--content", .flag = &job->want_content}
                   : (struct shodo_option){.name = "--deleted", .flag = &job->want_deleted}};
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), &source, 1, &n))
        return SHODO_EXIT_USAGE;
    if (n != 1)
        return shodo_verb_usage(v, "which source?");
    if (shadow && !shodo_lister_shadow(shadow, &job->shadow))
        return shodo_verb_usage(v, "--shadow takes a number from 'shodo sources', or newest");
    struct shodo_host_source host;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_host_open(&host, source, &err);
    if (st == SHODO_OK && host.is_tree && (shadow || job->only))
        st = shodo_fail(&err, SHODO_INVALID,
                        "a folder has neither volumes nor shadow copies: name a disk or an image");
    for (size_t i = 0; i < keys.count && st == SHODO_OK; i++)
        st = shodo_host_add_key(&host, *(const char *const *)shodo_vec_at(&keys, i), &err);
    shodo_vec_done(&keys);
    if (st != SHODO_OK)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    shodo_signals_init();
    job->host = &host;
    job->form = is_json ? SHODO_LIST_JSON : SHODO_LIST_TEXT;
    job->is_compared = is_compare;
    struct listing l = {.v = v, .is_json = is_json};
    st = list(&l, job, &err);
    shodo_host_done(&host);
    if (st != SHODO_OK)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    if (is_compare && l.bytes)
        return SHODO_EXIT_FINDINGS;
    return l.problems ? SHODO_EXIT_INCOMPLETE : SHODO_EXIT_NOTHING;
}

int shodo_verb_list(const struct shodo_verb *v, int argc, char **argv) {
    return run(v, argc, argv, &(struct shodo_lister){.form = SHODO_LIST_TEXT}, false);
}

int shodo_verb_compare(const struct shodo_verb *v, int argc, char **argv) {
    return run(v, argc, argv, &(struct shodo_lister){.form = SHODO_LIST_TEXT}, true);
}
