/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The change journal as facts: not every record (some 300,000) but what shows an encryption run and
 * its traces: renames a minute and extension, the same name made in many folders (notes), deletions
 * of what attackers delete, and how far back the journal goes at all. Renames are counted at their
 * "new name" record without the close bit, once each.
 */
#include "examine/readers/usn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"
#include "examine/readers/reader.h"

enum {
    V2_BYTES = 60,
    V3_BYTES = 76,
    V4_BYTES = 64,
    PIECE_BYTES = 1 << 20,
    SLOTS = 1 << 17,
    NAMES_MAX = 60000, /* less than half of SLOTS */
    SAME_NAME_MIN = 5, /* creations of one name that are told */
    RENAMES_MIN = 3,   /* renames of one extension in one minute that are told */
    DELETES_MAX = 5000,
    NEAR_SLOTS = 64, /* recent deletions, and folders of told ones */
    NEAR_MAX = 200,  /* deletions told only because of their neighbours */
    NEAR_SECONDS = 3600,
    MINUTE = 60,
};
#define SECOND INT64_C(1000000000)
_Static_assert(SHODO_LIMIT_USN_GROUPS < SLOTS / 2, "room in the table");

bool shodo_usn_parse(const uint8_t *p, size_t n, struct shodo_usn_record *ret) {
    struct shodo_cur c = shodo_cur_of(p, n);
    *ret = (struct shodo_usn_record){
        .length = shodo_cur_le32(&c), .major = shodo_cur_le16(&c), .minor = shodo_cur_le16(&c)};
    bool is_wide = ret->major >= 3;
    size_t head = ret->major == 2 ? V2_BYTES : ret->major == 3 ? V3_BYTES : V4_BYTES;
    if (c.bad || ret->length % 8 != 0 || ret->length > n || ret->length < head || ret->major < 2 ||
        ret->major > 4 || ret->length > SHODO_USN_RECORD_MAX)
        return false;
    ret->file = shodo_cur_le64(&c);
    shodo_cur_skip(&c, is_wide ? 8 : 0);
    ret->parent = shodo_cur_le64(&c);
    shodo_cur_skip(&c, is_wide ? 8 : 0);
    ret->usn = shodo_cur_le64(&c);
    ret->time = SHODO_TIME_NONE;
    if (ret->major == 4) {
        ret->reason = shodo_cur_le32(&c);
        ret->source = shodo_cur_le32(&c);
        ret->extents_left = shodo_cur_le32(&c);
        ret->extents_count = shodo_cur_le16(&c);
        bool is_pair = shodo_cur_le16(&c) == 16;
        ret->extents = shodo_cur_bytes(&c, 16 * (size_t)ret->extents_count);
        if (!is_pair || c.bad || c.pos > ret->length)
            ret->extents_count = 0;
        return ret->length >= V4_BYTES;
    }
    ret->time = shodo_time_from_filetime(shodo_cur_le64(&c));
    ret->reason = shodo_cur_le32(&c);
    ret->source = shodo_cur_le32(&c);
    ret->security = shodo_cur_le32(&c);
    ret->attributes = shodo_cur_le32(&c);
    ret->name_bytes = shodo_cur_le16(&c);
    uint16_t at = shodo_cur_le16(&c);
    if (c.bad || at < head || at > ret->length || ret->name_bytes > ret->length - at ||
        ret->name_bytes % 2)
        return false;
    ret->name = p + at;
    return true;
}

/* ---- groups: a text and a minute ---- */

struct group {
    char *text;
    int64_t minute;
    uint64_t count, appended;
    int64_t first, last;
    /* changes of folder: a lower bound of "how many folders" it is not, but cheap */
    uint64_t folders, last_parent;
    char *sample;
};

struct groups {
    struct shodo_vec list; /* struct group */
    uint32_t *slots;
    struct shodo_arena arena;
    size_t max;
    uint64_t lost;
};

static bool groups_init(struct groups *g, size_t max) {
    *g = (struct groups){.list = SHODO_VEC_INIT(sizeof(struct group)),
                         .slots = calloc(SLOTS, sizeof *g->slots),
                         .arena = SHODO_ARENA_INIT,
                         .max = max};
    return g->slots != NULL;
}

