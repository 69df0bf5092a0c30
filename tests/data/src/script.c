/* SPDX-License-Identifier: Apache-2.0 */
/* The description language: words, options, includes, repeats, times and names. */
#include "lib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_INCLUDE = 8 };

struct var {
    const char *name;
    long long value;
};

static bool is_blank(int c) {
    return c == ' ' || c == '\t';
}

static unsigned hex_digits(const struct td_at *at, const char *p, unsigned n) {
    unsigned v = 0;

    for (unsigned i = 0; i < n; i++) {
        const char *d = p[i] ? strchr("0123456789abcdefABCDEF", p[i]) : NULL;

        if (!d)
            td_fail(at, "an escape needs %u hexadecimal digits", n);
        int k = (int)(d - "0123456789abcdefABCDEF");
        v = v * 16 + (unsigned)(k > 15 ? k - 6 : k);
    }
    return v;
}

static void add_wtf8(struct td_buf *b, uint32_t c) {
    if (c < 0x80) {
        td_buf_u8(b, c);
    } else if (c < 0x800) {
        td_buf_u8(b, 0xc0 | c >> 6);
        td_buf_u8(b, 0x80 | (c & 63));
    } else if (c < 0x10000) {
        td_buf_u8(b, 0xe0 | c >> 12);
        td_buf_u8(b, 0x80 | (c >> 6 & 63));
        td_buf_u8(b, 0x80 | (c & 63));
    } else {
        td_buf_u8(b, 0xf0 | c >> 18);
        td_buf_u8(b, 0x80 | (c >> 12 & 63));
        td_buf_u8(b, 0x80 | (c >> 6 & 63));
        td_buf_u8(b, 0x80 | (c & 63));
    }
}

/* Reads up to a blank, or a quoted text ('…' has no escapes); returns where it stopped. */
static const char *read_value(const struct td_at *at, const char *p, struct td_buf *b) {
    if (*p == '\'') {
        const char *end = strchr(p + 1, '\'');

        if (!end)
            td_fail(at, "a quoted text has no end");
        td_buf_add(b, p + 1, (size_t)(end - p) - 1);
        return end + 1;
    }
    if (*p != '"') {
        while (*p && !is_blank(*p) && *p != '"')
            td_buf_u8(b, (unsigned char)*p++);
        return p;
    }
    for (p++; *p != '"'; p++) {
        if (!*p)
            td_fail(at, "a quoted text has no end");
        if (*p != '\\') {
            td_buf_u8(b, (unsigned char)*p);
            continue;
        }
        switch (*++p) {
        case 'n':
            td_buf_u8(b, '\n');
            break;
        case 'r':
            td_buf_u8(b, '\r');
            break;
        case 't':
            td_buf_u8(b, '\t');
            break;
        case '\\':
            td_buf_u8(b, '\\');
            break;
        case '"':
            td_buf_u8(b, '"');
            break;
        case 'x':
            td_buf_u8(b, hex_digits(at, p + 1, 2));
            p += 2;
            break;
        case 'u':
            add_wtf8(b, hex_digits(at, p + 1, 4));
            p += 4;
            break;
        default:
            td_fail(at, "unknown escape '\\%c'", *p ? *p : ' ');
        }
    }
    return p + 1;
}

static void split(struct td_line *l, const char *p) {
    size_t cap = 0;

    for (;;) {
        struct td_word w = {0};
        struct td_buf v = {0};
        size_t k = 0;

        while (is_blank(*p))
            p++;
        if (!*p || *p == '#')
            break;
        while ((p[k] >= 'a' && p[k] <= 'z') || (k && (p[k] == '-' || (p[k] >= '0' && p[k] <= '9'))))
            k++;
        if (k && p[k] == '=') {
            w.key = td_dup(p, k);
            p += k + 1;
        }
        p = read_value(&l->at, p, &v);
        if (*p && !is_blank(*p))
            td_fail(&l->at, "a blank is missing before '%.20s'", p);
        w.val = td_dup(v.n ? (char *)v.p : "", v.n);
        w.n = v.n;
        td_buf_done(&v);
        if (l->n == cap) {
            cap = cap ? cap * 2 : 8;
            l->w = realloc(l->w, cap * sizeof *l->w);
            if (!l->w)
                td_die("out of memory");
        }
        l->w[l->n++] = w;
    }
}

