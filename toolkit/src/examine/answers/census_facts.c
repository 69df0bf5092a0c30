/* SPDX-License-Identifier: Apache-2.0 */
/* What a finished census says: one fact a row, in a fixed order, from bounded tables. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "examine/answers/census_state.h"

enum { LIST_MAX = 256, INNER_MAX = 16, EXAMPLES = 5, TYPES_MAX = 64, WEAK_UNKNOWN_MIN = 5 };
static const int64_t hour_ns = 3600LL * 1000000000;

struct saying {
    struct shodo_census *c;
    void (*fact)(void *ctx, const struct shodo_fact *f);
    void *ctx;
    struct shodo_buf values;
};

static struct shodo_json begin(struct saying *s) {
    shodo_buf_clear(&s->values);
    struct shodo_json j = shodo_json_to(&s->values);
    shodo_json_object(&j, NULL);
    return j;
}

static void say(struct saying *s, struct shodo_json *j, const char *kind, int64_t time,
                const char *source) {
    shodo_json_object_end(j);
    if (s->values.failed)
        return;
    const struct shodo_fact f = {.reader = "mft",
                                 .kind = kind,
                                 .time = time,
                                 .volume = s->c->volume,
                                 .path = "/$MFT",
                                 .source = source,
                                 .values_json = shodo_buf_cstr(&s->values)};
    s->fact(s->ctx, &f);
}

static const char *text(const struct saying *s, uint32_t i) {
    return shodo_intern_text(&s->c->texts, i);
}

/* ---- extensions ---- */

static int by_extension(const void *pa, const void *pb) {
    const struct census_row *a = pa, *b = pb;
    if (a->extension != b->extension)
        return a->extension < b->extension ? -1 : 1;
    return a->changed < b->changed ? -1 : a->changed > b->changed;
}

struct share {
    uint32_t key;
    uint64_t files, bytes;
    int64_t first, last;
};

static int by_key(const void *pa, const void *pb) {
    const struct share *a = pa, *b = pb;
    return a->key < b->key ? -1 : a->key > b->key;
}

static int by_files(const void *pa, const void *pb) {
    const struct share *a = pa, *b = pb;
    if (a->files != b->files)
        return a->files > b->files ? -1 : 1;
    return by_key(pa, pb);
}

enum share_of { OF_FOLDER, OF_USER, OF_OWNER, OF_INNER };

static uint32_t key_of(const struct census_row *r, enum share_of what) {
    return what == OF_FOLDER  ? r->folder
           : what == OF_USER  ? r->user
           : what == OF_OWNER ? r->owner
                              : r->inner;
}

/* Sums by key, most files first. NULL: no memory. */
static struct share *shares(const struct census_row *r, size_t n, enum share_of what,
                            size_t *ret_count) {
    struct share *s = calloc(n ? n : 1, sizeof *s);
    *ret_count = 0;
    if (!s)
        return NULL;
    for (size_t i = 0; i < n; i++)
        s[i] = (struct share){.key = key_of(&r[i], what),
                              .files = 1,
                              .bytes = r[i].size,
                              .first = r[i].changed,
                              .last = r[i].changed};
    qsort(s, n, sizeof *s, by_key);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        if (k && s[k - 1].key == s[i].key) {
            s[k - 1].files++;
            s[k - 1].bytes += s[i].bytes;
            s[k - 1].first = SHODO_MIN(s[k - 1].first, s[i].first);
            s[k - 1].last = SHODO_MAX(s[k - 1].last, s[i].last);
        } else {
            s[k++] = s[i];
        }
    }
    qsort(s, k, sizeof *s, by_files);
    *ret_count = k;
    return s;
}