static void groups_done(struct groups *g) {
    shodo_vec_done(&g->list);
    shodo_arena_done(&g->arena);
    free(g->slots);
}

static struct group *group_of(struct groups *g, const char *text, size_t n, int64_t minute) {
    uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)minute;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)text[i]) * UINT64_C(1099511628211);
    h ^= h >> 29;
    size_t i = h % SLOTS;
    for (; g->slots[i]; i = (i + 1) % SLOTS) {
        struct group *p = shodo_vec_at(&g->list, g->slots[i] - 1);
        if (p->minute == minute && strlen(p->text) == n && memcmp(p->text, text, n) == 0)
            return p;
    }
    char *copy = g->list.count < g->max ? shodo_arena_str(&g->arena, text, n) : NULL;
    struct group *p = copy ? shodo_vec_push(&g->list) : NULL;
    if (!p) {
        g->lost++;
        return NULL;
    }
    *p = (struct group){.text = copy, .minute = minute, .first = INT64_MAX, .last = INT64_MIN};
    g->slots[i] = (uint32_t)g->list.count;
    return p;
}

static void count(struct group *p, const struct shodo_usn_record *r) {
    if (!p)
        return;
    p->count++;
    if (r->time != SHODO_TIME_NONE) {
        p->first = SHODO_MIN(p->first, r->time);
        p->last = SHODO_MAX(p->last, r->time);
    }
    p->folders += p->last_parent != r->parent;
    p->last_parent = r->parent;
}

/* ---- the journal ---- */

/* A deletion that was not told (its name is kept), or the folder of one that was. */
struct gone {
    uint64_t file, parent, usn;
    int64_t time;
    struct shodo_buf name;
};

struct journal {
    const struct shodo_reader_sink *sink;
    struct gone untold[NEAR_SLOTS], folders[NEAR_SLOTS];
    uint64_t untold_count, folders_count, near; /* counts run on: slot = count % NEAR_SLOTS */
    struct groups renames, extensions, names;
    struct shodo_buf name, old_name, folded;
    uint64_t old_file; /* whose old name is in old_name */
    uint64_t records, v4, damaged, deletes, first_usn, last_usn;
    uint64_t creates, deleted, renamed;
    int64_t first, last;
};

static void extension_of(const char *s, size_t n, const char **ret, size_t *ret_n) {
    size_t at = n;
    while (at > 0 && s[at - 1] != '.')
        at--;
    bool has_one = at > 1;
    *ret = has_one ? s + at - 1 : "";
    *ret_n = has_one ? n - (at - 1) : 0;
}

static void put_group(struct journal *j, const char *kind, const struct group *p, const char *key) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_json w = shodo_json_to(&out);
    shodo_json_object(&w, NULL);
    shodo_json_str(&w, key, p->text);
    shodo_json_u64(&w, "count", p->count);
    if (strcmp(key, "extension") == 0)
        shodo_json_u64(&w, "appended", p->appended);
    shodo_json_u64(&w, "folder_changes", p->folders);
    shodo_json_time(&w, "last", p->last == INT64_MIN ? SHODO_TIME_NONE : p->last);
    if (p->sample)
        shodo_json_str(&w, "sample", p->sample);
    shodo_json_object_end(&w);
    if (!out.failed)
        j->sink->fact(j->sink->ctx, "usn", kind, p->first == INT64_MAX ? SHODO_TIME_NONE : p->first,
                      "$J", shodo_buf_cstr(&out));
}

