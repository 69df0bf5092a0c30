/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Event logs → facts. Every event of the table (events_rows.c) is told with its data as it stands
 * in the log; equal ones (same names, no more than the row's window apart) are one fact with count,
 * first (its time) and last, so that a brute force of a million tries stays some thousand lines.
 * One fact "event_log" a file says what the log can say at all: number of records, first and last
 * time, gaps, damage, how many of each event.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"
#include "examine/readers/events_rows.h"
#include "examine/readers/evtx.h"
#include "examine/readers/reader.h"

enum {
    SLOTS = 16384, /* of the table of groups; more than twice SHODO_LIMIT_EVTX_GROUPS */
    IDS = 65536,
    IDS_TOLD = 40,
    CARVE_STEP = 512,
    SECOND = 1000000000,
};

struct group {
    const struct event_row *row;
    uint64_t hash;
    int64_t first, last;
    uint64_t count, record;
    char *json; /* everything but count and last: in the arena */
    size_t json_len;
};

struct gathering {
    const struct shodo_reader_sink *sink;
    struct shodo_evtx *evtx;
    struct shodo_vec groups; /* struct group */
    uint16_t *slots;         /* index + 1 of a group */
    struct shodo_arena arena;
    struct shodo_buf scratch;
    uint64_t told, lost;
    uint32_t *ids; /* records of each event id */
    uint64_t records, partial, recovered, chunks, bad_chunks;
    uint64_t first_number, last_number;
    int64_t first_time, last_time;
    char channel[128], computer[128];
};

/* ---- one fact ---- */

static void tell(struct gathering *g, const struct group *p) {
    char source[40];
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    char last[SHODO_TIME_TEXT_BYTES];
    if (g->told >= SHODO_LIMIT_EVTX_FACTS) {
        g->lost++;
        return;
    }
    g->told++;
    shodo_buf_addf(&out, "{\"count\":%llu,", (unsigned long long)p->count);
    if (p->count > 1) {
        shodo_time_utc(p->last, 7, last);
        shodo_buf_addf(&out, "\"last\":\"%s\",", last);
    }
    shodo_buf_add(&out, p->json, p->json_len);
    snprintf(source, sizeof source, "record %llu", (unsigned long long)p->record);
    if (!out.failed)
        g->sink->fact(g->sink->ctx, "evtx", p->row->kind, p->first, source, shodo_buf_cstr(&out));
}

static void flush(struct gathering *g) {
    for (size_t i = 0; i < g->groups.count; i++)
        tell(g, shodo_vec_at(&g->groups, i));
    g->groups.count = 0;
    memset(g->slots, 0, SLOTS * sizeof *g->slots);
    shodo_arena_clear(&g->arena);
}

/* Names may come more than once (Data without names): they become a list. */
static void write_data(struct shodo_json *j, const struct shodo_evtx_record *r) {
    for (size_t i = r->data_first; i < r->pairs_count; i++) {
        const struct shodo_evtx_pair *p = &r->pairs[i];
        const char *name = p->name ? p->name : p->element;
        size_t before = r->data_first, same = 0;
        while (before < i &&
               strcmp(r->pairs[before].name ? r->pairs[before].name : r->pairs[before].element,
                      name) != 0)
            before++;
        if (before < i)
            continue;
        for (size_t k = i; k < r->pairs_count; k++)
            same += strcmp(r->pairs[k].name ? r->pairs[k].name : r->pairs[k].element, name) == 0;
        size_t left = SHODO_LIMIT_FACT_TEXT_BYTES;
        if (same > 1)
            shodo_json_array(j, name);
        for (size_t k = i; k < r->pairs_count; k++) {
            if (strcmp(r->pairs[k].name ? r->pairs[k].name : r->pairs[k].element, name) != 0)
                continue;
            size_t n = strlen(r->pairs[k].value);
            while (n > left || (n < strlen(r->pairs[k].value) && n > 0 &&
                                (r->pairs[k].value[n] & 0xc0) == 0x80))
                n = n > left ? left : n - 1;
            shodo_json_strn(j, same > 1 ? NULL : name, r->pairs[k].value, n);
            left -= n;
        }
        if (same > 1)
            shodo_json_array_end(j);
    }
}

static void write_values(struct shodo_buf *out, const struct shodo_evtx_record *r) {
    struct shodo_json j = shodo_json_to(out);
    shodo_buf_clear(out);
    shodo_json_object(&j, NULL);
    shodo_json_u64(&j, "event_id", r->event_id);
    shodo_json_str(&j, "provider", r->provider);
    shodo_json_str(&j, "channel", r->channel);
    shodo_json_str(&j, "computer", r->computer);
    shodo_json_u64(&j, "record", r->number);
    if (r->is_recovered)
        shodo_json_bool(&j, "recovered", true);
    if (r->is_partial)
        shodo_json_bool(&j, "partial", true);
    shodo_json_object(&j, "data");
    write_data(&j, r);
    shodo_json_object_end(&j);
    shodo_json_object_end(&j);
}

/* ---- adding up ---- */

static uint64_t mix(uint64_t h, const char *s) {
    do
        h = (h ^ (uint8_t)*s) * UINT64_C(1099511628211);
    while (*s++);
    return h;
}

/* FNV-1a over kind and the values of the row's names; a collision of 64 bits would add up two
 * different events. */
static uint64_t hash_of(const struct event_row *row, const struct shodo_evtx_record *r) {
    char name[64];
    uint64_t h = mix(UINT64_C(14695981039346656037) ^ row->id, row->kind);
    if (!row->keys) {
        for (size_t i = r->data_first; i < r->pairs_count; i++)
            h = mix(h, r->pairs[i].value);
        return h;
    }
    for (const char *s = row->keys; *s;) {
        size_t n = strcspn(s, "|");
        snprintf(name, sizeof name, "%.*s", (int)n, s);
        if (strcmp(name, "@host") == 0) {
            /* PowerShell's unnamed texts: what was called stands behind HostApplication= */
            for (size_t i = r->data_first; i < r->pairs_count; i++) {
                const char *host = strstr(r->pairs[i].value, "HostApplication=");
                h = host ? mix(h, host) : h;
            }
        } else {
            h = mix(h, shodo_evtx_data(r, name));
        }
        s += n;
        s += *s == '|';
    }
    return h;
}

static struct group *find_group(struct gathering *g, const struct event_row *row, uint64_t hash,
                                int64_t time, uint16_t **ret_slot) {
    for (size_t i = hash % SLOTS;; i = (i + 1) % SLOTS) {
        uint16_t at = g->slots[i];
        *ret_slot = &g->slots[i];
        if (at == 0)
            return NULL;
        struct group *p = shodo_vec_at(&g->groups, at - 1u);
        if (p->hash != hash || p->row != row)
            continue;
        bool is_near = row->window == EVENTS_LOG ||
                       (time >= p->first && time - p->first < (int64_t)row->window * SECOND);
        if (is_near)
            return p;
    }
}

static void add(struct gathering *g, const struct event_row *row, const struct shodo_evtx_record *r,
                int64_t time) {
    uint16_t *slot = NULL;
    uint64_t hash = hash_of(row, r);
    struct group *p = row->window == EVENTS_EACH ? NULL : find_group(g, row, hash, time, &slot);
    if (p) {
        p->count++;
        p->first = SHODO_MIN(p->first, time);
        p->last = SHODO_MAX(p->last, time);
        return;
    }
    write_values(&g->scratch, r);
    if (g->scratch.failed || g->scratch.len < 2)
        return;
    struct group fresh = {
        .row = row, .hash = hash, .first = time, .last = time, .count = 1, .record = r->number};
    if (row->window == EVENTS_EACH) {
        fresh.json = g->scratch.data + 1;
        fresh.json_len = g->scratch.len - 1;
        tell(g, &fresh);
        return;
    }
    if (g->groups.count >= SHODO_LIMIT_EVTX_GROUPS) {
        flush(g);
        slot = &g->slots[hash % SLOTS];
    }
    fresh.json = shodo_arena_str(&g->arena, g->scratch.data + 1, g->scratch.len - 1);
    fresh.json_len = g->scratch.len - 1;
    p = fresh.json ? shodo_vec_push(&g->groups) : NULL;
    if (p) {
        *p = fresh;
        *slot = (uint16_t)g->groups.count;
    }
}

/* Logons of the system itself: tens of thousands on every machine. They are counted in the log's
 * summary only. */
static bool is_noise(const struct event_row *row, const struct shodo_evtx_record *r) {
    static const char *const own[] = {"SYSTEM", "LOCAL SERVICE", "NETWORK SERVICE",
                                      "ANONYMOUS LOGON"};
    if (row->id == 4672) {
        const char *user = shodo_evtx_data(r, "SubjectUserName");
        size_t n = strlen(user);
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(own); i++)
            if (strcmp(user, own[i]) == 0)
                return true;
        return n == 0 || user[n - 1] == '$' || strncmp(user, "DWM-", 4) == 0 ||
               strncmp(user, "UMFD-", 5) == 0;
    }
    if (row->id == 4624 || row->id == 4634) {
        const char *user = shodo_evtx_data(r, "TargetUserName"),
                   *type = shodo_evtx_data(r, "LogonType");
        return strcmp(type, "5") == 0 || strcmp(type, "0") == 0 || strcmp(user, "SYSTEM") == 0 ||
               strncmp(user, "DWM-", 4) == 0 || strncmp(user, "UMFD-", 5) == 0;
    }
    return false;
}