/* `{i}`, `{i:04}` and `{i*3+1}` inside a repeat. */
static void substitute(const struct td_at *at, const char *p, const struct var *vars, size_t nvars,
                       struct td_buf *out) {
    for (; *p; p++) {
        const struct var *v = NULL;

        if (*p == '{')
            for (size_t i = 0; i < nvars; i++) {
                size_t k = strlen(vars[i].name);

                if (!strncmp(p + 1, vars[i].name, k) && strchr(":*+}", p[1 + k]))
                    v = &vars[i];
            }
        if (!v) {
            td_buf_u8(out, (unsigned char)*p);
            continue;
        }
        long long value = v->value;
        unsigned width = 0;

        p += 1 + strlen(v->name);
        while (*p == '*' || *p == '+') {
            char op = *p++;
            long long k = 0;

            while (*p >= '0' && *p <= '9')
                k = k * 10 + (*p++ - '0');
            value = op == '*' ? value * k : value + k;
        }
        if (*p == ':')
            for (p++; *p >= '0' && *p <= '9'; p++)
                width = width * 10 + (unsigned)(*p - '0');
        if (*p != '}')
            td_fail(at, "a number in braces is not closed");
        td_buf_fmt(out, "%0*lld", (int)width, value);
    }
    td_buf_u8(out, 0);
}

struct reader {
    struct td_script *s;
    const char *file;
    char **raw;
    size_t cap;
    unsigned depth;
};

static void read_one(struct td_script *s, const char *path, unsigned depth, size_t *cap);

static void add_line(struct reader *r, size_t *cap, struct td_line l) {
    struct td_script *s = r->s;

    if (s->n == *cap) {
        *cap = *cap ? *cap * 2 : 64;
        s->line = realloc(s->line, *cap * sizeof *s->line);
        if (!s->line)
            td_die("out of memory");
    }
    s->line[s->n++] = l;
}

static bool starts_with_word(const char *p, const char *word) {
    size_t k = strlen(word);

    while (is_blank(*p))
        p++;
    return !strncmp(p, word, k) && (!p[k] || is_blank(p[k]));
}

static long long number(const struct td_at *at, const char *s) {
    bool neg = *s == '-';

    return neg ? -(long long)td_size(at, s + 1) : (long long)td_size(at, s);
}

/* Expands raw lines [from, to) with the loop variables given. */
static void expand(struct reader *r, size_t *cap, size_t from, size_t to, struct var *vars,
                   size_t nvars) {
    for (size_t i = from; i < to; i++) {
        struct td_line l = {.at = {.file = r->file, .line = (unsigned)i + 1}};
        struct td_buf text = {0};
        struct td_buf joined = {0};

        while (i + 1 < to && r->raw[i][0] && r->raw[i][strlen(r->raw[i]) - 1] == '\\') {
            td_buf_add(&joined, r->raw[i], strlen(r->raw[i]) - 1);
            i++;
        }
        td_buf_add(&joined, r->raw[i], strlen(r->raw[i]) + 1);
        substitute(&l.at, (char *)joined.p, vars, nvars, &text);
        split(&l, (char *)text.p);
        td_buf_done(&joined);
        td_buf_done(&text);
        if (!l.n)
            continue;
        if (!strcmp(l.w[0].val, "repeat")) {
            size_t end = i + 1, nest = 0;
            const char *name = td_line_arg(&l, 0, "a variable name")->val;
            long long a = number(&l.at, td_line_arg(&l, 1, "the first number")->val);
            long long z = number(&l.at, td_line_arg(&l, 2, "the last number")->val);

            for (; end < to; end++) {
                nest += starts_with_word(r->raw[end], "repeat");
                if (starts_with_word(r->raw[end], "end") && !nest--)
                    break;
            }
            if (end >= to)
                td_fail(&l.at, "'repeat' has no 'end'");
            struct var *inner = td_alloc((nvars + 1) * sizeof *inner);
            if (nvars)
                memcpy(inner, vars, nvars * sizeof *inner);
            for (inner[nvars] = (struct var){name, a}; inner[nvars].value <= z;
                 inner[nvars].value++)
                expand(r, cap, i + 1, end, inner, nvars + 1);
            free(inner);
            i = end;
        } else if (!strcmp(l.w[0].val, "include")) {
            char *path = td_script_find(r->s, &l.at, td_line_arg(&l, 0, "a file name")->val);

            if (r->depth >= MAX_INCLUDE)
                td_fail(&l.at, "includes are nested too deep");
            read_one(r->s, path, r->depth + 1, cap);
        } else if (!strcmp(l.w[0].val, "time")) {
            const char *name = td_line_arg(&l, 0, "a name")->val;
            uint64_t ft = td_time(r->s, &l.at, td_line_arg(&l, 1, "a time")->val);
            struct td_names *t = &r->s->times;

            t->v = realloc(t->v, (t->n + 1) * sizeof *t->v);
            if (!t->v)
                td_die("out of memory");
            t->v[t->n++] = (struct td_name){td_dup(name, strlen(name)), ft};
        } else {
            add_line(r, cap, l);
        }
    }
}

