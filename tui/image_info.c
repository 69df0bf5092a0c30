/* SPDX-License-Identifier: Apache-2.0 */
#include "image_info.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"

#define FILE_MAX SHODO_KIB(64)
#define DAY_NS   86400000000000LL

static void keep(char *out, size_t cap, const char *value, size_t n) {
    shodo_text_safe_fixed(out, cap, value, n);
}

static int64_t number(const char *value, size_t n) {
    uint64_t x = 0;
    return shodo_text_parse_u64(value, n, &x) && x <= INT64_MAX ? (int64_t)x : 0;
}

static void take(struct tui_image *m, const char *name, size_t name_len, const char *value,
                 size_t n) {
    const struct {
        const char *name;
        char *out;
        size_t cap;
    } texts[] = {
        {"SHODO_BUILD_ID", m->build, sizeof m->build},
        {"SHODO_BUILD_DATE", m->build_date, sizeof m->build_date},
        {"SHODO_RULES_DATE", m->rules_date, sizeof m->rules_date},
        {"SHODO_CONTACTS_DATE", m->contacts_date, sizeof m->contacts_date},
        {"SHODO_PHRASE", m->phrase, sizeof m->phrase},
        {"SHODO_PHRASE_DIGEST", m->digest, sizeof m->digest},
        {"SHODO_BOOT_PATH", m->boot_path, sizeof m->boot_path},
        {"SHODO_SECURE_BOOT", m->secure_boot, sizeof m->secure_boot},
        {"SHODO_STICK_ID", m->stick, sizeof m->stick},
    };
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++) {
        if (strlen(texts[i].name) == name_len && memcmp(texts[i].name, name, name_len) == 0)
            keep(texts[i].out, texts[i].cap, value, n);
    }
    bool is_yes = n == 3 && memcmp(value, "yes", 3) == 0,
         is_wrong = n == 5 && memcmp(value, "wrong", 5) == 0;
    if (name_len == 15 && memcmp(name, "SHODO_RTC_EPOCH", 15) == 0)
        m->rtc_epoch = number(value, n);
    if (name_len == 15 && memcmp(name, "SHODO_MEMORY_KB", 15) == 0)
        m->memory_kb = number(value, n);
    if (name_len == 17 && memcmp(name, "SHODO_CLOCK_STATE", 17) == 0)
        m->is_clock_wrong = is_wrong;
    if (name_len == 18 && memcmp(name, "SHODO_STORAGE_RAID", 18) == 0)
        m->has_raid = is_yes;
}

void tui_image_load(struct tui_image *m, const char *path) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    *m = (struct tui_image){.is_known = false};
    if (!path || !*path || shodo_io_read_file(&text, AT_FDCWD, path, FILE_MAX, NULL) != SHODO_OK)
        return;
    const char *slash = strrchr(path, '/');
    snprintf(m->folder, sizeof m->folder, "%.*s",
             slash ? (int)SHODO_MIN(slash - path, (ptrdiff_t)250) : 1, slash ? path : ".");
    for (size_t from = 0; from < text.len;) {
        const char *line = text.data + from, *end = memchr(line, '\n', text.len - from);
        size_t n = end ? (size_t)(end - line) : text.len - from;
        const char *equals = memchr(line, '=', n);
        from += n + 1;
        if (!equals)
            continue;
        const char *value = equals + 1;
        size_t len = n - (size_t)(value - line);
        if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
            value++;
            len -= 2;
        }
        take(m, line, (size_t)(equals - line), value, len);
    }
    m->is_known = m->build[0] || m->phrase[0] || m->boot_path[0];
}

int tui_image_age_days(const char *date, int64_t now) {
    char full[32];
    int64_t then = 0;
    int n = snprintf(full, sizeof full, "%.10sT00:00:00Z", date);
    if (strlen(date) < 10 || !shodo_time_parse(full, (size_t)n, &then) || then > now)
        return -1;
    return (int)((now - then) / DAY_NS);
}

void tui_image_json(const struct tui_image *m, struct shodo_buf *out) {
    struct shodo_json j = shodo_json_to(out);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "program", "shodo-tui");
    shodo_json_str(&j, "version", SHODO_VERSION);
    if (m->is_known) {
        shodo_json_str(&j, "build", m->build);
        shodo_json_str(&j, "build_date", m->build_date);
        shodo_json_str(&j, "rules_date", m->rules_date);
        shodo_json_str(&j, "contacts_date", m->contacts_date);
        shodo_json_str(&j, "phrase", m->phrase);
        shodo_json_str(&j, "phrase_digest", m->digest);
        shodo_json_str(&j, "boot_path", m->boot_path);
        shodo_json_str(&j, "secure_boot", m->secure_boot);
        shodo_json_str(&j, "clock_state", m->is_clock_wrong ? "wrong" : "ok");
        shodo_json_u64(&j, "rtc_epoch", (uint64_t)m->rtc_epoch);
    }
    shodo_json_object_end(&j);
}

void tui_image_line(const struct tui_image *m, struct shodo_buf *out) {
    if (m->is_known)
        shodo_buf_addf(out, "%s / %s / %s / Secure Boot %s", m->build, m->phrase, m->boot_path,
                       m->secure_boot);
}

bool tui_image_switch_text_size(const struct tui_image *m) {
    shodo_auto(shodo_buf) struct shodo_buf now = SHODO_BUF_INIT;
    shodo_auto(shodo_buf) struct shodo_buf path = SHODO_BUF_INIT;
    if (!m->is_known)
        return false;
    shodo_buf_addf(&path, "%s/one-size", m->folder);
    if (access(shodo_buf_cstr(&path), F_OK) == 0)
        return false;
    shodo_buf_clear(&path);
    shodo_buf_addf(&path, "%s/text-size", m->folder);
    if (shodo_io_read_file(&now, AT_FDCWD, shodo_buf_cstr(&path), 64, NULL) != SHODO_OK)
        shodo_buf_clear(&now);
    const char *word = now.len >= 3 && memcmp(now.data, "big", 3) == 0 ? "normal\n" : "big\n";
    int fd = open(shodo_buf_cstr(&path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                  0600);
    bool ok = fd >= 0 && write(fd, word, strlen(word)) == (ssize_t)strlen(word);
    if (fd >= 0)
        close(fd);
    return ok;
}
