/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MD5 (RFC 1321) of one buffer, for the YARA external `md5` that old rules compare with lists.
 * Nothing else uses it: it is no proof of anything. Own code, so that it needs no provider of a
 * library inside the sandbox.
 */
#ifndef SHODO_EXAMINE_MD5_H
#define SHODO_EXAMINE_MD5_H

#include <stddef.h>
#include <stdint.h>

void shodo_md5(const void *p, size_t n, uint8_t out[16]);

#endif
