/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"
#include "base/text.h"
#include "handover/bag.h"

#define ESCAPE_MARK    '='
#define PART_BYTES_MAX 255u

/* FNV-1a, 64 bits; the set is not exposed to chosen collisions that matter: it only costs time,
 * bounded by BAG_FILES. */
static uint64_t hash_of(const char *s, size_t n) {
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ (uint8_t)s[i]) * 1099511628211u;
    return h ^ h >> 29;
}

void shodo_names_done(struct shodo_names *t) {
    shodo_arena_done(&t->arena);
    free(t->names);
    free(t->slots);
    *t = (struct shodo_names){.count = 0};
}

static size_t slot_of(const struct shodo_names *t, const char *s, size_t n) {
    size_t i = (size_t)(hash_of(s, n) & (t->slots_count - 1));
    while (t->slots[i]) {
        const char *have = t->names[t->slots[i] - 1];
        if (strncmp(have, s, n) == 0 && have[n] == '\0')
            break;
        i = (i + 1) & (t->slots_count - 1);
    }
    return i;
}

size_t shodo_names_find(const struct shodo_names *t, const char *s, size_t n) {
    if (t->slots_count == 0 || memchr(s, '\0', n))
        return SIZE_MAX;
    uint32_t v = t->slots[slot_of(t, s, n)];
    return v ? v - 1 : SIZE_MAX;
}

static bool grow(struct shodo_names *t) {
    if (t->count == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        const char **names = reallocarray(t->names, cap, sizeof *names);
        if (!names)
            return false;
        t->names = names;
        t->cap = cap;
    }
    if ((t->count + 1) * 2 <= t->slots_count)
        return true;
    size_t bigger = t->slots_count ? t->slots_count * 2 : 128;
    uint32_t *slots = calloc(bigger, sizeof *slots);
    if (!slots)
        return false;
    free(t->slots);
    t->slots = slots;
    t->slots_count = bigger;
    for (size_t i = 0; i < t->count; i++)
        t->slots[slot_of(t, t->names[i], strlen(t->names[i]))] = (uint32_t)i + 1;
    return true;
}

size_t shodo_names_add(struct shodo_names *t, const char *s, size_t n, bool *ret_is_new) {
    size_t found = shodo_names_find(t, s, n);
    if (ret_is_new)
        *ret_is_new = found == SIZE_MAX;
    if (found != SIZE_MAX)
        return found;
    if (t->count >= UINT32_MAX - 1 || memchr(s, '\0', n) || !grow(t))
        return SIZE_MAX;
    char *copy = shodo_arena_str(&t->arena, s, n);
    if (!copy)
        return SIZE_MAX;
    t->names[t->count] = copy;
    t->slots[slot_of(t, s, n)] = (uint32_t)t->count + 1;
    return t->count++;
}

bool shodo_name_fold(struct shodo_buf *out, const char *s, size_t n) {
    return shodo_text_fold(out, s, n);
}

static const char *refuse_part(const char *s, size_t n, size_t index) {
    if (n == 0)
        return "empty part";
    if (n == 1 && s[0] == '.')
        return "traversal ('.')";
    if (n == 2 && s[0] == '.' && s[1] == '.')
        return "traversal ('..')";
    if (n > PART_BYTES_MAX)
        return "too long";
    if (index == 0 && s[0] == '~')
        return "home directory ('~')";
    return NULL;
}

const char *shodo_name_refuse(const char *s, size_t n, const char **ret_code) {
    *ret_code = "name";
    if (n == 0 || n > SHODO_LIMIT_PATH_BYTES)
        return n ? "too long" : "empty";
    if (!shodo_text_is_utf8(s, n))
        return "not UTF-8";
    for (size_t i = 0; i < n; i++)
        if ((uint8_t)s[i] < 0x20 || s[i] == 0x7f)
            return "control character";
    *ret_code = "traversal";
    if (s[0] == '/')
        return "absolute path";
    if (memchr(s, '\\', n))
        return "backslash";
    if (n >= 2 && s[1] == ':' && ((s[0] | 32) >= 'a' && (s[0] | 32) <= 'z'))
        return "drive letter";
    size_t depth = 0;
    for (size_t start = 0; start <= n;) {
        const char *slash = memchr(s + start, '/', n - start);
        size_t len = slash ? (size_t)(slash - s) - start : n - start;
        const char *why = refuse_part(s + start, len, depth);
        if (why)
            return why;
        if (++depth > SHODO_LIMIT_BAG_DEPTH)
            return "too deep";
        start += len + 1;
    }
    return NULL;
}

