/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permanent event consumers in the WMI repository (OBJECTS.DATA): "when this happens, run that", a
 * start without a file in any autostart place. The objects are found by their names in the bytes,
 * page structure and index are not followed: so deleted ones that still lie in free pages are found
 * too, and an object that is cut by a page's end may be found in part. A fact says what is there,
 * not that it is active. Layout of objects: published descriptions of the repository (Ballenthin,
 * Graeber, Teodorescu 2015); names as in the tools of D. Pany.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/time.h"
#include "examine/readers/reader.h"
#include "examine/readers/wmi_object.h"

enum {
    WINDOW_BYTES = 1 << 20,
    NAME_BYTES = 256,
    NEAR_BYTES = 1024, /* between the two references of a binding */
    BEFORE_BYTES = 2048,
};

static const char consumer_word[] = "EventConsumer", filter_word[] = "__EventFilter",
                  reference[] = ".Name=\"";

struct binding {
    const char *type, *consumer, *filter;
    int64_t time;
    uint64_t at;
};
struct object {
    const char *type;
    struct wmi_texts texts;
    int64_t time;
    uint64_t at;
};

struct wmi {
    const struct shodo_reader_sink *sink;
    struct shodo_arena arena;
    struct shodo_vec bindings, consumers, filters;
    bool is_cut;
};

/* ---- finding ---- */

static bool is_word(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void *row(struct wmi *w, struct shodo_vec *v) {
    void *p = v->count < SHODO_LIMIT_WMI_ROWS ? shodo_vec_push(v) : NULL;
    w->is_cut = w->is_cut || !p;
    return p;
}

/* The name in `Class.Name="…"` at position `at`, which is behind the class; NULL when it is none.
 */
static const char *name_at(struct wmi *w, const uint8_t *p, size_t n, size_t at) {
    size_t head = sizeof reference - 1, k = 0;
    char out[NAME_BYTES];
    if (at + head >= n || memcmp(p + at, reference, head) != 0)
        return NULL;
    for (at += head; at < n && k < sizeof out - 1; at++) {
        if (p[at] == '"')
            return k ? shodo_arena_str(&w->arena, out, k) : NULL;
        at += p[at] == '\\' && at + 1 < n;
        if (p[at] < 0x20)
            return NULL;
        out[k++] = (char)p[at];
    }
    return NULL;
}

/* The filter that is named nearest to the consumer's name, before or behind it. */
static const char *filter_near(struct wmi *w, const uint8_t *p, size_t n, size_t at) {
    size_t word = sizeof filter_word - 1, from = at > NEAR_BYTES ? at - NEAR_BYTES : 0;
    const uint8_t *hit = memmem(p + at, SHODO_MIN(n - at, (size_t)NEAR_BYTES), filter_word, word);
    const char *name = hit ? name_at(w, p, n, (size_t)(hit - p) + word) : NULL;
    for (size_t i = at; !name && i-- > from;)
        if (memcmp(p + i, filter_word, SHODO_MIN(word, n - i)) == 0)
            name = name_at(w, p, n, i + word);
    return name;
}

static void take_binding(struct wmi *w, const uint8_t *p, size_t n, size_t from, size_t end,
                         uint64_t base) {
    const char *consumer = name_at(w, p, n, end),
               *filter = consumer ? filter_near(w, p, n, end) : NULL,
               *type = filter ? shodo_arena_str(&w->arena, (const char *)p + from, end - from)
                              : NULL;
    int64_t time = type ? wmi_time(p, from) : SHODO_TIME_NONE;
    if (!type)
        return;
    for (size_t i = 0; i < w->bindings.count; i++) {
        struct binding *b = shodo_vec_at(&w->bindings, i);
        if (strcmp(b->type, type) || strcmp(b->consumer, consumer) || strcmp(b->filter, filter))
            continue;
        b->time = b->time == SHODO_TIME_NONE ? time : SHODO_MAX(b->time, time);
        return;
    }
    struct binding *b = row(w, &w->bindings);
    if (b)
        *b = (struct binding){
            .type = type, .consumer = consumer, .filter = filter, .time = time, .at = base + from};
}

/* Instances; definitions of the classes have the names of their properties among the texts. */
static void take_object(struct wmi *w, struct shodo_vec *to, const char *type, const uint8_t *p,
                        size_t n, size_t from, size_t end, uint64_t base) {
    static const char *const properties[] = {"CommandLineTemplate", "ScriptText", "ScriptingEngine",
                                             "QueryLanguage"};
    struct object o = {.type = type, .time = wmi_time(p, from), .at = base + from};
    wmi_texts_take(&o.texts, &w->arena, p, n, end + 1);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(properties); i++)
        if (wmi_texts_have(&o.texts, properties[i]))
            return;
    for (size_t i = 0; i < to->count; i++) {
        const struct object *x = shodo_vec_at(to, i);
        bool is_same = strcmp(x->type, type) == 0 && x->texts.count == o.texts.count;
        for (size_t k = 0; is_same && k < o.texts.count; k++)
            is_same = strcmp(x->texts.s[k], o.texts.s[k]) == 0;
        if (is_same)
            return; /* an older copy of a page */
    }
    struct object *x = o.texts.count ? row(w, to) : NULL;
    if (x)
        *x = o;
}

