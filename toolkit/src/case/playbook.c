/* SPDX-License-Identifier: Apache-2.0 */
/* Loading a CACAO 2.0 playbook: source of the model: OASIS CACAO Security Playbooks 2.0 CS01,
 * sections 3, 4, 5, 10. */
#include "case/playbook.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

struct loaded {
    struct shodo_playbook book; /* first: the public object */
    struct shodo_arena arena;
    struct shodo_doc *doc;
};

struct load {
    struct loaded *l;
    shodo_playbook_problem problem;
    void *ctx;
    size_t problems;
    bool is_out_of_memory;
};

static const char *const type_names[SHODO_STEP_TYPE_COUNT] = {
#define X(id, name) [SHODO_STEP_##id] = name,
    SHODO_STEP_TYPES(X)
#undef X
};

const char *shodo_step_type_name(enum shodo_step_type t) {
    return t < SHODO_STEP_TYPE_COUNT ? type_names[t] : "";
}

SHODO_PRINTF(3, 4)
static void complain(struct load *o, const struct shodo_value *at, const char *fmt, ...) {
    char text[SHODO_ERROR_TEXT_BYTES];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    o->problems++;
    if (o->problem)
        o->problem(o->ctx, shodo_value_line(at), text);
}

static const char *text_or(const char *s, const char *other) {
    return s ? s : other ? other : "";
}

/* Plain property in English, translations from the extension's `texts`. */
static struct shodo_text2 text2(const struct shodo_value *translations, const char *plain) {
    const char *ja = shodo_value_get_str(translations, "ja");
    const char *en = shodo_value_get_str(translations, "en");
    return (struct shodo_text2){.ja = text_or(ja, text_or(en, plain)),
                                .en = text_or(en, text_or(plain, ja))};
}

/* Our extension: the object whose key is ours; another key with `texts` is taken too (a renamed
 * copy of the extension). */
static const struct shodo_value *extension(const struct shodo_value *object, const char *property) {
    const struct shodo_value *all = shodo_value_get(object, property);
    const struct shodo_value *ours = shodo_value_get(all, SHODO_PLAYBOOK_EXTENSION);
    for (size_t i = 0; !ours && i < shodo_value_count(all); i++) {
        if (shodo_value_get(shodo_value_at(all, i), "texts"))
            ours = shodo_value_at(all, i);
    }
    return ours;
}

static void *take(struct load *o, size_t count, size_t bytes, size_t align) {
    size_t all = 0;
    void *p = shodo_mul_size(count ? count : 1, bytes, &all)
                  ? shodo_arena_alloc(&o->l->arena, all, align)
                  : NULL;
    if (!p)
        o->is_out_of_memory = true;
    return p;
}
#define TAKE(o, count, type) ((type *)take(o, count, sizeof(type), _Alignof(type)))

static void load_commands(struct load *o, struct shodo_step *s, const struct shodo_value *v,
                          const struct shodo_value *texts) {
    const struct shodo_value *list = shodo_value_get(v, "commands");
    const struct shodo_value *translated = shodo_value_get(texts, "commands");
    size_t n = shodo_value_count(list);
    if (s->type == SHODO_STEP_ACTION && n == 0)
        complain(o, v, "step '%s' has no commands", s->id);
    s->commands = TAKE(o, n, struct shodo_command);
    if (!s->commands)
        return;
    s->commands_count = n;
    for (size_t i = 0; i < n; i++) {
        const struct shodo_value *c = shodo_value_at(list, i);
        const struct shodo_value *t = shodo_value_at(translated, i);
        struct shodo_command *to = &s->commands[i];
        const char *type = shodo_value_get_str(c, "type");
        const char *plain = shodo_value_get_str(c, "command");
        if (!type)
            complain(o, c, "a command of step '%s' has no type", s->id);
        to->type = type ? type : "";
        to->text = text2(shodo_value_get(t, "command"),
                         plain ? plain : shodo_value_get_str(c, "command_b64"));
        to->say = text2(shodo_value_get(t, "say"), NULL);
        to->function = strncmp(to->type, "x-shodo", 7) == 0 ? (plain ? plain : "") : NULL;
    }
}

