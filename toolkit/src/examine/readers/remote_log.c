/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small text files that name connections and commands: remote support logs, dial-up and VPN
 * entries, PowerShell history, scheduled task files, the hosts file. Never a password: of stored
 * ones only that they are there.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/time.h"
#include "examine/readers/text_file.h"

enum { LINE_MAX_BYTES = 2048, FIELDS = 8 };

struct place;
struct text {
    const struct shodo_reader_sink *sink;
    const char *path;
    const struct place *place;
    uint64_t line; /* number, from 1 */
    uint64_t facts;
    struct shodo_buf out, name, server, device;
    bool in_entry;
};

struct place {
    const char *pattern;
    /* one line, without its end; NULL for files that are looked at whole */
    void (*line)(struct text *t, const char *s, size_t n);
    void (*whole)(struct text *t, const char *s, size_t n);
};

static void tell(struct text *t, const char *kind, int64_t time, struct shodo_json *j) {
    char source[32];
    shodo_json_object_end(j);
    snprintf(source, sizeof source, "line %llu", (unsigned long long)t->line);
    if (t->facts++ < SHODO_LIMIT_REMOTE_LOG_FACTS && !t->out.failed)
        t->sink->fact(t->sink->ctx, "text", kind, time, source, shodo_buf_cstr(&t->out));
}

static struct shodo_json begin(struct text *t) {
    shodo_buf_clear(&t->out);
    struct shodo_json j = shodo_json_to(&t->out);
    shodo_json_object(&j, NULL);
    return j;
}

struct field {
    const char *s;
    size_t n;
};

/* Fields behind tabs or two blanks. */
static size_t split(const char *s, size_t n, struct field out[FIELDS]) {
    size_t count = 0, i = 0;
    while (i < n && count < FIELDS) {
        while (i < n && (s[i] == ' ' || s[i] == '\t'))
            i++;
        size_t from = i;
        while (i < n && s[i] != '\t' && !(s[i] == ' ' && i + 1 < n && s[i + 1] == ' '))
            i++;
        if (i > from)
            out[count++] = (struct field){.s = s + from, .n = i - from};
    }
    return count;
}

static const char *find(const char *s, size_t n, const char *what) {
    size_t len = strlen(what);
    for (size_t i = 0; len <= n && i <= n - len; i++)
        if (memcmp(s + i, what, len) == 0)
            return s + i;
    return NULL;
}

/* "2026-11-12 01:02:11.204" in UTC. NONE when it is something else. */
static int64_t trace_time(const char *s, size_t n) {
    char text[32];
    int64_t t = SHODO_TIME_NONE;
    if (n < 19 || s[10] != ' ')
        return SHODO_TIME_NONE;
    size_t len = n >= 23 && s[19] == '.' ? 23 : 19;
    snprintf(text, sizeof text, "%.10sT%.*sZ", s, (int)(len - 11), s + 11);
    return shodo_time_parse(text, strlen(text), &t) ? t : SHODO_TIME_NONE;
}

/* Incoming    2026-11-12, 10:02    Passwd    412345678    412345678: local time, so no time of the
 * fact */
static void anydesk_connection(struct text *t, const char *s, size_t n) {
    struct field f[FIELDS];
    size_t count = split(s, n, f);
    if (count < 4 || f[0].n != 8 || memcmp(f[0].s, "Incoming", 8) != 0)
        return;
    struct shodo_json j = begin(t);
    shodo_json_str(&j, "product", "AnyDesk");
    shodo_json_str(&j, "direction", "incoming");
    shodo_json_strn(&j, "local_time", f[1].s, f[1].n);
    shodo_json_strn(&j, "authentication", f[2].s, f[2].n);
    shodo_json_strn(&j, "peer", f[3].s, f[3].n);
    tell(t, "remote_session", SHODO_TIME_NONE, &j);
}

