/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/export.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/time.h"
#include "base/value.h"

struct shodo_export {
    enum shodo_export_format format;
    char case_id[128], endpoint[13], host[256];
    int64_t created;
    struct shodo_buf out;  /* lines, or objects of the bundle */
    struct shodo_vec seen; /* char[37]: ids of STIX objects that are there */
    struct shodo_buf refs; /* "type--uuid\n" of them, for the report */
    struct shodo_arena arena;
};

bool shodo_export_format_parse(const char *name, enum shodo_export_format *ret) {
    static const char *const names[] = {"timesketch", "bodyfile", "stix"};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(names); i++)
        if (strcmp(names[i], name) == 0) {
            *ret = (enum shodo_export_format)i;
            return true;
        }
    return false;
}

enum shodo_status shodo_export_new(struct shodo_export **ret, enum shodo_export_format format,
                                   const char *case_id, int64_t created, struct shodo_error *err) {
    struct shodo_export *e = *ret = calloc(1, sizeof *e);
    if (!e)
        return shodo_fail(err, SHODO_NOMEM, "no memory for an export");
    e->format = format;
    e->created = created == SHODO_TIME_NONE ? 0 : created;
    e->seen = (struct shodo_vec)SHODO_VEC_INIT(37);
    snprintf(e->case_id, sizeof e->case_id, "%s", case_id ? case_id : "");
    if (format == SHODO_EXPORT_BODYFILE)
        shodo_buf_adds(&e->out, "# shodo bodyfile, times in UTC; for plaso: --timezone UTC\n");
    return SHODO_OK;
}

struct shodo_export *shodo_export_free(struct shodo_export *e) {
    if (!e)
        return NULL;
    shodo_buf_done(&e->out);
    shodo_buf_done(&e->refs);
    shodo_vec_done(&e->seen);
    shodo_arena_done(&e->arena);
    free(e);
    return NULL;
}

void shodo_export_host(struct shodo_export *e, const char *endpoint, const char *name) {
    snprintf(e->endpoint, sizeof e->endpoint, "%s", endpoint);
    snprintf(e->host, sizeof e->host, "%s", name);
}

static const char *get(const struct shodo_value *v, const char *key) {
    const char *s = shodo_value_get_str(v, key);
    return s ? s : "";
}

static int64_t get_time(const struct shodo_value *v, const char *key) {
    const char *s = shodo_value_get_str(v, key);
    int64_t t = SHODO_TIME_NONE;
    return s && shodo_time_parse(s, strlen(s), &t) ? t : SHODO_TIME_NONE;
}

static const struct {
    const char *key, *desc;
} file_times[] = {{"file.created", "Creation Time"},
                  {"file.mtime", "Content Modification Time"},
                  {"file.ctime", "Metadata Modification Time"},
                  {"file.accessed", "Last Access Time"}};

/* ---- Timesketch ---- */

static void event(struct shodo_export *e, int64_t t, const char *desc, const char *message,
                  const char *data_type, const struct shodo_value *v, bool is_finding) {
    struct shodo_json j = shodo_json_to(&e->out);
    char when[SHODO_TIME_TEXT_BYTES];
    shodo_time_utc(t, 6, when);
    size_t n = strlen(when);
    if (n && when[n - 1] == 'Z')
        snprintf(when + n - 1, sizeof when - n + 1, "+00:00");
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "message", message);
    shodo_json_str(&j, "datetime", when);
    shodo_json_i64(&j, "timestamp", t / 1000);
    shodo_json_str(&j, "timestamp_desc", desc);
    shodo_json_str(&j, "data_type", data_type);
    shodo_json_str(&j, "hostname", e->host);
    shodo_json_str(&j, "case_id", e->case_id);
    if (is_finding) {
        shodo_json_str(&j, "path", get(v, "file.path"));
        shodo_json_str(&j, "sha256", get(v, "file.hash.sha256"));
        shodo_json_str(&j, "rule_name", get(v, "rule.name"));
        shodo_json_str(&j, "severity", get(v, "shodo.verdict"));
        shodo_json_str(&j, "inode", get(v, "file.inode"));
        shodo_json_str(&j, "evidence_id", get(v, "event.id"));
    } else {
        shodo_json_str(&j, "path", get(v, "place"));
        shodo_json_str(&j, "message_ja", get(v, "ja"));
        shodo_json_str(&j, "mitre_technique", get(v, "technique"));
        shodo_json_str(&j, "evidence_id", get(v, "evidence"));
        shodo_json_array(&j, "tag");
        shodo_json_str(&j, NULL, get(v, "what"));
        shodo_json_array_end(&j);
    }
    shodo_json_str(&j, "source_short", "SHODO");
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
}