static const struct shodo_value *find_variable(const struct load *o, const struct shodo_value *step,
                                               const char *name) {
    const struct shodo_value *local = shodo_value_get(shodo_value_get(step, "step_variables"),
                                                      name);
    return local ? local
                 : shodo_value_get(shodo_value_get(o->l->book.raw, "playbook_variables"), name);
}

static void load_choices(struct load *o, struct shodo_question *q, const struct shodo_value *list) {
    size_t n = shodo_value_count(list);
    q->choices = TAKE(o, n ? n : 2, struct shodo_choice);
    if (!q->choices)
        return;
    for (size_t i = 0; i < n; i++) {
        const struct shodo_value *c = shodo_value_at(list, i);
        q->choices[i] = (struct shodo_choice){.value = text_or(shodo_value_get_str(c, "value"), ""),
                                              .label = text2(c, NULL)};
    }
    q->choices_count = n;
    if (n == 0 && strcmp(q->type, "bool") == 0) {
        q->choices[0] = (struct shodo_choice){.value = "true",
                                              .label = {.ja = "はい", .en = "yes"}};
        q->choices[1] = (struct shodo_choice){.value = "false",
                                              .label = {.ja = "いいえ", .en = "no"}};
        q->choices_count = 2;
    }
}

/* The question is the first out_arg of a step that has no built-in function (those fill their
 * out_args themselves). */
static void load_question(struct load *o, struct shodo_step *s, const struct shodo_value *v,
                          const struct shodo_value *ext) {
    const char *name = shodo_value_str(shodo_value_at(shodo_value_get(v, "out_args"), 0));
    if (!name || (s->commands_count > 0 && s->commands[0].function))
        return;
    const struct shodo_value *variable = find_variable(o, v, name);
    const struct shodo_value *translated = shodo_value_get(
        shodo_value_get(shodo_value_get(ext, "texts"), "variables"), name);
    if (!translated)
        translated = shodo_value_get(
            shodo_value_get(
                shodo_value_get(extension(o->l->book.raw, "playbook_extensions"), "texts"),
                "variables"),
            name);
    struct shodo_question *q = &s->question;
    if (!variable)
        complain(o, v, "step '%s' asks for '%s', which is not a variable", s->id, name);
    q->variable = name;
    q->type = text_or(shodo_value_get_str(variable, "type"), "string");
    q->text = text2(shodo_value_get(translated, "description"),
                    shodo_value_get_str(variable, "description"));
    load_choices(o, q, shodo_value_get(translated, "choices"));
    q->unknown_means = shodo_value_get_str(translated, "unknown_means");
    if (!q->unknown_means)
        q->unknown_means = shodo_value_get_str(ext, "unknown_means");
    if (!q->unknown_means)
        q->unknown_means = shodo_value_get_str(shodo_value_get(ext, "ask"), "unknown_means");
}

