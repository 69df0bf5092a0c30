/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"

struct joined {
    size_t count;
    struct shodo_source *parts[];
};

static int64_t joined_read(void *self, uint64_t offset, void *p, size_t n) {
    struct joined *j = self;
    for (size_t i = 0; i < j->count; i++) {
        uint64_t size = shodo_source_size(j->parts[i]), bad = 0;
        if (offset >= size) {
            offset -= size;
            continue;
        }
        n = (size_t)SHODO_MIN((uint64_t)n, size - offset);
        if (shodo_source_read(j->parts[i], offset, p, n, &bad, NULL) == SHODO_OK && bad == 0)
            return (int64_t)n;
        break;
    }
    errno = EIO;
    return -1;
}

static void free_parts(struct shodo_source **parts, size_t count) {
    for (size_t i = 0; i < count; i++)
        shodo_source_free(parts[i]);
}

static void joined_free(void *self) {
    struct joined *j = self;
    free_parts(j->parts, j->count);
    free(j);
}

static const struct shodo_source_ops joined_ops = {.read = joined_read, .free = joined_free};

enum shodo_status shodo_source_join(struct shodo_source **ret, struct shodo_source **parts,
                                    size_t count, uint32_t sector_bytes, struct shodo_error *err) {
    struct joined *j = NULL;
    uint64_t size = 0;
    for (size_t i = 0; i < count; i++) {
        if (!shodo_add_u64(size, shodo_source_size(parts[i]), &size)) {
            free_parts(parts, count);
            return shodo_fail(err, SHODO_INVALID, "segments are larger than any disk");
        }
    }
    j = calloc(1, sizeof(*j) + count * sizeof(j->parts[0]));
    if (!j) {
        free_parts(parts, count);
        return shodo_fail(err, SHODO_NOMEM, "no memory for a split image");
    }
    j->count = count;
    if (count > 0)
        memcpy(j->parts, parts, count * sizeof(j->parts[0]));
    return shodo_source_layer(ret, &joined_ops, j, size, sector_bytes, err);
}

static bool is_ewf(struct shodo_source *s) {
    uint8_t b[3];
    uint64_t bad = 0;
    return shodo_source_size(s) >= 13 && shodo_source_read(s, 0, b, 3, &bad, NULL) == SHODO_OK &&
           bad == 0 &&
           (memcmp(b, "EVF", 3) == 0 || memcmp(b, "LVF", 3) == 0 || memcmp(b, "LEF", 3) == 0);
}

enum shodo_status shodo_image_open(struct shodo_source **ret, const int *fds, const uint64_t *sizes,
                                   size_t count, uint32_t sector_bytes, struct shodo_error *err) {
    struct shodo_source **parts = NULL;
    enum shodo_status st = SHODO_OK;
    if (count == 0 || count > SHODO_LIMIT_SEGMENTS)
        return shodo_fail(err, count == 0 ? SHODO_INVALID : SHODO_LIMIT,
                          "an image of %zu segments (limit %u)", count, SHODO_LIMIT_SEGMENTS);
    parts = calloc(count, sizeof(struct shodo_source *));
    if (!parts)
        return shodo_fail(err, SHODO_NOMEM, "no memory for a split image");
    for (size_t i = 0; st == SHODO_OK && i < count; i++)
        st = shodo_source_from_fd(&parts[i], fds[i], sizes[i], sector_bytes, err);
    if (st != SHODO_OK)
        free_parts(parts, count);
    else if (is_ewf(parts[0]))
        st = shodo_ewf_open(ret, parts, count, NULL, err);
    else if (count == 1)
        *ret = parts[0];
    else
        st = shodo_source_join(ret, parts, count, sector_bytes, err);
    free(parts);
    return st;
}
