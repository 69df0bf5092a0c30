/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/evtx.h"

#include <stdlib.h>
#include <string.h>

#include "base/cur.h"
#include "base/time.h"
#include "examine/readers/evtx_value.h"

enum {
    RECORDS_AT = 512,  /* in a chunk */
    RECORD_BYTES = 28, /* head of 24 and the size again at the end */
    ELEMENTS = 64,     /* open at a time */
    SUBSTITUTIONS = 256,
    TEMPLATE_BYTES = 24, /* head of a definition */
};

/* BinXML tokens; 0x40 says that more follows. */
enum {
    TOKEN_END = 0x00,
    TOKEN_OPEN = 0x01,
    TOKEN_CLOSE_START = 0x02,
    TOKEN_CLOSE_EMPTY = 0x03,
    TOKEN_CLOSE = 0x04,
    TOKEN_VALUE = 0x05,
    TOKEN_ATTRIBUTE = 0x06,
    TOKEN_CDATA = 0x07,
    TOKEN_CHARACTER = 0x08,
    TOKEN_ENTITY = 0x09,
    TOKEN_PI_TARGET = 0x0a,
    TOKEN_PI_DATA = 0x0b,
    TOKEN_TEMPLATE = 0x0c,
    TOKEN_SUBSTITUTION = 0x0d,
    TOKEN_OPTIONAL = 0x0e,
    TOKEN_FRAGMENT = 0x0f,
    TYPE_BINXML = 0x21,
};

struct substitution {
    uint32_t offset; /* in the chunk */
    uint16_t size;
    uint8_t type;
};

struct shodo_evtx {
    const uint8_t *chunk;
    uint32_t len;
    struct evtx_text text;
    struct shodo_evtx_pair pairs[SHODO_LIMIT_EVTX_PAIRS];
    size_t pairs_count;
    const char *elements[ELEMENTS];
    unsigned elements_count;
    unsigned tokens; /* left */
    bool is_bad;
};

/* A stretch of tokens being read: a fragment, or the body of a template with its values. */
struct stretch {
    struct shodo_evtx *e;
    uint32_t at, end;
    const struct substitution *values; /* NULL outside of templates */
    uint32_t values_count;
    unsigned depth;
    unsigned base;         /* elements open when it began */
    const char *attribute; /* whose value comes */
    const char *data_name; /* Name="…" of the element that is open */
};

static void read_stretch(struct stretch *s);

struct shodo_evtx *shodo_evtx_new(void) {
    struct shodo_evtx *e = calloc(1, sizeof *e);
    if (e)
        e->text.data = malloc(SHODO_EVTX_TEXT_BYTES);
    if (e && !e->text.data) {
        free(e);
        return NULL;
    }
    if (e)
        e->text.cap = SHODO_EVTX_TEXT_BYTES;
    return e;
}

struct shodo_evtx *shodo_evtx_free(struct shodo_evtx *e) {
    if (e)
        free(e->text.data);
    free(e);
    return NULL;
}

static bool bad(struct stretch *s) {
    s->e->is_bad = true;
    s->at = s->end;
    return false;
}

static bool has(const struct stretch *s, uint32_t n) {
    return s->end - s->at >= n;
}

/* A name stands somewhere in the chunk, or right here: then it is stepped over. */
static const char *name_at(struct stretch *s, uint32_t offset) {
    struct shodo_evtx *e = s->e;
    if (offset > e->len || e->len - offset < 8) {
        bad(s);
        return "";
    }
    uint32_t bytes = 2u * shodo_le16(e->chunk + offset + 6);
    if (e->len - offset - 8 < bytes + 2) {
        bad(s);
        return "";
    }
    if (offset == s->at) {
        if (!has(s, 8 + bytes + 2)) {
            bad(s);
            return "";
        }
        s->at += 8 + bytes + 2;
    }
    return evtx_text_utf16(&e->text, e->chunk + offset + 8, bytes);
}

static const char *element(const struct stretch *s) {
    return s->e->elements_count > 0 ? s->e->elements[s->e->elements_count - 1] : "";
}

