/* SPDX-License-Identifier: Apache-2.0 */
/* Values of the registry that are neither plain text nor plain numbers. Layouts:
 * docs/formats-facts.md. */
#include <string.h>

#include "base/cur.h"
#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "base/time.h"
#include "examine/readers/registry.h"

/* What a decoder works with. */
struct decoding {
    struct hive *h;
    const struct row *row;
    const struct shodo_regf_key *key;
    const char *path;
    struct shodo_buf out, scratch, text;
    struct shodo_json j;
};

static struct decoding start(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                             const char *path) {
    return (struct decoding){.h = h,
                             .row = row,
                             .key = k,
                             .path = path,
                             .out = SHODO_BUF_INIT,
                             .scratch = SHODO_BUF_INIT,
                             .text = SHODO_BUF_INIT};
}

static void stop(struct decoding *d) {
    shodo_buf_done(&d->out);
    shodo_buf_done(&d->scratch);
    shodo_buf_done(&d->text);
}

static bool bytes_of(struct decoding *d, const char *name, const uint8_t **ret, size_t *ret_n) {
    struct shodo_regf_value v;
    return shodo_regf_value(d->h->regf, d->key, name, &v) &&
           shodo_regf_data(d->h->regf, &v, &d->scratch, ret, ret_n);
}

static void json_utf16(struct shodo_json *j, const char *key, const uint8_t *p, size_t n) {
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    n = SHODO_MIN(n, (size_t)SHODO_LIMIT_FACT_TEXT_BYTES);
    while (n >= 2 && shodo_le16(p + (n & ~(size_t)1) - 2) == 0)
        n = (n & ~(size_t)1) - 2;
    shodo_text_decode(&b, SHODO_UTF16LE, p, n & ~(size_t)1, NULL);
    shodo_json_strn(j, key, shodo_buf_cstr(&b), b.len);
}

static const char *base_of(const char *path) {
    const char *s = strrchr(path, '\\');
    return s ? s + 1 : path;
}

/* time: when Windows was last shut down in order. */
void registry_shutdown(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                       const char *path) {
    struct decoding d = start(h, row, k, path);
    const uint8_t *p = NULL;
    size_t n = 0;
    if (bytes_of(&d, row->values, &p, &n) && n >= 8) {
        int64_t t = shodo_time_from_filetime(shodo_le64(p));
        registry_begin(h, &d.out, &d.j, path);
        registry_tell(h, row->kind, t, path, &d.out, &d.j);
    }
    stop(&d);
}

/* Name = program, data = FILETIME of the last run; the key is the user's SID. */
static bool bam_value(void *ctx, const struct shodo_regf_value *v) {
    struct decoding *d = ctx;
    const uint8_t *p = NULL;
    size_t n = 0;
    shodo_buf_clear(&d->text);
    shodo_regf_value_name(&d->text, v);
    if (v->type != SHODO_REG_BINARY || !shodo_regf_data(d->h->regf, v, &d->scratch, &p, &n) ||
        n < 8)
        return true;
    int64_t t = shodo_time_from_filetime(shodo_le64(p));
    registry_begin(d->h, &d->out, &d->j, d->path);
    shodo_json_str(&d->j, "sid", base_of(d->path));
    shodo_json_strn(&d->j, "program", shodo_buf_cstr(&d->text), d->text.len);
    registry_tell(d->h, d->row->kind, t, d->path, &d->out, &d->j);
    return true;
}

void registry_bam(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                  const char *path) {
    struct decoding d = start(h, row, k, path);
    shodo_regf_values(h->regf, k, bam_value, &d);
    stop(&d);
}

static void rot13(char *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char base = s[i] >= 'a' && s[i] <= 'z' ? 'a' : s[i] >= 'A' && s[i] <= 'Z' ? 'A' : 0;
        if (base)
            s[i] = (char)(base + (s[i] - base + 13) % 26);
    }
}