/* The service's own trace has UTC times and addresses. */
static void anydesk_trace(struct text *t, const char *s, size_t n) {
    static const char *const marks[][2] = {{"Logged in from ", "logged_in"},
                                           {"Incoming session request", "request"},
                                           {"External address: ", "address"},
                                           {"Session stopped", "stopped"}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(marks); i++) {
        const char *at = find(s, n, marks[i][0]);
        if (!at)
            continue;
        size_t k = 0;
        while (k < n && !(s[k] >= '0' && s[k] <= '9'))
            k++;
        const char *what = at + strlen(marks[i][0]);
        size_t left = (size_t)(s + n - what), len = 0;
        while (len < left && what[len] != ' ')
            len++;
        struct shodo_json j = begin(t);
        shodo_json_str(&j, "product", "AnyDesk");
        shodo_json_str(&j, "event", marks[i][1]);
        if (i == 0 || i == 2)
            shodo_json_strn(&j, "peer_address", what, len);
        shodo_json_strn(&j, "text", at, (size_t)(s + n - at));
        tell(t, "remote_session", trace_time(s + k, n - k), &j);
        return;
    }
}

static void anydesk_settings(struct text *t, const char *s, size_t n) {
    static const char password[] = "ad.anynet.pwd_hash=", id[] = "ad.anynet.id=";
    bool is_password = n > sizeof password - 1 && memcmp(s, password, sizeof password - 1) == 0;
    bool is_id = n > sizeof id - 1 && memcmp(s, id, sizeof id - 1) == 0;
    if (!is_password && !is_id)
        return;
    struct shodo_json j = begin(t);
    shodo_json_str(&j, "product", "AnyDesk");
    if (is_password)
        shodo_json_bool(&j, "unattended_password", true);
    else
        shodo_json_strn(&j, "id", s + sizeof id - 1, n - (sizeof id - 1));
    tell(t, "remote_tool_settings", SHODO_TIME_NONE, &j);
}

/* "DD-MM-YYYY HH:MM:SS", UTC. */
static int64_t teamviewer_time(const struct field *f) {
    char text[32];
    int64_t t = SHODO_TIME_NONE;
    if (f->n != 19 || f->s[2] != '-' || f->s[5] != '-')
        return SHODO_TIME_NONE;
    snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.8sZ", f->s + 6, f->s + 3, f->s, f->s + 11);
    return shodo_time_parse(text, strlen(text), &t) ? t : SHODO_TIME_NONE;
}

static void teamviewer_connection(struct text *t, const char *s, size_t n) {
    struct field f[FIELDS];
    size_t count = split(s, n, f);
    if (count < 5)
        return;
    struct shodo_json j = begin(t);
    shodo_json_str(&j, "product", "TeamViewer");
    shodo_json_str(&j, "direction", "incoming");
    shodo_json_strn(&j, "peer", f[0].s, f[0].n);
    shodo_json_strn(&j, "peer_name", f[1].s, f[1].n);
    shodo_json_time(&j, "end", teamviewer_time(&f[3]));
    shodo_json_strn(&j, "local_user", f[4].s, f[4].n);
    tell(t, "remote_session", teamviewer_time(&f[2]), &j);
}

/* ---- dial-up and VPN entries: INI ---- */

static void tell_entry(struct text *t) {
    if (t->in_entry && (t->server.len || t->device.len)) {
        struct shodo_json j = begin(t);
        shodo_json_str(&j, "product", "rasphone");
        shodo_json_strn(&j, "name", shodo_buf_cstr(&t->name), t->name.len);
        shodo_json_strn(&j, "server", shodo_buf_cstr(&t->server), t->server.len);
        shodo_json_strn(&j, "device", shodo_buf_cstr(&t->device), t->device.len);
        tell(t, "vpn_entry", SHODO_TIME_NONE, &j);
    }
    t->in_entry = false;
    shodo_buf_clear(&t->name);
    shodo_buf_clear(&t->server);
    shodo_buf_clear(&t->device);
}

