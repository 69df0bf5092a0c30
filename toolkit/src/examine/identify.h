/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is, from its first bytes: a table of our own. libmagic costs 0.5 to 0.8 ms a file,
 * this a few us; it knows only what triage needs: executables, what scripts begin with, and every
 * format whose bytes look encrypted. Sources of the rows: the formats' specifications and the table
 * in docs/formats.md.
 */
#ifndef SHODO_EXAMINE_IDENTIFY_H
#define SHODO_EXAMINE_IDENTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum shodo_class {
    SHODO_CLASS_UNKNOWN,
    SHODO_CLASS_PROGRAM,
    SHODO_CLASS_SCRIPT,
    SHODO_CLASS_DOCUMENT,
    SHODO_CLASS_ARCHIVE, /* holds files that nobody has opened */
    SHODO_CLASS_MEDIA,
    SHODO_CLASS_DATA, /* databases, logs, hives, disks, fonts */
    SHODO_CLASS_TEXT,
};

struct shodo_signature {
    const char *name; /* "exe", "zip", "ooxml", …: one word, as in facts */
    enum shodo_class kind;
    /* value of the YARA external `filetype`; "" when rules have no word for it */
    const char *yara_type;
    uint32_t offset;
    uint32_t len;
    const char *bytes;
};

/* How many bytes from the start are enough. */
#define SHODO_IDENTIFY_BYTES 4096u

/* NULL when nothing in the table fits. `n` may be less than the file; `p` is its start. */
const struct shodo_signature *shodo_identify(const uint8_t *p, size_t n);
size_t shodo_signature_count(void);
const struct shodo_signature *shodo_signature_at(size_t i);

/* What files with this extension (".docx", lower case) are; UNKNOWN for extensions that are not in
 * the table. */
enum shodo_class shodo_extension_class(const char *extension);
/*
 * Signature names that a file with this extension may have, separated by blanks ("zip ooxml ole");
 * NULL when the extension says nothing about the first bytes.
 */
const char *shodo_extension_expects(const char *extension);
bool shodo_extension_allows(const char *extension, const struct shodo_signature *s);

#endif
