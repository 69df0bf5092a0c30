/* SPDX-License-Identifier: Apache-2.0 */
/* Opens everything that a sheet is made of: the case, the site profile, the data files. */
#include <fcntl.h>
#include <string.h>

#include "base/deflate.h"
#include "base/io.h"
#include "base/limits.h"
#include "handover/sheet_data.h"

extern const unsigned char shodo_sheet_pack_gz[];
extern const size_t shodo_sheet_pack_gz_len;

#define PACK_BYTES_MAX SHODO_MIB(16)

/* ---- the case ---- */

/* As the next record's "prev" would have it: case/journal.h. */
static void note_head(struct shodo_sheet *s, const struct shodo_record *r) {
    struct shodo_sheet_head *h = NULL;
    uint8_t sum[SHODO_SHA256_BYTES];
    for (size_t i = 0; i < s->heads.count && !h; i++) {
        struct shodo_sheet_head *row = shodo_vec_at(&s->heads, i);
        h = strcmp(row->stick, r->stick ? r->stick : "") == 0 ? row : NULL;
    }
    if (!h && (h = shodo_vec_push(&s->heads)) != NULL)
        h->stick = shodo_sheet_printf(s, "%s", r->stick ? r->stick : "");
    struct shodo_hash *hash = h ? shodo_hash_new(SHODO_SHA256) : NULL;
    if (!hash)
        return;
    shodo_hash_update(hash, r->line, r->line_len);
    if (r->line_len && r->line[r->line_len - 1] != '\n')
        shodo_hash_update(hash, "\n", 1);
    shodo_hash_final(hash, sum);
    shodo_hash_free(hash);
    shodo_hex(sum, sizeof sum, h->hash);
    h->seq = r->seq;
}

static enum shodo_status take_record(void *ctx, const struct shodo_record *r) {
    struct shodo_sheet *s = ctx;
    shodo_hash_update(s->digest, r->line, r->line_len);
    note_head(s, r);
    struct shodo_sheet_record *row = s->records.count < SHODO_LIMIT_SHEET_RECORDS
                                         ? shodo_vec_push(&s->records)
                                         : NULL;
    if (!row)
        return SHODO_LIMIT;
    /* the record's tree lives for this call only: keep a copy of the line */
    struct shodo_doc *doc = NULL;
    if (shodo_doc_parse_json(&doc, "journal", r->line, r->line_len, NULL) == SHODO_OK) {
        struct shodo_doc **slot = shodo_vec_push(&s->docs);
        if (slot)
            *slot = doc;
        else
            doc = shodo_doc_free(doc);
    }
    *row = (struct shodo_sheet_record){
        .time = r->time,
        .actor = shodo_sheet_printf(s, "%s", r->actor ? r->actor : ""),
        .event = shodo_sheet_printf(s, "%s", r->event ? r->event : ""),
        .stick = shodo_sheet_printf(s, "%s", r->stick ? r->stick : ""),
        .data = shodo_value_get(shodo_doc_root(doc), "data")};
    return SHODO_OK;
}

static void load_answers(struct shodo_sheet *s) {
    for (size_t i = 0; i < s->c.endpoints.count; i++) {
        struct shodo_case_endpoint *e = shodo_vec_at(&s->c.endpoints, i);
        shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
        int fd = -1;
        if (shodo_case_endpoint_dir(&fd, &s->dir, e->id, false, NULL) != SHODO_OK)
            continue;
        if (shodo_io_read_generation(&b, fd, "answers", "json", SHODO_LIMIT_DOC_BYTES, NULL) ==
                SHODO_OK ||
            shodo_io_read_file(&b, fd, "answers.json", SHODO_LIMIT_DOC_BYTES, NULL) == SHODO_OK) {
            const struct shodo_value *root = shodo_sheet_parse(
                s, shodo_sheet_printf(s, "endpoints/%s/answers.json", e->id), shodo_buf_cstr(&b),
                b.len);
            struct shodo_sheet_answers *a = root ? shodo_vec_push(&s->answers) : NULL;
            if (a)
                *a = (struct shodo_sheet_answers){.endpoint = e->id, .root = root};
            const char *computer = root ? shodo_value_get_str(root, "computer") : NULL;
            if (computer && !*e->computer) /* also for masking it */
                e->computer = computer;
        }
        shodo_io_close(&fd);
    }
}

static enum shodo_status load_case(struct shodo_sheet *s, struct shodo_error *err) {
    enum shodo_status st = shodo_case_dir_look(&s->dir, s->o->case_path, err);
    if (st != SHODO_OK)
        return st;
    if (s->is_blank)
        return SHODO_OK; /* only its site folder is used */
    shodo_case_done(&s->c);
    st = shodo_case_load(&s->c, &s->dir, err);
    if (st == SHODO_OK)
        st = shodo_journal_each(s->dir.journal_fd, take_record, s, err);
    if (st == SHODO_LIMIT) {
        shodo_sheet_problem(s, "journal", NULL, "記録が%u件を超えています。以後は時系列に出ません",
                            SHODO_LIMIT_SHEET_RECORDS);
        st = SHODO_OK;
    }
    if (st != SHODO_OK)
        return st;
    s->has_case = true;
    load_answers(s);
    return SHODO_OK;
}