static void phone_book(struct text *t, const char *s, size_t n) {
    if (n > 2 && s[0] == '[' && s[n - 1] == ']') {
        tell_entry(t);
        t->in_entry = true;
        shodo_buf_add(&t->name, s + 1, n - 2);
    } else if (n > 12 && memcmp(s, "PhoneNumber=", 12) == 0 && t->server.len == 0) {
        shodo_buf_add(&t->server, s + 12, n - 12);
    } else if (n > 7 && memcmp(s, "Device=", 7) == 0 && t->device.len == 0) {
        shodo_buf_add(&t->device, s + 7, n - 7);
    }
}

static void hosts(struct text *t, const char *s, size_t n) {
    while (n > 0 && (*s == ' ' || *s == '\t')) {
        s++;
        n--;
    }
    size_t address = 0;
    while (address < n && s[address] != ' ' && s[address] != '\t')
        address++;
    size_t from = address;
    while (from < n && (s[from] == ' ' || s[from] == '\t'))
        from++;
    size_t end = from;
    while (end < n && s[end] != '#')
        end++;
    while (end > from && (s[end - 1] == ' ' || s[end - 1] == '\t'))
        end--;
    if (address > 0 && s[0] != '#' && end > from) {
        struct shodo_json j = begin(t);
        shodo_json_strn(&j, "address", s, address);
        shodo_json_strn(&j, "names", s + from, end - from);
        tell(t, "hosts_entry", SHODO_TIME_NONE, &j);
    }
}

static void command(struct text *t, const char *s, size_t n) {
    if (n == 0)
        return;
    struct shodo_json j = begin(t);
    shodo_json_strn(&j, "command", s, n);
    tell(t, "powershell_history", SHODO_TIME_NONE, &j);
}

/* ---- scheduled task files: XML, of which only the texts of some elements count ---- */

static void element(struct shodo_json *j, const char *key, const char *s, size_t n,
                    const char *name) {
    char open[40], close[40];
    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    const char *from = find(s, n, open);
    const char *value = from ? from + strlen(open) : NULL;
    const char *to = value ? find(value, (size_t)(s + n - value), close) : NULL;
    if (to)
        shodo_json_strn(j, key, value, SHODO_MIN((size_t)(to - value), (size_t)LINE_MAX_BYTES));
}

static void task_file(struct text *t, const char *s, size_t n) {
    static const char *const names[][2] = {
        {"author", "Author"},       {"date", "Date"},           {"uri", "URI"},
        {"program", "Command"},     {"arguments", "Arguments"}, {"folder", "WorkingDirectory"},
        {"user", "UserId"},         {"level", "RunLevel"},      {"hidden", "Hidden"},
        {"start", "StartBoundary"}, {"com_class", "ClassId"}};
    if (!find(s, n, "<Task"))
        return;
    struct shodo_json j = begin(t);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        element(&j, names[i][0], s, n, names[i][1]);
    t->line = 1;
    tell(t, "task_file", SHODO_TIME_NONE, &j);
}

/* ---- files ---- */

static const struct place places[] = {
    {"/ProgramData/AnyDesk/connection_trace.txt", anydesk_connection, NULL},
    {"/ProgramData/AnyDesk/ad_*/connection_trace.txt", anydesk_connection, NULL},
    {"/Users/*/AppData/Roaming/AnyDesk/connection_trace.txt", anydesk_connection, NULL},
    {"/ProgramData/AnyDesk/*.trace", anydesk_trace, NULL},
    {"/ProgramData/AnyDesk/ad_*/*.trace", anydesk_trace, NULL},
    {"/Users/*/AppData/Roaming/AnyDesk/*.trace", anydesk_trace, NULL},
    {"/ProgramData/AnyDesk/*.conf", anydesk_settings, NULL},
    {"/ProgramData/AnyDesk/ad_*/*.conf", anydesk_settings, NULL},
    {"/Users/*/AppData/Roaming/AnyDesk/*.conf", anydesk_settings, NULL},
    {"/Program Files*/TeamViewer/Connections_incoming.txt", teamviewer_connection, NULL},
    {"/ProgramData/Microsoft/Network/Connections/Pbk/*.pbk", phone_book, NULL},
    {"/Users/*/AppData/Roaming/Microsoft/Network/Connections/Pbk/*.pbk", phone_book, NULL},
    {"/Windows/System32/drivers/etc/hosts", hosts, NULL},
    {"/Users/*/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/*_history.txt", command,
     NULL},
    {"/Windows/System32/config/systemprofile/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/*_history.txt",
     command, NULL},
    {"/Windows/System32/Tasks/*", NULL, task_file},
    {"/Windows/System32/Tasks/*/*", NULL, task_file},
    {"/Windows/System32/Tasks/*/*/*", NULL, task_file},
    {"/Windows/System32/Tasks/*/*/*/*", NULL, task_file},
    {"/Windows/System32/Tasks/*/*/*/*/*", NULL, task_file},
};

