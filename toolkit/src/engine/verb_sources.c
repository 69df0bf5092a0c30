/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shodo sources: what could be examined. Disks from /sys/block, or the paths that are named. The
 * stick that the system was started from is named but not opened: the environment variable
 * SHODO_STICK_KEY names a file with its kernel name and sequence number ("sdb#17", the number is
 * new for every plug-in, so another disk that gets the same name is not taken for it).
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time.h"
#include "engine/source_open.h"
#include "engine/verb.h"
#include "engine/worker.h"

enum { WORDS_MAX = 64, SYS_BYTES = 4096, SYS_TEXT = 128 };

struct disk {
    const char *path;
    char model[SYS_TEXT], serial[SYS_TEXT];
    bool is_removable, is_readonly;
    bool is_stick;    /* the system was started from it */
    bool is_japanese; /* --lang ja */
};

static void read_sys(char out[SYS_TEXT], const char *disk, const char *file) {
    char path[256], raw[SYS_TEXT];
    out[0] = '\0';
    snprintf(path, sizeof path, "/sys/block/%s/%s", disk, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, raw, sizeof raw - 1) : 0;
    shodo_io_close(&fd);
    while (n > 0 && (raw[n - 1] == '\n' || raw[n - 1] == ' '))
        n--;
    if (n > 0)
        shodo_text_safe_fixed(out, SYS_TEXT, raw, (size_t)n);
}

static void write_json(const struct disk *d, const struct shodo_opened *o, const char *problem) {
    struct shodo_buf b = SHODO_BUF_INIT;
    struct shodo_json j = shodo_json_to(&b);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "path", d->path);
    shodo_json_str(&j, "kind", o->host.is_tree ? "directory" : o->host.is_block ? "disk" : "image");
    shodo_json_u64(&j, "size_bytes", o->host.size_bytes);
    shodo_json_u64(&j, "sector_bytes", o->host.sector_bytes);
    shodo_json_str(&j, "model", d->model);
    shodo_json_str(&j, "serial", d->serial);
    shodo_json_bool(&j, "is_removable", d->is_removable);
    shodo_json_bool(&j, "is_readonly", d->is_readonly);
    shodo_json_bool(&j, "is_stick", d->is_stick);
    shodo_json_str(&j, "scheme", o->volumes.scheme);
    shodo_json_str(&j, "endpoint", o->probed);
    shodo_json_str(&j, "problem", problem ? problem : o->volumes.problem);
    shodo_json_array(&j, "volumes");
    for (size_t i = 0; i < o->volumes.volumes.count; i++)
        shodo_volume_write(&j, NULL, shodo_volume_at(&o->volumes, i));
    shodo_json_array_end(&j);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
    fwrite(b.data, 1, b.len, stdout);
    shodo_buf_done(&b);
}

static void add_safe(struct shodo_buf *b, const char *s) {
    shodo_text_safe(b, s, strlen(s));
}

/* The absence is said too: after an attack it is a sign of its own. */
static void add_shadows(struct shodo_buf *b, const struct shodo_volume_shadows *s) {
    if (!s->is_known)
        return;
    if (s->state == SHODO_VSS_NEVER)
        shodo_buf_adds(b, "       shadow copies: none, and no trace of any on the volume\n");
    else if (s->state == SHODO_VSS_NONE)
        shodo_buf_adds(
            b,
            "       shadow copies: none; the list of them exists and is empty (deleted, or none made yet)\n");
    else if (s->state == SHODO_VSS_DAMAGED)
        shodo_buf_adds(b, "       shadow copies: their list is damaged and cannot be followed\n");
    for (uint32_t i = 0; i < s->count; i++) {
        char when[SHODO_TIME_TEXT_BYTES] = "";
        if (i < SHODO_VOLUME_SHADOWS)
            shodo_time_utc(s->created[i], 0, when);
        shodo_buf_addf(b, "       shadow copy %u  %s%s\n", i + 1, when[0] ? when : "date unknown",
                       i < SHODO_VOLUME_SHADOWS && !(s->local >> i & 1)
                           ? "  kept on another volume, not readable here"
                           : "");
    }
}

static void write_text(const struct disk *d, const struct shodo_opened *o, const char *problem) {
    struct shodo_buf b = SHODO_BUF_INIT;
    add_safe(&b, d->path);
    if (!o->host.is_tree)
        shodo_buf_addf(&b, "  %s  %s %s%s%s%s",
                       shodo_text_size(o->host.size_bytes, (char[SHODO_SIZE_SHOWN_BYTES]){0}),
                       d->model, d->serial, d->is_removable ? "  removable" : "",
                       d->is_readonly ? "  read-only" : "",
                       d->is_stick ? "  this stick: not examined" : "");
    shodo_buf_addc(&b, '\n');
    if (problem) {
        shodo_buf_adds(&b, "    not readable: ");
        add_safe(&b, problem);
        shodo_buf_addc(&b, '\n');
    }
    for (size_t i = 0; i < o->volumes.volumes.count; i++) {
        const struct shodo_volume *v = shodo_volume_at(&o->volumes, i);
        shodo_buf_addf(&b, "    %u  %c  %-10s %12s  ", v->index, v->drive ? v->drive : '-',
                       v->fs_name, shodo_text_size(v->length, (char[SHODO_SIZE_SHOWN_BYTES]){0}));
        add_safe(&b, v->label);
        shodo_buf_adds(&b, v->has_windows ? "  Windows" : "");
        if (v->users[0]) {
            shodo_buf_adds(&b, "  users: ");
            add_safe(&b, v->users);
        }
        if (v->sleep == SHODO_SLEEP_ASLEEP)
            shodo_buf_adds(
                &b,
                "\n       Windows is hibernated or shut down with Fast Startup: it can be read; hiberfil.sys holds part of its memory,"
                "\n       and the newest changes may be only there. Do not start it");
        else if (v->is_dirty)
            shodo_buf_adds(
                &b,
                "\n       marked dirty: Windows was switched off or stopped without closing the volume. It can be read");
        if (v->why[0]) {
            shodo_auto(shodo_buf) struct shodo_buf why = SHODO_BUF_INIT;
            shodo_volume_why_show(&why, v->why, d->is_japanese);
            shodo_buf_adds(&b, "\n       ");
            add_safe(&b, shodo_buf_cstr(&why));
        }
        shodo_buf_addc(&b, '\n');
        add_shadows(&b, &v->shadows);
    }
    fwrite(b.data, 1, b.len, stdout);
    shodo_buf_done(&b);
}

