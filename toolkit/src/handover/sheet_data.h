/* SPDX-License-Identifier: Apache-2.0 */
/* What the sheets are made of, and the helpers that their builders share. Inside handover/ only. */
#ifndef SHODO_HANDOVER_SHEET_DATA_H
#define SHODO_HANDOVER_SHEET_DATA_H

#include "base/hash.h"
#include "base/value.h"
#include "case/case.h"
#include "handover/sheet.h"

struct shodo_sheet_record { /* of the journal, for the timeline */
    int64_t time;
    const char *actor, *event, *stick;
    const struct shodo_value *data;
};

struct shodo_sheet_head { /* newest record of a stick's journal */
    const char *stick;
    uint64_t seq;
    char hash[2 * SHODO_SHA256_BYTES + 1];
};

struct shodo_sheet_answers {
    const char *endpoint;
    const struct shodo_value *root;
};

struct shodo_sheet_book {
    const char *key;
    struct shodo_playbook *book; /* NULL: there is none of that name */
};

struct shodo_sheet_masked { /* a value that got a number: （院内の機械1） */
    const char *class_name, *value;
    unsigned number;
};

struct shodo_sheet {
    const struct shodo_sheet_kind *kind;
    const struct shodo_sheet_options *o;
    struct shodo_document *d;
    struct shodo_arena arena; /* owns every string made on the way */
    bool is_ja, is_blank, has_case;
    int64_t now;
    int offset_min;
    struct shodo_case_dir dir;
    struct shodo_case c;
    const char *site_file;
    /* roots; NULL: none */
    const struct shodo_value *site, *contacts, *site_contacts, *disclosure, *deadlines, *form,
        *cells;
    const char *form_file;
    struct shodo_vec docs;     /* struct shodo_doc * */
    struct shodo_vec records;  /* struct shodo_sheet_record */
    struct shodo_vec heads;    /* struct shodo_sheet_head */
    struct shodo_vec answers;  /* struct shodo_sheet_answers */
    struct shodo_vec books;    /* struct shodo_sheet_book */
    struct shodo_vec problems; /* const char * */
    struct shodo_vec masked;   /* struct shodo_sheet_masked */
    bool has_short_times;      /* sources say "02-26 19:33" */
    const char *vendor;        /* the vendor that this page is for; NULL: none */
    unsigned part;             /* pages of the same fields are told apart by it */
    struct shodo_hash *digest;
    struct shodo_buf pack;
    const struct shodo_value *usual; /* rules/site/generic-site.yaml, see shodo_sheet_usual() */
};

enum shodo_status shodo_sheet_open(struct shodo_sheet *s, const struct shodo_sheet_kind *kind,
                                   const struct shodo_sheet_options *o, struct shodo_document *d,
                                   struct shodo_error *err);
void shodo_sheet_done(struct shodo_sheet *s);
SHODO_DEFINE_AUTO(shodo_sheet, shodo_sheet_done)

/* Never NULL; "" when memory ran out (the document then is broken). */
const char *shodo_sheet_printf(struct shodo_sheet *s, const char *fmt, ...) SHODO_PRINTF(2, 3);
static inline const char *shodo_sheet_say(const struct shodo_sheet *s, const char *ja,
                                          const char *en) {
    return s->is_ja ? ja : en;
}
/* The profile of a nameless hospital: the usual lines and decisions. NULL: it cannot be read. */
const struct shodo_value *shodo_sheet_usual(struct shodo_sheet *s);
/* quick, standard, full in words; others as they are. */
const char *shodo_sheet_profile(const struct shodo_sheet *s, const char *profile);
/* What people call a machine: its name in the case, else the Windows name with the id (two may
 * share it), else the id. Not masked. */
const char *shodo_sheet_machine(struct shodo_sheet *s, const struct shodo_case_endpoint *e);
/* map[key], map[key_ja|key_en] or map[key].ja|en (key "": map.ja|en), the other language when one
 * is missing; "" when there is none. */
const char *shodo_sheet_text(const struct shodo_sheet *s, const struct shodo_value *map,
                             const char *key);