static void renamed(struct journal *j, const struct shodo_usn_record *r) {
    const char *ext = NULL;
    size_t n = 0;
    shodo_buf_clear(&j->folded);
    extension_of(j->name.data, j->name.len, &ext, &n);
    for (size_t i = 0; i < n; i++)
        shodo_buf_addc(&j->folded, ext[i] >= 'A' && ext[i] <= 'Z' ? (char)(ext[i] + 32) : ext[i]);
    bool is_appended = j->old_file == r->file && j->old_name.len > 0 &&
                       j->old_name.len < j->name.len &&
                       memcmp(j->old_name.data, j->name.data, j->old_name.len) == 0;
    int64_t minute = r->time == SHODO_TIME_NONE ? 0 : r->time / (MINUTE * SECOND);
    struct group *in_minute = group_of(&j->renames, shodo_buf_cstr(&j->folded), j->folded.len,
                                       minute);
    struct group *all = group_of(&j->extensions, shodo_buf_cstr(&j->folded), j->folded.len, 0);
    count(in_minute, r);
    count(all, r);
    if (in_minute)
        in_minute->appended += is_appended;
    if (all)
        all->appended += is_appended;
    if (all && !all->sample)
        all->sample = shodo_arena_str(&j->extensions.arena, shodo_buf_cstr(&j->name), j->name.len);
    j->renamed++;
}

/* Shadow copies, backups, logs, programs and scripts. */
static bool is_told_when_deleted(const char *name, size_t n) {
    static const char *const extensions[] = {
        ".bat", ".cmd", ".ps1", ".vbs", ".exe",   ".dll", ".msi", ".evtx", ".vhd", ".vhdx", ".bak",
        ".vbk", ".vib", ".tib", ".bkf", ".wbcat", ".pf",  ".7z",  ".zip",  ".rar", ".key"};
    const char *ext = NULL;
    size_t ext_n = 0;
    char lower[8] = "";
    extension_of(name, n, &ext, &ext_n);
    for (size_t i = 0; ext_n < sizeof lower && i < ext_n; i++)
        lower[i] = (char)(ext[i] >= 'A' && ext[i] <= 'Z' ? ext[i] + 32 : ext[i]);
    for (size_t i = 0; lower[0] && i < SHODO_ARRAY_SIZE(extensions); i++)
        if (strcmp(lower, extensions[i]) == 0)
            return true;
    return n > 38 && strstr(name, "{3808876b-c176-4e48-b7ae-04046e6cc752}");
}

static void tell_deleted(struct journal *j, const struct gone *g, bool is_near) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    char source[40];
    struct shodo_json w = shodo_json_to(&out);
    shodo_json_object(&w, NULL);
    shodo_json_strn(&w, "name", g->name.data, g->name.len);
    shodo_json_u64(&w, "record", g->file & 0xffffffffffff);
    shodo_json_u64(&w, "parent", g->parent & 0xffffffffffff);
    if (is_near)
        shodo_json_bool(&w, "near", true);
    shodo_json_object_end(&w);
    snprintf(source, sizeof source, "usn %llu", (unsigned long long)g->usn);
    if (!out.failed)
        j->sink->fact(j->sink->ctx, "usn", "usn_deleted", g->time, source, shodo_buf_cstr(&out));
}

static bool is_neighbour(const struct gone *a, const struct gone *b) {
    return a->parent == b->parent && a->time != SHODO_TIME_NONE && b->time != SHODO_TIME_NONE &&
           a->time - b->time <= NEAR_SECONDS * SECOND && b->time - a->time <= NEAR_SECONDS * SECOND;
}

static void keep(struct gone slots[NEAR_SLOTS], uint64_t *count, const struct gone *g,
                 const struct shodo_buf *name) {
    struct gone *to = &slots[(*count)++ % NEAR_SLOTS];
    struct shodo_buf old = to->name;
    *to = *g;
    to->name = old;
    shodo_buf_clear(&to->name);
    if (name)
        shodo_buf_add(&to->name, name->data, name->len);
}

/* What attackers delete is told, and what goes from the same folder within an hour of it (lists,
 * notes of their own). */
