/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the screen table, and what several screens use. */
#ifndef SHODO_TUI_SCREENS_H
#define SHODO_TUI_SCREENS_H

#include "app.h"

struct shodo_case;

#define TUI_SCREEN_TABLE(X)                                                                        \
    X(start)                                                                                       \
    X(home)                                                                                        \
    X(play)                                                                                        \
    X(choice)                                                                                      \
    X(input)                                                                                       \
    X(page)                                                                                        \
    X(facts)                                                                                       \
    X(machines)                                                                                    \
    X(findings)                                                                                    \
    X(detail)                                                                                      \
    X(scope)                                                                                       \
    X(journal)                                                                                     \
    X(note)                                                                                        \
    X(shift)                                                                                       \
    X(walk)                                                                                        \
    X(decide)                                                                                      \
    X(disks)                                                                                       \
    X(run)                                                                                         \
    X(seals)                                                                                       \
    X(sheet)                                                                                       \
    X(prepare)                                                                                     \
    X(site)                                                                                        \
    X(help)
#define X(id) extern const struct tui_screen tui_screen_##id;
TUI_SCREEN_TABLE(X)
#undef X

/* Up, down, page, first, last over `count` rows of which `rows` fit; true when the key was one of
 * them. */
bool tui_list_key(struct tui_view *v, struct tui_key key, int count, int rows);
/* The same for numbered rows: a digit moves the cursor (0: the tenth row), Enter confirms. */
bool tui_menu_key(struct tui_view *v, struct tui_key key, int count, int rows);
/* 0 is the key of 分からない wherever it is an answer: `zero` is its row, which then has no other
 * key; -1: there is none, 0 is the tenth row. Turns such a key into that of its row. */
struct tui_key tui_menu_zero(struct tui_key key, int zero);
/* The cursor and the key of a row, as they stand before it: what is shown is what can be pressed.
 * Rows that no digit reaches have no number. Appends. */
void tui_menu_row(struct shodo_buf *out, int row, int selected, int zero);
/* After a row whose digit only moves the cursor. */
#define TUI_NEEDS_ENTER "  [Enter]"
/* For rows where nothing irreversible follows: a digit moves the cursor and becomes Enter. */
bool tui_menu_answers(struct tui_app *app, struct tui_view *v, struct tui_key *key, int count);
/* Keeps the selected row inside `fit` rows. */
void tui_list_scroll(struct tui_view *v, int fit);

/* Who? People of the site profile, the usual roles, or typed. */
typedef void (*tui_who_done)(struct tui_app *app, const char *who);
struct tui_ask *tui_who_ask(struct tui_app *app, enum tui_msg title, tui_who_done done);
/* People by name only, never a title: for the journal and the change of shift. */
void tui_person_ask(struct tui_app *app, enum tui_msg title, tui_who_done done);

/* Into the case when it was begun before (after a restart on this PC): home, then the open
 * playbook. */
void tui_start_continue(struct tui_app *app);
/* The question what this PC is, from the home screen; a suspect one asks for its record as at the
 * start. */
void tui_start_change_pc(struct tui_app *app);
/* true: this start of the PC is already known to the journal (the program came back after a crash).
 */
bool tui_start_is_same_boot(const struct tui_app *app);
/* Loads the case of this start of the PC, when there is one; true as above. */
bool tui_start_find_same_boot(struct tui_app *app);

/* A decision of a step (ui.decide): its choices, who decides, why; records decide/<id> and the
 * answer of the step. */
struct shodo_step;
void tui_decide_step(struct tui_app *app, const struct shodo_step *s);
/* Name, hospital, number to ring back: once per case, before the first playbook. */
void tui_facts_before_calls(struct tui_app *app);
/* Numbers of a contact, or how to find them. Appends. */
void tui_contact_text(const struct tui_app *app, const char *id, struct shodo_buf *out);

/* The step that a journal key stands for, NULL when it is none. */
const struct shodo_step *tui_step_of_key(const struct tui_app *app, const char *key);
/* The answer of a step as people read it. */
const char *tui_answer_word(const struct tui_app *app, const struct shodo_step *s,
                            const char *value);
/* Certificates of receivers: what is there, and one more from a file. */
void tui_recipients_ask(struct tui_app *app);
/* A path as it may be photographed (mask.h); borrowed from `buf`. */
const char *tui_masked(const struct tui_app *app, const char *path, struct shodo_buf *buf);
/* Copies and seals the evidence of the machine that was examined last. */
void tui_collect_go(struct tui_app *app);
/* The name of a paper as it stands in the list; MSG_SHEETS for one that is not known. */
enum tui_msg tui_sheet_label(const char *name);
/* 速報パック: results and papers without collected files, sealed for a remote team. */
void tui_pack_go(struct tui_app *app);
/* Evidence of a machine was sealed; a quick pack alone is none. */
bool tui_has_evidence_seal(const struct shodo_case *c);

/* Who answered for the patients: whoever did last time first, then the people of the site, then
 * typed. */
void tui_clinical_ask(struct tui_app *app, tui_who_done done);

/* Running the engine (screen_run.c): "triage", "collect" or "pack" with what the screens chose. */
enum tui_run_kind { TUI_RUN_TRIAGE, TUI_RUN_COLLECT, TUI_RUN_PACK };
struct tui_run_request {
    enum tui_run_kind kind;
    const char *source;   /* triage */
    const char *profile;  /* quick standard full */
    const char *endpoint; /* collect */
    const char *secret;   /* recovery key, goes through a pipe; NULL none */
};
void tui_run_start(struct tui_app *app, const struct tui_run_request *r);
/* The chosen disk, or first the list of disks. */
void tui_triage_go(struct tui_app *app);
enum { TUI_KEY_THEN_STEP, TUI_KEY_THEN_TRIAGE };
void tui_key_ask(struct tui_app *app, long then);
/* The machine that was examined last: index into the case file's endpoints, -1 none. */
int tui_machine_last(const struct tui_app *app);
/* The name of a machine of the case, its id when it has none. Borrowed. */
const char *tui_machine_name(const struct tui_app *app, const char *endpoint);
/* Answers of a machine as a page; with _go of the only machine, else which one is asked. */
void tui_answers_show(struct tui_app *app, long endpoint);
void tui_answers_go(struct tui_app *app);
/* Connections of all machines that are not in the list (台帳にない接続), one a line. */
void tui_unlisted_text(const struct tui_app *app, struct shodo_buf *out);
/* The isolation walk as a text to carry, by building and floor: shown, and kept in sheets/. */
void tui_walk_print(struct tui_app *app);

#endif