static void load_texts(struct shodo_step *s, const struct shodo_value *v,
                       const struct shodo_value *ext) {
    const struct shodo_value *t = shodo_value_get(ext, "texts");
    const struct shodo_value *ui = shodo_value_get(ext, "ui");
    s->name = text2(shodo_value_get(t, "name"),
                    text_or(shodo_value_get_str(v, "name"), shodo_step_type_name(s->type)));
    s->description = text2(shodo_value_get(t, "description"),
                           shodo_value_get_str(v, "description"));
    s->why = text2(shodo_value_get(t, "why"), NULL);
    s->how = text2(shodo_value_get(t, "how"), NULL);
    s->who = text2(shodo_value_get(t, "who"), NULL);
    s->evidence = text2(shodo_value_get(t, "evidence"), NULL);
    s->role = text_or(shodo_value_get_str(v, "agent"), "");
    s->is_must = strcmp(text_or(shodo_value_get_str(ui, "severity"), "should"), "must") == 0;
    s->wants_photo = shodo_value_bool(shodo_value_get(ui, "photo"), false);
    s->wants_two_people = shodo_value_bool(shodo_value_get(ui, "two_person"), false);
    s->is_decision = shodo_value_bool(shodo_value_get(ui, "decision"), false);
    s->asks_name = shodo_value_bool(shodo_value_get(ui, "named"), false);
    s->is_promise = shodo_value_bool(shodo_value_get(ui, "promise"), false);
    s->decision_id = shodo_value_get_str(ui, "decide");
    s->call = shodo_value_get_str(ui, "call");
}

static void load_step(struct load *o, struct shodo_step *s, const char *id,
                      const struct shodo_value *v) {
    const struct shodo_value *ext = extension(v, "step_extensions");
    const char *type = shodo_value_get_str(v, "type");
    s->id = id;
    s->raw = v;
    s->type = SHODO_STEP_TYPE_COUNT;
    for (int i = 0; i < SHODO_STEP_TYPE_COUNT; i++) {
        if (type && strcmp(type, type_names[i]) == 0)
            s->type = (enum shodo_step_type)i;
    }
    if (s->type == SHODO_STEP_TYPE_COUNT) {
        complain(o, v, "step '%s' has the unknown type '%s'", id, type ? type : "");
        s->type = SHODO_STEP_END;
    }
    if (strncmp(id, type_names[s->type], strlen(type_names[s->type])) != 0)
        complain(o, v, "the key of step '%s' does not start with its type '%s'", id,
                 type_names[s->type]);
    load_texts(s, v, ext);
    load_commands(o, s, v, shodo_value_get(ext, "texts"));
    load_question(o, s, v, ext);
    s->condition = shodo_value_get_str(v, "condition");
    s->switch_variable = shodo_value_get_str(v, "switch");
    s->playbook_id = shodo_value_get_str(v, "playbook_id");
    s->on_completion = s->on_success = s->on_failure = s->on_true = s->on_false = -1;
}

static int link_to(struct load *o, const struct shodo_step *s, const char *property,
                   const struct shodo_value *v) {
    const char *id = shodo_value_str(v);
    if (!id)
        return -1;
    int to = shodo_playbook_find(&o->l->book, id);
    if (to < 0)
        complain(o, v, "'%s' of step '%s' names '%s', which is not a step", property, s->id, id);
    return to;
}

static void link_branches(struct load *o, struct shodo_step *s) {
    bool is_switch = s->type == SHODO_STEP_SWITCH;
    const struct shodo_value *list = shodo_value_get(s->raw, is_switch ? "cases" : "next_steps");
    size_t n = shodo_value_count(list);
    s->branches = TAKE(o, n, struct shodo_case_branch);
    if (!s->branches)
        return;
    s->branches_count = n;
    for (size_t i = 0; i < n; i++) {
        s->branches[i].value = is_switch ? shodo_value_key_at(list, i) : NULL;
        s->branches[i].step = link_to(o, s, is_switch ? "cases" : "next_steps",
                                      shodo_value_at(list, i));
    }
}

