/* SPDX-License-Identifier: Apache-2.0 */
/* shodo journal show|verify, shodo key new|show. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "case/case.h"
#include "engine/host.h"
#include "engine/secret.h"
#include "engine/verb.h"

enum { DETAIL_COLUMNS = 100 };

static enum shodo_status show_record(void *ctx, const struct shodo_record *r) {
    const bool *is_json = ctx;
    struct shodo_buf b = SHODO_BUF_INIT;
    if (*is_json) {
        shodo_buf_add(&b, r->line, r->line_len);
        if (!r->line_len || r->line[r->line_len - 1] != '\n')
            shodo_buf_addc(&b, '\n');
    } else {
        char when[SHODO_TIME_TEXT_BYTES];
        struct shodo_buf data = SHODO_BUF_INIT;
        struct shodo_json j = shodo_json_to(&data);
        shodo_time_utc(r->time, 0, when);
        shodo_value_write(&j, NULL, r->data);
        shodo_buf_addf(&b, "%6llu  %s  %s  ", (unsigned long long)r->seq, when, r->stick);
        shodo_text_safe(&b, r->actor, strlen(r->actor));
        shodo_buf_adds(&b, "  ");
        shodo_text_safe(&b, r->event, strlen(r->event));
        shodo_buf_adds(&b, "  ");
        shodo_text_safe_clip(&b, data.data ? data.data : "", data.len, DETAIL_COLUMNS, false);
        shodo_buf_addc(&b, '\n');
        shodo_buf_done(&data);
    }
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
    return SHODO_OK;
}

struct problems {
    bool is_json;
    uint64_t count;
};

static void on_problem(void *ctx, const char *text) {
    struct problems *p = ctx;
    struct shodo_buf b = SHODO_BUF_INIT;
    p->count++;
    if (p->is_json) {
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "problem", text);
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
    } else {
        shodo_text_safe(&b, text, strlen(text));
        shodo_buf_addc(&b, '\n');
    }
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
}

static int verify(const struct shodo_verb *v, const struct shodo_case_dir *d, const char *head,
                  bool is_json) {
    struct problems p = {.is_json = is_json};
    struct shodo_journal_report r = {.records = 0};
    struct shodo_error err = SHODO_ERROR_INIT;
    char plain[SHODO_FINGERPRINT_SHOWN_BYTES];
    size_t n = 0;
    for (const char *c = head; c && *c; c++) /* paper shows it in groups of four */
        if (*c != ' ' && *c != '\t' && *c != '\n' && n + 1 < sizeof plain)
            plain[n++] = *c;
    plain[n] = 0;
    enum shodo_status st = shodo_journal_verify(d->journal_fd, head ? plain : NULL, on_problem, &p,
                                                &r, &err);
    if (st != SHODO_OK && st != SHODO_REFUSED)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    if (is_json) {
        struct shodo_buf b = SHODO_BUF_INIT;
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_bool(&j, "is_unchanged", st == SHODO_OK);
        shodo_json_u64(&j, "records", r.records);
        shodo_json_u64(&j, "checkpoints", r.checkpoints);
        shodo_json_u64(&j, "after_checkpoint", r.after_checkpoint);
        shodo_json_bool(&j, "torn", r.torn);
        shodo_json_u64(&j, "problems", p.count);
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
        fputs(shodo_buf_cstr(&b), stdout);
        shodo_buf_done(&b);
    } else {
        printf("%s: %llu records, %llu checkpoints, %llu records after the last checkpoint%s\n",
               st == SHODO_OK ? "chain and signatures fit" : "NOT as it was written",
               (unsigned long long)r.records, (unsigned long long)r.checkpoints,
               (unsigned long long)r.after_checkpoint, r.torn ? ", torn last line" : "");
    }
    return st == SHODO_OK ? SHODO_EXIT_NOTHING : SHODO_EXIT_FINDINGS;
}

int shodo_verb_journal(const struct shodo_verb *v, int argc, char **argv) {
    const char *what = NULL, *case_path = NULL, *head = NULL;
    bool is_json = false;
    const struct shodo_option options[] = {{.name = "--case", .text = &case_path},
                                           {.name = "--head", .text = &head},
                                           {.name = "--json", .flag = &is_json}};
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), &what, 1, &n))
        return SHODO_EXIT_USAGE;
    bool is_show = n == 1 && strcmp(what, "show") == 0;
    if (n != 1 || !case_path || (!is_show && strcmp(what, "verify") != 0))
        return shodo_verb_usage(v, "show or verify, of which case? (--case DIR)");
    struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    int code = SHODO_EXIT_NOTHING;
    enum shodo_status st = shodo_case_dir_look(&d, case_path, &err);
    if (st == SHODO_OK && is_show)
        st = shodo_journal_each(d.journal_fd, show_record, &is_json, &err);
    if (st != SHODO_OK)
        code = shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    else if (!is_show)
        code = verify(v, &d, head, is_json);
    shodo_case_dir_done(&d);
    return code;
}

int shodo_verb_key(const struct shodo_verb *v, int argc, char **argv) {
    const char *what = NULL, *keys = NULL;
    uint64_t passphrase_fd = UINT64_MAX;
    bool is_json = false, was_made = false;
    const struct shodo_option options[] = {{.name = "--keys", .text = &keys},
                                           {.name = "--passphrase-fd", .number = &passphrase_fd},
                                           {.name = "--json", .flag = &is_json}};
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), &what, 1, &n))
        return SHODO_EXIT_USAGE;
    bool is_new = n == 1 && strcmp(what, "new") == 0;
    if (n != 1 || !keys || (!is_new && strcmp(what, "show") != 0))
        return shodo_verb_usage(v, "new or show, in which folder? (--keys DIR)");
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_key *key = NULL;
    struct shodo_buf pass = SHODO_BUF_INIT;
    int fd = -1;
    enum shodo_status st = shodo_host_open_dir(&fd, keys, is_new, &err);
    if (st == SHODO_OK && !is_new && faccessat(fd, "stick.cert.pem", F_OK, 0) != 0)
        st = shodo_fail(&err, SHODO_NOTFOUND, "no key in '%s'; 'shodo key new' makes one", keys);
    if (st == SHODO_OK)
        st = shodo_secret_read(&pass, passphrase_fd, &err);
    if (st == SHODO_OK)
        st = shodo_key_open(&key, fd, pass.len ? shodo_buf_cstr(&pass) : NULL, &was_made, &err);
    shodo_secret_wipe(&pass);
    shodo_io_close(&fd);
    if (st != SHODO_OK)
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    if (is_json) {
        struct shodo_buf b = SHODO_BUF_INIT;
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "stick", shodo_key_stick_id(key));
        shodo_json_str(&j, "fingerprint", shodo_key_fingerprint(key));
        shodo_json_bool(&j, "is_expired", shodo_key_is_expired(key));
        shodo_json_bool(&j, "was_made", was_made);
        shodo_json_str(&j, "certificate", shodo_key_cert_pem(key));
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
        fputs(shodo_buf_cstr(&b), stdout);
        shodo_buf_done(&b);
    } else {
        char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
        printf("stick %s%s\nfingerprint (SHA-256)\n%s\n%s", shodo_key_stick_id(key),
               was_made ? " (made now)" : "",
               shodo_text_fingerprint(shodo_key_fingerprint(key), shown), shodo_key_cert_pem(key));
        if (shodo_key_is_expired(key))
            fprintf(stderr,
                    "warning: the certificate has expired; signatures still show who made them\n");
    }
    shodo_key_free(key);
    return SHODO_EXIT_NOTHING;
}
