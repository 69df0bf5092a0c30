/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How Windows left a volume: the dirty flag of $Volume and the head of hiberfil.sys. Fast Startup
 * writes the same file as hibernation (the sleeping kernel without the users' sessions), so the two
 * are told as one. Sources: linux-ntfs documentation, $VOLUME_INFORMATION (flag 0x0001); the marks
 * at the start of hiberfil.sys as libntfs-3g and the volatility project read them ("hibr"/"HIBR"
 * asleep, "rstr"/"RSTR" being restored, "wake"/"WAKE" resumed).
 */
#include <string.h>

#include "base/cur.h"
#include "evidence/ntfs.h"

#define NTFS_VOLUME_INFORMATION 0x70
#define VOLUME_IS_DIRTY         0x0001
#define HEAD_BYTES              4096

static bool is_dirty(struct shodo_ntfs *n) {
    struct ntfs_attr a;
    return ntfs_volume_attr(n, NTFS_VOLUME_INFORMATION, &a) && a.value_bytes >= 12 &&
           (shodo_le16(a.value + 10) & VOLUME_IS_DIRTY) != 0;
}

static enum shodo_sleep state_of(const uint8_t *p, size_t n) {
    static const struct {
        const char *mark;
        enum shodo_sleep state;
    } marks[] = {{"hibr", SHODO_SLEEP_ASLEEP}, {"HIBR", SHODO_SLEEP_ASLEEP},
                 {"rstr", SHODO_SLEEP_ASLEEP}, {"RSTR", SHODO_SLEEP_ASLEEP},
                 {"wake", SHODO_SLEEP_AWAKE},  {"WAKE", SHODO_SLEEP_AWAKE}};
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(marks); i++)
        if (n >= 4 && memcmp(p, marks[i].mark, 4) == 0)
            return marks[i].state;
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return SHODO_SLEEP_UNKNOWN;
    return SHODO_SLEEP_AWAKE; /* wiped after a resume, or never used */
}

static enum shodo_sleep sleep_of(struct shodo_ntfs *n) {
    shodo_auto(shodo_arena) struct shodo_arena arena = SHODO_ARENA_INIT;
    uint8_t head[HEAD_BYTES];
    struct ntfs_record r;
    enum ntfs_record_state state;
    struct shodo_entry e;
    uint64_t number = 0;
    uint32_t security = 0;
    if (ntfs_index_find(n, NTFS_ROOT, "hiberfil.sys", &number, NULL) != SHODO_OK)
        return SHODO_SLEEP_NO_FILE;
    if (ntfs_record_read(n, number, n->record_buf, &r, &state, NULL) != SHODO_OK ||
        state != NTFS_RECORD_OK ||
        ntfs_entry_build(n, &r, false, &e, &security, &arena, NULL) != SHODO_OK ||
        e.streams_count == 0)
        return SHODO_SLEEP_UNKNOWN;
    const struct shodo_stream *s = &e.streams[0];
    size_t len = (size_t)SHODO_MIN(s->size_bytes, (uint64_t)sizeof head);
    if (s->resident)
        return state_of(s->resident, SHODO_MIN(len, s->resident_len));
    struct shodo_runs_pos pos = {.index = 0, .start = 0};
    if (shodo_runs_read(n->source, s->runs, s->runs_count, &pos, 0, head, len) > 0)
        return SHODO_SLEEP_UNKNOWN;
    return state_of(head, len);
}

void ntfs_state(struct shodo_ntfs *n, bool *ret_is_dirty, enum shodo_sleep *ret_sleep) {
    *ret_is_dirty = is_dirty(n);
    *ret_sleep = sleep_of(n);
}