static void timesketch(struct shodo_export *e, enum shodo_export_line kind,
                       const struct shodo_value *v) {
    if (kind == SHODO_EXPORT_TIMELINE) {
        int64_t t = get_time(v, "time");
        if (t != SHODO_TIME_NONE)
            event(e, t, get(v, "what"), get(v, "en"), get(v, "data_type"), v, false);
        return;
    }
    shodo_auto(shodo_buf) struct shodo_buf message = SHODO_BUF_INIT;
    shodo_buf_addf(&message, "%s: %s (%s)", get(v, "rule.name"), get(v, "file.path"),
                   get(v, "rule.description"));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(file_times); i++) {
        int64_t t = get_time(v, file_times[i].key);
        if (t != SHODO_TIME_NONE)
            event(e, t, file_times[i].desc, shodo_buf_cstr(&message), "fs:stat:ntfs", v, true);
    }
}

/* ---- bodyfile ---- */

/* The escapes that plaso takes back: pipe, backslash, control characters. */
static void add_escaped(struct shodo_buf *out, const char *s) {
    for (const unsigned char *p = (const unsigned char *)s; *p; p++) {
        if (*p == '|' || *p == '\\')
            shodo_buf_addf(out, "\\%c", *p);
        else if (*p < 0x20 || *p == 0x7f)
            shodo_buf_addf(out, "\\x%02x", *p);
        else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
            shodo_buf_addf(out, "\\x%02x", *++p);
        else
            shodo_buf_addc(out, (char)*p);
    }
}

static void add_unix(struct shodo_buf *out, int64_t t) {
    if (t == SHODO_TIME_NONE)
        shodo_buf_adds(out, "|0");
    else
        shodo_buf_addf(
            out, "|%lld",
            (long long)((t - ((t % 1000000000) + 1000000000) % 1000000000) / 1000000000));
}

static void bodyfile(struct shodo_export *e, const struct shodo_value *v) {
    const char *path = get(v, "shodo.path"), *stream = get(v, "file.fork_name");
    shodo_buf_adds(&e->out, "0|");
    add_escaped(&e->out, path);
    if (*stream) {
        shodo_buf_addc(&e->out, ':');
        add_escaped(&e->out, stream);
    }
    if (shodo_value_bool(shodo_value_get(v, "shodo.deleted"), false))
        shodo_buf_adds(&e->out, " (deleted)");
    shodo_buf_addf(&e->out, "|%s-128|r/rrwxrwxrwx|0|0|%lld", get(v, "file.inode"),
                   (long long)shodo_value_get_int(v, "file.size", 0));
    add_unix(&e->out, get_time(v, "file.accessed"));
    add_unix(&e->out, get_time(v, "file.mtime"));
    add_unix(&e->out, get_time(v, "file.ctime"));
    add_unix(&e->out, get_time(v, "file.created"));
    shodo_buf_addc(&e->out, '\n');
}

/* ---- STIX ---- */

void shodo_uuid5(const char *name, size_t n, char out[37]) {
    static const uint8_t space[16] = {0x00, 0xab, 0xed, 0xb4, 0xaa, 0x42, 0x46, 0x6c,
                                      0x9c, 0x01, 0xfe, 0xd2, 0x33, 0x15, 0xa9, 0xb7};
    uint8_t d[EVP_MAX_MD_SIZE] = {0};
    unsigned len = 0;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    if (c && EVP_DigestInit_ex(c, EVP_sha1(), NULL) == 1) {
        EVP_DigestUpdate(c, space, sizeof space);
        EVP_DigestUpdate(c, name, n);
        EVP_DigestFinal_ex(c, d, &len);
    }
    EVP_MD_CTX_free(c);
    d[6] = (uint8_t)((d[6] & 0x0f) | 0x50);
    d[8] = (uint8_t)((d[8] & 0x3f) | 0x80);
    char hex[33];
    shodo_hex(d, 16, hex);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

/* TLP:AMBER+STRICT, OASIS */
static const char marking_id[] = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";

static bool is_new(struct shodo_export *e, const char *id) {
    for (size_t i = 0; i < e->seen.count; i++)
        if (memcmp(shodo_vec_at(&e->seen, i), id, 37) == 0)
            return false;
    char *slot = shodo_vec_push(&e->seen);
    if (slot)
        memcpy(slot, id, 37);
    return true;
}

static void stix_time(struct shodo_json *j, const char *key, int64_t t) {
    char s[SHODO_TIME_TEXT_BYTES];
    shodo_time_utc(t, 3, s);
    shodo_json_str(j, key, s);
}

static struct shodo_json object(struct shodo_export *e, const char *type, const char *uuid,
                                bool is_observable) {
    if (e->out.len)
        shodo_buf_addc(&e->out, ',');
    struct shodo_json j = shodo_json_to(&e->out);
    char id[96];
    snprintf(id, sizeof id, "%s--%s", type, uuid);
    shodo_buf_addf(&e->refs, "%s\n", id);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "type", type);
    shodo_json_str(&j, "spec_version", "2.1");
    shodo_json_str(&j, "id", id);
    if (!is_observable) {
        stix_time(&j, "created", e->created);
        stix_time(&j, "modified", e->created);
    }
    shodo_json_array(&j, "object_marking_refs");
    shodo_json_str(&j, NULL, marking_id);
    shodo_json_array_end(&j);
    return j;
}