static bool user_assist_value(void *ctx, const struct shodo_regf_value *v) {
    struct decoding *d = ctx;
    const uint8_t *p = NULL;
    size_t n = 0;
    if (!shodo_regf_data(d->h->regf, v, &d->scratch, &p, &n) || (n != 72 && n != 16))
        return true;
    shodo_buf_clear(&d->text);
    shodo_regf_value_name(&d->text, v);
    rot13(d->text.data, d->text.len);
    int64_t t = shodo_time_from_filetime(shodo_le64(p + (n == 72 ? 60 : 8)));
    if (strncmp(shodo_buf_cstr(&d->text), "UEME_CTL", 8) == 0)
        return true;
    registry_begin(d->h, &d->out, &d->j, d->path);
    shodo_json_strn(&d->j, "program", shodo_buf_cstr(&d->text), d->text.len);
    shodo_json_u64(&d->j, "runs", shodo_le32(p + 4));
    if (n == 72)
        shodo_json_u64(&d->j, "focus_ms", shodo_le32(p + 12));
    registry_tell(d->h, d->row->kind, t, d->path, &d->out, &d->j);
    return true;
}

void registry_user_assist(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                          const char *path) {
    struct decoding d = start(h, row, k, path);
    shodo_regf_values(h->regf, k, user_assist_value, &d);
    stop(&d);
}

/* ---- application compatibility cache: order = most recent first; time = the file's own
 * modification time ---- */

static void shim_entry(struct decoding *d, uint32_t position, const uint8_t *path, size_t n,
                       uint64_t filetime) {
    registry_begin(d->h, &d->out, &d->j, d->path);
    json_utf16(&d->j, "program", path, n);
    shodo_json_u64(&d->j, "position", position);
    registry_tell(d->h, d->row->kind, shodo_time_from_filetime(filetime), d->path, &d->out, &d->j);
}

/* Windows 8.1 to 11: entries that begin with their own mark. 8.0 and 8.1 have a package name
 * between path and time. */
static void shim_marked(struct decoding *d, struct shodo_cur c, const char *mark, bool is_old) {
    for (uint32_t i = 0; shodo_cur_left(&c) > 12; i++) {
        const uint8_t *magic = shodo_cur_bytes(&c, 4);
        if (!magic || memcmp(magic, mark, 4) != 0)
            break;
        shodo_cur_skip(&c, 4);
        uint32_t size = shodo_cur_le32(&c);
        size_t end = c.pos;
        if (!shodo_add_size(end, size, &end) || end > c.len)
            break;
        uint16_t path_n = shodo_cur_le16(&c);
        const uint8_t *path = shodo_cur_bytes(&c, path_n);
        if (is_old) {
            shodo_cur_skip(&c, shodo_cur_le16(&c));
            shodo_cur_skip(&c, 8); /* flags */
        }
        uint64_t t = shodo_cur_le64(&c);
        if (c.bad || !path)
            break;
        shim_entry(d, i, path, path_n, t);
        shodo_cur_seek(&c, end);
    }
}

/* Windows 7: fixed entries that point to their paths. 48 bytes on 64-bit systems, 32 on others. */
static void shim_fixed(struct decoding *d, const uint8_t *p, size_t n) {
    uint32_t count = SHODO_MIN(shodo_le32(p + 4), 1024u);
    bool is_64 = n >= 0x80 + 12 && shodo_le32(p + 0x80 + 4) == 0;
    size_t step = is_64 ? 48 : 32;
    for (uint32_t i = 0; i < count && n >= 0x80 && (n - 0x80) / step > i; i++) {
        const uint8_t *e = p + 0x80 + step * i;
        uint64_t at = is_64 ? shodo_le64(e + 8) : shodo_le32(e + 4);
        uint16_t len = shodo_le16(e);
        if (at <= n && n - at >= len)
            shim_entry(d, i, p + at, len, shodo_le64(e + (is_64 ? 16 : 8)));
    }
}

