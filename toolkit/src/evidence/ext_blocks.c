/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/ext_blocks.h"

#include <stdlib.h>

#include "base/cur.h"
#include "base/limits.h"
#include "evidence/runs.h"

enum { DIRECT = 12, LEVELS = 3 };

struct mapping {
    struct shodo_vec *runs;
    struct shodo_source *source;
    uint32_t block_bytes;
    uint64_t left;          /* blocks still to be mapped */
    uint8_t *lists[LEVELS]; /* one block for each level */
};

static bool add(struct mapping *m, uint64_t address, uint64_t blocks) {
    uint64_t n = SHODO_MIN(blocks, m->left);
    if (m->runs->count >= SHODO_LIMIT_RUNS ||
        (address && address >= shodo_source_size(m->source) / m->block_bytes))
        return false;
    m->left -= n;
    return shodo_runs_add(m->runs, address * m->block_bytes, n * m->block_bytes, address == 0);
}

/* `level` 0: a block of content; 1 and more: a block of addresses of the level below. */
static bool map(struct mapping *m, uint64_t address, unsigned level) {
    uint32_t per_list = m->block_bytes / 4;
    uint64_t span = 1, bad = 0;
    for (unsigned i = 0; i < level; i++)
        span *= per_list; /* at most 2^42 */
    if (level == 0 || address == 0)
        return add(m, address, span);
    uint8_t *list = m->lists[level - 1];
    if (address >= shodo_source_size(m->source) / m->block_bytes ||
        shodo_source_read(m->source, address * m->block_bytes, list, m->block_bytes, &bad, NULL) !=
            SHODO_OK ||
        bad > 0)
        return false;
    for (uint32_t i = 0; i < per_list && m->left > 0; i++)
        if (!map(m, shodo_le32(list + 4 * (size_t)i), level - 1))
            return false;
    return true;
}

/* Field places: Linux kernel, Documentation/filesystems/ext4, "Super Block". */
const char *ext_contradiction(struct shodo_source *s) {
    uint8_t sb[1024];
    uint64_t bad = 0;
    if (shodo_source_size(s) < 4096 ||
        shodo_source_read(s, 1024, sb, sizeof(sb), &bad, NULL) != SHODO_OK || bad > 0)
        return "its superblock cannot be read";
    uint32_t shift = shodo_le32(sb + 24), inodes = shodo_le32(sb), per_group = shodo_le32(sb + 32);
    uint32_t inodes_per_group = shodo_le32(sb + 40),
             inode_bytes = shodo_le32(sb + 76) ? shodo_le16(sb + 88) : 128;
    bool is_64bit = shodo_le32(sb + 96) & 0x80, has_clusters = shodo_le32(sb + 100) & 0x200;
    if (shift > 6)
        return "its block size is impossible";
    uint64_t block = 1024ULL << shift;
    uint64_t blocks = shodo_le32(sb + 4) | (is_64bit ? (uint64_t)shodo_le32(sb + 336) << 32 : 0);
    if (blocks == 0 || blocks > shodo_source_size(s) / block + 65536)
        return "its superblock claims more blocks than the volume has";
    if (per_group == 0 || (!has_clusters && per_group > 8 * block) || per_group % 8 != 0)
        return "its superblock gives block groups an impossible size";
    if (inodes_per_group == 0 || inodes_per_group > 8 * block || inode_bytes < 128 ||
        inode_bytes > block)
        return "its superblock gives inode tables an impossible size";
    uint64_t groups = (blocks + per_group - 1) / per_group;
    return inodes == 0 || inodes > groups * inodes_per_group
               ? "its superblock claims more inodes than its tables hold"
               : NULL;
}

bool ext_runs(struct shodo_vec *runs, struct shodo_source *s, uint32_t block_bytes,
              const uint64_t addresses[EXT_ADDRESSES], uint64_t blocks) {
    struct mapping m = {.runs = runs, .source = s, .block_bytes = block_bytes, .left = blocks};
    uint8_t *lists = malloc((size_t)LEVELS * block_bytes);
    bool is_good = lists != NULL && block_bytes >= 1024 && block_bytes <= 65536;
    for (unsigned i = 0; is_good && i < LEVELS; i++)
        m.lists[i] = lists + (size_t)i * block_bytes;
    for (unsigned i = 0; is_good && i < EXT_ADDRESSES && m.left > 0; i++)
        is_good = map(&m, addresses[i], i < DIRECT ? 0 : i - DIRECT + 1);
    free(lists);
    return is_good && m.left == 0;
}