static void add_value(struct stretch *s, const char *value) {
    struct shodo_evtx *e = s->e;
    const char *el = element(s);
    const char *name = s->attribute ? s->attribute : s->data_name;
    if (s->attribute && strcmp(s->attribute, "xmlns") == 0)
        return;
    if (s->attribute && strcmp(s->attribute, "Name") == 0 && strcmp(el, "Provider") != 0) {
        s->data_name = value;
        return;
    }
    if (e->pairs_count >= SHODO_LIMIT_EVTX_PAIRS) {
        e->is_bad = true;
        return;
    }
    e->pairs[e->pairs_count++] = (struct shodo_evtx_pair){
        .element = el, .name = name, .value = value};
}

static void open_element(struct stretch *s, bool has_attributes) {
    /* the dependency id is there only inside of template definitions */
    uint32_t extra = s->values ? 2 : 0;
    if (!has(s, 9 + extra)) {
        bad(s);
        return;
    }
    uint32_t name = shodo_le32(s->e->chunk + s->at + 5 + extra);
    s->at += 9 + extra;
    const char *text = name_at(s, name);
    if (has_attributes && !has(s, 4)) {
        bad(s);
        return;
    }
    s->at += has_attributes ? 4 : 0;
    if (s->e->elements_count >= ELEMENTS) {
        bad(s);
        return;
    }
    s->e->elements[s->e->elements_count++] = text;
    s->attribute = NULL;
    s->data_name = NULL;
}

static void close_element(struct stretch *s) {
    if (s->e->elements_count > s->base)
        s->e->elements_count--;
    s->attribute = NULL;
    s->data_name = NULL;
}

/* u16 count of characters behind `head` bytes, then the characters. */
static bool skip_text(struct stretch *s, uint32_t head, uint32_t *ret_at, uint32_t *ret_bytes) {
    if (!has(s, head + 2))
        return bad(s);
    uint32_t bytes = 2u * shodo_le16(s->e->chunk + s->at + head);
    s->at += head + 2;
    if (!has(s, bytes))
        return bad(s);
    *ret_at = s->at;
    *ret_bytes = bytes;
    s->at += bytes;
    return true;
}

static void read_value(struct stretch *s) {
    uint32_t at = 0, bytes = 0;
    if (!has(s, 2) || s->e->chunk[s->at + 1] != EVTX_TYPE_STRING)
        bad(s);
    else if (skip_text(s, 2, &at, &bytes))
        add_value(s, evtx_text_utf16(&s->e->text, s->e->chunk + at, bytes));
}

static void read_name(struct stretch *s, bool is_attribute) {
    if (!has(s, 5)) {
        bad(s);
        return;
    }
    uint32_t offset = shodo_le32(s->e->chunk + s->at + 1);
    s->at += 5;
    const char *name = name_at(s, offset);
    if (is_attribute)
        s->attribute = name;
}

/* Each of a list of texts is a value of its own. */
static void add_list(struct stretch *s, const struct substitution *v) {
    const uint8_t *p = s->e->chunk + v->offset;
    for (uint32_t at = 0; at + 1 < v->size;) {
        uint32_t n = 0;
        while (at + n + 1 < v->size && (p[at + n] || p[at + n + 1]))
            n += 2;
        add_value(s, evtx_text_utf16(&s->e->text, p + at, n));
        at += n + 2;
    }
}

static void substitute(struct stretch *s) {
    if (!has(s, 4)) {
        bad(s);
        return;
    }
    uint16_t i = shodo_le16(s->e->chunk + s->at + 1);
    s->at += 4;
    if (!s->values || i >= s->values_count) {
        if (s->values)
            add_value(s, "");
        return;
    }
    const struct substitution *v = &s->values[i];
    if (v->type == TYPE_BINXML) {
        struct stretch inner = {
            .e = s->e, .at = v->offset, .end = v->offset + v->size, .depth = s->depth + 1};
        read_stretch(&inner);
    } else if (v->type == (EVTX_TYPE_STRING | EVTX_TYPE_LIST)) {
        add_list(s, v);
    } else {
        add_value(s, evtx_value_text(&s->e->text, v->type, s->e->chunk + v->offset, v->size));
    }
}

