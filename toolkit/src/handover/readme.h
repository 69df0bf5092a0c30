/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of 00_最初に読む.txt: what the bundle is, what it may contain, and the recipe with
 * openssl 3 and sha256sum alone. Japanese first, then English. The recipe is run as it stands by
 * tests/e2e/bundle.
 */
#ifndef SHODO_HANDOVER_README_H
#define SHODO_HANDOVER_README_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct shodo_readme {
    const char *name;        /* of the bundle */
    const char *hospital;    /* NULL unknown */
    const char *contact;     /* NULL unknown: who made this and can be asked */
    const char *fingerprint; /* of the signer's certificate */
    bool has_certificate;    /* a recipient's key opens it */
    bool has_passphrase;
    bool is_plain;
    bool is_drill;
};
bool shodo_readme_write(struct shodo_buf *out, const struct shodo_readme *r);

#endif
