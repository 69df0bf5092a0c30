/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/time.h"

static const struct {
    const char *pattern;
    unsigned kind;
    const char *name;
} hives[] = {
    {"/Windows/System32/config/SYSTEM", HIVE_SYSTEM, "SYSTEM"},
    {"/Windows/System32/config/SOFTWARE", HIVE_SOFTWARE, "SOFTWARE"},
    {"/Windows/System32/config/SAM", HIVE_SAM, "SAM"},
    {"/Windows/System32/config/SECURITY", HIVE_SECURITY, "SECURITY"},
    {"/Windows/System32/config/DEFAULT", HIVE_USER, "DEFAULT"},
    {"/Users/*/NTUSER.DAT", HIVE_USER, "NTUSER"},
    {"/Documents and Settings/*/NTUSER.DAT", HIVE_USER, "NTUSER"},
    {"/Windows/ServiceProfiles/*/NTUSER.DAT", HIVE_USER, "NTUSER"},
    {"/Users/*/AppData/Local/Microsoft/Windows/UsrClass.dat", HIVE_CLASSES, "UsrClass"},
    {"/Windows/AppCompat/Programs/Amcache.hve", HIVE_AMCACHE, "Amcache"},
    {"/Boot/BCD", HIVE_BCD, "BCD"},
    {"/EFI/Microsoft/Boot/BCD", HIVE_BCD, "BCD"},
};

static const char *const patterns[] = {
    "/Windows/System32/config/SYSTEM",
    "/Windows/System32/config/SOFTWARE",
    "/Windows/System32/config/SAM",
    "/Windows/System32/config/SECURITY",
    "/Windows/System32/config/DEFAULT",
    "/Users/*/NTUSER.DAT",
    "/Documents and Settings/*/NTUSER.DAT",
    "/Windows/ServiceProfiles/*/NTUSER.DAT",
    "/Users/*/AppData/Local/Microsoft/Windows/UsrClass.dat",
    "/Windows/AppCompat/Programs/Amcache.hve",
    "/Boot/BCD",
    "/EFI/Microsoft/Boot/BCD",
    NULL,
};
_Static_assert(SHODO_ARRAY_SIZE(patterns) == SHODO_ARRAY_SIZE(hives) + 1,
               "one pattern a kind of hive");

/* ---- telling ---- */

void registry_begin(struct hive *h, struct shodo_buf *out, struct shodo_json *j, const char *path) {
    shodo_buf_clear(out);
    *j = shodo_json_to(out);
    shodo_json_object(j, NULL);
    shodo_json_str(j, "hive", h->name);
    shodo_json_str(j, "key", path);
    if (h->user[0])
        shodo_json_str(j, "user", h->user);
}

void registry_tell(struct hive *h, const char *kind, int64_t time, const char *path,
                   struct shodo_buf *out, struct shodo_json *j) {
    shodo_auto(shodo_buf) struct shodo_buf source = SHODO_BUF_INIT;
    shodo_json_object_end(j);
    shodo_buf_addf(&source, "%s\\%s", h->name, path);
    if (out->failed || source.failed)
        return;
    if (h->facts++ >= SHODO_LIMIT_HIVE_FACTS) {
        if (h->facts == SHODO_LIMIT_HIVE_FACTS + 1)
            shodo_reader_problem(h->sink, SHODO_LEDGER_TOO_LARGE, 0,
                                 "%s: more than %u facts of kind '%s'; the rest is not listed",
                                 h->name, SHODO_LIMIT_HIVE_FACTS, kind);
        return;
    }
    h->sink->fact(h->sink->ctx, "registry", kind, time, shodo_buf_cstr(&source),
                  shodo_buf_cstr(out));
}

/* ---- one key of a plain row ---- */

struct plain {
    struct hive *h;
    const struct row *row;
    const struct shodo_regf_key *key;
    const char *path;
    struct shodo_buf out;
    struct shodo_json j;
    size_t count;
};

static bool add_all(void *ctx, const struct shodo_regf_value *v) {
    struct plain *p = ctx;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    shodo_regf_value_name(&name, v);
    shodo_regf_json(p->h->regf, v, &p->j, name.len ? shodo_buf_cstr(&name) : "@");
    return ++p->count < SHODO_LIMIT_HIVE_LIST;
}

static bool tell_each(void *ctx, const struct shodo_regf_value *v) {
    struct plain *p = ctx;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    shodo_regf_value_name(&name, v);
    registry_begin(p->h, &p->out, &p->j, p->path);
    shodo_json_strn(&p->j, "name", shodo_buf_cstr(&name), name.len);
    shodo_regf_json(p->h->regf, v, &p->j, "value");
    registry_tell(p->h, p->row->kind, p->key->time, p->path, &p->out, &p->j);
    return p->h->facts <= SHODO_LIMIT_HIVE_FACTS;
}

