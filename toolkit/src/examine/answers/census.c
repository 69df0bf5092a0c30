/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/answers/census.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/time.h"
#include "examine/answers/census_state.h"
#include "examine/identify.h"

struct shodo_census *shodo_census_new(const struct shodo_detect *d) {
    struct shodo_census *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->detect = d;
    shodo_intern_init(&c->texts, SHODO_LIMIT_CENSUS_TEXTS);
    shodo_intern_init(&c->names, SHODO_LIMIT_CENSUS_NOTES);
    shodo_intern_init(&c->folders, SHODO_LIMIT_CENSUS_TEXTS);
    shodo_intern_init(&c->types, SHODO_LIMIT_CENSUS_TEXTS);
    c->rows = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct census_row));
    c->notes = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct census_note));
    c->note_shown = (struct shodo_vec)SHODO_VEC_INIT(sizeof(uint32_t));
    c->folder_rows = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct census_folder));
    c->type_rows = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct census_type));
    c->patients = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct census_patient));
    c->backdated = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct census_backdated));
    return c;
}

struct shodo_census *shodo_census_free(struct shodo_census *c) {
    if (!c)
        return NULL;
    struct shodo_intern *texts[] = {&c->texts, &c->names, &c->folders, &c->types};
    struct shodo_vec *vecs[] = {&c->rows,      &c->notes,    &c->note_shown, &c->folder_rows,
                                &c->type_rows, &c->patients, &c->backdated};
    struct shodo_buf *bufs[] = {&c->folded, &c->extension, &c->inner};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++)
        shodo_intern_done(texts[i]);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(vecs); i++)
        shodo_vec_done(vecs[i]);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(bufs); i++)
        shodo_buf_done(bufs[i]);
    free(c);
    return NULL;
}

static bool begins(const char *folded, size_t n, const char *prefix) {
    size_t k = strlen(prefix);
    return n >= k && memcmp(folded, prefix, k) == 0;
}

/* Where users' data is not: the system's own folders and programs' private ones. */
static bool is_system_place(const char *folded, size_t n) {
    static const char *const places[] = {
        "/WINDOWS/",      "/PROGRAM FILES/",         "/PROGRAM FILES (X86)/",       "/$EXTEND/",
        "/$RECYCLE.BIN/", "/PROGRAMDATA/MICROSOFT/", "/SYSTEM VOLUME INFORMATION/", "/RECOVERY/"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(places); i++)
        if (begins(folded, n, places[i]))
            return true;
    return memmem(folded, n, "/APPDATA/", 9) != NULL;
}

/* The size, the folder's length and the name's beginning. */
struct view {
    const struct shodo_entry *e;
    const char *path; /* folded, '/' */
    size_t len, name_at;
    uint64_t size;
    uint32_t folder; /* in texts, as written */
    bool is_system;
};

static uint32_t keep(struct shodo_census *c, const char *s, size_t n) {
    return shodo_intern_add(&c->texts, s, n);
}

/* Who is hit: the account of a profile folder, or the first folder of the path. */
static uint32_t user_of(struct shodo_census *c, const struct shodo_entry *e) {
    const char *p = e->path, *end = p + e->path_len;
    size_t skip = e->path_len > 7 && strncasecmp(p, "/Users/", 7) == 0 ? 7 : 0;
    const char *slash = memchr(p + (skip ? skip : 1), '/', (size_t)(end - p) - (skip ? skip : 1));
    if (!slash)
        return keep(c, "/", 1);
    return keep(c, p + skip, (size_t)(slash - p) - skip);
}

