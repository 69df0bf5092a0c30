/* SPDX-License-Identifier: Apache-2.0 */
/*
 * iconv over the tables of base/text*.c, with POSIX semantics: E2BIG when the output is full,
 * EINVAL for an incomplete character at the end of the input, EILSEQ for a bad one; pointers stand
 * on the first byte not converted.
 *
 * Names (any case): UTF-8 UTF8 "" CHAR · UTF-16LE UCS-2LE · UTF-16BE UCS-2BE · LATIN1 ISO-8859-1
 * ISO8859-1 ISO_8859-1 · CP932 SHIFT_JIS SHIFT-JIS SJIS WINDOWS-31J MS932 · ASCII US-ASCII
 * ANSI_X3.4-1968 · UTF-32LE UCS-4LE WCHAR_T. A name with "//TRANSLIT" as target writes '?' for what
 * it cannot hold (counted in the result), with "//IGNORE" leaves it out, bad input included. The
 * names iconv_open, iconv and iconv_close themselves are in stubs.c, for static programs only.
 */
#ifndef SHODO_BASE_TEXT_ICONV_H
#define SHODO_BASE_TEXT_ICONV_H

#include <stddef.h>

struct shodo_iconv;
/* NULL: errno EINVAL (unknown name) or ENOMEM. */
struct shodo_iconv *shodo_iconv_open(const char *to, const char *from);
struct shodo_iconv *shodo_iconv_free(struct shodo_iconv *cd);
/* Number of characters that were replaced or left out, or (size_t)-1 with errno. `in` or `*in`
 * NULL: reset, 0. */
size_t shodo_iconv_convert(struct shodo_iconv *cd, char **in, size_t *in_left, char **out,
                           size_t *out_left);

#endif
