/* SPDX-License-Identifier: Apache-2.0 */
#include "books.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/text.h"
#include "site_file.h"

extern const char tui_pack[];
extern const size_t tui_pack_len;

#define PROBLEMS_SHOWN 40
#define FILES_MAX      64

/* Next file of the pack from *at; false at its end. */
static bool next_file(size_t *at, const char **name, size_t *name_len, const char **text,
                      size_t *len) {
    static const char mark[] = "shodo-file ";
    const char *p = tui_pack + *at;
    size_t left = tui_pack_len - *at;
    if (left < sizeof mark || memcmp(p, mark, sizeof mark - 1) != 0)
        return false;
    p += sizeof mark - 1;
    const char *blank = memchr(p, ' ', left - (sizeof mark - 1));
    const char *end = memchr(p, '\n', left - (sizeof mark - 1));
    uint64_t bytes = 0;
    if (!blank || !end || blank > end || !shodo_text_parse_u64(p, (size_t)(blank - p), &bytes) ||
        bytes > tui_pack_len - (size_t)(end + 1 - tui_pack))
        return false;
    *name = blank + 1;
    *name_len = (size_t)(end - *name);
    *text = end + 1;
    *len = (size_t)bytes;
    *at = (size_t)(end + 1 - tui_pack) + (size_t)bytes + 1;
    return true;
}

bool tui_books_builtin(const char *name, const char **ret, size_t *ret_len) {
    const char *at_name = NULL;
    size_t n = 0;
    for (size_t at = 0; next_file(&at, &at_name, &n, ret, ret_len);) {
        if (strlen(name) == n && memcmp(name, at_name, n) == 0)
            return true;
    }
    return false;
}

struct naming {
    struct tui_books *books;
    const char *name;
};

static void problem(void *ctx, unsigned line, const char *text) {
    struct naming *n = ctx;
    if (n->books->problems_count++ >= PROBLEMS_SHOWN)
        return;
    shodo_text_safe(&n->books->problems, n->name, strlen(n->name));
    if (line)
        shodo_buf_addf(&n->books->problems, ":%u", line);
    shodo_buf_adds(&n->books->problems, ": ");
    shodo_text_safe(&n->books->problems, text, strlen(text));
    shodo_buf_addc(&n->books->problems, '\n');
}

static void add_book(struct tui_books *b, const char *name, const char *text, size_t n) {
    struct shodo_playbook *p = NULL;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct naming naming = {.books = b, .name = name};
    if (shodo_playbook_load(&p, name, text, n, problem, &naming, &err) != SHODO_OK) {
        problem(&naming, 0, err.text);
        return;
    }
    for (size_t i = 0; i < b->list.count; i++) {
        struct shodo_playbook **old = shodo_vec_at(&b->list, i);
        if (strcmp((*old)->key, p->key) == 0) {
            shodo_playbook_free(*old);
            *old = p;
            return;
        }
    }
    struct shodo_playbook **row = shodo_vec_push(&b->list);
    if (row)
        *row = p;
    else
        shodo_playbook_free(p);
}

static bool is_book_name(const char *name) {
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot &&
           (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0 || strcmp(dot, ".json") == 0);
}

static void add_folder(struct tui_books *b, const char *folder) {
    DIR *d = opendir(folder);
    if (!d)
        return;
    struct naming naming = {.books = b, .name = folder};
    unsigned n = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (!is_book_name(e->d_name))
            continue;
        if (n++ == FILES_MAX) {
            problem(&naming, 0,
                    "more playbooks in this folder than the program takes; the rest is left out");
            break;
        }
        shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
        struct shodo_error err = SHODO_ERROR_INIT;
        naming.name = e->d_name;
        if (shodo_io_read_file(&text, dirfd(d), e->d_name, SHODO_LIMIT_DOC_BYTES, &err) == SHODO_OK)
            add_book(b, e->d_name, shodo_buf_cstr(&text), text.len);
        else
            problem(&naming, 0, err.text);
    }
    closedir(d);
}

static void gap(void *ctx, unsigned line, const char *text) {
    struct tui_books *b = ctx;
    (void)line;
    (void)text;
    b->site_gaps++;
}

