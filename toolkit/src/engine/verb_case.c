/* SPDX-License-Identifier: Apache-2.0 */
/* shodo case new, shodo case show. */
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/value.h"
#include "case/case.h"
#include "engine/answers_show.h"
#include "engine/host.h"
#include "engine/summary.h"
#include "engine/verb.h"

struct arguments {
    const char *words[2];
    const char *site, *id, *case_path, *lang;
    bool is_drill, is_json;
    struct shodo_buf site_name;
};

/* --site takes the hospital's name, or a site.yaml whose `name` it is. */
static enum shodo_status read_site(struct arguments *a, struct shodo_error *err) {
    size_t n = a->site ? strlen(a->site) : 0;
    if (n < 5 || (strcmp(a->site + n - 5, ".yaml") != 0 && strcmp(a->site + n - 4, ".yml") != 0)) {
        shodo_buf_adds(&a->site_name, a->site ? a->site : "");
        return SHODO_OK;
    }
    struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_doc *doc = NULL;
    enum shodo_status st = shodo_host_read(&text, a->site, SHODO_LIMIT_DOC_BYTES, err);
    if (st == SHODO_OK)
        st = shodo_doc_parse_yaml(&doc, a->site, shodo_buf_cstr(&text), text.len, err);
    if (st == SHODO_OK) {
        const struct shodo_value *root = shodo_doc_root(doc);
        const char *name = shodo_value_get_str(root, "name");
        if (!name)
            name = shodo_value_get_str(shodo_value_get(root, "hospital"), "name");
        if (!name)
            name = shodo_value_get_str(shodo_value_get(root, "site"), "name");
        shodo_buf_adds(&a->site_name, name ? name : "");
    }
    shodo_doc_free(doc);
    shodo_buf_done(&text);
    return st;
}

static int case_new(const struct shodo_verb *v, struct arguments *a) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_case c;
    struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = read_site(a, &err);
    struct shodo_json start = shodo_json_to(&b);
    shodo_json_object(&start, NULL);
    shodo_json_str(&start, "program", "shodo");
    shodo_json_str(&start, "version", SHODO_VERSION);
    shodo_json_object_end(&start);
    const struct shodo_case_options o = {.id = a->id,
                                         .site = a->site_name.len ? shodo_buf_cstr(&a->site_name)
                                                                  : NULL,
                                         .is_drill = a->is_drill,
                                         .start_json = shodo_buf_cstr(&b)};
    if (st == SHODO_OK)
        st = shodo_case_dir_new(&d, a->words[1], &o, &err);
    if (st == SHODO_OK)
        st = shodo_case_load(&c, &d, &err);
    if (st != SHODO_OK) {
        shodo_case_dir_done(&d);
        shodo_buf_done(&b);
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    }
    if (a->is_json) {
        shodo_buf_clear(&b);
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "case", c.id);
        shodo_json_str(&j, "fingerprint", shodo_key_fingerprint(d.key));
        shodo_json_bool(&j, "is_key_new", d.is_key_new);
        shodo_json_object_end(&j);
        shodo_json_line_end(&j);
        fputs(shodo_buf_cstr(&b), stdout);
    } else {
        printf("case %s\n", c.id);
        char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
        if (d.is_key_new)
            printf("new signing key of stick %s: write down its fingerprint\n%s\n",
                   shodo_key_stick_id(d.key),
                   shodo_text_fingerprint(shodo_key_fingerprint(d.key), shown));
    }
    shodo_case_done(&c);
    shodo_case_dir_done(&d);
    shodo_buf_done(&b);
    return SHODO_EXIT_NOTHING;
}

static void write_run(struct shodo_json *j, const struct shodo_case_run *r) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "run", r->id);
    shodo_json_str(j, "endpoint", r->endpoint);
    shodo_json_str(j, "kind", r->kind);
    shodo_json_str(j, "profile", r->profile);
    shodo_json_str(j, "status", shodo_run_status_name(r->status));
    shodo_json_time(j, "started", r->started);
    shodo_json_time(j, "ended", r->ended);
    shodo_json_u64(j, "findings", r->findings);
    shodo_json_u64(j, "problems", r->problems);
    shodo_json_u64(j, "files", r->files);
    shodo_json_u64(j, "bytes", r->bytes);
    shodo_json_object_end(j);
}