static size_t write_shares(struct saying *s, struct shodo_json *j, const char *list,
                           const char *name, const struct census_row *r, size_t n,
                           enum share_of what, size_t max) {
    size_t count = 0;
    struct share *all = shares(r, n, what, &count);
    size_t known = count;
    shodo_json_array(j, list);
    for (size_t i = 0; all && i < count; i++) {
        if (all[i].key == SHODO_INTERN_NONE) {
            known--;
            continue;
        }
        if (i >= max)
            continue;
        shodo_json_object(j, NULL);
        shodo_json_str(j, name, text(s, all[i].key));
        shodo_json_u64(j, "files", all[i].files);
        shodo_json_u64(j, "bytes", all[i].bytes);
        if (what == OF_FOLDER) {
            shodo_json_time(j, "first", all[i].first);
            shodo_json_time(j, "last", all[i].last);
        }
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
    free(all);
    return known;
}

/* Rows are sorted by time: the window of `span` that holds most. */
static void densest(const struct census_row *r, size_t n, int64_t span, size_t *ret_first,
                    size_t *ret_count) {
    *ret_first = *ret_count = 0;
    for (size_t i = 0, k = 0; i < n; i++) {
        if (r[i].changed == SHODO_TIME_NONE)
            continue;
        if (k < i)
            k = i;
        while (k < n && r[k].changed - r[i].changed <= span)
            k++;
        if (k - i > *ret_count) {
            *ret_first = i;
            *ret_count = k - i;
        }
    }
}

static int by_i64(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int64_t median_gap_ms(const struct census_row *r, size_t n) {
    int64_t *gaps = n > 1 ? calloc(n - 1, sizeof *gaps) : NULL;
    if (!gaps)
        return 0;
    for (size_t i = 0; i + 1 < n; i++)
        gaps[i] = r[i + 1].changed - r[i].changed;
    qsort(gaps, n - 1, sizeof *gaps, by_i64);
    int64_t m = gaps[(n - 1) / 2] / 1000000;
    free(gaps);
    return m;
}

static const char *list_name(uint8_t list) {
    return list == SHODO_EXT_STRONG    ? "strong"
           : list == SHODO_EXT_WEAK    ? "weak"
           : list == SHODO_EXT_PATTERN ? "pattern"
                                       : "unknown";
}

static void write_times(struct saying *s, struct shodo_json *j, const struct census_row *r,
                        size_t n, const struct census_row *w, size_t wn) {
    uint64_t kept = 0;
    for (size_t i = 0; i < wn; i++)
        kept += w[i].modified != SHODO_TIME_NONE && w[i].modified < w[i].changed - hour_ns;
    shodo_json_time(j, "first_changed", n ? r[0].changed : SHODO_TIME_NONE);
    shodo_json_time(j, "last_changed", n ? r[n - 1].changed : SHODO_TIME_NONE);
    shodo_json_time(j, "window_first", wn ? w[0].changed : SHODO_TIME_NONE);
    shodo_json_time(j, "window_last", wn ? w[wn - 1].changed : SHODO_TIME_NONE);
    shodo_json_u64(j, "window_files", wn);
    shodo_json_i64(j, "median_gap_ms", median_gap_ms(w, wn));
    shodo_json_u64(j, "kept_modified", kept);
    (void)s;
}

static void say_extension(struct saying *s, const struct census_row *r, size_t n, int64_t span) {
    struct shodo_json j = begin(s);
    const char *family = "";
    size_t first = 0, count = 0, live = 0;
    uint64_t bytes = 0;
    for (size_t i = 0; i < n; i++) {
        live += !r[i].is_deleted;
        bytes += r[i].size;
    }
    shodo_auto(shodo_buf) struct shodo_buf folded = SHODO_BUF_INIT, name = SHODO_BUF_INIT;
    shodo_fold_path(&folded, text(s, r[0].extension), strlen(text(s, r[0].extension)));
    shodo_fold_path(&name, text(s, r[0].path), strlen(text(s, r[0].path)));
    shodo_detect_extension(s->c->detect, shodo_buf_cstr(&folded), shodo_buf_cstr(&name), name.len,
                           &family);
    densest(r, n, span, &first, &count);
    shodo_json_str(&j, "extension", text(s, r[0].extension));
    shodo_json_str(&j, "listed", list_name(r[0].list));
    shodo_json_str(&j, "family", family);
    shodo_json_u64(&j, "files", live);
    shodo_json_u64(&j, "deleted", n - live);
    shodo_json_u64(&j, "bytes", bytes);
    write_times(s, &j, r, n, r + first, count);
    size_t folders = write_shares(s, &j, "folders", "path", r, n, OF_FOLDER, LIST_MAX);
    shodo_json_u64(&j, "directories", folders);
    size_t inner = write_shares(s, &j, "inner", "extension", r, n, OF_INNER, INNER_MAX);
    shodo_json_u64(&j, "inner_types", inner);
    write_shares(s, &j, "users", "name", r, n, OF_USER, LIST_MAX);
    write_shares(s, &j, "owners", "name", r, n, OF_OWNER, INNER_MAX);
    shodo_json_array(&j, "examples");
    for (size_t i = first; i < first + count && i < first + EXAMPLES; i++)
        shodo_json_str(&j, NULL, text(s, r[i].path));
    shodo_json_array_end(&j);
    say(s, &j, "extension", count ? r[first].changed : SHODO_TIME_NONE, text(s, r[0].extension));
}

static bool is_worth(const struct census_row *r, size_t n) {
    if (r[0].list != SHODO_EXT_UNKNOWN)
        return true;
    uint32_t inner[2] = {SHODO_INTERN_NONE, SHODO_INTERN_NONE};
    for (size_t i = 0; i < n && inner[1] == SHODO_INTERN_NONE; i++) {
        if (inner[0] == SHODO_INTERN_NONE)
            inner[0] = r[i].inner;
        else if (r[i].inner != inner[0])
            inner[1] = r[i].inner;
    }
    return n >= WEAK_UNKNOWN_MIN && inner[1] != SHODO_INTERN_NONE;
}

static bool say_extensions(struct saying *s) {
    struct census_row *r = s->c->rows.data;
    size_t n = s->c->rows.count, said = 0;
    int64_t hours = shodo_value_get_int(
        shodo_detect_value(s->c->detect, "encrypted-extensions", "unknown_extension_rule"),
        "window_hours", 48);
    if (n)
        qsort(r, n, sizeof *r, by_extension);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && r[k].extension == r[i].extension; k++)
            ;
        if (!is_worth(r + i, k - i))
            continue;
        if (said++ < SHODO_LIMIT_CENSUS_EXTENSIONS)
            say_extension(s, r + i, k - i, hours * hour_ns);
    }
    return said > SHODO_LIMIT_CENSUS_EXTENSIONS;
}

