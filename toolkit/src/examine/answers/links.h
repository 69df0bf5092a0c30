/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the answers: lists of facts for "connections" and "reach". */
#ifndef SHODO_EXAMINE_ANSWERS_LINKS_H
#define SHODO_EXAMINE_ANSWERS_LINKS_H

#include "examine/answers/state.h"

/* A fact kind as one row of a list: which values are told under which names. */
struct ans_told {
    const char *reader, *kind, *as;
    const char *values[6]; /* value names, copied as they are */
};
/* Writes one object for every such fact: {kind, values…, user, since, is_listed, evidence}. Returns
 * their number. */
size_t ans_tell(struct shodo_answers *a, struct shodo_json *j, const struct ans_told *rows,
                size_t count);
/* Products of a list of rules/detect, by their services and uninstall names; one object each. */
size_t ans_tell_products(struct shodo_answers *a, struct shodo_json *j, const char *schema,
                         const char *list, const char *as);
/* Does a connection of the site's profile name this text (product, server)? */
bool ans_is_listed(const struct shodo_answers *a, const char *text);

#endif