static void read_one(struct td_script *s, const char *path, unsigned depth, size_t *cap) {
    struct td_buf b = {0};
    struct reader r = {.s = s, .file = td_dup(path, strlen(path)), .depth = depth};
    size_t lines = 0;

    td_file_read(path, &b);
    td_buf_u8(&b, 0);
    for (char *p = (char *)b.p; *p;) {
        char *e = strchr(p, '\n');
        size_t k = e ? (size_t)(e - p) : strlen(p);

        if (lines == r.cap) {
            r.cap = r.cap ? r.cap * 2 : 256;
            r.raw = realloc(r.raw, r.cap * sizeof *r.raw);
            if (!r.raw)
                td_die("out of memory");
        }
        if (k && p[k - 1] == '\r')
            r.raw[lines++] = td_dup(p, k - 1);
        else
            r.raw[lines++] = td_dup(p, k);
        p += k + (e != NULL);
    }
    td_buf_done(&b);
    expand(&r, cap, 0, lines, NULL, 0);
    for (size_t i = 0; i < lines; i++)
        free(r.raw[i]);
    free(r.raw);
}

void td_script_read(struct td_script *s, const char *path, char **dirs, size_t ndirs) {
    const char *slash = strrchr(path, '/');
    size_t cap = 0;

    *s = (struct td_script){.ndirs = ndirs + 1};
    s->dirs = td_alloc((ndirs + 1) * sizeof *s->dirs);
    s->dirs[0] = slash ? td_dup(path, (size_t)(slash - path)) : td_dup(".", 1);
    for (size_t i = 0; i < ndirs; i++)
        s->dirs[i + 1] = td_dup(dirs[i], strlen(dirs[i]));
    read_one(s, path, 0, &cap);
}

void td_script_done(struct td_script *s) {
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->line[i].n; k++) {
            free(s->line[i].w[k].key);
            free(s->line[i].w[k].val);
        }
        free(s->line[i].w);
    }
    for (size_t i = 0; i < s->ndirs; i++)
        free(s->dirs[i]);
    for (size_t i = 0; i < s->times.n; i++)
        free(s->times.v[i].name);
    free(s->times.v);
    free(s->dirs);
    free(s->line);
}

char *td_script_find(const struct td_script *s, const struct td_at *at, const char *name) {
    if (name[0] == '/')
        return td_dup(name, strlen(name));
    for (size_t i = 0; i < s->ndirs; i++) {
        struct td_buf b = {0};

        td_buf_fmt(&b, "%s/%s", s->dirs[i], name);
        td_buf_u8(&b, 0);
        if (!access((char *)b.p, R_OK))
            return (char *)b.p;
        td_buf_done(&b);
    }
    td_fail(at, "no readable file '%s' in the search folders", name);
}