static bool add_row(struct shodo_census *c, const struct view *v, enum shodo_extension_list list,
                    bool has_inner) {
    if (c->rows.count >= SHODO_LIMIT_CENSUS_ROWS) {
        c->is_rows_cut = true;
        return true;
    }
    struct census_row *r = shodo_vec_push(&c->rows);
    if (!r)
        return false;
    *r = (struct census_row){.extension = keep(c, c->extension.data, c->extension.len),
                             .inner = has_inner ? keep(c, c->inner.data, c->inner.len)
                                                : SHODO_INTERN_NONE,
                             .folder = v->folder,
                             .user = user_of(c, v->e),
                             .owner = keep(c, v->e->owner, v->e->owner_len),
                             .path = keep(c, v->e->path, v->e->path_len),
                             .changed = v->e->times[SHODO_TIME_CHANGED],
                             .modified = v->e->times[SHODO_TIME_MODIFIED],
                             .born = v->e->times[SHODO_TIME_BORN],
                             .size = v->size,
                             .is_deleted = (v->e->flags & SHODO_ENTRY_DELETED) != 0,
                             .list = (uint8_t)list};
    return true;
}

/* A last extension that is listed, or that nobody knows behind one that everybody knows. */
static bool look_extension(struct shodo_census *c, const struct view *v, bool *ret_is_candidate) {
    const char *family, *name = v->path + v->name_at;
    size_t n = v->len - v->name_at;
    *ret_is_candidate = false;
    if (c->extension.len < 2 || c->extension.len > 64)
        return true;
    shodo_auto(shodo_buf) struct shodo_buf folded = SHODO_BUF_INIT;
    shodo_text_fold(&folded, c->extension.data, c->extension.len);
    enum shodo_extension_list list = shodo_detect_extension(c->detect, shodo_buf_cstr(&folded),
                                                            name, n, &family);
    if (list == SHODO_EXT_NEVER)
        return true;
    shodo_buf_clear(&c->inner);
    bool has_inner = v->e->path_len > c->extension.len &&
                     shodo_entry_extension(&c->inner, v->e->path,
                                           v->e->path_len - c->extension.len) &&
                     c->inner.len > 1;
    enum shodo_class inner = has_inner ? shodo_extension_class(shodo_buf_cstr(&c->inner))
                                       : SHODO_CLASS_UNKNOWN;
    bool is_data = inner == SHODO_CLASS_DOCUMENT || inner == SHODO_CLASS_MEDIA ||
                   inner == SHODO_CLASS_ARCHIVE || inner == SHODO_CLASS_DATA;
    bool is_known = shodo_extension_class(shodo_buf_cstr(&c->extension)) != SHODO_CLASS_UNKNOWN;
    if (list == SHODO_EXT_UNKNOWN && (is_known || !is_data))
        return true;
    if (list == SHODO_EXT_WEAK && !is_data)
        return true;
    *ret_is_candidate = true;
    return add_row(c, v, list, has_inner && inner != SHODO_CLASS_UNKNOWN);
}

static void note_owner(struct shodo_census *c, struct census_note *n, const struct shodo_entry *e) {
    uint32_t owner = keep(c, e->owner, e->owner_len);
    for (size_t i = 0; e->owner_len && i < SHODO_ARRAY_SIZE(n->owners); i++) {
        if (n->owners[i] == owner + 1)
            return;
        if (!n->owners[i]) {
            n->owners[i] = owner + 1;
            return;
        }
    }
}