void registry_shim_cache(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                         const char *path) {
    struct decoding d = start(h, row, k, path);
    const uint8_t *p = NULL;
    size_t n = 0;
    if (bytes_of(&d, row->values, &p, &n) && n >= 0x30) {
        uint32_t head = shodo_le32(p);
        struct shodo_cur c = shodo_cur_of(p, n);
        if (head == 0xBADC0FEE || head == 0xBADC0FFE)
            shim_fixed(&d, p, n);
        else if (shodo_cur_seek(&c, head) && n - c.pos > 4)
            shim_marked(&d, c, memcmp(p + c.pos, "00ts", 4) == 0 ? "00ts" : "10ts", head >= 0x80);
    }
    stop(&d);
}

/* ---- scheduled tasks ---- */

/* u16 version, context, then actions: 0x6666 run a program (id, path, arguments, folder), 0x7777
 * COM class. */
static bool action_text(struct shodo_cur *c, struct shodo_json *j, const char *key) {
    uint32_t n = shodo_cur_le32(c);
    const uint8_t *p = shodo_cur_bytes(c, n);
    if (p && key && n > 0)
        json_utf16(j, key, p, n);
    return !c->bad;
}

static void task_actions(struct decoding *d) {
    const uint8_t *p = NULL;
    size_t n = 0;
    if (!bytes_of(d, "Actions", &p, &n) || n < 8)
        return;
    struct shodo_cur c = shodo_cur_of(p, n);
    uint16_t version = shodo_cur_le16(&c);
    if (version >= 2 && !action_text(&c, &d->j, NULL))
        return;
    shodo_json_array(&d->j, "actions");
    for (unsigned i = 0; i < 16 && shodo_cur_left(&c) > 6; i++) {
        uint16_t magic = shodo_cur_le16(&c);
        shodo_auto(shodo_buf) struct shodo_buf one = SHODO_BUF_INIT;
        struct shodo_json j = shodo_json_to(&one);
        shodo_json_object(&j, NULL);
        bool is_good = (magic == 0x6666 || magic == 0x7777) && action_text(&c, &j, NULL);
        if (is_good && magic == 0x6666) {
            is_good = action_text(&c, &j, "program") && action_text(&c, &j, "arguments") &&
                      action_text(&c, &j, "folder");
            shodo_cur_skip(&c, version >= 3 ? 2 : 0);
        } else if (is_good) {
            const uint8_t *guid = shodo_cur_bytes(&c, 16);
            is_good = guid != NULL;
            if (guid)
                shodo_json_hex(&j, "com_class", guid, 16);
            is_good = is_good && action_text(&c, &j, "com_data");
        }
        shodo_json_object_end(&j);
        if (one.len > 2 && !one.failed)
            shodo_json_raw(&d->j, NULL, one.data, one.len);
        if (!is_good)
            break;
    }
    shodo_json_array_end(&d->j);
}

/* A task without SD in the tree is hidden from every list. */
static void task_tree(struct decoding *d, const char *task) {
    struct shodo_regf_key root, tree, k;
    struct shodo_regf_value v;
    bool is_in_tree = shodo_regf_root(d->h->regf, &root) &&
                      shodo_regf_find(
                          d->h->regf, &root,
                          "Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree",
                          &tree) &&
                      shodo_regf_find(d->h->regf, &tree, task + (*task == '\\'), &k);
    shodo_json_bool(&d->j, "hidden", !is_in_tree || !shodo_regf_value(d->h->regf, &k, "SD", &v));
    uint64_t index = 1;
    if (is_in_tree && shodo_regf_number(d->h->regf, &k, "Index", &index))
        shodo_json_u64(&d->j, "index", index);
}