static void at_consumer(struct wmi *w, const uint8_t *p, size_t n, size_t hit, uint64_t base) {
    static const char *const types[] = {"CommandLineEventConsumer", "ActiveScriptEventConsumer"};
    size_t from = hit, end = hit + sizeof consumer_word - 1;
    while (from > 0 && hit - from < 64 && is_word(p[from - 1]))
        from--;
    if (end >= n)
        return;
    if (p[end] == '.')
        take_binding(w, p, n, from, end, base);
    for (size_t i = 0; p[end] == 0 && i < SHODO_ARRAY_SIZE(types); i++)
        if (end - from == strlen(types[i]) && memcmp(p + from, types[i], end - from) == 0)
            take_object(w, &w->consumers, types[i], p, n, from, end, base);
}

static void search(struct wmi *w, const uint8_t *p, size_t n, size_t from, size_t upto,
                   uint64_t base) {
    size_t word = sizeof consumer_word - 1;
    for (size_t at = from; at < upto;) {
        const uint8_t *hit = memmem(p + at, n - at, consumer_word, word);
        if (!hit || (size_t)(hit - p) >= upto)
            break;
        at = (size_t)(hit - p);
        at_consumer(w, p, n, at, base);
        at += word;
    }
    word = sizeof filter_word - 1;
    for (size_t at = from; at < upto;) {
        const uint8_t *hit = memmem(p + at, n - at, filter_word, word);
        if (!hit || (size_t)(hit - p) >= upto)
            break;
        at = (size_t)(hit - p);
        if (at + word < n && p[at + word] == 0)
            take_object(w, &w->filters, "__EventFilter", p, n, at, at + word, base);
        at += word;
    }
}

/* ---- facts ---- */

static const struct object *object_of(const struct shodo_vec *v, const char *type,
                                      const char *name) {
    for (size_t i = 0; i < v->count; i++) {
        const struct object *o = shodo_vec_at(v, i);
        if (strcmp(o->type, type) == 0 && wmi_texts_have(&o->texts, name))
            return o;
    }
    return NULL;
}

static void add_texts(struct shodo_json *j, const char *key, const struct object *o,
                      const char *name) {
    shodo_json_array(j, key);
    for (size_t i = 0; o && i < o->texts.count; i++)
        if (!name || strcmp(o->texts.s[i], name) != 0)
            shodo_json_str(j, NULL, o->texts.s[i]);
    shodo_json_array_end(j);
}

static const char *query_of(const struct object *o) {
    for (size_t i = 0; o && i < o->texts.count; i++)
        if (strncasecmp(o->texts.s[i], "select ", 7) == 0)
            return o->texts.s[i];
    return "";
}

static void tell(struct wmi *w, const char *kind, int64_t time, uint64_t at, struct shodo_buf *b,
                 struct shodo_json *j) {
    char source[40];
    shodo_json_object_end(j);
    snprintf(source, sizeof source, "offset %llu", (unsigned long long)at);
    if (!b->failed)
        w->sink->fact(w->sink->ctx, "wmi", kind, time, source, shodo_buf_cstr(b));
}

