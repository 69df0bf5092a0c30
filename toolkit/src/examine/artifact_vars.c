/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/artifact_vars.h"

#include <string.h>

#include "base/buf.h"
#include "base/macro.h"
#include "base/text.h"

#define PROFILE_7  "/Users/*"
#define PROFILE_XP "/Documents and Settings/*"

/* Windows Vista and later first, then XP. Ref: the list in the format's specification, resolved
 * without hives. */
static const struct variable {
    const char *name;
    const char *values[3];
} variables[] = {
    {"users.homedir", {PROFILE_7, PROFILE_XP}},
    {"users.userprofile", {PROFILE_7, PROFILE_XP}},
    {"users.appdata", {PROFILE_7 "/AppData/Roaming", PROFILE_XP "/Application Data"}},
    {"users.localappdata",
     {PROFILE_7 "/AppData/Local", PROFILE_XP "/Local Settings/Application Data"}},
    {"users.localappdata_low", {PROFILE_7 "/AppData/LocalLow"}},
    {"users.temp", {PROFILE_7 "/AppData/Local/Temp", PROFILE_XP "/Local Settings/Temp"}},
    {"users.sid", {"S-1-*"}},
    {"users.username", {"*"}},
    {"users.desktop", {PROFILE_7 "/Desktop", PROFILE_XP "/Desktop"}},
    {"environ_systemroot", {"/Windows", "/WINNT"}},
    {"environ_windir", {"/Windows", "/WINNT"}},
    {"environ_systemdrive", {""}},
    {"environ_programfiles", {"/Program Files"}},
    {"environ_programfilesx86", {"/Program Files (x86)"}},
    {"environ_commonprogramfiles", {"/Program Files/Common Files"}},
    {"environ_commonprogramfilesx86", {"/Program Files (x86)/Common Files"}},
    {"environ_programdata", {"/ProgramData", "/Documents and Settings/All Users/Application Data"}},
    {"environ_allusersappdata",
     {"/ProgramData", "/Documents and Settings/All Users/Application Data"}},
    {"environ_allusersprofile", {"/ProgramData", "/Documents and Settings/All Users"}},
};

struct expansion {
    char separator;
    unsigned count;
    bool (*each)(void *ctx, const char *pattern, size_t n, const char *stream);
    void *ctx;
};

/* "C:/a//b/" becomes "/a/b"; what follows a colon in the last segment is the stream. */
static bool finish(struct expansion *x, const char *s, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    size_t pos = n >= 2 && s[1] == ':' ? 2 : 0;
    shodo_buf_addc(&out, '/');
    for (; pos < n; pos++) {
        char c = s[pos] == x->separator ? '/' : s[pos];
        if (c != '/' || out.data[out.len - 1] != '/')
            shodo_buf_addc(&out, c);
    }
    if (out.failed || x->count++ >= SHODO_ARTIFACT_EXPANSIONS_MAX)
        return false;
    if (out.len > 1 && out.data[out.len - 1] == '/')
        out.len--;
    const char *slash = memrchr(out.data, '/', out.len);
    const char *colon = memchr(slash, ':', out.len - (size_t)(slash - out.data));
    size_t len = colon ? (size_t)(colon - out.data) : out.len;
    shodo_auto(shodo_buf) struct shodo_buf stream = SHODO_BUF_INIT;
    if (colon && !shodo_buf_add(&stream, colon + 1, out.len - len - 1))
        return false;
    return x->each(x->ctx, out.data, len, shodo_buf_cstr(&stream));
}

static const struct variable *find_variable(const char *s, size_t n) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(variables); i++) {
        char name[64] = "";
        if (n >= sizeof name || n != strlen(variables[i].name))
            continue;
        memcpy(name, s, n);
        if (shodo_text_ieq(name, variables[i].name))
            return &variables[i];
    }
    return NULL;
}

/* Replaces the first variable by each of its values and goes on with the result; depth is bounded
 * by `left`. */
static bool expand(struct expansion *x, const char *s, size_t n, unsigned left) {
    const char *start = memmem(s, n, "%%", 2);
    if (!start)
        return finish(x, s, n);
    size_t before = (size_t)(start - s);
    const char *end = memmem(start + 2, n - before - 2, "%%", 2);
    if (!end || left == 0)
        return false;
    const struct variable *v = find_variable(start + 2, (size_t)(end - start) - 2);
    if (!v)
        return false;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(v->values) && v->values[i]; i++) {
        shodo_auto(shodo_buf) struct shodo_buf next = SHODO_BUF_INIT;
        shodo_buf_add(&next, s, before);
        for (const char *p = v->values[i]; *p; p++)
            shodo_buf_addc(&next, *p == '/' ? x->separator : *p);
        shodo_buf_add(&next, end + 2, n - (size_t)(end + 2 - s));
        if (next.failed || !expand(x, shodo_buf_cstr(&next), next.len, left - 1))
            return false;
    }
    return true;
}

bool shodo_artifact_expand(const char *path, char separator,
                           bool (*each)(void *ctx, const char *pattern, size_t n,
                                        const char *stream),
                           void *ctx) {
    struct expansion x = {.separator = separator, .count = 0, .each = each, .ctx = ctx};
    return expand(&x, path, strlen(path), 4);
}
