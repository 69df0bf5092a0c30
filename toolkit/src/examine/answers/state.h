/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the answers; for the files of this folder only. */
#ifndef SHODO_EXAMINE_ANSWERS_STATE_H
#define SHODO_EXAMINE_ANSWERS_STATE_H

#include "base/buf.h"
#include "base/limits.h"
#include "base/time.h"
#include "examine/answers/answers.h"
#include "examine/answers/crypt.h"
#include "model/finding.h"

/* One detection of the findings. */
struct ans_hit {
    const char *id, *rule, *ruleset, *path, *name, *owner, *ja, *en, *sha256;
    bool is_match;
    int64_t born, changed;
};
/* One file whose content was judged. */
struct ans_content {
    const char *id, *path, *extension;
    uint64_t size;
    int64_t changed;
    enum shodo_crypt crypt;
};
/* A fact kept whole. */
struct ans_fact {
    struct shodo_doc *doc;
    const struct shodo_value *values;
    const char *id, *reader, *kind, *path;
    uint32_t volume;
    int64_t time;
};
/* One line of the timeline; texts are in the arena. */
struct ans_line {
    int64_t time;
    const char *what; /* "log_cleared": one word */
    const char *ja, *en;
    const char *id;    /* evidence */
    const char *place; /* file or key it was read from */
    const char *technique;
    const char *data_type;         /* plaso-like, for exports */
    const char *address, *account; /* of an event: who came from where; "" none */
    bool is_sign;                  /* of an intrusion, when it is not explained */
    bool is_strong;                /* a sign by itself */
};
struct ans_reason {
    bool is_problem;
    enum shodo_ledger_reason reason;
    uint64_t lines, items, bytes;
    const char *example, *text;
};
/* The voices, in the order in which they are written. */
enum ans_voice {
    ANS_VOICE_NOTES,
    ANS_VOICE_NOTE_NAMES,
    ANS_VOICE_FILES, /* encrypted files */
    ANS_VOICE_TOOLS,
    ANS_VOICE_LOGS,
    ANS_VOICES
};
struct ans_vote {
    const char *name; /* group */
    unsigned weight;  /* 0 none, 1 hint, 2 strong */
    uint64_t count;
    const char *ja, *en;
    const char *ids[SHODO_LIMIT_ANSWER_EVIDENCE];
    size_t ids_count;
};
struct ans_share {
    const char *name;
    uint64_t files, bytes, total;
};

struct ans_say {
    const char *ja, *en, *id; /* evidence, or NULL */
};
/* A candidate for the way in. */
struct ans_way {
    const char *way, *address, *account, *ja, *en;
    int64_t time;
    const char *ids[2];
};
/* A machine to look at next. */
struct ans_next_host {
    const char *name, *alias, *ja, *en; /* why */
    int64_t last;
    bool is_touched; /* used between the earliest sign and the end */
    const char *ids[8];
    size_t ids_count;
};

struct shodo_answers {
    const struct shodo_detect *detect;
    struct shodo_answers_options o;
    struct shodo_arena arena;
    struct shodo_vec hits, contents, facts, lines, reasons;
    uint64_t findings_count, facts_count, ledger_count, bad_lines, cut_rows;
    /* conclusions */
    enum shodo_verdict verdict;
    const char *confidence;
    struct ans_vote votes[ANS_VOICES];
    struct shodo_vec folders, users; /* struct ans_share: encrypted by folder, by user */
    struct shodo_vec untouched;      /* struct ans_share */
    uint64_t encrypted_files, encrypted_bytes, judged_yes, judged_maybe;
    uint64_t loose; /* a kind that people read, random, with an unknown second extension */
    int64_t first, last, first_note, earliest;
    const struct ans_line *earliest_line;
    int64_t gap_ms;
    uint64_t kept_modified;
    struct shodo_vec ways, next_hosts, link_says;
    struct shodo_buf links; /* JSON list of connections */
    uint64_t links_count, links_listed, links_unlisted;
    const struct shodo_value *extension; /* values of the leading extension fact, or NULL */
    const char *extension_id;
    bool has_volume; /* something was listed, and no locked volume hides the Windows of it */
    bool is_locked;  /* a volume waits for its key */
    bool is_zone_known;
    int zone_minutes;
    const char *zone_name, *computer;
};

