/* SPDX-License-Identifier: Apache-2.0 */
/* What the files that give values share: sheet_value.c, sheet_decision.c, sheet_answers.c,
 * sheet_journal.c. Everybody else asks shodo_sheet_resolve (handover/sheet_data.h). */
#ifndef SHODO_HANDOVER_SHEET_VALUE_H
#define SHODO_HANDOVER_SHEET_VALUE_H

#include "handover/sheet_data.h"

struct shodo_sheet_value shodo_sheet_nothing(struct shodo_sheet *s);
/* Not known; `next` says what to do about it. */
struct shodo_sheet_value shodo_sheet_unknown(struct shodo_sheet *s, const char *next);
/* "" gives nothing. */
struct shodo_sheet_value shodo_sheet_computed(struct shodo_sheet *s, const char *text,
                                              const char *note);
const char *shodo_sheet_note_time(struct shodo_sheet *s, int64_t t);
/* Label of the choice of a form's field for a value of ours; NULL. */
const char *shodo_sheet_choice_label(struct shodo_sheet *s, const struct shodo_value *field,
                                     const char *value);
bool shodo_sheet_is_unknown_word(const char *value);
/* `d` and `field` may be NULL. */
struct shodo_sheet_value shodo_sheet_from_decision(struct shodo_sheet *s,
                                                   const struct shodo_case_decision *d,
                                                   const char *label,
                                                   const struct shodo_value *field);
/* "<id>[.who|.reason|.how]" of a decision of the site's table. */
struct shodo_sheet_value shodo_sheet_from_decide(struct shodo_sheet *s, const char *rest,
                                                 const struct shodo_value *field);
/* note_text, note_id, note_contact (sheet_note.c). */
struct shodo_sheet_value shodo_sheet_from_note(struct shodo_sheet *s, const char *name);
struct shodo_sheet_value shodo_sheet_from_answers(struct shodo_sheet *s, const char *path);
struct shodo_sheet_value shodo_sheet_from_journal(struct shodo_sheet *s, const char *name);

#endif
