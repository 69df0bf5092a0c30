/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make-evtx DESCRIPTION LOG [SEARCH-FOLDER...]: writes an event log (EVTX 3.1) with templates.
 *
 *   log channel=NAME computer=NAME [first=RECORD-ID] [dirty=yes]
 *
 *   provider NAME [guid=GUID]                 for the events below
 *
 *   event ID TIME [OPTION...] NAME VALUE NAME VALUE...
 *
 * Options of an event: record= level= task= opcode= keywords= version= qualifiers= pid= tid=
 * user=SID userdata=ELEMENT ns=URI.
 * Without userdata= the pairs become <EventData><Data Name="…">; a NAME of "-" gives a Data element
 * without a name. With userdata=ELEMENT they become elements below <UserData><ELEMENT xmlns="…">.
 * A VALUE is text, or typed: u32:N u64:N hex32:N hex64:N bool:0|1 sid:S-1-… time:TIME guid:…
 *
 * Layout: "Windows XML Event Log (EVTX)" by Joachim Metz and MS-EVEN6 2.2.12; read back with
 * evtxexport in tests.
 */
#include "content.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 65536, CHUNK_HEAD = 512, MAX_NAMES = 1024, MAX_TEMPLATES = 256 };

enum {
    T_NULL = 0,
    T_STRING = 1,
    T_U8 = 4,
    T_U16 = 6,
    T_U32 = 8,
    T_U64 = 10,
    T_BOOL = 13,
    T_BINARY = 14,
    T_GUID = 15,
    T_FILETIME = 17,
    T_SID = 19,
    T_HEX32 = 20,
    T_HEX64 = 21
};

struct name_ref {
    char *name;
    uint32_t at;
};

struct template_ref {
    char *key;
    uint32_t at, id;
};

/* A chunk under construction; copied whole to undo a record that does not fit. */
struct chunk {
    unsigned char b[CHUNK + 65536];
    size_t n;
    struct name_ref name[MAX_NAMES];
    size_t nnames;
    struct template_ref tmpl[MAX_TEMPLATES];
    size_t ntmpl;
    uint64_t first, last;
    uint32_t last_at;
};

struct subst {
    unsigned type;
    struct td_buf v;
};

struct log {
    struct td_script script;
    const char *channel, *computer;
    uint64_t next;
    bool is_dirty;
    char *provider, *guid;
    struct chunk *c, *undo;
    struct td_buf out;
    unsigned chunks;
};

/* ---- bytes in the chunk -------------------------------------------------------------------------
 */

static unsigned char *room(struct chunk *c, size_t n) {
    if (c->n + n > sizeof c->b)
        td_die("an event is larger than 64 KiB");
    memset(c->b + c->n, 0, n);
    c->n += n;
    return c->b + c->n - n;
}

static void u8(struct chunk *c, unsigned v) {
    *room(c, 1) = (unsigned char)v;
}

static void u16(struct chunk *c, unsigned v) {
    td_put16(room(c, 2), v);
}

static void u32(struct chunk *c, uint32_t v) {
    td_put32(room(c, 4), v);
}

static void utf16(struct chunk *c, const char *s) {
    struct td_buf b = {0};

    td_buf_utf16(&b, s, strlen(s));
    if (b.n)
        memcpy(room(c, b.n), b.p, b.n);
    td_buf_done(&b);
}

/* A name reference: the offset of the name, which follows at once when the chunk does not have it
 * yet. */
static void name(struct chunk *c, const char *s) {
    struct td_buf b = {0};
    unsigned hash = 0;

    for (size_t i = 0; i < c->nnames; i++)
        if (!strcmp(c->name[i].name, s)) {
            u32(c, c->name[i].at);
            return;
        }
    if (c->nnames == MAX_NAMES)
        td_die("too many names in one chunk");
    td_buf_utf16(&b, s, strlen(s));
    for (size_t i = 0; i < b.n; i += 2)
        hash = (hash * 65599 + td_get16(b.p + i)) & 0xffff;
    uint32_t at = (uint32_t)c->n + 4;
    u32(c, at);
    unsigned char *bucket = c->b + 128 + 4 * (hash % 64);
    u32(c, td_get32(bucket));
    td_put32(bucket, at);
    u16(c, hash);
    u16(c, (unsigned)(b.n / 2));
    if (b.n)
        memcpy(room(c, b.n), b.p, b.n);
    u16(c, 0);
    c->name[c->nnames++] = (struct name_ref){td_dup(s, strlen(s)), at};
    td_buf_done(&b);
}

/* ---- BinXML -------------------------------------------------------------------------------------
 */