/* ---- the rest ---- */

static void say_notes(struct saying *s) {
    int64_t min = shodo_value_int(shodo_detect_value(s->c->detect, "note-names", "min_directories"),
                                  5);
    for (size_t i = 0; i < s->c->notes.count; i++) {
        const struct census_note *n = shodo_vec_at(&s->c->notes, i);
        if (!n->is_strong && (int64_t)n->folders < min)
            continue;
        struct shodo_json j = begin(s);
        const char *name = text(s, *(const uint32_t *)shodo_vec_at(&s->c->note_shown, i));
        int64_t first = n->first_born == INT64_MAX ? SHODO_TIME_NONE : n->first_born;
        shodo_json_str(&j, "name", name);
        shodo_json_str(&j, "strength", n->is_strong ? "strong" : "weak");
        shodo_json_u64(&j, "files", n->files);
        shodo_json_u64(&j, "directories", n->folders);
        shodo_json_u64(&j, "size_min", n->size_min);
        shodo_json_u64(&j, "size_max", n->size_max);
        shodo_json_time(&j, "first_born", first);
        shodo_json_time(&j, "last_born", first == SHODO_TIME_NONE ? first : n->last_born);
        shodo_json_array(&j, "owners");
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(n->owners) && n->owners[k]; k++)
            shodo_json_str(&j, NULL, text(s, n->owners[k] - 1));
        shodo_json_array_end(&j);
        shodo_json_array(&j, "folders");
        for (size_t k = 0; k < n->folders && k < SHODO_ARRAY_SIZE(n->first_folders); k++)
            shodo_json_str(&j, NULL, text(s, n->first_folders[k]));
        shodo_json_array_end(&j);
        say(s, &j, "note_name", first, name);
    }
}

struct ranked {
    uint32_t index;
    uint64_t files;
};

static int by_rank(const void *pa, const void *pb) {
    const struct ranked *a = pa, *b = pb;
    if (a->files != b->files)
        return a->files > b->files ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool say_folders(struct saying *s) {
    size_t n = s->c->folder_rows.count;
    struct ranked *r = calloc(n ? n : 1, sizeof *r);
    if (!r)
        return true;
    for (size_t i = 0; i < n; i++)
        r[i] = (struct ranked){
            .index = (uint32_t)i,
            .files = ((const struct census_folder *)shodo_vec_at(&s->c->folder_rows, i))->files};
    qsort(r, n, sizeof *r, by_rank);
    for (size_t i = 0; i < n && i < SHODO_LIMIT_CENSUS_FOLDERS; i++) {
        const struct census_folder *f = shodo_vec_at(&s->c->folder_rows, r[i].index);
        const char *path = shodo_intern_text(&s->c->folders, r[i].index);
        struct shodo_json j = begin(s);
        shodo_json_str(&j, "path", path);
        shodo_json_u64(&j, "files", f->files);
        shodo_json_u64(&j, "bytes", f->bytes);
        shodo_json_u64(&j, "candidates", f->candidates);
        shodo_json_u64(&j, "patient", f->patient);
        say(s, &j, "folder", SHODO_TIME_NONE, "");
    }
    free(r);
    return n > SHODO_LIMIT_CENSUS_FOLDERS;
}

static void say_types(struct saying *s) {
    size_t n = s->c->type_rows.count;
    struct ranked *r = calloc(n ? n : 1, sizeof *r);
    if (!r)
        return;
    for (size_t i = 0; i < n; i++)
        r[i] = (struct ranked){
            .index = (uint32_t)i,
            .files = ((const struct census_type *)shodo_vec_at(&s->c->type_rows, i))->files};
    qsort(r, n, sizeof *r, by_rank);
    struct shodo_json j = begin(s);
    shodo_json_array(&j, "types");
    for (size_t i = 0; i < n && i < TYPES_MAX; i++) {
        const struct census_type *t = shodo_vec_at(&s->c->type_rows, r[i].index);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "extension", shodo_intern_text(&s->c->types, r[i].index));
        shodo_json_u64(&j, "files", t->files);
        shodo_json_u64(&j, "bytes", t->bytes);
        shodo_json_object_end(&j);
    }
    shodo_json_array_end(&j);
    free(r);
    say(s, &j, "types", SHODO_TIME_NONE, "");
}

