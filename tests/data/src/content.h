/* SPDX-License-Identifier: Apache-2.0 */
/*
 * File content from a description: pieces in the order they stand on the line.
 *
 *   text="…" utf16="…" cp932="…" hex=00ff    literal or converted
 *
 *   from=NAME                                 a file of the search folders
 *
 *   zeros=N hole=N random=N:SEED ascii=N:SEED lines=N:SEED repeat=N:TEXT
 *
 *   pe="marker" jpg= png= dicom= dicomjpg= docx= xlsx= pdf= zip= gz= (N:SEED)
 *
 *   le16=N le32=N le64=N filetime=TIME systemtime=TIME sid=S-1-…    binary structures
 *
 * N is about the size for the formats and exact for the others. A hole takes no cluster.
 */
#ifndef SHODO_TESTDATA_CONTENT_H
#define SHODO_TESTDATA_CONTENT_H

#include "lib.h"

struct td_piece { /* data.n == 0: a hole of `len` bytes */
    uint64_t len;
    struct td_buf data;
};

struct td_content {
    struct td_piece *v;
    size_t n;
    uint64_t size;
    bool has_hole;
};

/* Takes every content option of the line; false when there was none. */
bool td_content_parse(const struct td_script *s, struct td_line *l, struct td_content *c);
void td_content_data(struct td_content *c, const void *p, size_t n);
void td_content_hole(struct td_content *c, uint64_t n);
void td_content_done(struct td_content *c);
/* One buffer of everything; fails above 1 GiB. */
void td_content_flat(const struct td_content *c, struct td_buf *b);
/* False (and nothing written) for more than 8 GiB: hashing that many zeros helps nobody. */
bool td_content_sha256(const struct td_content *c, char hex[65]);

/* One generated file of about n bytes; false when the kind is unknown. */
bool td_format(struct td_buf *b, const char *kind, uint64_t n, const char *seed);
/* A PE32+ console program whose only instruction is "return 0", with the marker as read-only data.
 */
void td_format_pe(struct td_buf *b, const char *marker, size_t n);

#endif