/* Opens an element; returns where its size goes. */
static size_t open_element(struct chunk *c, const char *s, bool has_attributes) {
    u8(c, has_attributes ? 0x41 : 0x01);
    u16(c, 0xffff);
    size_t at = c->n;
    u32(c, 0);
    name(c, s);
    return at;
}

static void end_element(struct chunk *c, size_t size_at, unsigned token) {
    u8(c, token); /* 3: empty, 4: end */
    td_put32(c->b + size_at, (uint32_t)(c->n - size_at - 4));
}

static void text_value(struct chunk *c, const char *s) {
    struct td_buf b = {0};

    td_buf_utf16(&b, s, strlen(s));
    u8(c, 0x05);
    u8(c, T_STRING);
    u16(c, (unsigned)(b.n / 2));
    td_buf_done(&b);
    utf16(c, s);
}

static void subst_value(struct chunk *c, unsigned index, unsigned type) {
    u8(c, 0x0e); /* optional: an empty value leaves nothing */
    u16(c, index);
    u8(c, type);
}

/* An attribute with a fixed text, or (text NULL) a substitution. */
static void attribute(struct chunk *c, const char *key, const char *text, unsigned index,
                      unsigned type, bool more) {
    u8(c, more ? 0x46 : 0x06);
    name(c, key);
    if (text)
        text_value(c, text);
    else
        subst_value(c, index, type);
}

static size_t open_list(struct chunk *c) {
    u32(c, 0);
    return c->n;
}

static void close_list(struct chunk *c, size_t at) {
    td_put32(c->b + at - 4, (uint32_t)(c->n - at));
}

static void simple(struct chunk *c, const char *s, unsigned index, unsigned type) {
    size_t at = open_element(c, s, false);

    u8(c, 0x02);
    subst_value(c, index, type);
    end_element(c, at, 0x04);
}

/* The numbers of the values in <System>; data values follow. */
enum {
    S_QUALIFIERS,
    S_ID,
    S_VERSION,
    S_LEVEL,
    S_TASK,
    S_OPCODE,
    S_KEYWORDS,
    S_TIME,
    S_RECORD,
    S_PID,
    S_TID,
    S_USER,
    S_DATA
};

static void system_part(struct log *l, struct chunk *c) {
    size_t at = open_element(c, "System", false), e, list;

    u8(c, 0x02);
    e = open_element(c, "Provider", true);
    list = open_list(c);
    attribute(c, "Name", l->provider, 0, 0, l->guid != NULL);
    if (l->guid)
        attribute(c, "Guid", l->guid, 0, 0, false);
    close_list(c, list);
    end_element(c, e, 0x03);
    e = open_element(c, "EventID", true);
    list = open_list(c);
    attribute(c, "Qualifiers", NULL, S_QUALIFIERS, T_U16, false);
    close_list(c, list);
    u8(c, 0x02);
    subst_value(c, S_ID, T_U16);
    end_element(c, e, 0x04);
    simple(c, "Version", S_VERSION, T_U8);
    simple(c, "Level", S_LEVEL, T_U8);
    simple(c, "Task", S_TASK, T_U16);
    simple(c, "Opcode", S_OPCODE, T_U8);
    simple(c, "Keywords", S_KEYWORDS, T_HEX64);
    e = open_element(c, "TimeCreated", true);
    list = open_list(c);
    attribute(c, "SystemTime", NULL, S_TIME, T_FILETIME, false);
    close_list(c, list);
    end_element(c, e, 0x03);
    simple(c, "EventRecordID", S_RECORD, T_U64);
    e = open_element(c, "Correlation", false);
    end_element(c, e, 0x03);
    e = open_element(c, "Execution", true);
    list = open_list(c);
    attribute(c, "ProcessID", NULL, S_PID, T_U32, true);
    attribute(c, "ThreadID", NULL, S_TID, T_U32, false);
    close_list(c, list);
    end_element(c, e, 0x03);
    e = open_element(c, "Channel", false);
    u8(c, 0x02);
    text_value(c, l->channel);
    end_element(c, e, 0x04);
    e = open_element(c, "Computer", false);
    u8(c, 0x02);
    text_value(c, l->computer);
    end_element(c, e, 0x04);
    e = open_element(c, "Security", true);
    list = open_list(c);
    attribute(c, "UserID", NULL, S_USER, T_SID, false);
    close_list(c, list);
    end_element(c, e, 0x03);
    end_element(c, at, 0x04);
}

struct event {
    const char *userdata, *ns;
    struct subst v[S_DATA + 64];
    const char *names[64];
    unsigned n; /* pairs */
};

