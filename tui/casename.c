/* SPDX-License-Identifier: Apache-2.0 */
#include "casename.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/time.h"

#define CASES_PER_DAY 1000
#define DAY_CHARS     8
#define JST_MINUTES   540

bool tui_casename_is_case(const char *folder) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    struct stat st;
    shodo_buf_addf(&b, "%s/journal", folder);
    return lstat(shodo_buf_cstr(&b), &st) == 0 && S_ISDIR(st.st_mode);
}

/* The running number of the day that `name` belongs to, 0 when it is another day's. */
static int number_of(const char *name, const char *day) {
    int n = 0;
    if (strncmp(name, day, DAY_CHARS) != 0 || name[DAY_CHARS] != '-')
        return 0;
    for (const char *p = name + DAY_CHARS + 1; *p >= '0' && *p <= '9' && n < CASES_PER_DAY; p++)
        n = 10 * n + (*p - '0');
    return n;
}

static bool begins_with_day(const char *name) {
    return strspn(name, "0123456789") == DAY_CHARS && name[DAY_CHARS] == '-';
}

/* What is asked of the folder of the cases: the greatest name, and the greatest number of a day. */
struct look {
    struct shodo_buf newest;
    const char *day; /* NULL: no number wanted */
    int number;
};

void tui_casename_each(const char *root, void (*each)(void *ctx, const char *name), void *ctx) {
    shodo_auto(shodo_buf) struct shodo_buf folder = SHODO_BUF_INIT;
    shodo_buf_addf(&folder, "%s/cases", root);
    DIR *d = opendir(shodo_buf_cstr(&folder));
    if (!d)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
        shodo_buf_addf(&path, "%s/%s", shodo_buf_cstr(&folder), e->d_name);
        if (e->d_name[0] != '.' && tui_casename_is_case(shodo_buf_cstr(&path)))
            each(ctx, e->d_name);
    }
    closedir(d);
}

static void look(void *ctx, const char *name) {
    struct look *l = ctx;
    int n = l->day ? number_of(name, l->day) : 0;
    l->number = n > l->number ? n : l->number;
    if (l->newest.len && strcmp(name, shodo_buf_cstr(&l->newest)) <= 0)
        return;
    shodo_buf_clear(&l->newest);
    shodo_buf_adds(&l->newest, name);
}

static void look_at(const char *root, struct look *l) {
    tui_casename_each(root, look, l);
}

void tui_casename_next(const char *root, const struct tui_case_day *day,
                       char out[TUI_CASENAME_BYTES]) {
    struct shodo_civil c;
    char name[DAY_CHARS + 8];
    struct look l = {.newest = SHODO_BUF_INIT};
    shodo_time_to_civil(day->time, JST_MINUTES, &c);
    snprintf(name, sizeof name, "%04d%02d%02d", c.year, c.month, c.day);
    look_at(root, &l);
    const char *newest = shodo_buf_cstr(&l.newest);
    if (day->unknown && begins_with_day(newest) && strncmp(newest, name, DAY_CHARS) > 0)
        snprintf(name, sizeof name, "%.*s", DAY_CHARS, newest);
    l.day = name;
    look_at(root, &l);
    snprintf(out, TUI_CASENAME_BYTES, "%.*s-%02d%s%.40s", DAY_CHARS, name, l.number + 1,
             day->unknown ? "-" : "", day->unknown ? day->unknown : "");
    shodo_buf_done(&l.newest);
}
