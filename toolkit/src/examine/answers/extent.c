/* SPDX-License-Identifier: Apache-2.0 */
/* How far: what is encrypted, by folder and by user, and what is not. */
#include <stdlib.h>
#include <string.h>

#include "examine/answers/state.h"
#include "examine/identify.h"

enum { CONFIRM_MIN = 10, SHOWN_MAX = 200 };

static struct ans_share *share_of(struct shodo_vec *v, const char *name) {
    for (size_t i = 0; i < v->count; i++) {
        struct ans_share *s = shodo_vec_at(v, i);
        if (strcmp(s->name, name) == 0)
            return s;
    }
    struct ans_share *s = v->count < 4096 ? shodo_vec_push(v) : NULL;
    if (s)
        s->name = name;
    return s;
}

static void add_share(struct shodo_vec *v, const char *name, uint64_t files, uint64_t bytes) {
    struct ans_share *s = share_of(v, name);
    if (s) {
        s->files += files;
        s->bytes += bytes;
    }
}

static uint64_t confirmed(const struct shodo_answers *a, const char *extension) {
    uint64_t n = 0;
    for (size_t i = 0; i < a->contents.count; i++) {
        const struct ans_content *c = shodo_vec_at(&a->contents, i);
        n += c->crypt != SHODO_CRYPT_NO && strcmp(c->extension, extension) == 0;
    }
    return n;
}

/* Does the name part alone, or with the contents, say that these files are encrypted? */
static bool is_accepted(const struct shodo_answers *a, const struct shodo_value *v) {
    const struct shodo_value *rule = shodo_detect_value(a->detect, "encrypted-extensions",
                                                        "unknown_extension_rule");
    int64_t files = shodo_value_get_int(v, "window_files", 0),
            folders = shodo_value_get_int(v, "directories", 0);
    int64_t inner = shodo_value_get_int(v, "inner_types", 0);
    uint64_t seen = confirmed(a, ans_get(v, "extension"));
    if (files >= shodo_value_get_int(rule, "min_files", 50) &&
        folders >= shodo_value_get_int(rule, "min_directories", 5) &&
        inner >= shodo_value_get_int(rule, "min_inner_types", 5))
        return true;
    if (strcmp(ans_get(v, "listed"), "strong") == 0 && (files >= CONFIRM_MIN || seen > 0))
        return true;
    return seen >= CONFIRM_MIN && inner >= 2;
}

static void take_extension(struct shodo_answers *a, const struct ans_fact *f) {
    const struct shodo_value *v = f->values, *list = shodo_value_get(v, "folders"),
                             *users = shodo_value_get(v, "users");
    uint64_t files = (uint64_t)shodo_value_get_int(v, "files", 0);
    if (!a->extension || files > (uint64_t)shodo_value_get_int(a->extension, "files", 0)) {
        a->extension = v;
        a->extension_id = f->id;
        a->gap_ms = shodo_value_get_int(v, "median_gap_ms", 0);
    }
    a->encrypted_files += files;
    a->encrypted_bytes += (uint64_t)shodo_value_get_int(v, "bytes", 0);
    a->kept_modified += (uint64_t)shodo_value_get_int(v, "kept_modified", 0);
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *r = shodo_value_at(list, i);
        add_share(&a->folders, ans_get(r, "path"), (uint64_t)shodo_value_get_int(r, "files", 0),
                  (uint64_t)shodo_value_get_int(r, "bytes", 0));
    }
    for (size_t i = 0; i < shodo_value_count(users); i++) {
        const struct shodo_value *r = shodo_value_at(users, i);
        add_share(&a->users, ans_get(r, "name"), (uint64_t)shodo_value_get_int(r, "files", 0),
                  (uint64_t)shodo_value_get_int(r, "bytes", 0));
    }
    int64_t first = ans_get_time(v, "window_first"), last = ans_get_time(v, "window_last");
    if (first != SHODO_TIME_NONE && (a->first == SHODO_TIME_NONE || first < a->first))
        a->first = first;
    if (last != SHODO_TIME_NONE && (a->last == SHODO_TIME_NONE || last > a->last))
        a->last = last;
}

static const char *folder_of(struct shodo_answers *a, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *t = slash ? shodo_arena_str(&a->arena, path,
                                            slash > path ? (size_t)(slash - path) : 1)
                          : "/";
    return t ? t : "/";
}

static const char *user_of(struct shodo_answers *a, const char *path) {
    const char *p = strncasecmp(path, "/Users/", 7) == 0 ? path + 7 : path;
    const char *slash = strchr(p == path ? p + 1 : p, '/');
    const char *t = *path && slash ? shodo_arena_str(&a->arena, p, (size_t)(slash - p)) : "/";
    return t ? t : "/";
}

static bool has_accepted_extension(const struct shodo_answers *a, const char *extension) {
    size_t i = 0;
    for (const struct ans_fact *f; *extension && (f = ans_next(a, "mft", "extension", &i)) != NULL;)
        if (strcmp(ans_get(f->values, "extension"), extension) == 0 && is_accepted(a, f->values))
            return true;
    return false;
}