static void indicator(struct shodo_export *e, const struct shodo_value *v, const char *sha256) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT, pattern = SHODO_BUF_INIT;
    char uuid[37];
    shodo_buf_addf(&name, "indicator:%s:%s", get(v, "rule.name"), sha256);
    shodo_uuid5(name.data ? name.data : "", name.len, uuid);
    if (!is_new(e, uuid))
        return;
    shodo_buf_addf(&pattern, "[file:hashes.'SHA-256' = '%s']", sha256);
    int64_t from = get_time(v, "file.created");
    struct shodo_json j = object(e, "indicator", uuid, false);
    shodo_json_str(&j, "name", get(v, "rule.name"));
    shodo_json_str(&j, "description", get(v, "rule.description"));
    shodo_json_array(&j, "indicator_types");
    shodo_json_str(&j, NULL,
                   strcmp(get(v, "shodo.verdict"), "match") == 0 ? "malicious-activity"
                                                                 : "anomalous-activity");
    shodo_json_array_end(&j);
    shodo_json_str(&j, "pattern", shodo_buf_cstr(&pattern));
    shodo_json_str(&j, "pattern_type", "stix");
    stix_time(&j, "valid_from", from == SHODO_TIME_NONE ? e->created : from);
    shodo_json_object_end(&j);
}

/* Id-contributing properties in canonical JSON (RFC 8785): hashes, name. */
static void file(struct shodo_export *e, const struct shodo_value *v, const char *sha256) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    const char *base = get(v, "file.name");
    struct shodo_json c = shodo_json_to(&name);
    shodo_json_object(&c, NULL);
    shodo_json_object(&c, "hashes");
    shodo_json_str(&c, "SHA-256", sha256);
    shodo_json_object_end(&c);
    if (*base)
        shodo_json_str(&c, "name", base);
    shodo_json_object_end(&c);
    char uuid[37];
    shodo_uuid5(name.data ? name.data : "", name.len, uuid);
    if (!is_new(e, uuid))
        return;
    struct shodo_json j = object(e, "file", uuid, true);
    shodo_json_object(&j, "hashes");
    shodo_json_str(&j, "SHA-256", sha256);
    shodo_json_object_end(&j);
    if (*base)
        shodo_json_str(&j, "name", base);
    shodo_json_i64(&j, "size", shodo_value_get_int(v, "file.size", 0));
    if (get_time(v, "file.created") != SHODO_TIME_NONE)
        stix_time(&j, "ctime", get_time(v, "file.created"));
    if (get_time(v, "file.mtime") != SHODO_TIME_NONE)
        stix_time(&j, "mtime", get_time(v, "file.mtime"));
    shodo_json_object_end(&j);
}

/* A note or a tool goes out as an indicator; what is only suspect may be the hospital's own and
 * stays here. */
static void stix(struct shodo_export *e, const struct shodo_value *v) {
    const char *sha256 = get(v, "file.hash.sha256");
    if (strlen(sha256) != 64 || strcmp(get(v, "shodo.verdict"), "match") != 0)
        return;
    file(e, v, sha256);
    indicator(e, v, sha256);
}

