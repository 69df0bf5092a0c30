/* SPDX-License-Identifier: Apache-2.0 */
#include "site_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"

static const char *const list_order[] = {"people",       "rooms",   "systems",  "connections",
                                         "backup_paths", "borders", "decisions"};

static bool is_list_name(const char *key) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(list_order); i++) {
        if (strcmp(list_order[i], key) == 0)
            return true;
    }
    return false;
}

/* A map with one key changed or added. */
static void write_map(const struct shodo_value *map, const struct tui_site_change *c,
                      struct shodo_buf *out) {
    struct shodo_json j = shodo_json_to(out);
    bool is_written = !c;
    shodo_json_object(&j, NULL);
    for (size_t i = 0; shodo_value_kind(map) == SHODO_VALUE_MAP && i < shodo_value_count(map);
         i++) {
        const char *key = shodo_value_key_at(map, i);
        bool is_it = c && c->key && strcmp(c->key, key) == 0;
        if (is_it)
            shodo_json_raw(&j, key, c->json, strlen(c->json));
        else
            shodo_value_write(&j, key, shodo_value_at(map, i));
        is_written = is_written || is_it;
    }
    if (!is_written && c->key)
        shodo_json_raw(&j, c->key, c->json, strlen(c->json));
    shodo_json_object_end(&j);
}

static void write_list(const struct shodo_value *list, const struct tui_site_change *c,
                       struct shodo_buf *out) {
    size_t n = shodo_value_kind(list) == SHODO_VALUE_LIST ? shodo_value_count(list) : 0;
    for (size_t i = 0; i < n || (c && c->key && c->index == (long)i && i == n); i++) {
        bool is_it = c && c->index == (long)i;
        if (is_it && !c->key)
            continue;
        shodo_buf_adds(out, "  - ");
        const struct shodo_value *item = i < n ? shodo_value_at(list, i) : NULL;
        if (item && shodo_value_kind(item) != SHODO_VALUE_MAP) {
            struct shodo_json j = shodo_json_to(out);
            shodo_value_write(&j, NULL, item);
        } else {
            write_map(item, is_it ? c : NULL, out);
        }
        shodo_buf_addc(out, '\n');
    }
}

static void write_section(const char *key, const struct shodo_value *v,
                          const struct tui_site_change *c, struct shodo_buf *out) {
    const struct tui_site_change *here = c && strcmp(c->section, key) == 0 ? c : NULL;
    shodo_buf_addf(out, "%s:", key);
    if (shodo_value_kind(v) == SHODO_VALUE_LIST || (here && here->index >= 0) ||
        (!v && is_list_name(key))) {
        bool is_empty = !shodo_value_count(v) && !here;
        shodo_buf_adds(out, is_empty ? " []\n" : "\n");
        write_list(v, here, out);
        return;
    }
    shodo_buf_addc(out, ' ');
    if (here && !here->key) {
        shodo_buf_adds(out, here->json);
    } else if (shodo_value_kind(v) == SHODO_VALUE_MAP || here) {
        write_map(v, here, out);
    } else {
        struct shodo_json j = shodo_json_to(out);
        shodo_value_write(&j, NULL, v);
    }
    shodo_buf_addc(out, '\n');
}

void tui_site_write(const struct shodo_value *root, const struct tui_site_change *c,
                    struct shodo_buf *out) {
    bool is_written = !c;
    shodo_buf_adds(
        out,
        "# Site profile, changed on the screen of the stick. One item a line; `shodo site check` says what is missing.\n");
    for (size_t i = 0; shodo_value_kind(root) == SHODO_VALUE_MAP && i < shodo_value_count(root);
         i++) {
        const char *key = shodo_value_key_at(root, i);
        write_section(key, shodo_value_at(root, i), c, out);
        is_written = is_written || strcmp(c->section, key) == 0;
    }
    if (!root)
        shodo_buf_addf(out, "schema: \"shodo-%s/1\"\n",
                       c && strcmp(c->section, "contacts") == 0 ? "contacts" : "site");
    if (!is_written)
        write_section(c->section, NULL, c, out);
}