/* Definition (here or elsewhere in the chunk), then the values it is filled with. */
static void instantiate(struct stretch *s) {
    struct shodo_evtx *e = s->e;
    if (!has(s, 10)) {
        bad(s);
        return;
    }
    uint32_t definition = shodo_le32(e->chunk + s->at + 6);
    s->at += 10;
    if (definition > e->len || e->len - definition < TEMPLATE_BYTES) {
        bad(s);
        return;
    }
    uint32_t size = shodo_le32(e->chunk + definition + 20);
    if (size > e->len - definition - TEMPLATE_BYTES ||
        (definition == s->at && !has(s, TEMPLATE_BYTES + size))) {
        bad(s);
        return;
    }
    s->at += definition == s->at ? TEMPLATE_BYTES + size : 0;
    uint32_t count = has(s, 4) ? shodo_le32(e->chunk + s->at) : UINT32_MAX;
    if (count > SUBSTITUTIONS || !has(s, 4 + count * 4)) {
        bad(s);
        return;
    }
    struct substitution values[SUBSTITUTIONS];
    uint32_t table = s->at + 4, data = table + count * 4;
    for (uint32_t i = 0; i < count; i++) {
        uint16_t n = shodo_le16(e->chunk + table + 4 * i);
        if (n > s->end - data) {
            bad(s);
            return;
        }
        values[i] = (struct substitution){
            .offset = data, .size = n, .type = e->chunk[table + 4 * i + 2]};
        data += n;
    }
    struct stretch inner = {.e = e,
                            .at = definition + TEMPLATE_BYTES,
                            .end = definition + TEMPLATE_BYTES + size,
                            .values = values,
                            .values_count = count,
                            .depth = s->depth + 1};
    read_stretch(&inner);
    s->at = data;
}

/* One token; false at the end of the stretch. */
static bool step(struct stretch *s) {
    uint32_t at = 0, bytes = 0;
    uint8_t token = s->e->chunk[s->at];
    switch (token & ~0x40) {
    case TOKEN_END:
        return false;
    case TOKEN_FRAGMENT:
        s->at += 4;
        break;
    case TOKEN_TEMPLATE:
        instantiate(s);
        break;
    case TOKEN_OPEN:
        open_element(s, token & 0x40);
        break;
    case TOKEN_CLOSE_START:
        s->attribute = NULL;
        s->at++;
        break;
    case TOKEN_CLOSE_EMPTY:
    case TOKEN_CLOSE:
        close_element(s);
        s->at++;
        break;
    case TOKEN_ATTRIBUTE:
        read_name(s, true);
        break;
    case TOKEN_VALUE:
        read_value(s);
        break;
    case TOKEN_SUBSTITUTION:
    case TOKEN_OPTIONAL:
        substitute(s);
        break;
    case TOKEN_CDATA:
        if (skip_text(s, 1, &at, &bytes))
            add_value(s, evtx_text_utf16(&s->e->text, s->e->chunk + at, bytes));
        break;
    case TOKEN_PI_DATA:
        (void)skip_text(s, 1, &at, &bytes);
        break;
    case TOKEN_CHARACTER:
        s->at += 3;
        break;
    case TOKEN_ENTITY:
    case TOKEN_PI_TARGET:
        read_name(s, false);
        break;
    default:
        return bad(s);
    }
    return true;
}

static void read_stretch(struct stretch *s) {
    struct shodo_evtx *e = s->e;
    s->base = e->elements_count;
    if (s->depth > SHODO_LIMIT_EVTX_DEPTH || s->end > e->len) {
        e->is_bad = true;
        return;
    }
    while (s->at < s->end && !e->is_bad) {
        if (e->tokens == 0 || e->text.is_full) {
            e->is_bad = true;
            break;
        }
        e->tokens--;
        if (!step(s))
            break;
    }
    e->elements_count = s->base;
}

/* ---- records ---- */

