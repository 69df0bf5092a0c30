/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Encrypted or not", for one file, from what the measuring tap said of it
 * (examine/taps/measure.c). Randomness alone decides nothing: strong compression looks the same.
 * What decides is randomness where the file's kind does not allow it: a mandatory signature that is
 * missing, a text that is random, a second extension that nobody knows. Method: facts of the
 * measurements in docs/formats-answers.md; Davies et al. 2022 for chi-square with header knowledge.
 */
#ifndef SHODO_EXAMINE_ANSWERS_CRYPT_H
#define SHODO_EXAMINE_ANSWERS_CRYPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/value.h"
#include "examine/answers/detect.h"

enum shodo_crypt { SHODO_CRYPT_NO, SHODO_CRYPT_MAYBE, SHODO_CRYPT_YES };

struct shodo_crypt_signs {
    const char *extension;  /* lower case with dot, "" none */
    const char *identified; /* signature name, "" none */
    bool is_mismatch;       /* the extension demands a signature that is not there */
    bool is_candidate;      /* the name is that of an encrypted file (census) */
    bool is_head_random;
    bool is_laned; /* every other 16 bytes (examine/measure.h) */
    uint64_t size, samples, random, lanes;
};
/* `detect` may be NULL: then no extension counts as random by nature. */
enum shodo_crypt shodo_crypt_judge(const struct shodo_crypt_signs *s,
                                   const struct shodo_detect *detect);
/* From the values of a fact content/odd; texts are borrowed from it. `is_candidate` is left false.
 */
void shodo_crypt_read(struct shodo_crypt_signs *ret, const struct shodo_value *values);

#endif