static bool look_note(struct shodo_census *c, const struct view *v) {
    const char *name = v->path + v->name_at;
    int strength = shodo_detect_note(c->detect, name, v->len - v->name_at,
                                     shodo_buf_cstr(&c->extension), v->size);
    if (!strength || (v->e->flags & SHODO_ENTRY_DELETED))
        return true;
    uint32_t at = shodo_intern_add(&c->names, name, v->len - v->name_at);
    if (at == SHODO_INTERN_NONE)
        return true;
    if (at == c->notes.count) {
        uint32_t *shown = shodo_vec_push(&c->note_shown);
        struct census_note *fresh = shodo_vec_push(&c->notes);
        const char *base;
        size_t base_n;
        shodo_entry_base_name(v->e->path, v->e->path_len, &base, &base_n);
        if (!shown || !fresh)
            return false;
        *shown = keep(c, base, base_n);
        *fresh = (struct census_note){.size_min = UINT64_MAX,
                                      .first_born = INT64_MAX,
                                      .last_born = INT64_MIN,
                                      .last_folder = SHODO_INTERN_NONE};
    }
    if (at >= c->notes.count)
        return false;
    struct census_note *n = shodo_vec_at(&c->notes, at);
    n->files++;
    n->is_strong = n->is_strong || strength == 2;
    n->size_min = SHODO_MIN(n->size_min, v->size);
    n->size_max = SHODO_MAX(n->size_max, v->size);
    if (n->last_folder != v->folder) {
        if (n->folders < SHODO_ARRAY_SIZE(n->first_folders))
            n->first_folders[n->folders] = v->folder;
        n->folders++;
        n->last_folder = v->folder;
    }
    int64_t born = v->e->times[SHODO_TIME_BORN];
    if (born != SHODO_TIME_NONE) {
        n->first_born = SHODO_MIN(n->first_born, born);
        n->last_born = SHODO_MAX(n->last_born, born);
    }
    note_owner(c, n, v->e);
    return true;
}

static bool count_folder(struct shodo_census *c, const struct view *v, bool is_candidate,
                         bool is_patient) {
    uint32_t at = shodo_intern_add(&c->folders, v->e->path, v->name_at > 1 ? v->name_at - 1 : 1);
    if (at == SHODO_INTERN_NONE)
        return true;
    struct census_folder *f = at == c->folder_rows.count  ? shodo_vec_push(&c->folder_rows)
                              : at < c->folder_rows.count ? shodo_vec_at(&c->folder_rows, at)
                                                          : NULL;
    if (!f)
        return false;
    f->files++;
    f->bytes += v->size;
    f->candidates += is_candidate;
    f->patient += is_patient;
    return true;
}

static bool count_type(struct shodo_census *c, uint64_t size) {
    if (c->extension.len < 2)
        return true;
    uint32_t at = shodo_intern_add(&c->types, c->extension.data, c->extension.len);
    if (at == SHODO_INTERN_NONE)
        return true;
    struct census_type *t = at == c->type_rows.count  ? shodo_vec_push(&c->type_rows)
                            : at < c->type_rows.count ? shodo_vec_at(&c->type_rows, at)
                                                      : NULL;
    if (!t)
        return false;
    t->files++;
    t->bytes += size;
    return true;
}

/* By the name it had: an encrypted picture is a picture that is lost. */
static bool look_patient(struct shodo_census *c, const struct view *v, bool is_candidate,
                         bool *ret_is_patient) {
    size_t n = v->len;
    if (is_candidate && n > c->extension.len)
        n -= c->extension.len;
    shodo_auto(shodo_buf) struct shodo_buf e = SHODO_BUF_INIT;
    const struct shodo_buf *own = is_candidate ? &c->inner : &c->extension;
    shodo_text_fold(&e, own->data ? own->data : "", own->len);
    bool is_named = false;
    int at = shodo_detect_patient(c->detect, v->path, n, shodo_buf_cstr(&e), &is_named);
    *ret_is_patient = at >= 0;
    if (at < 0)
        return true;
    while (c->patients.count <= (size_t)at) {
        struct census_patient *fresh = shodo_vec_push(&c->patients);
        if (!fresh)
            return false;
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(fresh->folders); i++)
            fresh->folders[i] = SHODO_INTERN_NONE;
    }
    struct census_patient *p = shodo_vec_at(&c->patients, (size_t)at);
    p->files++;
    p->named += is_named;
    p->bytes += v->size;
    p->candidates += is_candidate;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(p->folders); i++) {
        if (p->folders[i] == v->folder)
            break;
        if (p->folders[i] == SHODO_INTERN_NONE) {
            p->folders[i] = v->folder;
            break;
        }
    }
    return true;
}

/* Programs lying where intruders drop things. An installer's files are older than their copies
 * everywhere else. */