/* "02-26 19:33" local, for narrow columns */
const char *shodo_sheet_clock(struct shodo_sheet *s, int64_t t);
const char *shodo_sheet_time(struct shodo_sheet *s, int64_t t); /* local with zone; "" for NONE */
/* "2028-02-26 19:30:00" local, for columns whose head has the zone; and that head:
 * "時刻（+09:00）". */
const char *shodo_sheet_stamp(struct shodo_sheet *s, int64_t t);
const char *shodo_sheet_zone_head(struct shodo_sheet *s, const char *word);
/* Hex digits as people compare them: groups of four; the text itself when it is no digest. */
const char *shodo_sheet_digest(struct shodo_sheet *s, const char *hex);
/* Notes a problem of a data file (Japanese). `at` may be NULL. */
void shodo_sheet_problem(struct shodo_sheet *s, const char *file, const struct shodo_value *at,
                         const char *fmt, ...) SHODO_PRINTF(4, 5);
/* A text read before, owned by the sheet and part of its digest; NULL: not usable, a problem. */
const struct shodo_value *shodo_sheet_parse(struct shodo_sheet *s, const char *name, const char *p,
                                            size_t n);
/* NULL when the file is not there; one that is there and cannot be used is a problem. */
const struct shodo_value *shodo_sheet_parse_file(struct shodo_sheet *s, int dirfd, const char *name,
                                                 const char *shown);
/* A data file by its name ("forms/ppc.yaml"); NULL when there is none anywhere. */
const struct shodo_value *shodo_sheet_file(struct shodo_sheet *s, const char *name);
/* The same of which `key` is of this kind; else a problem, and the copy built into the program. */
const struct shodo_value *shodo_sheet_file_with(struct shodo_sheet *s, const char *name,
                                                const char *key, enum shodo_value_kind kind);
/* NULL */
const struct shodo_playbook *shodo_sheet_playbook(struct shodo_sheet *s, const char *key, size_t n);

/* Key of the i-th built-in playbook; NULL behind the last. */
const char *shodo_sheet_playbook_key(struct shodo_sheet *s, size_t i);

/* ---- the shape of the data (sheet_check.c): file, line and what is wrong, in Japanese ---- */

/* The contacts of the toolkit or (any other root) of the site, which adds to them. */
void shodo_sheet_check_contacts(struct shodo_sheet *s, const char *file,
                                const struct shodo_value *root);
/* The row `id` of contacts; NULL. */
const struct shodo_value *shodo_sheet_contact_row(const struct shodo_value *root, const char *id);
void shodo_sheet_check_disclosure(struct shodo_sheet *s);
/* What is wrong with a field of a form; NULL nothing. `*ret_hides`: nobody can tell who may see its
 * value. */
const char *shodo_sheet_field_defect(struct shodo_sheet *s, const struct shodo_value *field,
                                     bool *ret_hides);

/* ---- the official spreadsheet (sheet_cells.c) ---- */

/* Reads forms/<form>.cells.yaml and complains about what is wrong in it. */
void shodo_sheet_cells_load(struct shodo_sheet *s);
/* Notes where the value of `field` stands in the spreadsheet; `text` as this sheet may show it. */
void shodo_sheet_cells_note(struct shodo_sheet *s, const struct shodo_value *field,
                            const char *text);

/* ---- values (sheet_value.c) ---- */

struct shodo_sheet_value {
    const char *text; /* "" unknown */
    enum shodo_field_source source;
    const char *note; /* which run, who and when, or the next action */
    int64_t time;     /* NONE when it has none */
};
/* `from` as in rules/forms/README.md, several names in turn with "|" between; `field` gives the
 * labels of choices (may be NULL). An unknown name is an empty value. */
struct shodo_sheet_value shodo_sheet_resolve(struct shodo_sheet *s, const char *from,
                                             const struct shodo_value *field);
/* The newest answer to the question `variable` of any playbook; NULL. `*ret_label`: label of its
 * value. */
const struct shodo_case_decision *shodo_sheet_answer(struct shodo_sheet *s, const char *variable,
                                                     const char **ret_label);