static void say_patients(struct saying *s) {
    for (size_t i = 0; i < s->c->patients.count; i++) {
        const struct census_patient *p = shodo_vec_at(&s->c->patients, i);
        const char *id = shodo_value_get_str(
            shodo_detect_row(s->c->detect, "patient-data", "indicators", i), "id");
        if (!p->files)
            continue;
        struct shodo_json j = begin(s);
        shodo_json_str(&j, "id", id ? id : "");
        shodo_json_u64(&j, "files", p->files);
        shodo_json_u64(&j, "named", p->named);
        shodo_json_u64(&j, "bytes", p->bytes);
        shodo_json_u64(&j, "candidates", p->candidates);
        shodo_json_array(&j, "folders");
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(p->folders) && p->folders[k] != SHODO_INTERN_NONE;
             k++)
            shodo_json_str(&j, NULL, text(s, p->folders[k]));
        shodo_json_array_end(&j);
        say(s, &j, "patient", SHODO_TIME_NONE, id);
    }
}

static void say_backdated(struct saying *s) {
    static const char *const names[] = {"si_born", "si_modified", "fn_born", "fn_modified"};
    for (size_t i = 0; i < s->c->backdated.count; i++) {
        const struct census_backdated *b = shodo_vec_at(&s->c->backdated, i);
        struct shodo_json j = begin(s);
        shodo_json_str(&j, "path", text(s, b->path));
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(names); k++)
            shodo_json_time(&j, names[k], b->times[k]);
        say(s, &j, "backdated", b->times[2], "");
    }
}

static void reset(struct shodo_census *c) {
    struct shodo_intern *texts[] = {&c->texts, &c->names, &c->folders, &c->types};
    struct shodo_vec *vecs[] = {&c->rows,      &c->notes,    &c->note_shown, &c->folder_rows,
                                &c->type_rows, &c->patients, &c->backdated};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++) {
        uint32_t max = texts[i]->max;
        shodo_intern_done(texts[i]);
        shodo_intern_init(texts[i], max);
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(vecs); i++)
        vecs[i]->count = 0;
    c->files = c->deleted = c->directories = c->bytes = 0;
    c->is_rows_cut = c->is_failed = false;
}

void shodo_census_finish(struct shodo_census *c,
                         void (*fact)(void *ctx, const struct shodo_fact *f), void *ctx) {
    struct saying s = {.c = c, .fact = fact, .ctx = ctx, .values = SHODO_BUF_INIT};
    bool is_extensions_cut = say_extensions(&s);
    say_notes(&s);
    say_patients(&s);
    say_backdated(&s);
    say_types(&s);
    bool is_folders_cut = say_folders(&s);
    struct shodo_json j = begin(&s);
    shodo_json_u64(&j, "files", c->files);
    shodo_json_u64(&j, "deleted", c->deleted);
    shodo_json_u64(&j, "directories", c->directories);
    shodo_json_u64(&j, "bytes", c->bytes);
    shodo_json_bool(&j, "rows_cut", c->is_rows_cut || c->is_failed || c->texts.is_cut);
    shodo_json_bool(&j, "extensions_cut", is_extensions_cut || c->types.is_cut);
    shodo_json_bool(&j, "folders_cut", is_folders_cut || c->folders.is_cut);
    shodo_json_bool(&j, "notes_cut", c->names.is_cut);
    say(&s, &j, "volume", SHODO_TIME_NONE, "");
    shodo_buf_done(&s.values);
    reset(c);
}