/* true: all of it can be read. */
static bool show(const struct disk *d, const struct shodo_vec *keys, bool is_json) {
    struct shodo_opened o;
    struct shodo_error err = SHODO_ERROR_INIT;
    enum shodo_status st = shodo_opened_open(&o, d->path, keys, &err);
    (is_json ? write_json : write_text)(d, &o, st == SHODO_OK ? NULL : err.text);
    if (st == SHODO_OK)
        shodo_opened_done(&o);
    return st == SHODO_OK;
}

/* The own stick: only its size is told. */
static bool show_stick(const struct disk *d, const char *name, bool is_json) {
    struct shodo_opened o = {.host.is_block = true, .host.sector_bytes = 512};
    char text[SYS_TEXT];
    uint64_t sectors = 0;
    read_sys(text, name, "size"); /* in 512 bytes, whatever the sector size is */
    if (shodo_text_parse_u64(text, strlen(text), &sectors))
        o.host.size_bytes = sectors > UINT64_MAX / 512 ? UINT64_MAX : sectors * 512;
    (is_json ? write_json : write_text)(d, &o, NULL);
    return true;
}

static bool is_own_stick(const char *name) {
    const char *file = getenv("SHODO_STICK_KEY");
    char key[SYS_TEXT] = "", seq[SYS_TEXT], own[2 * SYS_TEXT];
    int fd = file && *file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t n = fd >= 0 ? read(fd, key, sizeof key - 1) : 0;
    shodo_io_close(&fd);
    if (n <= 0)
        return false;
    key[strcspn(key, "\n")] = '\0';
    read_sys(seq, name, "diskseq");
    snprintf(own, sizeof own, "%s#%s", name, seq);
    return *seq && strcmp(key, own) == 0;
}

static bool is_disk(const char *name) {
    static const char *const no[] = {"loop", "ram", "zram", "dm-", "md", "sr", "fd"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(no); i++)
        if (strncmp(name, no[i], strlen(no[i])) == 0)
            return false;
    return name[0] != '.' && !strchr(name, '/') && strlen(name) < 64;
}

static bool show_disks(const struct shodo_vec *keys, bool is_json, bool is_japanese) {
    DIR *dir = opendir("/sys/block");
    bool ok = true;
    if (!dir)
        return true;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (!is_disk(e->d_name))
            continue;
        char path[128], flag[SYS_TEXT];
        struct disk d = {.path = path, .is_japanese = is_japanese};
        snprintf(path, sizeof path, "/dev/%.63s", e->d_name);
        for (char *p = path; *p; p++)
            *p = *p == '!' ? '/' : *p;
        read_sys(d.model, e->d_name, "device/model");
        read_sys(d.serial, e->d_name, "device/serial");
        if (!d.serial[0])
            read_sys(d.serial, e->d_name, "serial");
        read_sys(flag, e->d_name, "removable");
        d.is_removable = flag[0] == '1';
        read_sys(flag, e->d_name, "ro");
        d.is_readonly = flag[0] == '1';
        d.is_stick = is_own_stick(e->d_name);
        ok = (d.is_stick ? show_stick(&d, e->d_name, is_json) : show(&d, keys, is_json)) && ok;
    }
    closedir(dir);
    return ok;
}

int shodo_verb_sources(const struct shodo_verb *v, int argc, char **argv) {
    const char *words[WORDS_MAX], *lang = NULL;
    bool is_json = false, ok = true;
    struct shodo_vec keys = SHODO_VEC_INIT(sizeof(const char *));
    size_t n = 0;
    const struct shodo_option options[] = {{.name = "--json", .flag = &is_json},
                                           {.name = "--recovery-key-file", .list = &keys},
                                           {.name = "--lang", .text = &lang}};
    if (!shodo_args_parse(v, argc, argv, options, SHODO_ARRAY_SIZE(options), words, WORDS_MAX, &n))
        return SHODO_EXIT_USAGE;
    bool is_japanese = lang && strcmp(lang, "ja") == 0;
    if (lang && !is_japanese && strcmp(lang, "en") != 0)
        return shodo_verb_usage(v, "--lang is ja or en");
    shodo_signals_init();
    for (size_t i = 0; i < n; i++)
        ok = show(&(struct disk){.path = words[i], .is_japanese = is_japanese}, &keys, is_json) &&
             ok;
    if (!n)
        ok = show_disks(&keys, is_json, is_japanese);
    shodo_vec_done(&keys);
    return ok ? SHODO_EXIT_NOTHING : SHODO_EXIT_INCOMPLETE;
}
