/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of one object in a WMI repository. For the files wmi*.c only. */
#ifndef SHODO_EXAMINE_READERS_WMI_OBJECT_H
#define SHODO_EXAMINE_READERS_WMI_OBJECT_H

#include "base/buf.h"

#define WMI_TEXTS 16u

struct wmi_texts {
    const char *s[WMI_TEXTS]; /* UTF-8, in `arena` */
    size_t count;
};

/* The texts behind position `at`, up to the next object. Borrowed from the arena. */
void wmi_texts_take(struct wmi_texts *t, struct shodo_arena *arena, const uint8_t *p, size_t n,
                    size_t at);
/* Is one of them equal to `s`? */
bool wmi_texts_have(const struct wmi_texts *t, const char *s);
/* When the record around position `at` was written: its head is the class's hash in UTF-16, then a
 * FILETIME. NONE when there is no such head. */
int64_t wmi_time(const uint8_t *p, size_t at);

#endif
