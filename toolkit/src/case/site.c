/* SPDX-License-Identifier: Apache-2.0 */
#include "case/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/value.h"

struct loaded {
    struct shodo_site site; /* first: the public object */
    struct shodo_arena arena;
    struct shodo_doc *doc;
};

struct load {
    struct loaded *l;
    shodo_playbook_problem problem;
    void *ctx;
    bool is_out_of_memory;
};

static void complain(struct load *o, const struct shodo_value *at, const char *text,
                     const char *subject) {
    char line[SHODO_ERROR_TEXT_BYTES];
    snprintf(line, sizeof line, text, subject);
    if (o->problem)
        o->problem(o->ctx, shodo_value_line(at), line);
}

/* What is not known is written as null: that is no text. */
static const char *plain(const struct shodo_value *v) {
    return v && shodo_value_kind(v) != SHODO_VALUE_NULL ? shodo_value_str(v) : NULL;
}

static const char *str(const struct shodo_value *v, const char *key) {
    const char *s = plain(shodo_value_get(v, key));
    return s ? s : "";
}

/* The first of several names that a key may have. */
static const char *str_of(const struct shodo_value *v, const char *const *keys) {
    for (; *keys; keys++) {
        const char *s = str(v, *keys);
        if (*s)
            return s;
    }
    return "";
}

static struct shodo_text2 text2(const struct shodo_value *v, const char *key) {
    char with[64];
    const struct shodo_value *m = shodo_value_get(v, key);
    const char *both = plain(m);
    snprintf(with, sizeof with, "%s_ja", key);
    const char *ja = both ? both : plain(shodo_value_get(m, "ja"));
    ja = ja ? ja : plain(shodo_value_get(v, with));
    snprintf(with, sizeof with, "%s_en", key);
    const char *en = plain(shodo_value_get(m, "en"));
    en = en ? en : plain(shodo_value_get(v, with));
    en = en ? en : both;
    return (struct shodo_text2){.ja = ja ? ja : en ? en : "", .en = en ? en : ja ? ja : ""};
}

static struct shodo_text2 text2_of(const struct shodo_value *v, const char *const *keys) {
    for (; *keys; keys++) {
        struct shodo_text2 t = text2(v, *keys);
        if (*t.ja)
            return t;
    }
    return (struct shodo_text2){.ja = "", .en = ""};
}
#define KEYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const char *person_name(const struct load *o, const char *id);

/* A text, or a list of texts (ids of people become names) joined with a Japanese comma. */
static const char *joined(struct load *o, const struct shodo_value *v) {
    const char *one = plain(v);
    if (one)
        return person_name(o, one);
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t i = 0; i < shodo_value_count(v) && shodo_value_kind(v) == SHODO_VALUE_LIST; i++) {
        const char *s = plain(shodo_value_at(v, i));
        if (s && *s)
            shodo_buf_addf(&b, "%s%s", b.len ? "、" : "", person_name(o, s));
    }
    const char *kept = b.len ? shodo_arena_str(&o->l->arena, b.data, b.len) : "";
    o->is_out_of_memory = o->is_out_of_memory || b.failed || !kept;
    return kept ? kept : "";
}

static const char *joined_of(struct load *o, const struct shodo_value *v, const char *const *keys) {
    for (; *keys; keys++) {
        const char *s = joined(o, shodo_value_get(v, *keys));
        if (*s)
            return s;
    }
    return "";
}

static void *push(struct load *o, struct shodo_vec *v) {
    void *row = v->count < SHODO_LIMIT_SITE_ROWS ? shodo_vec_push(v) : NULL;
    if (!row)
        o->is_out_of_memory = true;
    return row;
}

static void load_strings(struct load *o, struct shodo_vec *to, const struct shodo_value *list) {
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        const char *s = plain(v);
        if (!s)
            s = str(v, "name");
        const char **row = *s ? push(o, to) : NULL;
        if (row)
            *row = s;
    }
}