static void write_seal(struct shodo_json *j, const struct shodo_case_seal *s) {
    shodo_json_object(j, NULL);
    shodo_json_str(j, "name", s->name);
    shodo_json_str(j, "endpoint", s->endpoint);
    shodo_json_str(j, "segments_sha256", s->segments_sha256);
    shodo_json_str(j, "tagmanifest_sha256", s->tagmanifest_sha256);
    shodo_json_str(j, "signer", s->signer);
    shodo_json_str(j, "recipients", s->recipients);
    shodo_json_u64(j, "files", s->files);
    shodo_json_u64(j, "payload_bytes", s->payload_bytes);
    shodo_json_u64(j, "sealed_bytes", s->sealed_bytes);
    shodo_json_u64(j, "segments", s->segments);
    shodo_json_bool(j, "is_timestamped", s->is_timestamped);
    shodo_json_time(j, "time", s->time);
    shodo_json_object_end(j);
}

static bool load_summary(const struct shodo_case_dir *d, const char *endpoint,
                         struct shodo_summary *ret) {
    int fd = -1;
    if (shodo_case_endpoint_dir(&fd, d, endpoint, false, NULL) != SHODO_OK)
        return false;
    enum shodo_status st = shodo_summary_load(ret, fd, NULL);
    shodo_io_close(&fd);
    return st == SHODO_OK;
}

