/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/earlier.h"

#include <stdio.h>

#include "base/limits.h"
#include "engine/lister.h"
#include "engine/message.h"
#include "engine/worker.h"

struct earlier {
    const struct shodo_earlier *e;
    struct shodo_arena arena;
    uint32_t volume;
    enum shodo_status stored;
    struct shodo_error *err; /* of the store */
};

static bool has_copies(const struct shodo_volume_table *t) {
    for (size_t i = 0; t && i < t->volumes.count; i++)
        if (shodo_volume_at(t, i)->shadows.count)
            return true;
    return false;
}

static enum shodo_status take_fact(struct earlier *x, struct shodo_cur *c,
                                   struct shodo_error *why) {
    struct shodo_fact f;
    enum shodo_status st = shodo_msg_get_fact(&f, c, &x->arena, why);
    if (st == SHODO_OK)
        x->stored = shodo_store_fact(x->e->store, &f, NULL, x->err);
    return st;
}

static enum shodo_status take_ledger(struct earlier *x, struct shodo_cur *c,
                                     struct shodo_error *why) {
    struct shodo_ledger l;
    enum shodo_status st = shodo_msg_get_ledger(&l, c, &x->arena, why);
    if (st == SHODO_OK)
        x->stored = shodo_store_ledger(x->e->store, &l, NULL, x->err);
    return st;
}

/* OK: go on. END: told all. */
static enum shodo_status take(struct earlier *x, uint8_t type, struct shodo_cur *c,
                              struct shodo_error *why) {
    shodo_arena_clear(&x->arena);
    uint64_t v = 0;
    switch (type) {
    case SHODO_MSG_LISTING:
        v = shodo_cur_var(c);
        x->volume = v < SHODO_LIMIT_VOLUMES ? (uint32_t)v : 0;
        if (x->e->beat)
            x->e->beat(x->e->ctx);
        return SHODO_OK;
    case SHODO_MSG_FACT:
        return take_fact(x, c, why);
    case SHODO_MSG_LEDGER:
        return take_ledger(x, c, why);
    case SHODO_MSG_LISTED:
        return SHODO_END;
    case SHODO_MSG_FAIL:
        return shodo_fail(why, SHODO_DAMAGED, "%.*s", (int)SHODO_MIN(c->len, (size_t)400),
                          (const char *)c->data);
    default:
        return shodo_fail(why, SHODO_DAMAGED, "unexpected message %u from the lister", type);
    }
}

static enum shodo_status say_lost(struct earlier *x, enum shodo_status st, const char *how) {
    char text[SHODO_ERROR_TEXT_BYTES + 96];
    snprintf(text, sizeof text, "the shadow copies are not compared with the present: %s", how);
    struct shodo_ledger l = {.is_problem = true,
                             .reason = st == SHODO_TIMEOUT     ? SHODO_LEDGER_TIMEOUT
                                       : st == SHODO_CANCELLED ? SHODO_LEDGER_CANCELLED
                                                               : SHODO_LEDGER_CRASH,
                             .volume = x->volume,
                             .path = "/System Volume Information",
                             .count = 1,
                             .text = text};
    return shodo_store_ledger(x->e->store, &l, NULL, x->err);
}

enum shodo_status shodo_earlier_run(const struct shodo_earlier *e, struct shodo_error *err) {
    if (!has_copies(e->volumes))
        return SHODO_OK;
    struct earlier x = {.e = e, .arena = SHODO_ARENA_INIT, .err = err};
    struct shodo_lister job = {.host = e->host, .form = SHODO_LIST_EARLIER};
    struct shodo_error why = SHODO_ERROR_INIT;
    struct shodo_worker w;
    char how[96] = "";
    enum shodo_status st = shodo_worker_start(&w, shodo_lister_run, &job, e->host, err);
    if (st != SHODO_OK)
        return st;
    while (st == SHODO_OK && x.stored == SHODO_OK) {
        uint8_t type = 0;
        struct shodo_cur c;
        st = shodo_worker_next(&w, SHODO_LIMIT_LISTER_SECONDS * 1000ULL, &type, &c, &why);
        if (st == SHODO_OK)
            st = take(&x, type, &c, &why);
        else if (st == SHODO_END)
            st = SHODO_DAMAGED; /* gone before it said that it was through */
        if (st == SHODO_END)
            break;
    }
    shodo_worker_stop(&w, true, how, NULL);
    if (x.stored == SHODO_OK && st != SHODO_END)
        x.stored = say_lost(&x, st, why.text[0] ? why.text : how);
    shodo_arena_done(&x.arena);
    return x.stored;
}