const char *td_line_verb(const struct td_line *l) {
    return l->w[0].val;
}

struct td_word *td_line_arg_opt(struct td_line *l, size_t i) {
    size_t seen = 0;

    l->w[0].used = true;
    for (size_t k = 1; k < l->n; k++)
        if (!l->w[k].key && seen++ == i) {
            l->w[k].used = true;
            return &l->w[k];
        }
    return NULL;
}

struct td_word *td_line_arg(struct td_line *l, size_t i, const char *what) {
    struct td_word *w = td_line_arg_opt(l, i);

    if (w)
        return w;
    td_fail(&l->at, "'%s' needs %s", l->w[0].val, what);
}

struct td_word *td_line_opt(struct td_line *l, const char *key) {
    l->w[0].used = true;
    for (size_t k = 1; k < l->n; k++)
        if (l->w[k].key && !strcmp(l->w[k].key, key)) {
            l->w[k].used = true;
            return &l->w[k];
        }
    return NULL;
}

const char *td_line_text(struct td_line *l, const char *key, const char *otherwise) {
    struct td_word *w = td_line_opt(l, key);

    return w ? w->val : otherwise;
}

uint64_t td_line_size(struct td_line *l, const char *key, uint64_t otherwise) {
    struct td_word *w = td_line_opt(l, key);

    return w ? td_size(&l->at, w->val) : otherwise;
}

void td_line_check(struct td_line *l) {
    for (size_t k = 1; k < l->n; k++)
        if (!l->w[k].used)
            td_fail(&l->at, "'%s' does not know '%s%s%.40s'", l->w[0].val,
                    l->w[k].key ? l->w[k].key : "", l->w[k].key ? "=" : "", l->w[k].val);
}

uint64_t td_size(const struct td_at *at, const char *s) {
    const char *p = s;
    uint64_t v = 0;
    unsigned base = 10;

    if (p[0] == '0' && p[1] == 'x') {
        base = 16;
        p += 2;
    }
    if (!*p)
        td_fail(at, "'%s' is not a number", s);
    for (; *p; p++) {
        const char *d = strchr("0123456789abcdefABCDEF", *p);
        unsigned k = d ? (unsigned)(d - "0123456789abcdefABCDEF") : 99;

        k -= d && k > 15 ? 6 : 0;
        if (k >= base)
            break;
        if (v > (UINT64_MAX - k) / base)
            td_fail(at, "'%s' is too large", s);
        v = v * base + k;
    }
    unsigned shift = *p == 'K' ? 10 : *p == 'M' ? 20 : *p == 'G' ? 30 : *p == 'T' ? 40 : 0;
    p += shift != 0;
    if (*p || (shift && v > UINT64_MAX >> shift))
        td_fail(at, "'%s' is not a size (digits, then K, M, G or T)", s);
    return v << shift;
}

/* Days from 1601-01-01 in the proleptic Gregorian calendar. */
static uint64_t days_from_1601(unsigned y, unsigned m, unsigned d) {
    static const unsigned before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    unsigned n = y - 1601;
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return (uint64_t)n * 365 + n / 4 - n / 100 + n / 400 + before[m - 1] + (leap && m > 2) + d - 1;
}

static const char *digits(const struct td_at *at, const char *text, const char *p, unsigned n,
                          unsigned *v) {
    *v = 0;
    for (unsigned i = 0; i < n; i++, p++) {
        if (*p < '0' || *p > '9')
            td_fail(at, "'%s' is not a time", text);
        *v = *v * 10 + (unsigned)(*p - '0');
    }
    return p;
}

static const char *one_char(const struct td_at *at, const char *text, const char *p, char c) {
    if (*p != c)
        td_fail(at, "'%s' is not a time (no '%c' where one belongs)", text, c);
    return p + 1;
}