static void link_step(struct load *o, struct shodo_step *s) {
    const struct shodo_value *v = s->raw;
    s->on_completion = link_to(o, s, "on_completion", shodo_value_get(v, "on_completion"));
    s->on_success = link_to(o, s, "on_success", shodo_value_get(v, "on_success"));
    s->on_failure = link_to(o, s, "on_failure", shodo_value_get(v, "on_failure"));
    s->on_true = link_to(o, s, "on_true", shodo_value_get(v, "on_true"));
    s->on_false = link_to(o, s, "on_false", shodo_value_get(v, "on_false"));
    if (s->type == SHODO_STEP_SWITCH || s->type == SHODO_STEP_PARALLEL)
        link_branches(o, s);
    bool has_next = s->on_completion >= 0 || s->on_success >= 0;
    if (s->type == SHODO_STEP_END && (has_next || s->on_failure >= 0))
        complain(o, v, "end step '%s' leads on", s->id);
    if (s->type != SHODO_STEP_END && !has_next)
        complain(o, v, "step '%s' leads nowhere: it needs on_completion or on_success", s->id);
    if (s->on_completion >= 0 && (s->on_success >= 0 || s->on_failure >= 0))
        complain(o, v, "step '%s' has on_completion together with on_success or on_failure", s->id);
    bool is_conditional = s->type == SHODO_STEP_IF || s->type == SHODO_STEP_WHILE;
    if (is_conditional && (!s->condition || s->on_true < 0))
        complain(o, v, "step '%s' needs condition and on_true", s->id);
    if (s->type == SHODO_STEP_SWITCH && (!s->switch_variable || s->branches_count == 0))
        complain(o, v, "step '%s' needs switch and cases", s->id);
    if (s->type == SHODO_STEP_PARALLEL && s->branches_count < 2)
        complain(o, v, "step '%s' needs at least two next_steps", s->id);
    if (s->type == SHODO_STEP_PLAYBOOK_ACTION && !s->playbook_id)
        complain(o, v, "step '%s' needs playbook_id", s->id);
}

static void load_workflow(struct load *o) {
    struct shodo_playbook *p = &o->l->book;
    const struct shodo_value *workflow = shodo_value_get(p->raw, "workflow");
    size_t n = shodo_value_count(workflow);
    if (shodo_value_kind(workflow) != SHODO_VALUE_MAP || n == 0) {
        complain(o, p->raw, "the playbook has no workflow");
        return;
    }
    if (n > SHODO_LIMIT_PLAYBOOK_STEPS) {
        complain(o, workflow, "the playbook has %zu steps; the limit is %u", n,
                 SHODO_LIMIT_PLAYBOOK_STEPS);
        return;
    }
    p->steps = TAKE(o, n, struct shodo_step);
    if (!p->steps)
        return;
    for (size_t i = 0; i < n; i++)
        load_step(o, &p->steps[i], shodo_value_key_at(workflow, i), shodo_value_at(workflow, i));
    p->steps_count = n;
    for (size_t i = 0; i < n; i++)
        link_step(o, &p->steps[i]);
    const char *start = shodo_value_get_str(p->raw, "workflow_start");
    const char *exception = shodo_value_get_str(p->raw, "workflow_exception");
    p->start = start ? shodo_playbook_find(p, start) : -1;
    p->exception = exception ? shodo_playbook_find(p, exception) : -1;
    if (p->start < 0 || p->steps[p->start].type != SHODO_STEP_START)
        complain(o, workflow, "workflow_start does not name a start step");
}

static void load_variables(struct load *o) {
    struct shodo_playbook *p = &o->l->book;
    const struct shodo_value *all = shodo_value_get(p->raw, "playbook_variables");
    size_t n = shodo_value_count(all);
    p->variables = TAKE(o, n, struct shodo_variable);
    if (!p->variables)
        return;
    p->variables_count = n;
    for (size_t i = 0; i < n; i++) {
        const struct shodo_value *v = shodo_value_at(all, i);
        p->variables[i] = (struct shodo_variable){
            .name = shodo_value_key_at(all, i),
            .type = text_or(shodo_value_get_str(v, "type"), "string"),
            .value = shodo_value_get_str(v, "value"),
            .is_constant = shodo_value_bool(shodo_value_get(v, "constant"), false)};
    }
}