static void add_named(struct plain *p, const char *names) {
    char name[64];
    for (const char *s = names; *s;) {
        size_t n = strcspn(s, "|");
        bool is_presence = *s == '!';
        snprintf(name, sizeof name, "%.*s", (int)(n - is_presence), s + is_presence);
        struct shodo_regf_value v;
        if (shodo_regf_value(p->h->regf, p->key, strcmp(name, "@") == 0 ? "" : name, &v)) {
            if (is_presence) {
                shodo_auto(shodo_buf) struct shodo_buf label = SHODO_BUF_INIT;
                shodo_buf_addf(&label, "%s_set", name);
                shodo_json_bool(&p->j, shodo_buf_cstr(&label), v.size > 0);
            } else {
                shodo_regf_json(p->h->regf, &v, &p->j, name);
            }
            p->count++;
        }
        s += n;
        s += *s == '|';
    }
}

static void tell_key(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                     const char *path) {
    struct plain p = {.h = h, .row = row, .key = k, .path = path, .out = SHODO_BUF_INIT};
    const char *base = strrchr(path, '\\');
    if (row->flags & ROW_EACH) {
        shodo_regf_values(h->regf, k, tell_each, &p);
    } else {
        registry_begin(h, &p.out, &p.j, path);
        shodo_json_str(&p.j, "name", base ? base + 1 : path);
        shodo_json_object(&p.j, "data");
        if (strcmp(row->values, "*") == 0)
            shodo_regf_values(h->regf, k, add_all, &p);
        else
            add_named(&p, row->values);
        shodo_json_object_end(&p.j);
        if (p.count > 0 || (row->flags & ROW_KEY))
            registry_tell(h, row->kind, k->time, path, &p.out, &p.j);
    }
    shodo_buf_done(&p.out);
}

/* ---- patterns ---- */

struct matching {
    struct hive *h;
    const struct row *row;
    const char *rest; /* of the pattern, below this key */
    struct shodo_buf *path;
    unsigned depth;
};

static void match_below(struct matching *m, const struct shodo_regf_key *k);

static bool match_child(void *ctx, const struct shodo_regf_key *k) {
    struct matching *m = ctx;
    size_t n = strcspn(m->rest, "\\"), before = m->path->len;
    char pattern[128];
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    snprintf(pattern, sizeof pattern, "%.*s", (int)n, m->rest);
    /* key names may hold '/': a segment is compared as one, so it must not end a star */
    if (!shodo_regf_key_name(&name, k))
        return false;
    for (size_t i = 0; i < name.len; i++)
        name.data[i] = name.data[i] == '/' ? '\1' : name.data[i];
    if (!shodo_reader_fits(pattern, shodo_buf_cstr(&name), name.len))
        return true;
    for (size_t i = 0; i < name.len; i++)
        name.data[i] = name.data[i] == '\1' ? '/' : name.data[i];
    if (m->path->len)
        shodo_buf_addc(m->path, '\\');
    shodo_buf_add(m->path, shodo_buf_cstr(&name), name.len);
    struct matching below = *m;
    below.rest += n;
    below.rest += *below.rest == '\\';
    below.depth++;
    match_below(&below, k);
    m->path->len = before;
    if (m->path->data)
        m->path->data[before] = 0;
    return m->h->facts <= SHODO_LIMIT_HIVE_FACTS;
}

static void match_below(struct matching *m, const struct shodo_regf_key *k) {
    if (*m->rest == 0) {
        (m->row->decode ? m->row->decode : tell_key)(m->h, m->row, k, shodo_buf_cstr(m->path));
        return;
    }
    size_t n = strcspn(m->rest, "\\");
    char segment[128];
    snprintf(segment, sizeof segment, "%.*s", (int)n, m->rest);
    if (strchr(segment, '*')) {
        shodo_regf_children(m->h->regf, k, match_child, m);
        return;
    }
    struct shodo_regf_key next;
    size_t before = m->path->len;
    const char *name = strcmp(segment, "CCS") == 0 && m->depth == 0 ? m->h->control_set : segment;
    if (!shodo_regf_find(m->h->regf, k, name, &next))
        return;
    if (m->path->len)
        shodo_buf_addc(m->path, '\\');
    shodo_buf_adds(m->path, name);
    struct matching below = *m;
    below.rest += n;
    below.rest += *below.rest == '\\';
    below.depth++;
    match_below(&below, &next);
    m->path->len = before;
    m->path->data[before] = 0;
}

static void run_row(struct hive *h, const struct row *row) {
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    struct shodo_regf_key root, wow;
    h->facts = 0;
    if (!shodo_regf_root(h->regf, &root))
        return;
    struct matching m = {.h = h, .row = row, .rest = row->key, .path = &path};
    match_below(&m, &root);
    if ((row->flags & ROW_WOW) && shodo_regf_find(h->regf, &root, "WOW6432Node", &wow)) {
        shodo_buf_clear(&path);
        shodo_buf_adds(&path, "WOW6432Node");
        match_below(&m, &wow);
    }
}

/* ---- one hive ---- */

static void choose_control_set(struct hive *h) {
    struct shodo_regf_key root, select;
    uint64_t current = 1;
    if (shodo_regf_root(h->regf, &root) && shodo_regf_find(h->regf, &root, "Select", &select))
        (void)shodo_regf_number(h->regf, &select, "Current", &current);
    snprintf(h->control_set, sizeof h->control_set, "ControlSet%03u", (unsigned)(current % 1000));
}

