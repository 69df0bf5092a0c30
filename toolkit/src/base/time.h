/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time is int64_t nanoseconds since 1970-01-01T00:00:00Z (UTC), covering 1678..2262.
 * SHODO_TIME_NONE = unknown. The wall clock can be fixed for tests with SHODO_CLOCK (ns or RFC
 * 3339), read once at first use.
 */
#ifndef SHODO_BASE_TIME_H
#define SHODO_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define SHODO_TIME_NONE       INT64_MIN
#define SHODO_TIME_TEXT_BYTES 40

int64_t shodo_time_now(void);      /* ns UTC, or SHODO_CLOCK */
uint64_t shodo_time_mono_ms(void); /* CLOCK_MONOTONIC */
/* FILETIME (100 ns since 1601); 0 and values outside the range give NONE. */
int64_t shodo_time_from_filetime(uint64_t filetime);
uint64_t shodo_time_to_filetime(int64_t t);
int64_t shodo_time_from_unix(int64_t seconds, uint32_t ns);
/* "2026-11-22T10:36:05.123456789Z" with `decimals` 0..9 digits. "" for NONE. */
void shodo_time_utc(int64_t t, int decimals, char out[SHODO_TIME_TEXT_BYTES]);
/* "2026-11-22 19:36:05 +09:00"; offset in minutes east. */
void shodo_time_local(int64_t t, int offset_min, char out[SHODO_TIME_TEXT_BYTES]);
/* RFC 3339 with Z or offset, seconds and fraction optional-free as in the RFC. */
bool shodo_time_parse(const char *s, size_t n, int64_t *ret);

/* Civil date arithmetic (proleptic Gregorian), for deadlines and FAT times. */
struct shodo_civil {
    int year, month, day, hour, minute, second;
    int weekday; /* 0 = Sunday; filled by shodo_time_to_civil */
};
void shodo_time_to_civil(int64_t t, int offset_min, struct shodo_civil *ret);
/* NONE when out of range */
int64_t shodo_time_from_civil(const struct shodo_civil *c, int offset_min);

#endif
