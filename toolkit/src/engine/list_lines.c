/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/list_lines.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

static char kind_letter(const struct shodo_entry *e) {
    static const char letters[] = {'r', 'd', 'l', 'o'};
    return (size_t)e->kind < sizeof letters ? letters[e->kind] : '?';
}

static bool is_tail(uint8_t b) {
    return (b & 0xc0) == 0x80;
}

size_t shodo_list_plain(const uint8_t *p, size_t n) {
    size_t i = 0;
    while (i < n) {
        if (p[i] >= 0x20 && p[i] < 0x7f) {
            i++;
            continue;
        }
        if (n - i < 3 || !is_tail(p[i + 1]) || !is_tail(p[i + 2]))
            break;
        /* U+3040..U+30FF */
        bool is_kana = p[i] == 0xe3 && p[i + 1] >= 0x81 && p[i + 1] <= 0x83;
        /* U+4E00..U+9FFF */
        bool is_han = (p[i] == 0xe4 && p[i + 1] >= 0xb8) || (p[i] >= 0xe5 && p[i] <= 0xe9);
        if (!is_kana && !is_han)
            break;
        i += 3;
    }
    return i;
}

static void add_name(struct shodo_buf *b, const char *s, size_t n) {
    if (shodo_list_plain((const uint8_t *)s, n) == n)
        shodo_buf_add(b, s, n);
    else
        shodo_text_safe(b, s, n);
}

static char *put_u64(char *at, uint64_t v) {
    char t[20];
    size_t i = sizeof t;
    do
        t[--i] = (char)('0' + v % 10);
    while ((v /= 10) != 0);
    memcpy(at, t + i, sizeof t - i);
    return at + (sizeof t - i);
}

static void add_line(struct shodo_buf *b, const struct shodo_entry *e,
                     const struct shodo_stream *s) {
    char head[96], *at = head;
    *at++ = kind_letter(e);
    *at++ = e->flags & SHODO_ENTRY_DELETED ? '*' : ' ';
    *at++ = ' ';
    at = put_u64(at, e->volume);
    *at++ = ':';
    at = put_u64(at, e->record);
    *at++ = '-';
    at = put_u64(at, e->sequence);
    *at++ = '\t';
    at = put_u64(at, s ? s->size_bytes : 0);
    *at++ = '\t';
    shodo_buf_add(b, head, (size_t)(at - head));
    add_name(b, e->path, e->path_len);
    if (s && s->name_len) {
        shodo_buf_addc(b, ':');
        add_name(b, s->name, s->name_len);
    }
    shodo_buf_addc(b, '\n');
}

void shodo_list_entry(struct shodo_buf *b, const struct shodo_entry *e, bool is_json) {
    if (is_json) {
        struct shodo_json j = shodo_json_to(b);
        shodo_entry_write(&j, NULL, e);
        shodo_json_line_end(&j);
        return;
    }
    size_t shown = 0;
    for (size_t i = 0; i < e->streams_count; i++)
        if (!(e->streams[i].flags & SHODO_STREAM_NOT_DATA)) {
            add_line(b, e, &e->streams[i]);
            shown++;
        }
    if (!shown)
        add_line(b, e, NULL);
}