static void data_part(struct chunk *c, const struct event *e) {
    size_t at = open_element(c, e->userdata ? "UserData" : "EventData", false), inner = 0, list;

    u8(c, 0x02);
    if (e->userdata) {
        inner = open_element(c, e->userdata, e->ns != NULL);
        if (e->ns) {
            list = open_list(c);
            attribute(c, "xmlns", e->ns, 0, 0, false);
            close_list(c, list);
        }
        u8(c, 0x02);
    }
    for (unsigned i = 0; i < e->n; i++) {
        bool named = !e->userdata && strcmp(e->names[i], "-") != 0;

        if (!e->userdata) {
            size_t d = open_element(c, "Data", named);

            if (named) {
                list = open_list(c);
                attribute(c, "Name", e->names[i], 0, 0, false);
                close_list(c, list);
            }
            u8(c, 0x02);
            subst_value(c, S_DATA + i, e->v[S_DATA + i].type);
            end_element(c, d, 0x04);
        } else {
            simple(c, e->names[i], S_DATA + i, e->v[S_DATA + i].type);
        }
    }
    if (e->userdata)
        end_element(c, inner, 0x04);
    end_element(c, at, 0x04);
}

static void template_body(struct log *l, struct chunk *c, const struct event *e) {
    size_t at, list;

    u8(c, 0x0f);
    u8(c, 1);
    u8(c, 1);
    u8(c, 0);
    at = open_element(c, "Event", true);
    list = open_list(c);
    attribute(c, "xmlns", "http://schemas.microsoft.com/win/2004/08/events/event", 0, 0, false);
    close_list(c, list);
    u8(c, 0x02);
    system_part(l, c);
    if (e->n || e->userdata)
        data_part(c, e);
    end_element(c, at, 0x04);
    u8(c, 0x00);
}

/* Everything that makes two events share a template. */
static char *template_key(struct log *l, const struct event *e) {
    struct td_buf b = {0};

    td_buf_fmt(&b, "%s|%s|%s", l->provider, e->userdata ? e->userdata : "", e->ns ? e->ns : "");
    for (unsigned i = 0; i < e->n; i++)
        td_buf_fmt(&b, "|%s:%u", e->names[i], e->v[S_DATA + i].type);
    td_buf_u8(&b, 0);
    return (char *)b.p;
}

static void template_instance(struct log *l, struct chunk *c, const struct event *e) {
    char *key = template_key(l, e);
    unsigned char digest[32];

    td_sha256_of(key, strlen(key), digest);
    u8(c, 0x0c);
    u8(c, 1);
    u32(c, td_get32(digest));
    for (size_t i = 0; i < c->ntmpl; i++)
        if (!strcmp(c->tmpl[i].key, key)) {
            u32(c, c->tmpl[i].at);
            free(key);
            return;
        }
    if (c->ntmpl == MAX_TEMPLATES)
        td_die("too many templates in one chunk");
    uint32_t at = (uint32_t)c->n + 4;
    u32(c, at);
    unsigned char *bucket = c->b + 384 + 4 * (td_get32(digest) % 32);
    u32(c, td_get32(bucket));
    td_put32(bucket, at);
    memcpy(room(c, 16), digest, 16);
    size_t size_at = c->n;
    u32(c, 0);
    template_body(l, c, e);
    td_put32(c->b + size_at, (uint32_t)(c->n - size_at - 4));
    c->tmpl[c->ntmpl++] = (struct template_ref){key, at, td_get32(digest)};
}

static void write_record(struct log *l, struct chunk *c, const struct event *e, uint64_t id,
                         uint64_t time) {
    size_t at = c->n;
    unsigned char *p = room(c, 24);

    td_put32(p, 0x00002a2a);
    td_put64(p + 8, id);
    td_put64(p + 16, time);
    u8(c, 0x0f);
    u8(c, 1);
    u8(c, 1);
    u8(c, 0);
    template_instance(l, c, e);
    u32(c, S_DATA + e->n);
    for (unsigned i = 0; i < S_DATA + e->n; i++) {
        u16(c, (unsigned)e->v[i].v.n);
        u8(c, e->v[i].v.n ? e->v[i].type : T_NULL);
        u8(c, 0);
    }
    for (unsigned i = 0; i < S_DATA + e->n; i++)
        if (e->v[i].v.n)
            memcpy(room(c, e->v[i].v.n), e->v[i].v.p, e->v[i].v.n);
    u8(c, 0x00);
    while ((c->n - at + 4) % 8)
        u8(c, 0);
    u32(c, (uint32_t)(c->n - at + 4));
    td_put32(c->b + at + 4, (uint32_t)(c->n - at));
    c->last_at = (uint32_t)at;
    c->last = id;
    if (!c->first)
        c->first = id;
}