/* "例示 一郎（病院長）" for the id of a person; anything else stays what it is. */
static const char *person_name(const struct load *o, const char *id) {
    for (size_t i = 0; i < o->l->site.people.count; i++) {
        const struct shodo_site_person *p = shodo_vec_at(&o->l->site.people, i);
        if (*p->id && strcmp(p->id, id) == 0)
            return p->shown;
    }
    return id;
}

/* `room: id` of the list of rooms gives building, floor and name; `device` says which thing in the
 * room. */
static void read_place(struct load *o, struct shodo_site_line *l, const struct shodo_value *v,
                       const struct shodo_value *rooms) {
    const char *room = str_of(v, KEYS("room", "place", "location"));
    l->building = str(v, "building");
    l->floor = str(v, "floor");
    for (size_t i = 0; *room && i < shodo_value_count(rooms); i++) {
        const struct shodo_value *r = shodo_value_at(rooms, i);
        if (strcmp(str(r, "id"), room) != 0)
            continue;
        l->building = str(r, "building");
        l->floor = str(r, "floor");
        room = str(r, "name");
        break;
    }
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    const char *device = str(v, "device");
    shodo_buf_addf(&b, "%s%s%s", room, *room && *device ? " " : "", device);
    l->place = shodo_arena_str(&o->l->arena, shodo_buf_cstr(&b), b.len);
    o->is_out_of_memory = o->is_out_of_memory || b.failed || !l->place;
    if (!l->place)
        l->place = "";
}

static void read_line(struct load *o, struct shodo_site_line *l, const struct shodo_value *v,
                      const char *kind, size_t number, const struct shodo_value *rooms) {
    char id[24];
    snprintf(id, sizeof id, "%s-%zu", kind, number + 1);
    const char *stops = joined_of(o, v, KEYS("what_stops", "stops"));
    struct shodo_text2 stops2 = text2(v, "what_stops");
    *l = (struct shodo_site_line){
        .kind = kind,
        .name = text2(v, "name"),
        .how = text2(v, "how_to_cut"),
        .stops = *stops2.ja ? stops2 : (struct shodo_text2){.ja = stops, .en = stops},
        .patient_effect = text2(v, "patient_effect"),
        .substitute = text2_of(v, KEYS("substitute", "offline_copy")),
        .note = text2(v, "note"),
        .vendor = str(v, "vendor"),
        .phone = str_of(v, KEYS("vendor_phone_night", "vendor_phone", "phone")),
        .decides = joined_of(o, v, KEYS("may_decide", "who", "decider")),
        .is_pre_approved = shodo_value_bool(shodo_value_get(v, "pre_approved"), false)};
    const char *own = str(v, "id");
    l->id = *own ? own : shodo_arena_str(&o->l->arena, id, strlen(id));
    o->is_out_of_memory = o->is_out_of_memory || !l->id;
    if (!l->id)
        l->id = "";
    read_place(o, l, v, rooms);
}

static const char *kind_of(const struct shodo_value *v, const char *fallback) {
    const char *k = str(v, "kind");
    static const char *const known[] = {"backup", "external", "segment"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(known); i++) {
        if (strcmp(k, known[i]) == 0)
            return known[i];
    }
    return fallback;
}

static void load_lines(struct load *o, const struct shodo_value *root, const char *key,
                       const char *kind) {
    const struct shodo_value *list = shodo_value_get(root, key);
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        struct shodo_site_line *l = push(o, &o->l->site.lines);
        if (!l)
            return;
        read_line(o, l, v, kind_of(v, kind), i, shodo_value_get(root, "rooms"));
        if (!*l->name.ja)
            complain(o, v, "the line '%s' has no name", l->id);
        else if (!*l->place && !*l->building)
            complain(o, v, "the line '%s' does not say where it is", l->name.ja);
    }
}