/* copy; NULL → "" ; "" when out of memory */
const char *ans_text(struct shodo_answers *a, const char *s);
const char *ans_format(struct shodo_answers *a, const char *fmt, ...) SHODO_PRINTF(2, 3);
const char *ans_local(struct shodo_answers *a, int64_t t); /* "2026-11-22 02:03:07 +09:00" */
/* Adds a line; NULL when full or out of memory. */
struct ans_line *ans_line_add(struct shodo_answers *a, int64_t time, const char *what,
                              const char *id, const char *place);
/* Kept facts of a reader and kind; start with i = 0. NULL at the end. */
const struct ans_fact *ans_next(const struct shodo_answers *a, const char *reader, const char *kind,
                                size_t *i);
struct ans_vote *ans_vote_begin(struct shodo_answers *a, enum ans_voice voice);
void ans_vote_id(struct ans_vote *v, const char *id); /* counts, and keeps the first ones */
/* A value of a fact: its own, or of its "data" (registry and event facts). */
const struct shodo_value *ans_value(const struct ans_fact *f, const char *key);
const char *ans_str(const struct ans_fact *f, const char *key);      /* text of it, or "" */
const char *ans_get(const struct shodo_value *map, const char *key); /* text or "" */
int64_t ans_get_time(const struct shodo_value *map, const char *key);

void ans_read_machine(struct shodo_answers *a); /* machine.c: zone, name */
void ans_make_lines(struct shodo_answers *a);   /* lines.c: files and registry */
void ans_make_events(struct shodo_answers *a);  /* events.c */
/* events.c: do the conditions of an event pattern hold for these values? */
bool ans_pattern_holds(const struct shodo_value *pattern, const struct shodo_value *data);
void ans_make_traces(struct shodo_answers *a);   /* traces.c: Defender log, WMI */
void ans_make_recovery(struct shodo_answers *a); /* recovery.c: shadow copies, boot settings */
void ans_make_extent(struct shodo_answers *a);   /* extent.c */
void ans_make_times(struct shodo_answers *a);    /* when.c */
void ans_make_verdict(struct shodo_answers *a);  /* hit.c */
/* entry.c: after the lines are sorted; marks logons that are signs */
void ans_make_ways(struct shodo_answers *a);
void ans_add_first_logon(struct shodo_answers *a);  /* entry.c: after the times */
void ans_make_connections(struct shodo_answers *a); /* connections.c */
void ans_make_next(struct shodo_answers *a);        /* next.c: after the times */
/* global, and not this machine's own network */
bool ans_is_outside(const struct shodo_answers *a, const char *address);
/* of the story since the earliest sign */
bool ans_is_part(const struct shodo_answers *a, const struct ans_line *l);
void ans_write_line(struct shodo_json *j, const struct ans_line *l);
/* "evidence": the first of the ids that are there */
void ans_write_ids(struct shodo_json *j, const char *const *ids, size_t n);
/* What is without a time and so in no timeline. */
void ans_say_traces(struct shodo_answers *a, struct shodo_json *j);
void ans_say_recovery(struct shodo_answers *a, struct shodo_json *j);
void ans_write_recovery(struct shodo_answers *a, struct shodo_json *j); /* "earlier_states" */
void ans_say_defender_log(struct shodo_answers *a, struct shodo_json *j);
void ans_say_next(struct shodo_answers *a, struct shodo_json *j);
/* at most `max` of them */
void ans_write_next(const struct shodo_answers *a, struct shodo_json *j, const char *key,
                    size_t max);

/* Writers of the answers' own parts: sentences, votes and data. */
void ans_sentence(struct shodo_json *j, const char *ja, const char *en);
void ans_write_hit(struct shodo_answers *a, struct shodo_json *j);
void ans_write_family(struct shodo_answers *a, struct shodo_json *j);
void ans_write_extent(struct shodo_answers *a, struct shodo_json *j);
void ans_write_when(struct shodo_answers *a, struct shodo_json *j);
void ans_write_entry(struct shodo_answers *a, struct shodo_json *j);
void ans_write_connections(struct shodo_answers *a, struct shodo_json *j);
void ans_write_reach(struct shodo_answers *a, struct shodo_json *j);
void ans_write_gaps(struct shodo_answers *a, struct shodo_json *j);

#endif