static void load_head(struct load *o, const char *name) {
    struct shodo_playbook *p = &o->l->book;
    static const char *const required[] = {"type",     "spec_version",  "id",
                                           "name",     "created_by",    "created",
                                           "modified", "workflow_start"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(required); i++) {
        if (!shodo_value_get_str(p->raw, required[i]))
            complain(o, p->raw, "the property '%s' is missing", required[i]);
    }
    const char *type = shodo_value_get_str(p->raw, "type");
    const char *version = shodo_value_get_str(p->raw, "spec_version");
    if (type && strcmp(type, "playbook") != 0)
        complain(o, p->raw, "type is '%s', not 'playbook'", type);
    if (version && strcmp(version, "cacao-2.0") != 0)
        complain(o, p->raw, "spec_version is '%s', not 'cacao-2.0'", version);
    const struct shodo_value *ext = extension(p->raw, "playbook_extensions");
    const struct shodo_value *texts = shodo_value_get(ext, "texts");
    p->id = text_or(shodo_value_get_str(p->raw, "id"), "");
    p->modified = text_or(shodo_value_get_str(p->raw, "modified"), "");
    p->name = text2(shodo_value_get(texts, "name"), shodo_value_get_str(p->raw, "name"));
    p->description = text2(shodo_value_get(texts, "description"),
                           shodo_value_get_str(p->raw, "description"));
    const char *key = shodo_value_get_str(ext, "key");
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    p->key = key ? key : shodo_arena_str(&o->l->arena, base, strcspn(base, "."));
    if (!p->key)
        o->is_out_of_memory = true;
}

static bool is_yaml(const char *name) {
    size_t n = strlen(name);
    return (n > 5 && strcmp(name + n - 5, ".yaml") == 0) ||
           (n > 4 && strcmp(name + n - 4, ".yml") == 0);
}

enum shodo_status shodo_playbook_load(struct shodo_playbook **ret, const char *name, const char *p,
                                      size_t n, shodo_playbook_problem problem, void *ctx,
                                      struct shodo_error *err) {
    struct loaded *l = calloc(1, sizeof(*l));
    if (!l)
        return shodo_fail(err, SHODO_NOMEM, "no memory for playbook '%s'", name);
    enum shodo_status status = is_yaml(name) ? shodo_doc_parse_yaml(&l->doc, name, p, n, err)
                                             : shodo_doc_parse_json(&l->doc, name, p, n, err);
    if (status != SHODO_OK) {
        free(l);
        return status;
    }
    struct load o = {.l = l, .problem = problem, .ctx = ctx};
    l->book.raw = shodo_doc_root(l->doc);
    l->book.start = l->book.exception = -1;
    load_head(&o, name);
    load_variables(&o);
    load_workflow(&o);
    if (o.is_out_of_memory || o.problems > 0) {
        size_t problems = o.problems;
        bool is_out_of_memory = o.is_out_of_memory;
        shodo_playbook_free(&l->book);
        if (is_out_of_memory)
            return shodo_fail(err, SHODO_NOMEM, "no memory for playbook '%s'", name);
        return shodo_fail(err, SHODO_INVALID, "playbook '%s' has %zu problems", name, problems);
    }
    *ret = &l->book;
    return SHODO_OK;
}

struct shodo_playbook *shodo_playbook_free(struct shodo_playbook *p) {
    if (p) {
        struct loaded *l = (struct loaded *)(void *)p;
        shodo_arena_done(&l->arena);
        shodo_doc_free(l->doc);
        free(l);
    }
    return NULL;
}

int shodo_playbook_find(const struct shodo_playbook *p, const char *step_id) {
    for (size_t i = 0; i < p->steps_count; i++) {
        if (strcmp(p->steps[i].id, step_id) == 0)
            return (int)i;
    }
    return -1;
}

void shodo_playbook_write_json(const struct shodo_playbook *p, struct shodo_buf *out) {
    struct shodo_json j = shodo_json_to(out);
    shodo_value_write(&j, NULL, p->raw);
    shodo_json_line_end(&j);
}
