/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text: the only place that knows encodings, widths and what is fit to be shown.
 *
 * Inside, text is UTF-8 with a length. UTF-16LE is converted at the boundary; unpaired surrogates
 * are kept as WTF-8 (three bytes ED A0..BF xx) and counted. iconv_open/iconv/iconv_close are
 * defined in text_iconv.c over the same tables, so that libraries (libarchive, hivex in tests) work
 * in a static program with no gconv files.
 */
#ifndef SHODO_BASE_TEXT_H
#define SHODO_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

enum shodo_encoding { SHODO_UTF8, SHODO_UTF16LE, SHODO_LATIN1, SHODO_CP932 };

/* Appends `n` bytes of `enc` to `out` as UTF-8. Undecodable input becomes U+FFFD (UTF-16: WTF-8)
 * and
 * `*ret_bad` (may be NULL) counts it. false only when memory ran out. */
bool shodo_text_decode(struct shodo_buf *out, enum shodo_encoding enc, const void *p, size_t n,
                       size_t *ret_bad);
/* UTF-8 (WTF-8 accepted for UTF-16LE) → `enc`. Unencodable characters become '?' and are counted.
 */
bool shodo_text_encode(struct shodo_buf *out, enum shodo_encoding enc, const char *s, size_t n,
                       size_t *ret_bad);
/* strict: no surrogates, no overlong, max U+10FFFF */
bool shodo_text_is_utf8(const char *s, size_t n);
/* Next code point at *pos (advances at least 1); 0xFFFD for a bad byte, surrogates returned as they
 * are (WTF-8). */
uint32_t shodo_text_next(const char *s, size_t n, size_t *pos);
bool shodo_text_put(struct shodo_buf *out, uint32_t code_point); /* as (W)UTF-8 */

/* Terminal columns of one code point: 0 (combining, zero width), 1 or 2. Fixed table (East Asian
 * Wide and Fullwidth = 2, Ambiguous = 1), independent of locale. Control characters count 0: make
 * text safe first. */
int shodo_text_width(uint32_t code_point);
size_t shodo_text_columns(const char *s, size_t n);
/* Length in bytes of the longest prefix of at most `columns` columns; never splits a character from
 * its combining marks. `*ret_columns` (may be NULL) = columns used. */
size_t shodo_text_clip(const char *s, size_t n, size_t columns, size_t *ret_columns);
/* Wraps to lines of at most `columns` with kinsoku (no 、。」）ー etc. at line start, no 「（ at
 * line end). Calls `line` for each line with a borrowed range of `s`. '\n' in `s` breaks. */
void shodo_text_wrap(const char *s, size_t n, size_t columns,
                     void (*line)(void *ctx, const char *s, size_t n), void *ctx);

/*
 * The only functions for showing foreign text. Control characters, bidi controls, zero-width and
 * other invisible characters, U+FFFD-able bytes and lone surrogates become visible as <U+202E> /
 * <0x1B>.
 */
bool shodo_text_safe(struct shodo_buf *out, const char *s, size_t n);
/* Same into a fixed array of `cap` > 0 bytes, without memory; cut at a character when full;
 * NUL-terminated. Length. */
size_t shodo_text_safe_fixed(char *out, size_t cap, const char *s, size_t n);
/* Same, clipped to `columns` (keeps the end when `keep_end`: paths) with ".." where cut. Returns
 * columns used. */
size_t shodo_text_safe_clip(struct shodo_buf *out, const char *s, size_t n, size_t columns,
                            bool keep_end);
/* Controls, bidi controls, zero-width, fillers, tags, noncharacters: nothing that a reader could
 * see. */
bool shodo_text_is_invisible(uint32_t code_point);
/* true when `s` holds bidi controls or invisible characters (itself a finding for a file name). */
bool shodo_text_is_deceptive(const char *s, size_t n);

/* Case folding as NTFS compares names: simple upper-case mapping of the BMP (ASCII, Latin, Greek,
 * Cyrillic, full-width Latin). Appends. */
bool shodo_text_fold(struct shodo_buf *out, const char *s, size_t n);
/* ASCII-only helpers; never locale dependent. */
bool shodo_text_ieq(const char *a, const char *b);
bool shodo_text_parse_u64(const char *s, size_t n, uint64_t *ret); /* whole string, decimal */
/* "512 bytes", "12 KiB", "3.4 MiB", "1.2 TiB": rounded down, binary units. At most
 * SHODO_SIZE_SHOWN_BYTES with the end. */
#define SHODO_SIZE_SHOWN_BYTES 24u
const char *shodo_text_size(uint64_t bytes, char out[SHODO_SIZE_SHOWN_BYTES]);
/*
 * How a fingerprint or digest is shown wherever people compare it, aloud or on paper: 64 lower-case
 * hex digits in groups of four. What is not 64 digits long gives "".
 */
#define SHODO_FINGERPRINT_SHOWN_BYTES 80u
const char *shodo_text_fingerprint(const char *hex, char out[SHODO_FINGERPRINT_SHOWN_BYTES]);
/* exactly out_len bytes */
bool shodo_text_parse_hex(const char *s, size_t n, void *out, size_t out_len);

/*
 * Makes LC_CTYPE a UTF-8 locale in a process with no locale files: writes the embedded C.UTF-8
 * LC_CTYPE (354 KB) by mkdtemp into the first writable of $XDG_RUNTIME_DIR /run /dev/shm /tmp
 * `case_dir` (may be NULL), setlocale, removes it. NOSPACE when nothing is writable (then no ZIP
 * work: libarchive loses names).
 */
enum shodo_status shodo_text_locale_init(const char *case_dir, struct shodo_error *err);

#endif