static void load_site(struct shodo_sheet *s) {
    if (s->o->site_path) {
        s->site_file = s->o->site_path;
        s->site = shodo_sheet_parse_file(s, AT_FDCWD, s->o->site_path, s->o->site_path);
        if (!s->site && s->problems.count == 0)
            shodo_sheet_problem(s, s->o->site_path, NULL, "ファイルがありません");
    } else if (s->dir.site_fd >= 0) {
        s->site_file = "site/site.yaml";
        s->site = shodo_sheet_parse_file(s, s->dir.site_fd, "site.yaml", "site/site.yaml");
    }
    if (s->dir.site_fd >= 0)
        s->site_contacts = shodo_sheet_parse_file(s, s->dir.site_fd, "contacts.yaml",
                                                  "site/contacts.yaml");
    const struct shodo_value *hospital = shodo_value_get(s->site, "hospital");
    const char *zone = shodo_value_get_str(hospital, "time_zone");
    if (zone && !shodo_deadline_zone(zone, &s->offset_min))
        shodo_sheet_problem(s, s->site_file, shodo_value_get(hospital, "time_zone"),
                            "時間帯 '%s' は使えません。+09:00 として計算しました", zone);
}

enum shodo_status shodo_sheet_open(struct shodo_sheet *s, const struct shodo_sheet_kind *kind,
                                   const struct shodo_sheet_options *o, struct shodo_document *d,
                                   struct shodo_error *err) {
    *s = (struct shodo_sheet){.kind = kind,
                              .o = o,
                              .d = d,
                              .arena = SHODO_ARENA_INIT,
                              .is_ja = o->is_ja,
                              .is_blank = o->is_blank || !o->case_path,
                              .now = o->now,
                              .offset_min = 540,
                              .dir = SHODO_CASE_DIR_INIT,
                              .site_file = "site.yaml",
                              .docs = SHODO_VEC_INIT(sizeof(struct shodo_doc *)),
                              .records = SHODO_VEC_INIT(sizeof(struct shodo_sheet_record)),
                              .heads = SHODO_VEC_INIT(sizeof(struct shodo_sheet_head)),
                              .answers = SHODO_VEC_INIT(sizeof(struct shodo_sheet_answers)),
                              .books = SHODO_VEC_INIT(sizeof(struct shodo_sheet_book)),
                              .problems = SHODO_VEC_INIT(sizeof(const char *)),
                              .masked = SHODO_VEC_INIT(sizeof(struct shodo_sheet_masked)),
                              .digest = shodo_hash_new(SHODO_SHA256),
                              .pack = SHODO_BUF_INIT};
    shodo_case_init(&s->c);
    if (!s->digest)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a sheet");
    enum shodo_status st = shodo_inflate(&s->pack, shodo_sheet_pack_gz, shodo_sheet_pack_gz_len,
                                         PACK_BYTES_MAX, err);
    if (st == SHODO_OK && o->case_path)
        st = load_case(s, err);
    if (st != SHODO_OK)
        return st;
    load_site(s);
    s->contacts = shodo_sheet_file_with(s, "contacts/contacts.yaml", "contacts", SHODO_VALUE_LIST);
    s->disclosure = shodo_sheet_file_with(s, "disclosure/rules.yaml", "sheets", SHODO_VALUE_MAP);
    s->deadlines = shodo_sheet_file_with(s, "forms/deadlines.yaml", "deadlines", SHODO_VALUE_LIST);
    shodo_sheet_check_disclosure(s);
    if (kind->build == shodo_sheet_contact || !kind->build) {
        shodo_sheet_check_contacts(s, "contacts/contacts.yaml", s->contacts);
        shodo_sheet_check_contacts(s, "site/contacts.yaml", s->site_contacts);
    }
    if (*kind->form) {
        bool has_fields = kind->build == shodo_sheet_form || kind->build == shodo_sheet_vendor;
        s->form_file = shodo_sheet_printf(s, "forms/%s.yaml", kind->form);
        s->form = has_fields ? shodo_sheet_file_with(s, s->form_file, "sections", SHODO_VALUE_LIST)
                             : shodo_sheet_file(s, s->form_file);
        shodo_sheet_cells_load(s);
    }
    return SHODO_OK;
}

void shodo_sheet_done(struct shodo_sheet *s) {
    for (size_t i = 0; i < s->docs.count; i++)
        shodo_doc_free(*(struct shodo_doc **)shodo_vec_at(&s->docs, i));
    for (size_t i = 0; i < s->books.count; i++)
        shodo_playbook_free(((struct shodo_sheet_book *)shodo_vec_at(&s->books, i))->book);
    shodo_vec_done(&s->docs);
    shodo_vec_done(&s->records);
    shodo_vec_done(&s->heads);
    shodo_vec_done(&s->answers);
    shodo_vec_done(&s->books);
    shodo_vec_done(&s->problems);
    shodo_vec_done(&s->masked);
    shodo_case_done(&s->c);
    shodo_case_dir_done(&s->dir);
    shodo_hash_free(s->digest);
    shodo_buf_done(&s->pack);
    shodo_arena_done(&s->arena);
}