static const char *iso(const struct td_at *at, const char *text, const char *p, uint64_t *ft) {
    unsigned y, mo, d, h, mi, s, frac = 0, scale = 1000000, oh, om;

    p = one_char(at, text, digits(at, text, p, 4, &y), '-');
    p = one_char(at, text, digits(at, text, p, 2, &mo), '-');
    p = one_char(at, text, digits(at, text, p, 2, &d), 'T');
    p = one_char(at, text, digits(at, text, p, 2, &h), ':');
    p = one_char(at, text, digits(at, text, p, 2, &mi), ':');
    p = digits(at, text, p, 2, &s);
    if (y < 1601 || !mo || mo > 12 || !d || d > 31 || h > 23 || mi > 59 || s > 59)
        td_fail(at, "'%s' is not a time", text);
    if (*p == '.')
        for (p++; *p >= '0' && *p <= '9'; p++, scale /= 10)
            frac += (unsigned)(*p - '0') * scale;
    *ft = ((days_from_1601(y, mo, d) * 24 + h) * 60 + mi) * 60 + s;
    *ft = *ft * 10000000 + frac;
    if (*p == 'Z')
        return p + 1;
    char sign = *p;
    if (sign != '+' && sign != '-')
        td_fail(at, "'%s' has no zone (Z or +09:00)", text);
    p = one_char(at, text, digits(at, text, p + 1, 2, &oh), ':');
    p = digits(at, text, p, 2, &om);
    uint64_t off = ((uint64_t)oh * 60 + om) * 60 * 10000000;
    *ft = sign == '+' ? *ft - off : *ft + off;
    return p;
}

uint64_t td_time(const struct td_script *s, const struct td_at *at, const char *text) {
    const char *p = text;
    uint64_t ft = 0;

    if (*p == '@') {
        const struct td_name *found = NULL;
        size_t k = 0;

        for (size_t i = 0; i < s->times.n; i++) { /* the longest: names may hold '-' */
            size_t n = strlen(s->times.v[i].name);

            if (n >= k && !strncmp(s->times.v[i].name, p + 1, n) && strchr("+-,", p[1 + n])) {
                found = &s->times.v[i];
                k = n;
            }
        }
        if (!found)
            td_fail(at, "no time is named '%s'", p + 1);
        ft = found->ft;
        p += 1 + k;
    } else {
        p = iso(at, text, p, &ft);
    }
    while (*p == '+' || *p == '-') {
        char sign = *p++;
        uint64_t v = 0, f = 1, unit;

        for (;;) {
            uint64_t k = 0;

            if (*p < '0' || *p > '9')
                td_fail(at, "'%s' is not a time", text);
            while (*p >= '0' && *p <= '9')
                k = k * 10 + (uint64_t)(*p++ - '0');
            v = f * k;
            if (*p != '*')
                break;
            f = v;
            p++;
        }
        if (p[0] == 'm' && p[1] == 's') {
            unit = 10000;
            p++;
        } else if (*p == 't') {
            unit = 1; /* ticks of 100 ns */
        } else {
            unit = 10000000ull * (*p == 's'   ? 1
                                  : *p == 'm' ? 60
                                  : *p == 'h' ? 3600
                                  : *p == 'd' ? 86400
                                              : 0);
        }
        if (!unit)
            td_fail(at, "'%s' has a step without unit (t ms s m h d)", text);
        p++;
        ft = sign == '+' ? ft + v * unit : ft - v * unit;
    }
    if (*p)
        td_fail(at, "'%s' is not a time", text);
    return ft;
}

struct td_clock td_time_parts(uint64_t ft) {
    uint64_t sec = ft / 10000000, day = sec / 86400;
    unsigned tod = (unsigned)(sec % 86400);
    struct td_clock c = {.year = 1601,
                         .month = 1,
                         .weekday = (unsigned)((day + 1) % 7),
                         .hour = tod / 3600,
                         .minute = tod / 60 % 60,
                         .second = tod % 60,
                         .ticks = (unsigned)(ft % 10000000)};

    c.year += (unsigned)(day / 366); /* at or before the right year */
    while (days_from_1601(c.year + 1, 1, 1) <= day)
        c.year++;
    while (c.month < 12 && days_from_1601(c.year, c.month + 1, 1) <= day)
        c.month++;
    c.day = (unsigned)(day - days_from_1601(c.year, c.month, 1)) + 1;
    return c;
}