static void note_place(char *out, size_t cap, const char *s) {
    if (!out[0] && s[0])
        snprintf(out, cap, "%s", s);
}

static bool on_record(void *ctx, const struct shodo_evtx_record *r) {
    struct gathering *g = ctx;
    int64_t time = r->created != SHODO_TIME_NONE ? r->created : r->written;
    g->records++;
    g->ids[r->event_id % IDS]++;
    note_place(g->channel, sizeof g->channel, r->channel);
    note_place(g->computer, sizeof g->computer, r->computer);
    if (!r->is_recovered) {
        if (g->first_number == 0 || r->number < g->first_number)
            g->first_number = r->number;
        g->last_number = SHODO_MAX(g->last_number, r->number);
        if (time != SHODO_TIME_NONE) {
            g->first_time = g->first_time == SHODO_TIME_NONE ? time
                                                             : SHODO_MIN(g->first_time, time);
            g->last_time = g->last_time == SHODO_TIME_NONE ? time : SHODO_MAX(g->last_time, time);
        }
    }
    const struct event_row *row = events_row(r->provider, r->event_id);
    if (row && !is_noise(row, r))
        add(g, row, r, time);
    return true;
}

/* ---- the file ---- */

static void tell_log(struct gathering *g) {
    shodo_auto(shodo_buf) struct shodo_buf out = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&out);
    uint64_t span = g->last_number - g->first_number + (g->last_number > 0);
    uint64_t kept = g->records - g->recovered;
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "channel", g->channel);
    shodo_json_str(&j, "computer", g->computer);
    shodo_json_u64(&j, "records", g->records);
    shodo_json_u64(&j, "partial", g->partial);
    shodo_json_u64(&j, "recovered", g->recovered);
    shodo_json_u64(&j, "chunks", g->chunks);
    shodo_json_u64(&j, "damaged_chunks", g->bad_chunks);
    shodo_json_u64(&j, "first_record", g->first_number);
    shodo_json_u64(&j, "last_record", g->last_number);
    shodo_json_u64(&j, "missing_records", span > kept ? span - kept : 0);
    shodo_json_time(&j, "first", g->first_time);
    shodo_json_time(&j, "last", g->last_time);
    shodo_json_object(&j, "events");
    for (unsigned told = 0; told < IDS_TOLD; told++) {
        size_t most = 0;
        char id[24];
        for (size_t i = 1; i < IDS; i++)
            most = g->ids[i] > g->ids[most] ? i : most;
        if (g->ids[most] == 0)
            break;
        snprintf(id, sizeof id, "%zu", most);
        shodo_json_u64(&j, id, g->ids[most]);
        g->ids[most] = 0;
    }
    shodo_json_object_end(&j);
    shodo_json_object_end(&j);
    if (!out.failed)
        g->sink->fact(g->sink->ctx, "evtx", "event_log", g->first_time, "", shodo_buf_cstr(&out));
}