static void write_hosts(struct shodo_json *j, const struct shodo_case *c) {
    shodo_json_array(j, "next");
    for (size_t i = 0; i < c->hosts.count; i++) {
        const struct shodo_case_host *h = shodo_vec_at(&c->hosts, i);
        shodo_json_object(j, NULL);
        shodo_json_str(j, "host", h->host);
        shodo_json_str(j, "alias", *h->alias ? h->alias : NULL);
        shodo_json_str(j, "found_on", h->endpoint);
        shodo_json_bool(j, "used_after_intrusion", h->is_touched);
        shodo_json_str(j, "why_ja", h->why_ja);
        shodo_json_str(j, "why_en", h->why_en);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

static void show_json(const struct shodo_case *c, const struct shodo_case_dir *d,
                      struct shodo_buf *b) {
    struct shodo_json j = shodo_json_to(b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "case", c->id);
    shodo_json_str(&j, "site", c->site);
    shodo_json_bool(&j, "is_drill", c->is_drill);
    shodo_json_bool(&j, "is_ended", c->is_ended);
    shodo_json_time(&j, "created", c->created);
    shodo_json_time(&j, "last", c->last);
    shodo_json_u64(&j, "records", c->records);
    shodo_json_array(&j, "endpoints");
    for (size_t i = 0; i < c->endpoints.count; i++) {
        const struct shodo_case_endpoint *e = shodo_vec_at(&c->endpoints, i);
        struct shodo_summary s;
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "endpoint", e->id);
        shodo_json_str(&j, "name", e->name);
        shodo_json_str(&j, "computer", e->computer);
        shodo_json_str(&j, "source", e->source);
        shodo_json_u64(&j, "size_bytes", e->size_bytes);
        if (load_summary(d, e->id, &s)) {
            shodo_summary_write(&j, "summary", &s);
            shodo_summary_done(&s);
        }
        shodo_json_object_end(&j);
    }
    shodo_json_array_end(&j);
    shodo_json_array(&j, "runs");
    for (size_t i = 0; i < c->runs.count; i++)
        write_run(&j, shodo_vec_at(&c->runs, i));
    shodo_json_array_end(&j);
    shodo_json_array(&j, "seals");
    for (size_t i = 0; i < c->seals.count; i++)
        write_seal(&j, shodo_vec_at(&c->seals, i));
    shodo_json_array_end(&j);
    write_hosts(&j, c);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
}

/* What was not examined, the answers, what they rest on. */
static void show_endpoint(const struct shodo_case_dir *d, const char *endpoint, bool ja,
                          struct shodo_buf *b) {
    struct shodo_summary s;
    int fd = -1;
    if (!load_summary(d, endpoint, &s)) {
        shodo_buf_adds(b, ja ? "未検査: まだ何も調べていない\n"
                             : "not examined: nothing has been looked at yet\n");
        return;
    }
    shodo_summary_print_unexamined(&s, ja, b);
    if (shodo_case_endpoint_dir(&fd, d, endpoint, false, NULL) == SHODO_OK)
        shodo_answers_show(fd, ja, SHODO_ANSWERS_SHOW_HEAD, b);
    shodo_io_close(&fd);
    shodo_summary_print_found(&s, ja, b);
    shodo_summary_done(&s);
}

static void show_hosts(const struct shodo_case *c, bool ja, struct shodo_buf *b) {
    if (c->hosts.count)
        shodo_buf_adds(b, ja ? "\n次に調べる端末の候補\n" : "\nmachines to look at next\n");
    for (size_t i = 0; i < c->hosts.count; i++) {
        const struct shodo_case_host *h = shodo_vec_at(&c->hosts, i);
        const char *why = ja ? h->why_ja : h->why_en;
        shodo_buf_adds(b, "  ");
        shodo_text_safe(b, h->host, strlen(h->host));
        shodo_buf_adds(b, ": ");
        shodo_text_safe(b, why, strlen(why));
        if (h->is_touched)
            shodo_buf_adds(b, ja ? "【侵入後に使われた】" : " [used after the intrusion]");
        shodo_buf_addc(b, '\n');
    }
    if (c->hosts_left_out)
        shodo_buf_addf(b,
                       ja ? "  ほかに少なくとも %llu 台（端末の答えに出る）\n"
                          : "  at least %llu more (see the answers of the machine)\n",
                       (unsigned long long)c->hosts_left_out);
}

static void show_text(const struct shodo_case *c, const struct shodo_case_dir *d, bool ja,
                      struct shodo_buf *b) {
    shodo_buf_addf(b, ja ? "事案 %s  " : "case %s  ", c->id);
    shodo_text_safe(b, c->site, strlen(c->site));
    shodo_buf_adds(b, c->is_drill ? (ja ? "  [訓練]\n" : "  [drill]\n") : "\n");
    for (size_t i = 0; i < c->endpoints.count; i++) {
        const struct shodo_case_endpoint *e = shodo_vec_at(&c->endpoints, i);
        const char *name = *e->computer ? e->computer : e->name;
        shodo_buf_addf(b, ja ? "\n端末 %s  " : "\nendpoint %s  ", e->id);
        shodo_text_safe(b, name, strlen(name));
        shodo_buf_addc(b, '\n');
        show_endpoint(d, e->id, ja, b);
    }
    show_hosts(c, ja, b);
    for (size_t i = 0; i < c->seals.count; i++) {
        const struct shodo_case_seal *s = shodo_vec_at(&c->seals, i);
        char size[SHODO_SIZE_SHOWN_BYTES], digest[SHODO_FINGERPRINT_SHOWN_BYTES],
            signer[SHODO_FINGERPRINT_SHOWN_BYTES];
        shodo_buf_addf(
            b,
            ja ? "\n封をした束 %s: %llu 件, %s, %u 個\n  束の指紋\n    %s\n  署名の指紋\n    %s\n"
               : "\nsealed bundle %s: %llu files, %s, %u segments\n  digest\n    %s\n  signer\n    %s\n",
            s->name, (unsigned long long)s->files, shodo_text_size(s->sealed_bytes, size),
            s->segments, shodo_text_fingerprint(s->segments_sha256, digest),
            shodo_text_fingerprint(s->signer, signer));
    }
}

static int case_show(const struct shodo_verb *v, struct arguments *a) {
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_case_dir d = SHODO_CASE_DIR_INIT;
    struct shodo_case c;
    struct shodo_buf b = SHODO_BUF_INIT;
    enum shodo_status st = shodo_case_dir_look(&d, a->case_path ? a->case_path : a->words[1], &err);
    if (st == SHODO_OK)
        st = shodo_case_load(&c, &d, &err);
    if (st != SHODO_OK) {
        shodo_case_dir_done(&d);
        return shodo_verb_fail(v, SHODO_EXIT_FAILED, err.text);
    }
    if (a->is_json)
        show_json(&c, &d, &b);
    else
        show_text(&c, &d, a->lang && strcmp(a->lang, "ja") == 0, &b);
    fwrite(shodo_buf_cstr(&b), 1, b.len, stdout);
    shodo_buf_done(&b);
    shodo_case_done(&c);
    shodo_case_dir_done(&d);
    return SHODO_EXIT_NOTHING;
}

int shodo_verb_case(const struct shodo_verb *v, int argc, char **argv) {
    struct arguments a = {.site_name = SHODO_BUF_INIT};
    const struct shodo_option options[] = {
        {.name = "--site", .text = &a.site},
        {.name = "--id", .text = &a.id},
        {.name = "--case", .text = &a.case_path},
        {.name = "--lang", .text = &a.lang, .choices = "ja|en"},
        {.name = "--drill", .flag = &a.is_drill},
        {.name = "--json", .flag = &a.is_json},
    };
    size_t n = 0;
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), a.words, 2, &n))
        return SHODO_EXIT_USAGE;
    int code;
    if (n == 2 && strcmp(a.words[0], "new") == 0)
        code = case_new(v, &a);
    else if (n >= 1 && strcmp(a.words[0], "show") == 0 && (n == 2 || a.case_path))
        code = case_show(v, &a);
    else
        code = shodo_verb_usage(v, "new DIR, or show --case DIR");
    shodo_buf_done(&a.site_name);
    return code;
}