void td_time_text(uint64_t ft, char *out) {
    struct td_clock c = td_time_parts(ft);

    snprintf(out, 40, "%04u-%02u-%02uT%02u:%02u:%02u.%07uZ", c.year, c.month, c.day, c.hour,
             c.minute, c.second, c.ticks);
}

/* Decodes one code point of WTF-8 (surrogates allowed); 0 bytes when it is not one. */
static unsigned wtf8_next(const unsigned char *p, size_t n, uint32_t *c) {
    unsigned k = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;

    if (!k || k > n || p[0] > 0xf4)
        return 0;
    *c = k == 1 ? p[0] : p[0] & (0xffu >> (k + 1));
    for (unsigned i = 1; i < k; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        *c = *c << 6 | (p[i] & 63);
    }
    return k;
}

uint16_t *td_utf16(const struct td_at *at, const char *s, size_t n, size_t *ret_n) {
    uint16_t *u = td_alloc((n + 1) * sizeof *u);
    size_t k = 0;

    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        unsigned w = wtf8_next((const unsigned char *)s + i, n - i, &c);

        if (!w)
            td_fail(at, "byte %zu of a text is not UTF-8", i);
        if (c >= 0x10000) {
            u[k++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
            u[k++] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
        } else {
            u[k++] = (uint16_t)c;
        }
        i += w;
    }
    *ret_n = k;
    return u;
}

void td_buf_utf16(struct td_buf *b, const char *s, size_t n) {
    struct td_at at = {.file = "internal text", .line = 0};
    size_t k;
    uint16_t *u = td_utf16(&at, s, n, &k);

    for (size_t i = 0; i < k; i++)
        td_buf_le16(b, u[i]);
    free(u);
}

void td_buf_sid(const struct td_at *at, struct td_buf *b, const char *text) {
    const char *p = text;
    size_t start = b->n;
    unsigned count = 0;

    if (strncmp(p, "S-1-", 4))
        td_fail(at, "'%s' is not a SID", text);
    td_buf_u8(b, 1);
    td_buf_grow(b, 6);
    for (p += 4;; p++) {
        char part[16] = "";
        size_t k = strcspn(p, "-");

        if (!k || k >= sizeof part || count > 15)
            td_fail(at, "'%s' is not a SID", text);
        memcpy(part, p, k);
        uint64_t v = td_size(at, part);
        if (count++ == 0)
            td_buf_u8(b, (unsigned)v);
        else
            td_buf_le32(b, (uint32_t)v);
        p += k;
        if (!*p)
            break;
    }
    b->p[start + 1] = (unsigned char)(count - 1);
}

static bool needs_escape(uint32_t c) {
    return c < 0x20 || c == '\\' || c == 0x7f || (c >= 0x80 && c < 0xa0) ||
           (c >= 0xd800 && c < 0xe000) || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

void td_escape(struct td_buf *b, const char *s, size_t n) {
    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        unsigned w = wtf8_next((const unsigned char *)s + i, n - i, &c);

        if (!w)
            td_die("internal: name is not UTF-8");
        if (c == '\\')
            td_buf_str(b, "\\\\");
        else if (needs_escape(c))
            td_buf_fmt(b, "\\u%04X", c);
        else
            td_buf_add(b, s + i, w);
        i += w;
    }
}

bool td_glob(const char *g, const char *p) {
    for (; *g; g++, p++) {
        if (g[0] == '*' && g[1] == '*') {
            for (;; p++) {
                if (td_glob(g + 2, p))
                    return true;
                if (!*p)
                    return false;
            }
        }
        if (*g == '*') {
            for (;; p++) {
                if (td_glob(g + 1, p))
                    return true;
                if (!*p || *p == '/')
                    return false;
            }
        }
        if (!*p || (*g != *p && !(*g == '?' && *p != '/')))
            return false;
    }
    return !*p;
}