static void read_chunk(struct gathering *g, const uint8_t *p, size_t n) {
    struct shodo_evtx_chunk c;
    shodo_evtx_read_chunk(g->evtx, p, n, on_record, g, &c);
    g->chunks++;
    g->partial += c.partial;
    g->recovered += c.recovered;
    g->bad_chunks += c.is_cut;
}

static size_t get(const struct shodo_reader_bytes *b, uint64_t at, uint8_t *p,
                  struct shodo_error *err) {
    size_t done = 0;
    while (done < SHODO_EVTX_CHUNK_BYTES) {
        size_t got = 0;
        if (b->read(b->ctx, at + done, p + done, SHODO_EVTX_CHUNK_BYTES - done, &got, err) !=
                SHODO_OK ||
            got == 0)
            break;
        done += got;
    }
    return done;
}

/* Chunks stand at steps of 64 KiB; where one is missing, the next is looked for at every sector. */
static void read_file(struct gathering *g, const struct shodo_reader_file *f) {
    static const char head[] = "ElfFile";
    struct shodo_error err = SHODO_ERROR_INIT;
    uint8_t *p = malloc(SHODO_EVTX_CHUNK_BYTES);
    uint64_t at = 0, skipped = 0, size = SHODO_MIN(f->bytes.size, SHODO_LIMIT_EVTX_BYTES);
    while (p && at < size) {
        size_t n = get(&f->bytes, at, p, &err), step = 0;
        if (n < CARVE_STEP)
            break;
        if (at == 0 && memcmp(p, head, sizeof head) == 0) {
            at = SHODO_EVTX_HEAD_BYTES;
            continue;
        }
        while (step + CARVE_STEP <= n && !shodo_evtx_is_chunk(p + step, n - step))
            step += CARVE_STEP;
        if (step == 0) {
            read_chunk(g, p, n);
            at += SHODO_EVTX_CHUNK_BYTES;
        } else {
            bool is_empty = true;
            for (size_t i = 0; is_empty && i < step && i < n; i++)
                is_empty = p[i] == 0;
            skipped += is_empty ? 0 : step;
            at += step;
        }
    }
    if (!p)
        shodo_reader_problem(g->sink, SHODO_LEDGER_CRASH, 0, "no memory for an event log");
    else if (skipped > 0)
        shodo_reader_problem(g->sink, SHODO_LEDGER_DAMAGED,
                             f->bytes.size - SHODO_MIN(skipped, f->bytes.size),
                             "event log: %llu of %llu bytes are no log data",
                             (unsigned long long)skipped, (unsigned long long)f->bytes.size);
    if (f->bytes.size > size)
        shodo_reader_problem(g->sink, SHODO_LEDGER_TOO_LARGE, size,
                             "event log: the first %llu of %llu bytes were read",
                             (unsigned long long)size, (unsigned long long)f->bytes.size);
    free(p);
}