static void load_site(struct tui_books *b, const char *site_dir) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    struct shodo_error err = SHODO_ERROR_INIT;
    struct naming naming = {.books = b, .name = "site.yaml"};
    int dir = open(site_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0)
        return;
    shodo_auto(shodo_buf) struct shodo_buf lines = SHODO_BUF_INIT;
    if (shodo_io_read_generation(&lines, dir, "connections", "yaml", SHODO_LIMIT_DOC_BYTES, NULL) ==
            SHODO_OK &&
        shodo_site_load(&b->imported, "connections.yaml", shodo_buf_cstr(&lines), lines.len, NULL,
                        NULL, &err) != SHODO_OK)
        problem(&naming, 0, err.text);
    shodo_auto(shodo_buf) struct shodo_buf own = SHODO_BUF_INIT;
    struct naming contacts = {.books = b, .name = "contacts.yaml"};
    if (tui_site_read(dir, contacts.name, &own, NULL) == SHODO_OK &&
        shodo_doc_parse_yaml(&b->own_contacts, contacts.name, shodo_buf_cstr(&own), own.len,
                             &err) != SHODO_OK)
        problem(&contacts, 0, err.text);
    enum shodo_status st = tui_site_read(dir, "site.yaml", &text, &err);
    close(dir);
    if (st == SHODO_NOTFOUND)
        return;
    if (st == SHODO_OK)
        st = shodo_site_load(&b->site, "site.yaml", shodo_buf_cstr(&text), text.len, gap, b, &err);
    if (st != SHODO_OK)
        problem(&naming, 0, err.text);
}

void tui_books_load(struct tui_books *b, const char *folder, const char *site_dir) {
    *b = (struct tui_books){.list = SHODO_VEC_INIT(sizeof(struct shodo_playbook *)),
                            .problems = SHODO_BUF_INIT};
    const char *name = NULL, *text = NULL;
    size_t name_len = 0, n = 0;
    for (size_t at = 0; next_file(&at, &name, &name_len, &text, &n);) {
        shodo_auto(shodo_buf) struct shodo_buf title = SHODO_BUF_INIT;
        shodo_buf_add(&title, name, name_len);
        struct naming naming = {.books = b, .name = shodo_buf_cstr(&title)};
        struct shodo_error err = SHODO_ERROR_INIT;
        if (strcmp(naming.name, "contacts.yaml") == 0) {
            if (shodo_doc_parse_yaml(&b->contacts, naming.name, text, n, &err) != SHODO_OK)
                problem(&naming, 0, err.text);
        } else if (strcmp(naming.name, "generic-site.yaml") != 0)
            add_book(b, naming.name, text, n);
        else if (shodo_site_load(&b->generic, naming.name, text, n, NULL, NULL, &err) != SHODO_OK)
            problem(&naming, 0, err.text);
    }
    if (site_dir && *site_dir) {
        shodo_auto(shodo_buf) struct shodo_buf more = SHODO_BUF_INIT;
        shodo_buf_addf(&more, "%s/playbooks", site_dir);
        add_folder(b, shodo_buf_cstr(&more));
        load_site(b, site_dir);
    }
    if (folder)
        add_folder(b, folder);
}

void tui_books_done(struct tui_books *b) {
    for (size_t i = 0; i < b->list.count; i++)
        shodo_playbook_free(*(struct shodo_playbook **)shodo_vec_at(&b->list, i));
    shodo_vec_done(&b->list);
    shodo_site_free(b->site);
    shodo_site_free(b->imported);
    shodo_site_free(b->generic);
    shodo_doc_free(b->contacts);
    shodo_doc_free(b->own_contacts);
    shodo_buf_done(&b->problems);
}

const struct shodo_playbook *tui_books_find(const struct tui_books *b, const char *key) {
    for (size_t i = 0; i < b->list.count; i++) {
        const struct shodo_playbook *p = *(struct shodo_playbook **)shodo_vec_at(&b->list, i);
        if (strcmp(p->key, key) == 0 || strcmp(p->id, key) == 0)
            return p;
    }
    return NULL;
}

const struct shodo_site *tui_books_lines_of(const struct tui_books *b) {
    if (b->site && b->site->lines.count)
        return b->site;
    return b->imported && b->imported->lines.count ? b->imported : b->generic;
}

const struct shodo_site_decision *tui_books_decision(const struct tui_books *b, const char *id) {
    const struct shodo_site_decision *d = shodo_site_decision(b->site, id);
    return d ? d : shodo_site_decision(b->generic, id);
}

const struct shodo_site_decision *tui_books_generic_decision(const struct tui_books *b,
                                                             const char *id) {
    return shodo_site_decision(b->generic, id);
}