static void deleted(struct journal *j, const struct shodo_usn_record *r) {
    const struct gone g = {
        .file = r->file, .parent = r->parent, .usn = r->usn, .time = r->time, .name = j->name};
    j->deleted++;
    if (is_told_when_deleted(shodo_buf_cstr(&j->name), j->name.len)) {
        if (j->deletes++ >= DELETES_MAX)
            return;
        tell_deleted(j, &g, false);
        keep(j->folders, &j->folders_count, &g, NULL);
        for (size_t i = 0; i < NEAR_SLOTS; i++) {
            struct gone *u = &j->untold[i];
            if (u->name.len > 0 && is_neighbour(u, &g) && j->near++ < NEAR_MAX)
                tell_deleted(j, u, true);
            if (is_neighbour(u, &g))
                shodo_buf_clear(&u->name);
        }
        return;
    }
    for (size_t i = 0; i < SHODO_MIN(j->folders_count, (uint64_t)NEAR_SLOTS); i++) {
        if (!is_neighbour(&j->folders[i], &g))
            continue;
        if (j->near++ < NEAR_MAX)
            tell_deleted(j, &g, true);
        return;
    }
    keep(j->untold, &j->untold_count, &g, &j->name);
}

static void take(struct journal *j, const struct shodo_usn_record *r) {
    j->records++;
    j->v4 += r->major == 4;
    if (r->major == 4)
        return;
    if (r->time != SHODO_TIME_NONE) {
        j->first = j->first == SHODO_TIME_NONE ? r->time : SHODO_MIN(j->first, r->time);
        j->last = j->last == SHODO_TIME_NONE ? r->time : SHODO_MAX(j->last, r->time);
    }
    j->first_usn = j->first_usn == 0 ? r->usn : j->first_usn;
    j->last_usn = r->usn;
    bool is_close = r->reason & SHODO_USN_CLOSE;
    bool is_wanted = r->reason & (SHODO_USN_CREATE | SHODO_USN_DELETE | SHODO_USN_RENAME_OLD |
                                  SHODO_USN_RENAME_NEW);
    if (!is_wanted || r->name_bytes == 0)
        return;
    shodo_buf_clear(&j->name);
    if (!shodo_text_decode(&j->name, SHODO_UTF16LE, r->name, r->name_bytes, NULL))
        return;
    if (r->reason & SHODO_USN_RENAME_OLD) {
        shodo_buf_clear(&j->old_name);
        shodo_buf_add(&j->old_name, j->name.data, j->name.len);
        j->old_file = r->file;
    }
    if ((r->reason & SHODO_USN_RENAME_NEW) && !is_close)
        renamed(j, r);
    if (r->reason == SHODO_USN_CREATE) {
        j->creates++;
        count(group_of(&j->names, j->name.data, j->name.len, 0), r);
    }
    if ((r->reason & SHODO_USN_DELETE) && is_close)
        deleted(j, r);
}

/* Reads a piece and takes its records; returns where to go on. */
static uint64_t read_piece(struct journal *j, const struct shodo_reader_bytes *b, uint64_t at,
                           uint8_t *p, size_t n) {
    size_t pos = 0;
    while (n - pos >= 8) {
        struct shodo_usn_record r;
        size_t page = SHODO_USN_PAGE_BYTES - (at + pos) % SHODO_USN_PAGE_BYTES;
        uint32_t length = shodo_le32(p + pos);
        bool is_cut = length > n - pos && length <= SHODO_USN_RECORD_MAX && at + n < b->size;
        if (is_cut && pos > 0)
            return at + pos; /* again from its beginning */
        if (length != 0 && shodo_usn_parse(p + pos, n - pos, &r)) {
            take(j, &r);
            pos += r.length;
        } else {
            j->damaged += length != 0;
            pos += SHODO_MIN(page, n - pos);
        }
    }
    return at + SHODO_MAX(pos, (size_t)8);
}