/* "予算.xlsx.kokoro": what was a document has a second extension. */
static bool has_document_inside(const struct ans_content *c) {
    char inner[16] = "";
    size_t n = strlen(c->path), tail = strlen(c->extension), len = 0;
    if (!tail || n <= tail)
        return false;
    const char *end = c->path + n - tail, *p = end;
    while (p > c->path && p[-1] != '.' && p[-1] != '/')
        p--;
    if (p == c->path || p[-1] != '.' || (size_t)(end - p) >= sizeof inner - 1)
        return false;
    for (p--; p < end; p++)
        inner[len++] = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    enum shodo_class k = shodo_extension_class(inner);
    return k == SHODO_CLASS_DOCUMENT || k == SHODO_CLASS_MEDIA || k == SHODO_CLASS_TEXT;
}

static int by_changed(const void *pa, const void *pb) {
    int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;
    return a < b ? -1 : a > b;
}

/* Times of files encrypted under their own names: the densest 48 hours. */
static void in_place_window(struct shodo_answers *a, struct shodo_vec *times) {
    const int64_t span = 48LL * 3600 * 1000000000;
    int64_t *t = times->data;
    size_t n = times->count, best = 0, first = 0;
    if (!n)
        return;
    qsort(t, n, sizeof *t, by_changed);
    for (size_t i = 0, k = 0; i < n; i++) {
        while (k < n && t[k] - t[i] <= span)
            k++;
        if (k - i > best) {
            best = k - i;
            first = i;
        }
    }
    if (a->first == SHODO_TIME_NONE || (best >= CONFIRM_MIN && t[first] < a->first))
        a->first = t[first];
    if (a->last == SHODO_TIME_NONE || (best >= CONFIRM_MIN && t[first + best - 1] > a->last))
        a->last = t[first + best - 1];
    if (!a->gap_ms && best > 1)
        a->gap_ms = (t[first + best - 1] - t[first]) / (int64_t)(best - 1) / 1000000;
}

static void take_contents(struct shodo_answers *a) {
    struct shodo_vec times = SHODO_VEC_INIT(sizeof(int64_t));
    for (size_t i = 0; i < a->contents.count; i++) {
        struct ans_content *c = shodo_vec_at(&a->contents, i);
        if (c->crypt != SHODO_CRYPT_NO && has_accepted_extension(a, c->extension)) {
            c->crypt = SHODO_CRYPT_YES; /* counted with its extension already */
            a->judged_yes++;
            continue;
        }
        a->judged_maybe += c->crypt == SHODO_CRYPT_MAYBE;
        a->loose += c->crypt == SHODO_CRYPT_MAYBE && has_document_inside(c);
        if (c->crypt != SHODO_CRYPT_YES)
            continue;
        a->judged_yes++;
        a->encrypted_files++;
        a->encrypted_bytes += c->size;
        add_share(&a->folders, folder_of(a, c->path), 1, c->size);
        add_share(&a->users, user_of(a, c->path), 1, c->size);
        int64_t *t = c->changed != SHODO_TIME_NONE ? shodo_vec_push(&times) : NULL;
        if (t)
            *t = c->changed;
    }
    in_place_window(a, &times);
    shodo_vec_done(&times);
}

static int by_files(const void *pa, const void *pb) {
    const struct ans_share *a = pa, *b = pb;
    if (a->files != b->files)
        return a->files > b->files ? -1 : 1;
    return strcmp(a->name, b->name);
}

void ans_make_extent(struct shodo_answers *a) {
    size_t i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "extension", &i)) != NULL;)
        if (is_accepted(a, f->values))
            take_extension(a, f);
    take_contents(a);
    i = 0;
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "folder", &i)) != NULL;) {
        const char *path = ans_get(f->values, "path");
        uint64_t files = (uint64_t)shodo_value_get_int(f->values, "files", 0);
        size_t k = 0;
        while (k < a->folders.count &&
               strcmp(((struct ans_share *)shodo_vec_at(&a->folders, k))->name, path) != 0)
            k++;
        struct ans_share *s = k < a->folders.count ? shodo_vec_at(&a->folders, k)
                                                   : shodo_vec_push(&a->untouched);
        if (!s)
            continue;
        s->total = files;
        if (k < a->folders.count)
            continue;
        *s = (struct ans_share){.name = path,
                                .files = files,
                                .bytes = (uint64_t)shodo_value_get_int(f->values, "bytes", 0),
                                .total = files};
    }
    struct shodo_vec *all[] = {&a->folders, &a->users, &a->untouched};
    for (size_t k = 0; k < SHODO_ARRAY_SIZE(all); k++)
        if (all[k]->count)
            qsort(all[k]->data, all[k]->count, sizeof(struct ans_share), by_files);
}