static void load_people(struct load *o, const struct shodo_value *list) {
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        struct shodo_site_person *p = push(o, &o->l->site.people);
        if (!p)
            return;
        const char *phone = plain(shodo_value_at(shodo_value_get(v, "phones"), 0));
        *p = (struct shodo_site_person){.id = str(v, "id"),
                                        .name = str(v, "name"),
                                        .role = str_of(v, KEYS("role", "role_ja")),
                                        .phone = phone ? phone : str(v, "phone")};
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, *p->name && *p->role ? "%s（%s）" : "%s%s", p->name, p->role);
        p->shown = shodo_arena_str(&o->l->arena, shodo_buf_cstr(&b), b.len);
        o->is_out_of_memory = o->is_out_of_memory || b.failed || !p->shown;
        if (!p->shown)
            p->shown = "";
        if (!*p->name)
            complain(o, v, "a person without a name%s", "");
    }
}

static void load_options(struct load *o, struct shodo_site_decision *d,
                         const struct shodo_value *list) {
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        struct shodo_site_option *x = push(o, &d->options);
        if (!x)
            return;
        struct shodo_text2 label = text2(v, "label");
        *x = (struct shodo_site_option){
            .value = str(v, "value"), .label = label, .consequence = text2(v, "consequence")};
    }
}

static void load_decisions(struct load *o, const struct shodo_value *list) {
    bool is_map = shodo_value_kind(list) == SHODO_VALUE_MAP;
    for (size_t i = 0; i < shodo_value_count(list); i++) {
        const struct shodo_value *v = shodo_value_at(list, i);
        struct shodo_site_decision *d = push(o, &o->l->site.decisions);
        if (!d)
            return;
        const struct shodo_value *who = shodo_value_get(v, "deputies");
        *d = (struct shodo_site_decision){
            .id = is_map ? shodo_value_key_at(list, i) : str(v, "id"),
            .question = text2(v, "name"),
            .recommendation = text2(v, "recommend"),
            .source = str(v, "source"),
            .decider = person_name(o, str(v, "decider")),
            .night = joined(o, shodo_value_get(v, "night")),
            .deputies = SHODO_VEC_INIT(sizeof(const char *)),
            .options = SHODO_VEC_INIT(sizeof(struct shodo_site_option))};
        load_strings(o, &d->deputies, who);
        for (size_t k = 0; k < d->deputies.count; k++) {
            const char **name = shodo_vec_at(&d->deputies, k);
            *name = person_name(o, *name);
        }
        load_options(o, d, shodo_value_get(v, "options"));
        if (!*d->id)
            complain(o, v, "a decision without an id%s", "");
    }
}

static void load_all(struct load *o, const struct shodo_value *root) {
    struct shodo_site *s = &o->l->site;
    const struct shodo_value *hospital = shodo_value_get(root, "hospital");
    const char *name = str(hospital, "name");
    s->name = name;
    if (!*s->name)
        complain(o, root, "the hospital has no name%s", "");
    load_people(o, shodo_value_get(root, "people"));
    load_strings(o, &s->rooms, shodo_value_get(root, "rooms"));
    load_strings(o, &s->systems, shodo_value_get(root, "systems"));
    load_lines(o, root, "backup_paths", "backup");
    load_lines(o, root, "connections", "external");
    load_lines(o, root, "borders", "segment");
    load_decisions(o, shodo_value_get(root, "decisions"));
    const struct shodo_value *big = shodo_value_get(root, "big_cut");
    s->has_big_cut = *str(big, "place") != 0;
    s->big_cut_stops_phones = shodo_value_bool(shodo_value_get(big, "phones_stop"), false);
    if (s->has_big_cut)
        read_line(o, &s->big_cut, big, "big-cut", 0, shodo_value_get(root, "rooms"));
    const struct shodo_value *over = shodo_value_get(shodo_value_get(root, "communication"),
                                                     "internal_phones_over_network");
    s->phones_over_network = shodo_value_kind(over) == SHODO_VALUE_BOOL
                                 ? shodo_value_bool(over, false) ? "yes" : "no"
                             : shodo_value_str(over) ? shodo_value_str(over)
                                                     : "unknown";
}