static void read_journal(struct journal *j, const struct shodo_reader_file *f) {
    const struct shodo_reader_bytes *b = &f->bytes;
    struct shodo_error err = SHODO_ERROR_INIT;
    uint8_t *p = malloc(PIECE_BYTES);
    uint64_t at = 0, done = 0;
    while (p && at < b->size && done < SHODO_LIMIT_USN_BYTES) {
        uint64_t next = b->next_data(b->ctx, at);
        if (next >= b->size)
            break;
        at = SHODO_MAX(at, next - next % SHODO_USN_PAGE_BYTES);
        size_t n = 0;
        if (b->read(b->ctx, at, p, PIECE_BYTES, &n, &err) != SHODO_OK || n < 8)
            break;
        uint64_t to = read_piece(j, b, at, p, n);
        done += to - at;
        at = to;
    }
    if (err.text[0])
        shodo_reader_problem(j->sink, SHODO_LEDGER_UNREADABLE, done, "change journal: %s",
                             err.text);
    if (done >= SHODO_LIMIT_USN_BYTES)
        shodo_reader_problem(j->sink, SHODO_LEDGER_TOO_LARGE, done,
                             "change journal: only the first %llu bytes of data were read",
                             (unsigned long long)done);
    free(p);
}

static void tell_journal(struct journal *j) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_json w = shodo_json_to(&out);
    for (size_t i = 0; i < j->renames.list.count; i++) {
        const struct group *p = shodo_vec_at(&j->renames.list, i);
        if (p->count >= RENAMES_MIN)
            put_group(j, "usn_renames_minute", p, "extension");
    }
    for (size_t i = 0; i < j->extensions.list.count; i++)
        put_group(j, "usn_renames", shodo_vec_at(&j->extensions.list, i), "extension");
    for (size_t i = 0; i < j->names.list.count; i++) {
        const struct group *p = shodo_vec_at(&j->names.list, i);
        if (p->count >= SAME_NAME_MIN)
            put_group(j, "usn_same_name", p, "name");
    }
    shodo_json_object(&w, NULL);
    shodo_json_u64(&w, "records", j->records);
    shodo_json_u64(&w, "range_records", j->v4);
    shodo_json_u64(&w, "damaged", j->damaged);
    shodo_json_u64(&w, "first_usn", j->first_usn);
    shodo_json_u64(&w, "last_usn", j->last_usn);
    shodo_json_time(&w, "last", j->last);
    shodo_json_u64(&w, "created", j->creates);
    shodo_json_u64(&w, "deleted", j->deleted);
    shodo_json_u64(&w, "renamed", j->renamed);
    shodo_json_object_end(&w);
    if (!out.failed)
        j->sink->fact(j->sink->ctx, "usn", "usn_journal", j->first, "$J", shodo_buf_cstr(&out));
}

static void run(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink) {
    struct journal j = {.sink = sink,
                        .name = SHODO_BUF_INIT,
                        .old_name = SHODO_BUF_INIT,
                        .folded = SHODO_BUF_INIT,
                        .first = SHODO_TIME_NONE,
                        .last = SHODO_TIME_NONE};
    bool is_ready = groups_init(&j.renames, SHODO_LIMIT_USN_GROUPS);
    is_ready = groups_init(&j.extensions, SHODO_LIMIT_USN_GROUPS) && is_ready;
    is_ready = groups_init(&j.names, NAMES_MAX) && is_ready;
    if (is_ready) {
        read_journal(&j, f);
        tell_journal(&j);
        if (j.damaged > 0)
            shodo_reader_problem(sink, SHODO_LEDGER_DAMAGED, f->bytes.size,
                                 "change journal: %llu pages hold something else than records",
                                 (unsigned long long)j.damaged);
        if (j.renames.lost + j.extensions.lost > 0)
            shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, f->bytes.size,
                                 "change journal: more than %u extensions a minute were renamed",
                                 SHODO_LIMIT_USN_GROUPS);
    } else {
        shodo_reader_problem(sink, SHODO_LEDGER_CRASH, 0, "no memory for the change journal");
    }
    groups_done(&j.renames);
    groups_done(&j.extensions);
    groups_done(&j.names);
    for (size_t i = 0; i < NEAR_SLOTS; i++)
        shodo_buf_done(&j.untold[i].name);
    shodo_buf_done(&j.name);
    shodo_buf_done(&j.old_name);
    shodo_buf_done(&j.folded);
}

static const char *const patterns[] = {"/$Extend/$UsnJrnl", NULL};

const struct shodo_reader shodo_reader_usn = {
    .name = "usn", .patterns = patterns, .stream = "$J", .run = run};