static void take_user(const char *path, char *out, size_t cap) {
    const char *s = strncmp(path, "/Users/", 7) == 0 ? path + 7 : NULL;
    if (!s && strncmp(path, "/Documents and Settings/", 24) == 0)
        s = path + 24;
    if (!s && strncmp(path, "/Windows/ServiceProfiles/", 25) == 0)
        s = path + 25;
    snprintf(out, cap, "%.*s", s ? (int)SHODO_MIN(strcspn(s, "/"), (size_t)255) : 0, s ? s : "");
}

/* How the hive was read: whether its logs were needed and could be used. */
static void tell_hive(struct hive *h, const struct shodo_regf_replay *r,
                      const struct shodo_reader_file *f) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_json j;
    registry_begin(h, &out, &j, "");
    shodo_json_bool(&j, "dirty", r->is_dirty);
    shodo_json_u64(&j, "logs", f->companions_count);
    shodo_json_u64(&j, "log_entries", r->entries);
    shodo_json_u64(&j, "log_pages", r->pages);
    shodo_json_u64(&j, "damage", h->regf->damage);
    registry_tell(h, "hive", SHODO_TIME_NONE, "", &out, &j);
    if (r->has_gap)
        shodo_reader_problem(h->sink, SHODO_LEDGER_DAMAGED, f->bytes.size,
                             "%s: a transaction log has a gap; newer changes are missing", h->name);
    if (r->is_dirty && r->entries == 0)
        shodo_reader_problem(h->sink, SHODO_LEDGER_DAMAGED, f->bytes.size,
                             "%s: not written completely, and %s: the newest keys are missing",
                             h->name,
                             f->companions_count ? "its transaction logs do not continue it"
                                                 : "its transaction logs are missing");
    if (h->regf->damage > 0)
        shodo_reader_problem(h->sink, SHODO_LEDGER_DAMAGED, f->bytes.size,
                             "%s: %llu places contradict the format, the first: %s", h->name,
                             (unsigned long long)h->regf->damage, h->regf->first_damage);
}

static enum shodo_status replay(struct shodo_buf *hive, const struct shodo_reader_file *f,
                                const struct shodo_reader_sink *sink, struct shodo_regf_replay *ret,
                                struct shodo_error *err) {
    struct shodo_buf logs[SHODO_READER_COMPANIONS] = {SHODO_BUF_INIT, SHODO_BUF_INIT,
                                                      SHODO_BUF_INIT};
    struct shodo_regf_log use[SHODO_READER_COMPANIONS];
    size_t count = 0;
    for (size_t i = 0; i < f->companions_count; i++) {
        /* a log that could be read in part still has good entries at its beginning */
        (void)shodo_reader_load(&logs[i], &f->companions[i], SHODO_LIMIT_HIVE_LOG_BYTES,
                                "transaction log", sink);
        if (logs[i].len)
            use[count++] = (struct shodo_regf_log){.p = (const uint8_t *)logs[i].data,
                                                   .n = logs[i].len};
    }
    enum shodo_status st = shodo_regf_replay(hive, use, count, ret, err);
    for (size_t i = 0; i < SHODO_READER_COMPANIONS; i++)
        shodo_buf_done(&logs[i]);
    return st;
}

static void run(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink) {
    shodo_auto(shodo_buf) struct shodo_buf bytes = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct shodo_regf_replay r = {0};
    struct shodo_regf regf;
    char user[256];
    size_t kind = 0;
    while (kind < SHODO_ARRAY_SIZE(hives) &&
           !shodo_reader_fits(hives[kind].pattern, f->path, strlen(f->path)))
        kind++;
    if (kind == SHODO_ARRAY_SIZE(hives))
        return;
    /* a hive that ends early is still read as far as it goes */
    (void)shodo_reader_load(&bytes, &f->bytes, SHODO_LIMIT_HIVE_BYTES, "registry hive", sink);
    if (bytes.len == 0)
        return;
    enum shodo_status st = replay(&bytes, f, sink, &r, &err);
    if (st == SHODO_OK)
        st = shodo_regf_open(&regf, bytes.data, bytes.len, &err);
    if (st != SHODO_OK) {
        shodo_reader_problem(sink,
                             st == SHODO_LIMIT ? SHODO_LEDGER_TOO_LARGE : SHODO_LEDGER_DAMAGED, 0,
                             "%s", err.text);
        return;
    }
    take_user(f->path, user, sizeof user);
    struct hive h = {.regf = &regf, .sink = sink, .name = hives[kind].name, .user = user};
    choose_control_set(&h);
    for (size_t i = 0; i < registry_row_count(); i++)
        if (registry_rows[i].hives & hives[kind].kind)
            run_row(&h, &registry_rows[i]);
    h.facts = 0;
    tell_hive(&h, &r, f);
}

const struct shodo_reader shodo_reader_registry = {
    .name = "registry", .patterns = patterns, .stream = "", .wants_logs = true, .run = run};