/* ---- chunks and file ----------------------------------------------------------------------------
 */

static void finish_chunk(struct log *l) {
    struct chunk *c = l->c;
    unsigned char *p = c->b;
    uint32_t crc;

    if (!c->first)
        return;
    memcpy(p, "ElfChnk", 8);
    td_put64(p + 8, c->first);
    td_put64(p + 16, c->last);
    td_put64(p + 24, c->first);
    td_put64(p + 32, c->last);
    td_put32(p + 40, 128);
    td_put32(p + 44, c->last_at);
    td_put32(p + 48, (uint32_t)c->n);
    td_put32(p + 52, td_crc32(0, p + CHUNK_HEAD, c->n - CHUNK_HEAD));
    crc = td_crc32(0, p, 120);
    td_put32(p + 124, td_crc32(crc, p + 128, CHUNK_HEAD - 128));
    memset(p + c->n, 0, CHUNK - c->n);
    td_buf_add(&l->out, p, CHUNK);
    l->chunks++;
}

static void new_chunk(struct log *l) {
    *l->c = (struct chunk){.n = CHUNK_HEAD};
}

static void add_record(struct log *l, const struct event *e, uint64_t id, uint64_t time) {
    memcpy(l->undo, l->c, sizeof *l->c);
    write_record(l, l->c, e, id, time);
    if (l->c->n <= CHUNK)
        return;
    memcpy(l->c, l->undo, sizeof *l->c);
    finish_chunk(l);
    new_chunk(l);
    write_record(l, l->c, e, id, time);
    if (l->c->n > CHUNK)
        td_die("event %llu does not fit a chunk", (unsigned long long)id);
}

static void write_log(struct log *l, const char *path) {
    struct td_buf file = {0};
    unsigned char *p = td_buf_grow(&file, 4096);

    finish_chunk(l);
    memcpy(p, "ElfFile", 8);
    td_put64(p + 16, l->chunks ? l->chunks - 1 : 0);
    td_put64(p + 24, l->next);
    td_put32(p + 32, 128);
    td_put16(p + 36, 1);
    td_put16(p + 38, 3);
    td_put16(p + 40, 4096);
    td_put16(p + 42, l->chunks);
    td_put32(p + 120, l->is_dirty);
    td_put32(p + 124, td_crc32(0, p, 120));
    td_buf_add(&file, l->out.p, l->out.n);
    td_file_write(path, file.p, file.n);
    td_buf_done(&file);
}

/* ---- lines --------------------------------------------------------------------------------------
 */

static void set_number(struct event *e, unsigned i, unsigned type, unsigned bytes, uint64_t v) {
    unsigned char b[8];

    td_put64(b, v);
    e->v[i].type = type;
    td_buf_add(&e->v[i].v, b, bytes);
}

/* "{8-4-4-4-12}" into the mixed-endian form. */
static void add_guid(const struct td_at *at, struct td_buf *b, const char *s) {
    static const unsigned char order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    unsigned char raw[16] = {0}, *p = td_buf_grow(b, 16);
    unsigned n = 0;

    for (; *s; s++) {
        const char *d = strchr("0123456789abcdefABCDEF", *s);

        if (!d)
            continue;
        if (n == 32)
            td_fail(at, "a GUID has 32 digits");
        unsigned k = (unsigned)(d - "0123456789abcdefABCDEF");
        raw[n / 2] = (unsigned char)(raw[n / 2] << 4 | (k > 15 ? k - 6 : k));
        n++;
    }
    if (n != 32)
        td_fail(at, "a GUID has 32 digits");
    for (unsigned i = 0; i < 16; i++)
        p[i] = raw[order[i]];
}

static void set_value(struct log *l, const struct td_at *at, struct event *e, unsigned i,
                      const char *text) {
    static const struct {
        const char *prefix;
        unsigned type, bytes;
    } numbers[] = {{"u8:", T_U8, 1},    {"u16:", T_U16, 2},     {"u32:", T_U32, 4},
                   {"u64:", T_U64, 8},  {"hex32:", T_HEX32, 4}, {"hex64:", T_HEX64, 8},
                   {"bool:", T_BOOL, 4}};

    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        size_t n = strlen(numbers[k].prefix);

        if (!strncmp(text, numbers[k].prefix, n)) {
            set_number(e, i, numbers[k].type, numbers[k].bytes, td_size(at, text + n));
            return;
        }
    }
    if (!strncmp(text, "sid:", 4)) {
        e->v[i].type = T_SID;
        td_buf_sid(at, &e->v[i].v, text + 4);
    } else if (!strncmp(text, "time:", 5)) {
        set_number(e, i, T_FILETIME, 8, td_time(&l->script, at, text + 5));
    } else if (!strncmp(text, "guid:", 5)) {
        e->v[i].type = T_GUID;
        add_guid(at, &e->v[i].v, text + 5);
    } else {
        e->v[i].type = T_STRING;
        td_buf_utf16(&e->v[i].v, text, strlen(text));
    }
}

