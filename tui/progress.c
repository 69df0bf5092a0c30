/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "base/value.h"

#define SAMPLE_MS    500
#define ETA_AFTER_MS 10000

static void keep(char out[TUI_PROGRESS_TEXT], const char *s) {
    if (s)
        shodo_text_safe_fixed(out, TUI_PROGRESS_TEXT, s, strlen(s));
}

static uint64_t number(const struct shodo_value *v, const char *key, uint64_t otherwise) {
    int64_t n = shodo_value_get_int(v, key, -1);
    return n < 0 ? otherwise : (uint64_t)n;
}

static void sample(struct tui_progress *p, uint64_t now_ms) {
    size_t n = p->ring_count;
    if (n > 0 && now_ms - p->ring[n - 1].at_ms < SAMPLE_MS)
        return;
    if (n == TUI_PROGRESS_RING) {
        memmove(p->ring, p->ring + 1, (TUI_PROGRESS_RING - 1) * sizeof p->ring[0]);
        n--;
    }
    p->ring[n].at_ms = now_ms;
    p->ring[n].bytes = p->bytes;
    p->ring_count = n + 1;
}

static void counts(struct tui_progress *p, const struct shodo_value *v) {
    p->files = number(v, "files", p->files);
    p->bytes = number(v, "bytes", p->bytes);
    p->findings = number(v, "findings", p->findings);
    p->problems = number(v, "problems", p->problems);
    p->policy = number(v, "policy", p->policy);
}

static void on_finding(struct tui_progress *p, const struct shodo_value *data) {
    const char *kind = shodo_value_get_str(data, "shodo.kind");
    const char *texts[TUI_LANG_COUNT] = {shodo_value_get_str(data, "shodo.description_ja"),
                                         shodo_value_get_str(data, "rule.description")};
    const char *path = shodo_value_get_str(data, "file.path"),
               *verdict = shodo_value_get_str(data, "shodo.verdict");
    if (kind && strcmp(kind, "artifact") == 0)
        return;
    if (p->recent_count == TUI_PROGRESS_RECENT) {
        memmove(p->recent, p->recent + 1, (TUI_PROGRESS_RECENT - 1) * sizeof p->recent[0]);
        p->recent_count--;
    }
    for (int i = 0; i < TUI_LANG_COUNT; i++) {
        char line[TUI_PROGRESS_TEXT];
        const char *text = texts[i] ? texts[i] : texts[TUI_LANG_EN];
        if (!text)
            text = shodo_value_get_str(data, "rule.name");
        snprintf(line, sizeof line, "%.340s  %.340s", text ? text : "", path ? path : "");
        keep(p->recent[p->recent_count].text[i], line);
    }
    p->recent[p->recent_count++].is_match = verdict && strcmp(verdict, "match") == 0;
}

/* The first one comes after the listing, while contents are still being read. */
static void on_answer(struct tui_progress *p, const struct shodo_value *data) {
    const char *id = shodo_value_get_str(data, "id");
    const char *verdict = shodo_value_get_str(data, "verdict");
    if (!id || strcmp(id, "hit") != 0)
        return;
    const struct shodo_value *first = shodo_value_at(shodo_value_get(data, "sentences"), 0);
    for (int i = 0; i < TUI_LANG_COUNT; i++) {
        char line[TUI_PROGRESS_TEXT];
        const char *shown = i == TUI_LANG_JA ? shodo_value_get_str(data, "verdict_ja") : verdict;
        const char *text = shodo_value_get_str(first, i == TUI_LANG_JA ? "ja" : "en");
        snprintf(line, sizeof line, "[%.60s] %.600s", shown ? shown : "", text ? text : "");
        for (char *c = line; *c && *c != ']'; c++) /* "not_examined" is for machines */
            *c = *c == '_' ? ' ' : *c;
        keep(p->answer[i], line);
    }
    p->is_hit = verdict && strcmp(verdict, "match") == 0;
}

void tui_progress_line(struct tui_progress *p, const char *line, size_t n, uint64_t now_ms) {
    shodo_autop(shodo_doc) struct shodo_doc *doc = NULL;
    if (n == 0)
        return;
    if (n > SHODO_LIMIT_LINE_BYTES ||
        shodo_doc_parse_json(&doc, "event", line, n, NULL) != SHODO_OK) {
        p->bad_lines++;
        return;
    }
    const struct shodo_value *v = shodo_doc_root(doc);
    const char *event = shodo_value_get_str(v, "event");
    p->heard_ms = now_ms;
    if (!event) {
        p->bad_lines++;
    } else if (strcmp(event, "start") == 0) {
        p->files_total = number(v, "files", 0);
        p->bytes_total = number(v, "bytes", 0);
        p->bytes_left = number(v, "bytes_left", 0);
        p->seconds_from = number(v, "seconds_from", 0);
        p->seconds_to = number(v, "seconds_to", 0);
    } else if (strcmp(event, "progress") == 0) {
        counts(p, v);
        p->files_total = number(v, "files_total", p->files_total);
        p->bytes_total = number(v, "bytes_total", p->bytes_total);
        const char *phase = shodo_value_get_str(v, "phase");
        snprintf(p->phase, sizeof p->phase, "%.30s", phase ? phase : "");
        keep(p->current, shodo_value_get_str(v, "current"));
        sample(p, now_ms);
    } else if (strcmp(event, "finding") == 0) {
        on_finding(p, shodo_value_get(v, "data"));
    } else if (strcmp(event, "answer") == 0) {
        on_answer(p, shodo_value_get(v, "data"));
    } else if (strcmp(event, "ledger") == 0) {
        const char *reason = shodo_value_get_str(shodo_value_get(v, "data"), "event.reason");
        p->locked += reason && strcmp(reason, "encrypted") == 0;
    } else if (strcmp(event, "warning") == 0) {
        keep(p->warning, shodo_value_get_str(v, "text"));
    } else if (strcmp(event, "done") == 0) {
        const char *status = shodo_value_get_str(v, "status");
        counts(p, v);
        snprintf(p->status, sizeof p->status, "%.30s", status ? status : "");
        keep(p->name, shodo_value_get_str(v, "name"));
        static const char *const kinds[] = {"missing", "empty", "limited", "failed", "withheld"};
        for (size_t i = 0; i < TUI_NOT_COPIED; i++)
            p->not_copied[i] = number(v, kinds[i], 0);
        p->exit_code = shodo_value_get_int(v, "exit", 0);
        p->is_done = true;
    }
}

uint64_t tui_progress_rate(const struct tui_progress *p) {
    if (p->ring_count < 2)
        return 0;
    uint64_t ms = p->ring[p->ring_count - 1].at_ms - p->ring[0].at_ms;
    uint64_t from = p->ring[0].bytes, to = p->ring[p->ring_count - 1].bytes;
    return ms && to > from ? (to - from) / ms * 1000 + (to - from) % ms * 1000 / ms : 0;
}

bool tui_progress_eta(const struct tui_progress *p, uint64_t elapsed_ms, unsigned *ret_from_min,
                      unsigned *ret_to_min) {
    uint64_t rate = tui_progress_rate(p);
    if (elapsed_ms < ETA_AFTER_MS || !rate || !p->bytes_total || p->bytes >= p->bytes_total)
        return false;
    uint64_t seconds = (p->bytes_total - p->bytes) / rate;
    *ret_from_min = (unsigned)SHODO_MIN(seconds * 8 / 10 / 60, (uint64_t)9999);
    *ret_to_min = (unsigned)SHODO_MIN(seconds * 13 / 10 / 60 + 1, (uint64_t)9999);
    return true;
}