static bool is_drop_place(const char *p, size_t n) {
    return begins(p, n, "/USERS/PUBLIC/") || begins(p, n, "/PERFLOGS/") ||
           begins(p, n, "/WINDOWS/TEMP/") || begins(p, n, "/TEMP/") || begins(p, n, "/INTEL/") ||
           begins(p, n, "/$RECYCLE.BIN/") ||
           (begins(p, n, "/PROGRAMDATA/") && !begins(p, n, "/PROGRAMDATA/MICROSOFT/"));
}

static bool look_backdated(struct shodo_census *c, const struct view *v) {
    const struct shodo_entry *e = v->e;
    enum shodo_class k = shodo_extension_class(shodo_buf_cstr(&c->extension));
    if ((k != SHODO_CLASS_PROGRAM && k != SHODO_CLASS_SCRIPT) || !e->names_count ||
        !is_drop_place(v->path, v->len) || c->backdated.count >= SHODO_LIMIT_CENSUS_BACKDATED)
        return true;
    const int64_t *fn = e->names[0].times;
    int64_t si = e->times[SHODO_TIME_BORN];
    const int64_t hour = 3600LL * 1000000000;
    if (si == SHODO_TIME_NONE || fn[SHODO_TIME_BORN] == SHODO_TIME_NONE ||
        si > fn[SHODO_TIME_BORN] - hour)
        return true;
    struct census_backdated *b = shodo_vec_push(&c->backdated);
    if (!b)
        return false;
    *b = (struct census_backdated){
        .path = keep(c, e->path, e->path_len),
        .record = e->record,
        .times = {si, e->times[SHODO_TIME_MODIFIED], fn[SHODO_TIME_BORN], fn[SHODO_TIME_MODIFIED]}};
    return true;
}

static bool look_file(struct shodo_census *c, const struct shodo_entry *e) {
    struct view v = {.e = e};
    v.path = shodo_fold_path(&c->folded, e->path, e->path_len);
    v.len = c->folded.len;
    const char *slash = memrchr(v.path, '/', v.len);
    /* folding keeps lengths of the ordinary scripts, but not of all: the folder as written is found
     * by its own slash */
    const char *own = memrchr(e->path, '/', e->path_len);
    v.name_at = slash ? (size_t)(slash - v.path) + 1 : 0;
    size_t own_at = own ? (size_t)(own - e->path) + 1 : 0;
    v.size = e->streams_count ? e->streams[0].size_bytes : 0;
    v.is_system = is_system_place(v.path, v.len);
    v.folder = keep(c, e->path, own_at > 1 ? own_at - 1 : own_at);
    shodo_buf_clear(&c->extension);
    shodo_entry_extension(&c->extension, e->path, e->path_len);
    shodo_buf_cstr(&c->extension);
    bool is_candidate = false, is_patient = false,
         is_deleted = (e->flags & SHODO_ENTRY_DELETED) != 0;
    bool ok = look_extension(c, &v, &is_candidate) && look_note(c, &v) && look_backdated(c, &v);
    if (!ok || is_deleted || v.is_system)
        return ok;
    ok = look_patient(c, &v, is_candidate, &is_patient) && count_type(c, v.size);
    v.name_at = own_at;
    return ok && count_folder(c, &v, is_candidate, is_patient);
}

bool shodo_census_entry(struct shodo_census *c, const struct shodo_entry *e) {
    bool ok = true;
    c->volume = e->volume;
    c->deleted += (e->flags & SHODO_ENTRY_DELETED) != 0;
    c->directories += e->kind == SHODO_ENTRY_DIR;
    if (e->kind != SHODO_ENTRY_FILE || (e->flags & SHODO_ENTRY_SYSTEM) || !e->path_len)
        return true;
    c->files++;
    ok = look_file(c, e);
    if (e->streams_count && !shodo_add_u64(c->bytes, e->streams[0].size_bytes, &c->bytes))
        c->bytes = UINT64_MAX;
    c->is_failed = c->is_failed || !ok;
    return ok;
}