/* One report that holds the others together (STIX 2.1, 4.16): what it is about, and for whom. */
static void report(struct shodo_export *e) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT, refs = SHODO_BUF_INIT;
    char uuid[37];
    if (!e->refs.len)
        return; /* object_refs must not be empty */
    shodo_buf_add(&refs, e->refs.data, e->refs.len);
    shodo_buf_addf(&name, "report:%s:%s", e->case_id, shodo_buf_cstr(&refs));
    shodo_uuid5(name.data ? name.data : "", name.len, uuid);
    struct shodo_json j = object(e, "report", uuid, false);
    shodo_buf_clear(&name);
    shodo_buf_addf(&name, "shodo: files found in case %s", e->case_id);
    shodo_json_str(&j, "name", shodo_buf_cstr(&name));
    shodo_json_str(
        &j, "description",
        "Files that matched rules of an initial response. What was found, not what happened; see the bundle's readings for what was not examined.");
    shodo_json_array(&j, "report_types");
    shodo_json_str(&j, NULL, "indicator");
    shodo_json_array_end(&j);
    stix_time(&j, "published", e->created);
    shodo_json_array(&j, "object_refs");
    for (char *p = refs.data, *end;
         (end = memchr(p, '\n', (size_t)(refs.data + refs.len - p))) != NULL; p = end + 1)
        shodo_json_strn(&j, NULL, p, (size_t)(end - p));
    shodo_json_array_end(&j);
    shodo_json_object_end(&j);
}

static void bundle(struct shodo_export *e, struct shodo_buf *out) {
    shodo_auto(shodo_buf) struct shodo_buf name = SHODO_BUF_INIT;
    char uuid[37];
    uint8_t d[SHODO_SHA256_BYTES];
    report(e);
    shodo_sha256(e->out.data ? e->out.data : "", e->out.len, d);
    shodo_buf_addf(&name, "bundle:%s:", e->case_id);
    shodo_buf_add_hex(&name, d, sizeof d);
    shodo_uuid5(name.data ? name.data : "", name.len, uuid);
    struct shodo_json j = shodo_json_to(out);
    char id[64];
    snprintf(id, sizeof id, "bundle--%s", uuid);
    shodo_json_object(&j, NULL);
    shodo_json_str(&j, "type", "bundle");
    shodo_json_str(&j, "id", id);
    shodo_json_array(&j, "objects");
    static const char marking[] =
        "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\",\"id\":\"marking-definition--939a9414-2ddd-4d32-a0cd-"
        "375ea402b003\",\"created\":\"2022-10-01T00:00:00.000Z\",\"name\":\"TLP:AMBER+STRICT\",\"extensions\":{"
        "\"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d\":{\"extension_type\":\"property-extension\","
        "\"tlp_2_0\":\"amber+strict\"}}}";
    shodo_json_raw(&j, NULL, marking, sizeof marking - 1);
    if (e->out.len)
        shodo_json_raw(&j, NULL, e->out.data, e->out.len);
    shodo_json_array_end(&j);
    shodo_json_object_end(&j);
    shodo_json_line_end(&j);
}

enum shodo_status shodo_export_line(struct shodo_export *e, enum shodo_export_line kind,
                                    const char *line, size_t n, struct shodo_error *err) {
    shodo_autop(shodo_doc) struct shodo_doc *d = NULL;
    enum shodo_status st = shodo_doc_parse_json(&d, "line", line, n, err);
    const struct shodo_value *v = shodo_doc_root(d);
    if (st != SHODO_OK)
        return shodo_fail(err, SHODO_DAMAGED, "a line of the results is not JSON");
    bool is_detection = kind == SHODO_EXPORT_FINDING &&
                        strcmp(get(v, "shodo.kind"), "detection") == 0;
    if (e->format == SHODO_EXPORT_TIMESKETCH && (is_detection || kind == SHODO_EXPORT_TIMELINE))
        timesketch(e, kind, v);
    else if (e->format == SHODO_EXPORT_BODYFILE && kind == SHODO_EXPORT_FINDING)
        bodyfile(e, v);
    else if (e->format == SHODO_EXPORT_STIX && is_detection)
        stix(e, v);
    return SHODO_OK;
}

enum shodo_status shodo_export_finish(struct shodo_export *e, struct shodo_buf *out,
                                      struct shodo_error *err) {
    if (e->format == SHODO_EXPORT_STIX)
        bundle(e, out);
    else
        shodo_buf_add(out, e->out.data ? e->out.data : "", e->out.len);
    return e->out.failed || out->failed ? shodo_fail(err, SHODO_NOMEM, "no memory for an export")
                                        : SHODO_OK;
}