static const char *const patterns[] = {
    "/ProgramData/AnyDesk/connection_trace.txt",
    "/ProgramData/AnyDesk/ad_*/connection_trace.txt",
    "/Users/*/AppData/Roaming/AnyDesk/connection_trace.txt",
    "/ProgramData/AnyDesk/*.trace",
    "/ProgramData/AnyDesk/ad_*/*.trace",
    "/Users/*/AppData/Roaming/AnyDesk/*.trace",
    "/ProgramData/AnyDesk/*.conf",
    "/ProgramData/AnyDesk/ad_*/*.conf",
    "/Users/*/AppData/Roaming/AnyDesk/*.conf",
    "/Program Files*/TeamViewer/Connections_incoming.txt",
    "/ProgramData/Microsoft/Network/Connections/Pbk/*.pbk",
    "/Users/*/AppData/Roaming/Microsoft/Network/Connections/Pbk/*.pbk",
    "/Windows/System32/drivers/etc/hosts",
    "/Users/*/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/*_history.txt",
    "/Windows/System32/config/systemprofile/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/*_history.txt",
    "/Windows/System32/Tasks/*",
    "/Windows/System32/Tasks/*/*",
    "/Windows/System32/Tasks/*/*/*",
    "/Windows/System32/Tasks/*/*/*/*",
    "/Windows/System32/Tasks/*/*/*/*/*",
    NULL,
};
_Static_assert(SHODO_ARRAY_SIZE(patterns) == SHODO_ARRAY_SIZE(places) + 1, "one pattern a place");

static void on_line(void *ctx, uint64_t number, const char *s, size_t n) {
    struct text *t = ctx;
    t->line = number;
    t->place->line(t, s, n);
}

static void run(const struct shodo_reader_file *f, const struct shodo_reader_sink *sink) {
    shodo_auto(shodo_buf) struct shodo_buf text = SHODO_BUF_INIT;
    size_t i = 0;
    while (i < SHODO_ARRAY_SIZE(places) &&
           !shodo_reader_fits(places[i].pattern, f->path, strlen(f->path)))
        i++;
    if (i == SHODO_ARRAY_SIZE(places) || !shodo_text_file_load(&text, f, sink))
        return;
    struct text t = {.sink = sink,
                     .path = f->path,
                     .place = &places[i],
                     .out = SHODO_BUF_INIT,
                     .name = SHODO_BUF_INIT,
                     .server = SHODO_BUF_INIT,
                     .device = SHODO_BUF_INIT};
    if (places[i].line)
        shodo_text_file_lines(&text, LINE_MAX_BYTES, &t, on_line);
    else
        places[i].whole(&t, shodo_buf_cstr(&text), text.len);
    if (places[i].line == phone_book)
        tell_entry(&t);
    if (t.facts > SHODO_LIMIT_REMOTE_LOG_FACTS)
        shodo_reader_problem(sink, SHODO_LEDGER_TOO_LARGE, f->bytes.size,
                             "more than %u facts in one text file; the rest is not listed",
                             SHODO_LIMIT_REMOTE_LOG_FACTS);
    shodo_buf_done(&t.out);
    shodo_buf_done(&t.name);
    shodo_buf_done(&t.server);
    shodo_buf_done(&t.device);
}

const struct shodo_reader shodo_reader_text = {
    .name = "text", .patterns = patterns, .stream = "", .run = run};