static void line_event(struct log *l, struct td_line *line) {
    const struct td_at *at = &line->at;
    struct event e = {.userdata = td_line_text(line, "userdata", NULL),
                      .ns = td_line_text(line, "ns", NULL)};
    uint64_t id = td_line_size(line, "record", l->next),
             qualifiers = td_line_size(line, "qualifiers", 0);
    uint64_t when = td_time(&l->script, at, td_line_arg(line, 1, "a time")->val);
    struct td_word *w;

    if (!l->provider)
        td_fail(at, "'event' needs a 'provider' before it");
    if (qualifiers)
        set_number(&e, S_QUALIFIERS, T_U16, 2, qualifiers);
    set_number(&e, S_ID, T_U16, 2, td_size(at, td_line_arg(line, 0, "an event id")->val));
    set_number(&e, S_VERSION, T_U8, 1, td_line_size(line, "version", 0));
    set_number(&e, S_LEVEL, T_U8, 1, td_line_size(line, "level", 0));
    set_number(&e, S_TASK, T_U16, 2, td_line_size(line, "task", 0));
    set_number(&e, S_OPCODE, T_U8, 1, td_line_size(line, "opcode", 0));
    set_number(&e, S_KEYWORDS, T_HEX64, 8, td_line_size(line, "keywords", 0x8000000000000000));
    set_number(&e, S_TIME, T_FILETIME, 8, when);
    set_number(&e, S_RECORD, T_U64, 8, id);
    set_number(&e, S_PID, T_U32, 4, td_line_size(line, "pid", 700));
    set_number(&e, S_TID, T_U32, 4, td_line_size(line, "tid", 704));
    if ((w = td_line_opt(line, "user"))) {
        e.v[S_USER].type = T_SID;
        td_buf_sid(at, &e.v[S_USER].v, w->val);
    }
    for (size_t i = 2; (w = td_line_arg_opt(line, i)); i += 2) {
        if (e.n == 64)
            td_fail(at, "an event takes at most 64 values");
        e.names[e.n] = w->val;
        set_value(l, at, &e, S_DATA + e.n, td_line_arg(line, i + 1, "a value for every name")->val);
        e.n++;
    }
    td_line_check(line);
    add_record(l, &e, id, when);
    l->next = id + 1;
    for (unsigned i = 0; i < S_DATA + e.n; i++)
        td_buf_done(&e.v[i].v);
}

int main(int argc, char **argv) {
    struct log l = {.next = 1};

    if (argc < 3) {
        fputs("usage: make-evtx DESCRIPTION LOG [SEARCH-FOLDER...]\n", stderr);
        return 2;
    }
    l.c = td_alloc(sizeof *l.c);
    l.undo = td_alloc(sizeof *l.undo);
    new_chunk(&l);
    td_script_read(&l.script, argv[1], argv + 3, (size_t)argc - 3);
    for (size_t i = 0; i < l.script.n; i++) {
        struct td_line *line = &l.script.line[i];
        const char *verb = td_line_verb(line);

        if (!strcmp(verb, "log")) {
            l.channel = td_line_text(line, "channel", "Security");
            l.computer = td_line_text(line, "computer", "PC");
            l.next = td_line_size(line, "first", 1);
            l.is_dirty = !strcmp(td_line_text(line, "dirty", "no"), "yes");
            td_line_check(line);
        } else if (!l.channel) {
            td_fail(&line->at, "the first line must be 'log'");
        } else if (!strcmp(verb, "provider")) {
            const char *guid = td_line_text(line, "guid", NULL),
                       *name = td_line_arg(line, 0, "a name")->val;

            l.provider = td_dup(name, strlen(name));
            l.guid = guid ? td_dup(guid, strlen(guid)) : NULL;
            td_line_check(line);
        } else if (!strcmp(verb, "event")) {
            line_event(&l, line);
        } else {
            td_fail(&line->at, "unknown line '%s'", verb);
        }
    }
    write_log(&l, argv[2]);
    return 0;
}