enum shodo_status shodo_site_load(struct shodo_site **ret, const char *name, const char *p,
                                  size_t n, shodo_playbook_problem problem, void *ctx,
                                  struct shodo_error *err) {
    struct loaded *l = calloc(1, sizeof *l);
    if (!l)
        return shodo_fail(err, SHODO_NOMEM, "no memory for site profile '%s'", name);
    enum shodo_status st = shodo_doc_parse_yaml(&l->doc, name, p, n, err);
    if (st == SHODO_OK && shodo_value_kind(shodo_doc_root(l->doc)) != SHODO_VALUE_MAP)
        st = shodo_fail(err, SHODO_INVALID, "'%s' is not a site profile", name);
    if (st != SHODO_OK) {
        shodo_doc_free(l->doc);
        free(l);
        return st;
    }
    struct shodo_site *s = &l->site;
    s->lines = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_site_line));
    s->people = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_site_person));
    s->decisions = (struct shodo_vec)SHODO_VEC_INIT(sizeof(struct shodo_site_decision));
    s->rooms = s->systems = (struct shodo_vec)SHODO_VEC_INIT(sizeof(const char *));
    struct load o = {.l = l, .problem = problem, .ctx = ctx};
    load_all(&o, shodo_doc_root(l->doc));
    if (o.is_out_of_memory) {
        shodo_site_free(s);
        return shodo_fail(err, SHODO_LIMIT,
                          "site profile '%s' has more rows than %u, or memory ran out", name,
                          SHODO_LIMIT_SITE_ROWS);
    }
    *ret = s;
    return SHODO_OK;
}

struct shodo_site *shodo_site_free(struct shodo_site *s) {
    if (!s)
        return NULL;
    struct loaded *l = (struct loaded *)(void *)s;
    for (size_t i = 0; i < s->decisions.count; i++) {
        struct shodo_site_decision *d = shodo_vec_at(&s->decisions, i);
        shodo_vec_done(&d->deputies);
        shodo_vec_done(&d->options);
    }
    struct shodo_vec *all[] = {&s->lines, &s->people, &s->decisions, &s->rooms, &s->systems};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(all); i++)
        shodo_vec_done(all[i]);
    shodo_arena_done(&l->arena);
    shodo_doc_free(l->doc);
    free(l);
    return NULL;
}

const struct shodo_site_decision *shodo_site_decision(const struct shodo_site *s, const char *id) {
    for (size_t i = 0; s && i < s->decisions.count; i++) {
        const struct shodo_site_decision *d = shodo_vec_at(&s->decisions, i);
        if (strcmp(d->id, id) == 0)
            return d;
    }
    return NULL;
}

static bool number(const char **at, unsigned *ret) {
    size_t n = strspn(*at, "0123456789");
    uint64_t v = 0;
    if (n == 0 || n > 6 || !shodo_text_parse_u64(*at, n, &v))
        return false;
    *at += n;
    *ret = (unsigned)v;
    return true;
}

enum shodo_status shodo_site_numbers(const char *text, unsigned max,
                                     void (*each)(void *ctx, unsigned n), void *ctx,
                                     struct shodo_error *err) {
    for (const char *at = text;;) {
        unsigned from = 0, to = 0;
        at += strspn(at, " ");
        bool ok = number(&at, &from);
        to = from;
        at += ok ? strspn(at, " ") : 0;
        if (ok && *at == '-') {
            at++;
            at += strspn(at, " ");
            ok = number(&at, &to);
            at += ok ? strspn(at, " ") : 0;
        }
        if (!ok || (*at && *at != ','))
            return shodo_fail(err, SHODO_INVALID, "'%.40s' is not a list of numbers like 1-12,15",
                              text);
        if (from < 1 || to < from || to > max)
            return shodo_fail(err, SHODO_INVALID, "%u-%u is not between 1 and %u", from, to, max);
        for (unsigned i = from; i <= to; i++)
            each(ctx, i);
        if (!*at)
            return SHODO_OK;
        at++;
    }
}