static void write_shares(struct shodo_json *j, const char *key, const struct shodo_vec *v,
                         bool has_total) {
    shodo_json_array(j, key);
    for (size_t i = 0; i < v->count && i < SHOWN_MAX; i++) {
        const struct ans_share *s = shodo_vec_at(v, i);
        shodo_json_object(j, NULL);
        shodo_json_str(j, "name", s->name);
        shodo_json_u64(j, "files", s->files);
        shodo_json_u64(j, "bytes", s->bytes);
        if (has_total)
            shodo_json_u64(j, "now_in_folder", s->total);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

static void write_patients(const struct shodo_answers *a, struct shodo_json *j) {
    size_t i = 0;
    shodo_json_array(j, "patient_data");
    for (const struct ans_fact *f; (f = ans_next(a, "mft", "patient", &i)) != NULL;) {
        const char *id = ans_get(f->values, "id"), *ja = "", *en = "";
        for (size_t k = 0; k < shodo_detect_count(a->detect, "patient-data", "indicators"); k++) {
            const struct shodo_value *r = shodo_detect_row(a->detect, "patient-data", "indicators",
                                                           k);
            if (strcmp(ans_get(r, "id"), id) == 0) {
                ja = ans_get(r, "ja");
                en = ans_get(r, "en");
            }
        }
        shodo_json_object(j, NULL);
        shodo_json_str(j, "id", id);
        shodo_json_str(j, "ja", ja);
        shodo_json_str(j, "en", en);
        shodo_json_i64(j, "files", shodo_value_get_int(f->values, "files", 0));
        shodo_json_i64(j, "named", shodo_value_get_int(f->values, "named", 0));
        shodo_json_i64(j, "bytes", shodo_value_get_int(f->values, "bytes", 0));
        shodo_json_i64(j, "looks_encrypted", shodo_value_get_int(f->values, "candidates", 0));
        shodo_value_write(j, "folders", shodo_value_get(f->values, "folders"));
        shodo_json_str(j, "evidence", f->id);
        shodo_json_object_end(j);
    }
    shodo_json_array_end(j);
}

/* Too few for the verdict of this machine, and no reason to say "nothing found". */
static void say_loose(struct shodo_answers *a, struct shodo_json *j) {
    bool is_counted = a->encrypted_files && a->votes[ANS_VOICE_FILES].weight;
    unsigned long long few = is_counted ? 0 : a->encrypted_files + a->loose,
                       unclear = a->judged_maybe - a->loose;
    if (few)
        ans_sentence(
            j,
            ans_format(
                a,
                "1件ずつ確かめるファイルが %llu 件あります（中身が読めない形で、まとまりではありません）。使っている人に、開けるかを聞きます。",
                few),
            ans_format(a,
                       "%llu files to be looked at one by one (contents unreadable, no group): ask "
                       "their users whether they open.",
                       few));
    if (unclear)
        ans_sentence(
            j,
            ans_format(a, "暗号化されたか決められないファイルがほかに %llu 件あります。", unclear),
            ans_format(a, "For %llu other files it cannot be said whether they are encrypted.",
                       unclear));
}

void ans_write_extent(struct shodo_answers *a, struct shodo_json *j) {
    shodo_json_array(j, "sentences");
    unsigned long long files = a->encrypted_files, bytes = a->encrypted_bytes;
    const char *size = bytes >> 20 ? ans_format(a, "%llu MiB", bytes >> 20)
                                   : ans_format(a, "%llu KiB", bytes >> 10);
    if (files) {
        ans_sentence(
            j,
            ans_format(
                a, "暗号化されたと見られるファイルは %llu 件（約 %s）、フォルダーは %zu か所です。",
                files, size, a->folders.count),
            ans_format(a, "%llu files (about %s) in %zu folders look encrypted.", files, size,
                       a->folders.count));
        if (a->kept_modified)
            ans_sentence(
                j,
                "更新日時が元のまま残されたファイルがあります。更新日時だけで被害を数えないでください。",
                "Some files keep their old write times: do not count the damage by write time alone.");
    } else {
        ans_sentence(j, "見た範囲では、暗号化されたと見られるファイルのまとまりはありません。",
                     "No group of files that look encrypted in what was looked at.");
    }
    say_loose(a, j);
    ans_say_recovery(a, j);
    if (a->o.is_first)
        ans_sentence(j, "ファイル名と日時だけの速報です。中身はこれから調べます。",
                     "Early answer from names and times only; contents are looked at next.");
    shodo_json_array_end(j);
    shodo_json_object(j, "data");
    shodo_json_u64(j, "encrypted_files", a->encrypted_files);
    shodo_json_u64(j, "encrypted_bytes", a->encrypted_bytes);
    shodo_json_u64(j, "contents_confirmed", a->judged_yes);
    shodo_json_u64(j, "contents_unclear", a->judged_maybe);
    shodo_json_str(j, "extension", a->extension ? ans_get(a->extension, "extension") : NULL);
    write_shares(j, "folders", &a->folders, true);
    write_shares(j, "users", &a->users, false);
    write_shares(j, "untouched", &a->untouched, false);
    write_patients(a, j);
    ans_write_recovery(a, j);
    shodo_json_object_end(j);
}