static void tell_all(struct wmi *w) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < w->bindings.count; i++) {
        const struct binding *x = shodo_vec_at(&w->bindings, i);
        const struct object *c = object_of(&w->consumers, x->type, x->consumer),
                            *f = object_of(&w->filters, "__EventFilter", x->filter);
        shodo_buf_clear(&b);
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "consumer_type", x->type);
        shodo_json_str(&j, "consumer", x->consumer);
        shodo_json_str(&j, "filter", x->filter);
        shodo_json_str(&j, "query", query_of(f));
        add_texts(&j, "command", c, x->consumer);
        tell(w, "binding", x->time, x->at, &b, &j);
    }
    for (size_t i = 0; i < w->consumers.count; i++) {
        const struct object *o = shodo_vec_at(&w->consumers, i);
        bool is_bound = false;
        for (size_t k = 0; k < w->bindings.count; k++)
            is_bound = is_bound ||
                       wmi_texts_have(
                           &o->texts,
                           ((const struct binding *)shodo_vec_at(&w->bindings, k))->consumer);
        if (is_bound)
            continue;
        shodo_buf_clear(&b);
        struct shodo_json j = shodo_json_to(&b);
        shodo_json_object(&j, NULL);
        shodo_json_str(&j, "consumer_type", o->type);
        add_texts(&j, "texts", o, NULL);
        tell(w, "consumer", o->time, o->at, &b, &j);
    }
}

/* ---- the file ---- */

static void search_file(struct wmi *w, const struct shodo_reader_file *f, uint8_t *window,
                        uint64_t size) {
    struct shodo_error err = SHODO_ERROR_INIT;
    const size_t overlap = SHODO_LIMIT_WMI_OBJECT_BYTES,
                 all = WINDOW_BYTES + overlap + BEFORE_BYTES;
    size_t have = 0, seen = 0; /* seen: searched before, kept as what stands before a hit */
    for (uint64_t at = 0; at < size;) {
        size_t want = (size_t)SHODO_MIN((uint64_t)(all - have), size - at), got = 0, n = 1;
        enum shodo_status st = SHODO_OK;
        while (st == SHODO_OK && n > 0 && got < want) {
            st = f->bytes.read(f->bytes.ctx, at + got, window + have + got, want - got, &n, &err);
            got += st == SHODO_OK ? n : 0;
        }
        have += got;
        bool is_end = got < want || at + got >= size;
        size_t upto = is_end ? have : have - overlap;
        search(w, window, have, seen, upto, at + got - have);
        if (got < want) {
            shodo_reader_problem(w->sink, SHODO_LEDGER_UNREADABLE, at + got,
                                 "WMI repository: read %llu of %llu bytes: %s",
                                 (unsigned long long)(at + got), (unsigned long long)f->bytes.size,
                                 st == SHODO_OK ? "it ends early" : err.text);
            return;
        }
        at += got;
        seen = SHODO_MIN(upto, (size_t)BEFORE_BYTES);
        memmove(window, window + upto - seen, have - upto + seen);
        have -= upto - seen;
    }
}

static void run(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink) {
    shodo_auto(shodo_buf) struct shodo_buf window = SHODO_BUF_INIT;
    struct wmi w = {.sink = sink,
                    .arena = SHODO_ARENA_INIT,
                    .bindings = SHODO_VEC_INIT(sizeof(struct binding)),
                    .consumers = SHODO_VEC_INIT(sizeof(struct object)),
                    .filters = SHODO_VEC_INIT(sizeof(struct object))};
    uint64_t size = SHODO_MIN(f->bytes.size, SHODO_LIMIT_WMI_BYTES);
    if (size < f->bytes.size)
        shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, size,
                             "WMI repository: only the first %llu of %llu bytes were searched",
                             (unsigned long long)size, (unsigned long long)f->bytes.size);
    if (!shodo_buf_reserve(&window, WINDOW_BYTES + SHODO_LIMIT_WMI_OBJECT_BYTES + BEFORE_BYTES)) {
        shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, 0, "no memory for a WMI repository");
        return;
    }
    search_file(&w, f, (uint8_t *)window.data, size);
    tell_all(&w);
    if (w.is_cut)
        shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, size,
                             "WMI repository: more than %u objects of one kind; the rest is not "
                             "listed",
                             SHODO_LIMIT_WMI_ROWS);
    shodo_vec_done(&w.bindings);
    shodo_vec_done(&w.consumers);
    shodo_vec_done(&w.filters);
    shodo_arena_done(&w.arena);
}

static const char *const patterns[] = {
    "/Windows/System32/wbem/Repository/OBJECTS.DATA",
    "/Windows/System32/wbem/Repository/FS/OBJECTS.DATA",
    NULL,
};

const struct shodo_reader shodo_reader_wmi = {
    .name = "wmi", .patterns = patterns, .stream = "", .run = run};