static void run(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink) {
    struct gathering g = {.sink = sink,
                          .evtx = shodo_evtx_new(),
                          .groups = SHODO_VEC_INIT(sizeof(struct group)),
                          .slots = calloc(SLOTS, sizeof *g.slots),
                          .arena = SHODO_ARENA_INIT,
                          .scratch = SHODO_BUF_INIT,
                          .ids = calloc(IDS, sizeof *g.ids),
                          .first_time = SHODO_TIME_NONE,
                          .last_time = SHODO_TIME_NONE};
    if (g.evtx && g.slots && g.ids) {
        read_file(&g, f);
        flush(&g);
        tell_log(&g);
        if (g.lost > 0)
            shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, f->bytes.size,
                                 "event log: more than %u facts; %llu more are not listed",
                                 SHODO_LIMIT_EVTX_FACTS, (unsigned long long)g.lost);
        if (g.partial > 0 || g.bad_chunks > 0)
            shodo_reader_problem(
                sink, SHODO_LEDGER_DAMAGED, f->bytes.size,
                "event log: %llu of %llu records are readable in part only; %llu of %llu chunks end early",
                (unsigned long long)g.partial, (unsigned long long)g.records,
                (unsigned long long)g.bad_chunks, (unsigned long long)g.chunks);
    } else {
        shodo_reader_problem(sink, SHODO_LEDGER_CRASH, 0, "no memory for an event log");
    }
    shodo_evtx_free(g.evtx);
    shodo_vec_done(&g.groups);
    shodo_arena_done(&g.arena);
    shodo_buf_done(&g.scratch);
    free(g.slots);
    free(g.ids);
}

static const char *const patterns[] = {"/Windows/System32/winevt/Logs/*.evtx",
                                       "/Windows.old/Windows/System32/winevt/Logs/*.evtx", NULL};

const struct shodo_reader shodo_reader_evtx = {
    .name = "evtx", .patterns = patterns, .stream = "", .run = run};