void registry_task(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                   const char *path) {
    struct decoding d = start(h, row, k, path);
    static const char *const texts[][2] = {
        {"Author", "author"}, {"Date", "date"}, {"Source", "task_source"}};
    const uint8_t *p = NULL;
    size_t n = 0;
    int64_t time = k->time;
    registry_begin(h, &d.out, &d.j, path);
    if (shodo_regf_text(h->regf, k, "Path", &d.text)) {
        shodo_json_strn(&d.j, "task", d.text.data, d.text.len);
        task_tree(&d, shodo_buf_cstr(&d.text));
    }
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(texts); i++) {
        shodo_buf_clear(&d.text);
        if (shodo_regf_text(h->regf, k, texts[i][0], &d.text))
            shodo_json_strn(&d.j, texts[i][1], shodo_buf_cstr(&d.text), d.text.len);
    }
    if (bytes_of(&d, "DynamicInfo", &p, &n) && n >= 28) {
        shodo_json_time(&d.j, "created", shodo_time_from_filetime(shodo_le64(p + 4)));
        shodo_json_time(&d.j, "last_run", shodo_time_from_filetime(shodo_le64(p + 12)));
        shodo_json_u64(&d.j, "last_result", shodo_le32(p + 24));
        if (n >= 36)
            shodo_json_time(&d.j, "last_success", shodo_time_from_filetime(shodo_le64(p + 28)));
    }
    task_actions(&d);
    registry_tell(h, row->kind, time, path, &d.out, &d.j);
    stop(&d);
}

/* ---- networks ---- */

/* SYSTEMTIME in the local time of then: kept as local text, no zone. */
static void local_date(struct decoding *d, const char *name, const char *key) {
    const uint8_t *p = NULL;
    size_t n = 0;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    if (!bytes_of(d, name, &p, &n) || n < 16)
        return;
    shodo_buf_addf(&b, "%04u-%02u-%02uT%02u:%02u:%02u", shodo_le16(p), shodo_le16(p + 2),
                   shodo_le16(p + 6), shodo_le16(p + 8), shodo_le16(p + 10), shodo_le16(p + 12));
    shodo_json_str(&d->j, key, shodo_buf_cstr(&b));
}

void registry_network(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                      const char *path) {
    struct decoding d = start(h, row, k, path);
    static const char *const names[][2] = {
        {"Category", "category"}, {"NameType", "name_type"}, {"Managed", "managed"}};
    static const struct {
        uint64_t type;
        const char *text;
    } types[] = {{0x06, "wired"}, {0x17, "vpn"}, {0x47, "wireless"}, {0xF3, "mobile"}};
    uint64_t v = 0;
    registry_begin(h, &d.out, &d.j, path);
    shodo_json_str(&d.j, "guid", base_of(path));
    if (shodo_regf_text(h->regf, k, "ProfileName", &d.text))
        shodo_json_strn(&d.j, "profile", shodo_buf_cstr(&d.text), d.text.len);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        if (shodo_regf_number(h->regf, k, names[i][0], &v))
            shodo_json_u64(&d.j, names[i][1], v);
    if (shodo_regf_number(h->regf, k, "NameType", &v))
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(types); i++)
            if (types[i].type == v)
                shodo_json_str(&d.j, "medium", types[i].text);
    local_date(&d, "DateCreated", "created_local");
    local_date(&d, "DateLastConnected", "last_connected_local");
    registry_tell(h, row->kind, k->time, path, &d.out, &d.j);
    stop(&d);
}

/* Inbound rules that let somebody in from outside, or let a program from a user's place listen. */
static bool is_open_rule(const char *s) {
    static const char *const ports[] = {
        "|LPort=3389|", "|LPort=5985|", "|LPort=5986|", "|LPort=22|",   "|LPort=23|",
        "|LPort=445|",  "|LPort=5900|", "|LPort=5800|", "|LPort=7070|", "|LPort=5938|"};
    static const char *const places[] = {"\\Users\\", "\\ProgramData\\", "\\Temp\\",
                                         "\\PerfLogs\\"};
    bool is_wanted = false;
    if (!strstr(s, "|Dir=In|") || !strstr(s, "|Action=Allow|") || !strstr(s, "|Active=TRUE|"))
        return false;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(ports); i++)
        is_wanted = is_wanted || strstr(s, ports[i]);
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(places); i++)
        is_wanted = is_wanted || strstr(s, places[i]);
    return is_wanted;
}