/* ---- escape ---- */

/* CON, PRN, AUX, NUL, COM0-9, LPT0-9, with or without extension: Windows cannot hold them. */
static bool is_reserved(const char *s, size_t n) {
    static const char *const names[] = {"CON", "PRN", "AUX", "NUL", "COM", "LPT"};
    const char *dot = memchr(s, '.', n);
    size_t stem = dot ? (size_t)(dot - s) : n;
    while (stem > 0 && s[stem - 1] == ' ')
        stem--;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++) {
        bool fits = stem >= 3 && (s[0] & ~32) == names[i][0] && (s[1] & ~32) == names[i][1] &&
                    (s[2] & ~32) == names[i][2];
        if (fits && (i < 4 ? stem == 3 : stem == 4 && s[3] >= '0' && s[3] <= '9'))
            return true;
    }
    return false;
}

static bool add_escaped(struct shodo_buf *out, const char *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!shodo_buf_addf(out, "%c%02X", ESCAPE_MARK, (unsigned)(uint8_t)s[i]))
            return false;
    return true;
}

static bool escape_part(struct shodo_buf *out, const char *s, size_t n) {
    bool is_first_bad = is_reserved(s, n) || (n > 0 && s[0] == '~') || (n == 1 && s[0] == '.') ||
                        (n == 2 && s[0] == '.' && s[1] == '.');
    for (size_t pos = 0; pos < n;) {
        size_t start = pos;
        uint32_t c = shodo_text_next(s, n, &pos);
        bool is_last = pos == n;
        bool is_bad = !shodo_text_is_utf8(s + start, pos - start) || c < 0x20 ||
                      (c >= 0x7f && c < 0xa0) || c == ESCAPE_MARK ||
                      (c < 0x80 && strchr("%<>:\"|?*\\", (int)c)) ||
                      (is_last && (c == '.' || c == ' ')) || (start == 0 && is_first_bad) ||
                      shodo_text_is_deceptive(s + start, pos - start);
        if (is_bad ? !add_escaped(out, s + start, pos - start)
                   : !shodo_buf_add(out, s + start, pos - start))
            return false;
    }
    return true;
}

bool shodo_bag_escape(struct shodo_buf *out, const char *path, size_t n) {
    for (size_t start = 0; start < n;) {
        const char *slash = memchr(path + start, '/', n - start);
        size_t len = slash ? (size_t)(slash - path) - start : n - start;
        if (len > 0) { /* leading and doubled separators carry nothing */
            if (out->len > 0 && out->data[out->len - 1] != '/' && !shodo_buf_addc(out, '/'))
                return false;
            if (!escape_part(out, path + start, len))
                return false;
        }
        start += len + 1;
    }
    return true;
}

bool shodo_bag_unescape(struct shodo_buf *out, const char *path, size_t n) {
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = 0;
        if (path[i] != ESCAPE_MARK) {
            if (!shodo_buf_addc(out, path[i]))
                return false;
            continue;
        }
        if (n - i < 3 || !shodo_text_parse_hex(path + i + 1, 2, &byte, 1) ||
            !shodo_buf_addc(out, (char)byte))
            return false;
        i += 2;
    }
    return true;
}

/* Digits without bias: values above 249 are thrown away (250 = 25 * 10). */
enum shodo_status shodo_bag_passphrase(char out[30], struct shodo_error *err) {
    size_t digits = 0, pos = 0;
    while (digits < 24) {
        uint8_t r = 0;
        enum shodo_status st = shodo_random(&r, 1, err);
        if (st != SHODO_OK)
            return st;
        if (r >= 250)
            continue;
        if (digits > 0 && digits % 4 == 0)
            out[pos++] = '-';
        out[pos++] = (char)('0' + r % 10);
        digits++;
    }
    out[pos] = '\0';
    return SHODO_OK;
}