/* The newest answers of a machine; NULL. */
const struct shodo_value *shodo_sheet_answers_of(const struct shodo_sheet *s, const char *endpoint);
/* The answer `id` of an answers.json; NULL. */
const struct shodo_value *shodo_sheet_find_answer(const struct shodo_value *root, const char *id);
/* Reasons of a list "not_examined" in words with their counts, the first `max` kinds. */
const char *shodo_sheet_reasons(struct shodo_sheet *s, const struct shodo_value *list,
                                const char *between, size_t max);
/* Moment of knowledge: recorded, else the time it was noticed, else the start of the case. NONE
 * without a case. */
int64_t shodo_sheet_known_at(struct shodo_sheet *s, const char **ret_note);
/* Name of the step or question behind a decision's key in plain words. */
const char *shodo_sheet_decision_name(struct shodo_sheet *s, const struct shodo_case_decision *d,
                                      const char **ret_value_label);
/* Class of information of an answer, a fact or a decision. */
const char *shodo_sheet_decision_class(struct shodo_sheet *s, const struct shodo_case_decision *d);
struct shodo_sheet_decided {
    const char *label, *who, *reason; /* words of the option; who decided, "" nobody; why */
    bool is_open;                     /* recorded as not decided yet */
};
/* What a record decide/<id> says: never the clerk who wrote it down when it names a decider. */
void shodo_sheet_decided(struct shodo_sheet *s, const struct shodo_case_decision *d,
                         struct shodo_sheet_decided *ret);
/* How the clock of the PC that was started from the stick differs from a telephone. */
struct shodo_sheet_value shodo_sheet_clock_offset(struct shodo_sheet *s);

/* ---- disclosure (sheet_mask.c) ---- */

enum shodo_sheet_show { SHODO_SHEET_SHOWS, SHODO_SHEET_MASKS, SHODO_SHEET_NEVER };
enum shodo_sheet_show shodo_sheet_class(const struct shodo_sheet *s, const char *class_name);
/* The value as this sheet may print it: names of classes that it does not show are replaced inside
 * the text, too. */
const char *shodo_sheet_mask(struct shodo_sheet *s, const char *class_name, const char *text);
/* A masked text as it is read out: placeholders that have words for the telephone become these. */
const char *shodo_sheet_mask_aloud(struct shodo_sheet *s, const char *text);

/* ---- deadlines (sheet_date.c) ---- */

/* The row `id` of deadlines.yaml as two texts: when, and why. false: unknown id or nothing to count
 * from. */
bool shodo_sheet_deadline(struct shodo_sheet *s, const char *id, const char **ret_when,
                          const char **ret_rule);
/* Table of the deadlines named (blank-separated ids; NULL: all) with rule and source. */
void shodo_sheet_deadlines(struct shodo_sheet *s, const char *ids);
/* The same without rules and sources, in small print. */
void shodo_sheet_deadlines_short(struct shodo_sheet *s);

/* ---- builders (sheets/…) ---- */

enum shodo_status shodo_sheet_form(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_vendor(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_contact(struct shodo_sheet *s, struct shodo_error *err);
/* Tables of the contact sheet: rows from..to of the hospital's people, of the vendors. */
#define SHODO_SHEET_CONTACTS_MAX 100
void shodo_sheet_people(struct shodo_sheet *s, size_t from, size_t to);
void shodo_sheet_vendors(struct shodo_sheet *s, size_t from, size_t to);
enum shodo_status shodo_sheet_boot(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_page(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_read_first(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_summary(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_timeline(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_handover(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_custody(struct shodo_sheet *s, struct shodo_error *err);
enum shodo_status shodo_sheet_drill(struct shodo_sheet *s, struct shodo_error *err);
/* The blocks of a shodo-page/1 file. */
void shodo_sheet_page_blocks(struct shodo_sheet *s, const char *file,
                             const struct shodo_value *page);
/* One line of the journal in plain words, and its class of information. */
const char *shodo_sheet_record_text(struct shodo_sheet *s, const struct shodo_sheet_record *r,
                                    const char **ret_class);

#endif
