/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test includes first: cmocka with what it needs, and comparison of a buffer with a
 * text. */
#ifndef SHODO_TESTS_UNIT_H
#define SHODO_TESTS_UNIT_H

#include <setjmp.h> /* cmocka.h needs it; nothing here calls it */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#define assert_buf(b, text)                                                                        \
    do {                                                                                           \
        assert_string_equal(shodo_buf_cstr(&(b)), text);                                           \
        assert_int_equal((b).len, strlen(text));                                                   \
    } while (0)

#endif