static bool is_system(const struct shodo_evtx_pair *p) {
    static const char *const names[] = {"Provider",      "EventID",     "Version",   "Level",
                                        "Task",          "Opcode",      "Keywords",  "TimeCreated",
                                        "EventRecordID", "Correlation", "Execution", "Channel",
                                        "Computer",      "Security"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        if (strcmp(p->element, names[i]) == 0)
            return true;
    return false;
}

static uint32_t number_of(const char *s) {
    uint32_t v = 0;
    for (; *s >= '0' && *s <= '9' && v < 100000; s++)
        v = v * 10 + (uint32_t)(*s - '0');
    return v;
}

/* The System part comes first in every record; its first occurrence of a name counts. */
static void take_system(struct shodo_evtx *e, struct shodo_evtx_record *r) {
    size_t i = 0;
    bool has_id = false;
    r->provider = r->channel = r->computer = "";
    for (; i < e->pairs_count && is_system(&e->pairs[i]); i++) {
        const struct shodo_evtx_pair *p = &e->pairs[i];
        if (strcmp(p->element, "Provider") == 0 && p->name && strcmp(p->name, "Name") == 0)
            r->provider = p->value;
        else if (strcmp(p->element, "EventID") == 0 && !p->name && !has_id) {
            r->event_id = number_of(p->value);
            has_id = true;
        } else if (strcmp(p->element, "TimeCreated") == 0) {
            if (!shodo_time_parse(p->value, strlen(p->value), &r->created))
                r->created = SHODO_TIME_NONE;
        } else if (strcmp(p->element, "Channel") == 0)
            r->channel = p->value;
        else if (strcmp(p->element, "Computer") == 0)
            r->computer = p->value;
    }
    r->data_first = i;
}

static void decode(struct shodo_evtx *e, uint32_t at, uint32_t size, struct shodo_evtx_record *r) {
    e->text.len = 0;
    e->text.is_full = false;
    e->pairs_count = 0;
    e->elements_count = 0;
    e->tokens = SHODO_LIMIT_EVTX_TOKENS;
    e->is_bad = false;
    struct stretch s = {.e = e, .at = at + 24, .end = at + size - 4};
    read_stretch(&s);
    *r = (struct shodo_evtx_record){
        .number = shodo_le64(e->chunk + at + 8),
        .written = shodo_time_from_filetime(shodo_le64(e->chunk + at + 16)),
        .created = SHODO_TIME_NONE,
        .pairs = e->pairs,
        .is_partial = e->is_bad || e->text.is_full};
    take_system(e, r);
    r->pairs_count = e->pairs_count;
}

bool shodo_evtx_is_chunk(const uint8_t *p, size_t n) {
    return n >= RECORDS_AT && memcmp(p, "ElfChnk", 8) == 0;
}

void shodo_evtx_read_chunk(struct shodo_evtx *e, const uint8_t *p, size_t n,
                           bool (*each)(void *ctx, const struct shodo_evtx_record *r), void *ctx,
                           struct shodo_evtx_chunk *ret) {
    *ret = (struct shodo_evtx_chunk){0};
    if (!shodo_evtx_is_chunk(p, n))
        return;
    e->chunk = p;
    e->len = (uint32_t)SHODO_MIN(n, (size_t)SHODO_EVTX_CHUNK_BYTES);
    uint32_t end = shodo_le32(p + 48), at = RECORDS_AT;
    ret->first = shodo_le64(p + 24);
    ret->last = shodo_le64(p + 32);
    bool is_going = true;
    while (is_going && e->len - at >= RECORD_BYTES && shodo_le32(p + at) == 0x2a2a) {
        uint32_t size = shodo_le32(p + at + 4);
        if (size < RECORD_BYTES || size > e->len - at)
            break;
        struct shodo_evtx_record r;
        decode(e, at, size, &r);
        r.is_recovered = end >= RECORDS_AT && at >= end;
        ret->records++;
        ret->partial += r.is_partial;
        ret->recovered += r.is_recovered;
        is_going = each(ctx, &r);
        at += size;
    }
    ret->is_cut = is_going && at < SHODO_MIN(end, (uint32_t)SHODO_EVTX_CHUNK_BYTES);
}

const char *shodo_evtx_data(const struct shodo_evtx_record *r, const char *name) {
    for (size_t i = r->data_first; i < r->pairs_count; i++) {
        const struct shodo_evtx_pair *p = &r->pairs[i];
        if (strcmp(p->name ? p->name : p->element, name) == 0)
            return p->value;
    }
    return "";
}