static bool names_people(const char *key) {
    static const char *const keys[] = {"id",       "may_decide", "who",      "decider",
                                       "deputies", "night",      "deputy_of"};
    for (size_t i = 0; key && i < SHODO_ARRAY_SIZE(keys); i++) {
        if (strcmp(keys[i], key) == 0)
            return true;
    }
    return false;
}

/* `owner`: the key that `v` or the list around it has. */
static void rename_in(struct shodo_json *j, const char *key, const char *owner,
                      const struct shodo_value *v, const char *const ids[2]) {
    enum shodo_value_kind kind = shodo_value_kind(v);
    const char *s = kind == SHODO_VALUE_STR ? shodo_value_str(v) : NULL;
    if (kind == SHODO_VALUE_MAP) {
        shodo_json_object(j, key);
        for (size_t i = 0; i < shodo_value_count(v); i++)
            rename_in(j, shodo_value_key_at(v, i), shodo_value_key_at(v, i), shodo_value_at(v, i),
                      ids);
        shodo_json_object_end(j);
    } else if (kind == SHODO_VALUE_LIST) {
        shodo_json_array(j, key);
        for (size_t i = 0; i < shodo_value_count(v); i++)
            rename_in(j, NULL, owner, shodo_value_at(v, i), ids);
        shodo_json_array_end(j);
    } else if (s && names_people(owner) && strcmp(s, ids[0]) == 0) {
        shodo_json_str(j, key, ids[1]);
    } else {
        shodo_value_write(j, key, v);
    }
}

void tui_site_rename(const struct shodo_value *root, const char *from, const char *to,
                     struct shodo_buf *out) {
    const char *const ids[2] = {from, to};
    struct shodo_json j = shodo_json_to(out);
    rename_in(&j, NULL, NULL, root, ids);
}

static bool keep_old(int dirfd, const char *name, struct shodo_error *err, enum shodo_status *ret) {
    char stem[64];
    unsigned newest = 0;
    shodo_auto(shodo_buf) struct shodo_buf old = SHODO_BUF_INIT;
    snprintf(stem, sizeof stem, "%.*s", (int)strcspn(name, "."), name);
    if (shodo_io_generation(dirfd, stem, "yaml", &newest, NULL) != SHODO_OK)
        newest = 0;
    if (!shodo_io_generation_name(&old, stem, newest + 1, "yaml")) {
        *ret = shodo_fail(err, SHODO_LIMIT, "too many versions of '%s'", name);
        return false;
    }
    if (renameat(dirfd, name, dirfd, shodo_buf_cstr(&old)) != 0 && errno != ENOENT) {
        *ret = shodo_fail_errno(err, "keeping the old '%s'", name);
        return false;
    }
    return true;
}

enum shodo_status tui_site_replace(int dirfd, const char *name, const struct shodo_buf *text,
                                   bool keeps, struct shodo_error *err) {
    char part[80];
    snprintf(part, sizeof part, "%.60s.new", name);
    if (text->failed)
        return shodo_fail(err, SHODO_NOMEM, "no memory for '%s'", name);
    if (unlinkat(dirfd, part, 0) != 0 && errno != ENOENT)
        return shodo_fail_errno(err, "removing the old '%s'", part);
    enum shodo_status st = shodo_io_write_file(dirfd, part, text->data, text->len, err);
    if (st != SHODO_OK)
        return st;
    if (keeps) {
        if (!keep_old(dirfd, name, err, &st))
            return st;
    } else if (unlinkat(dirfd, name, 0) != 0 && errno != ENOENT) {
        return shodo_fail_errno(err, "replacing '%s'", name);
    }
    if (renameat(dirfd, part, dirfd, name) != 0)
        return shodo_fail_errno(err, "naming '%s'", name);
    return shodo_io_fsync(dirfd, err);
}

enum shodo_status tui_site_read(int dirfd, const char *name, struct shodo_buf *out,
                                struct shodo_error *err) {
    enum shodo_status st = shodo_io_read_file(out, dirfd, name, SHODO_LIMIT_DOC_BYTES, err);
    if (st != SHODO_NOTFOUND)
        return st;
    char part[80];
    snprintf(part, sizeof part, "%.60s.new", name);
    shodo_buf_clear(out);
    return shodo_io_read_file(out, dirfd, part, SHODO_LIMIT_DOC_BYTES, err);
}