static bool firewall_value(void *ctx, const struct shodo_regf_value *v) {
    struct decoding *d = ctx;
    const uint8_t *p = NULL;
    size_t n = 0;
    if (!shodo_regf_data(d->h->regf, v, &d->scratch, &p, &n) || n > SHODO_LIMIT_FACT_TEXT_BYTES)
        return true;
    shodo_buf_clear(&d->text);
    shodo_text_decode(&d->text, SHODO_UTF16LE, p, n & ~(size_t)1, NULL);
    if (!is_open_rule(shodo_buf_cstr(&d->text)))
        return true;
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    shodo_regf_value_name(&name, v);
    registry_begin(d->h, &d->out, &d->j, d->path);
    shodo_json_strn(&d->j, "name", shodo_buf_cstr(&name), name.len);
    shodo_json_str(&d->j, "rule", shodo_buf_cstr(&d->text));
    registry_tell(d->h, d->row->kind, SHODO_TIME_NONE, d->path, &d->out, &d->j);
    return true;
}

void registry_firewall_rule(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                            const char *path) {
    struct decoding d = start(h, row, k, path);
    shodo_regf_values(h->regf, k, firewall_value, &d);
    stop(&d);
}

/* ---- SECURITY ---- */

/* u16 length, u16 room, u32 offset, then the text. */
void registry_domain(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                     const char *path) {
    struct decoding d = start(h, row, k, path);
    const uint8_t *p = NULL;
    size_t n = 0;
    if (bytes_of(&d, "", &p, &n) && n >= 8) {
        size_t len = shodo_le16(p), at = shodo_le32(p + 4);
        registry_begin(h, &d.out, &d.j, path);
        if (at <= n && len <= n - at)
            json_utf16(&d.j, "domain", p + at, len);
        registry_tell(h, row->kind, k->time, path, &d.out, &d.j);
    }
    stop(&d);
}

/* u8 on, 3 bytes, u32, then a u16 for each subcategory: bit 0 success, bit 1 failure. Which
 * subcategory is which depends on the Windows version, so only sums are told, and the bytes. */
void registry_audit(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                    const char *path) {
    struct decoding d = start(h, row, k, path);
    const uint8_t *p = NULL;
    size_t n = 0;
    if (bytes_of(&d, "", &p, &n) && n >= 12) {
        uint64_t success = 0, failure = 0;
        for (size_t at = 12; at + 2 <= n; at += 2) {
            success += shodo_le16(p + at) & 1;
            failure += shodo_le16(p + at) >> 1 & 1;
        }
        registry_begin(h, &d.out, &d.j, path);
        shodo_json_bool(&d.j, "enabled", p[0] != 0);
        shodo_json_u64(&d.j, "subcategories", (n - 12) / 2);
        shodo_json_u64(&d.j, "success", success);
        shodo_json_u64(&d.j, "failure", failure);
        shodo_json_hex(&d.j, "raw", p, SHODO_MIN(n, (size_t)192));
        registry_tell(h, row->kind, k->time, path, &d.out, &d.j);
    }
    stop(&d);
}

struct cached {
    struct decoding *d;
    uint64_t slots, used;
};

/* A used slot has a user name of more than nothing: u16 at the start. Nothing else of it is looked
 * at. */
static bool cached_value(void *ctx, const struct shodo_regf_value *v) {
    struct cached *c = ctx;
    const uint8_t *p = NULL;
    size_t n = 0;
    shodo_buf_clear(&c->d->text);
    shodo_regf_value_name(&c->d->text, v);
    const char *name = shodo_buf_cstr(&c->d->text);
    if (strncmp(name, "NL$", 3) != 0 || name[3] < '0' || name[3] > '9')
        return true;
    c->slots++;
    if (shodo_regf_data(c->d->h->regf, v, &c->d->scratch, &p, &n) && n >= 2 && shodo_le16(p) > 0)
        c->used++;
    return true;
}

void registry_cached_logons(struct hive *h, const struct row *row, const struct shodo_regf_key *k,
                            const char *path) {
    struct decoding d = start(h, row, k, path);
    struct cached c = {.d = &d};
    shodo_regf_values(h->regf, k, cached_value, &c);
    registry_begin(h, &d.out, &d.j, path);
    shodo_json_u64(&d.j, "slots", c.slots);
    shodo_json_u64(&d.j, "used", c.used);
    registry_tell(h, row->kind, k->time, path, &d.out, &d.j);
    stop(&d);
}
