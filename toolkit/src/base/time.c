/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define NS_PER_S  INT64_C(1000000000)
#define S_PER_DAY INT64_C(86400)
/* seconds from 1601-01-01 to 1970-01-01 (MS-DTYP 2.3.3) */
#define FILETIME_EPOCH_S INT64_C(11644473600)
#define TICKS_PER_S      INT64_C(10000000)

/* The fixed clock is constant for the life of the process; reading the environment once keeps it
 * so. */
static int64_t fixed_clock(void) {
    static bool read_env;
    static int64_t fixed;

    if (!read_env) {
        const char *s = getenv("SHODO_CLOCK");
        uint64_t ns = 0;
        fixed = SHODO_TIME_NONE;
        if (s && shodo_text_parse_u64(s, strlen(s), &ns) && ns <= INT64_MAX)
            fixed = (int64_t)ns;
        else if (s)
            (void)shodo_time_parse(s, strlen(s), &fixed);
        read_env = true;
    }
    return fixed;
}

int64_t shodo_time_now(void) {
    int64_t fixed = fixed_clock();
    struct timespec ts;

    if (fixed != SHODO_TIME_NONE)
        return fixed;
    if (clock_gettime(CLOCK_REALTIME, &ts) != 0)
        return SHODO_TIME_NONE;
    return shodo_time_from_unix(ts.tv_sec, (uint32_t)ts.tv_nsec);
}

uint64_t shodo_time_mono_ms(void) {
    struct timespec ts = {.tv_sec = 0, .tv_nsec = 0};

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int64_t shodo_time_from_unix(int64_t seconds, uint32_t ns) {
    int64_t t, rest = ns;

    if (seconds < 0) { /* towards zero, so that the first second of the range is reached as well */
        seconds++;
        rest -= NS_PER_S;
    }
    if (__builtin_mul_overflow(seconds, NS_PER_S, &t) || __builtin_add_overflow(t, rest, &t))
        return SHODO_TIME_NONE;
    return t;
}

int64_t shodo_time_from_filetime(uint64_t filetime) {
    int64_t seconds = (int64_t)(filetime / (uint64_t)TICKS_PER_S) - FILETIME_EPOCH_S;
    uint32_t ns = (uint32_t)(filetime % (uint64_t)TICKS_PER_S) * 100;

    if (filetime == 0)
        return SHODO_TIME_NONE;
    return shodo_time_from_unix(seconds, ns);
}

/* Division that rounds down, so that times before 1970 keep a fraction of 0..999999999. */
static int64_t floor_div(int64_t a, int64_t b, int64_t *ret_rest) {
    int64_t q = a / b, r = a % b;

    if (r < 0) {
        r += b;
        q--;
    }
    *ret_rest = r;
    return q;
}

uint64_t shodo_time_to_filetime(int64_t t) {
    int64_t ns, s;

    if (t == SHODO_TIME_NONE)
        return 0;
    s = floor_div(t, NS_PER_S, &ns);
    return (uint64_t)(s + FILETIME_EPOCH_S) * (uint64_t)TICKS_PER_S + (uint64_t)ns / 100;
}

/* Days since 1970-01-01 ↔ civil date: Howard Hinnant, "chrono-Compatible Low-Level Date
 * Algorithms". */
static int64_t days_from_civil(int64_t y, int m, int d) {
    int64_t yoe, doy, doe, era;

    y -= m <= 2;
    era = floor_div(y, 400, &yoe);
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static void civil_from_days(int64_t days, struct shodo_civil *ret) {
    int64_t doe, era = floor_div(days + 719468, 146097, &doe);
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    ret->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    ret->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    ret->year = (int)(yoe + era * 400 + (ret->month <= 2));
}

void shodo_time_to_civil(int64_t t, int offset_min, struct shodo_civil *ret) {
    int64_t ns, in_day, week;
    int64_t s = floor_div(t, NS_PER_S, &ns) + (int64_t)offset_min * 60;
    int64_t days = floor_div(s, S_PER_DAY, &in_day);

    *ret = (struct shodo_civil){.year = 0};
    civil_from_days(days, ret);
    ret->hour = (int)(in_day / 3600);
    ret->minute = (int)(in_day / 60 % 60);
    ret->second = (int)(in_day % 60);
    (void)floor_div(days + 4, 7, &week); /* 1970-01-01 was a Thursday */
    ret->weekday = (int)week;
}

static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Seconds since 1970; false when a field is out of its range. */
static bool civil_seconds(const struct shodo_civil *c, int offset_min, int64_t *ret) {
    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12 || c->day < 1 ||
        c->day > days_in_month(c->year, c->month) || c->hour < 0 || c->hour > 23 || c->minute < 0 ||
        c->minute > 59 || c->second < 0 || c->second > 60 || offset_min < -1440 ||
        offset_min > 1440)
        return false;
    *ret = days_from_civil(c->year, c->month, c->day) * S_PER_DAY + c->hour * 3600 +
           c->minute * 60 + c->second - (int64_t)offset_min * 60;
    return true;
}

int64_t shodo_time_from_civil(const struct shodo_civil *c, int offset_min) {
    int64_t s;

    return civil_seconds(c, offset_min, &s) ? shodo_time_from_unix(s, 0) : SHODO_TIME_NONE;
}

void shodo_time_utc(int64_t t, int decimals, char out[SHODO_TIME_TEXT_BYTES]) {
    struct shodo_civil c;
    int64_t ns;
    int n;

    out[0] = '\0';
    if (t == SHODO_TIME_NONE)
        return;
    shodo_time_to_civil(t, 0, &c);
    (void)floor_div(t, NS_PER_S, &ns);
    n = snprintf(out, SHODO_TIME_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d.%09d", c.year, c.month,
                 c.day, c.hour, c.minute, c.second, (int)ns);
    shodo_assert(n == 29);
    decimals = SHODO_MIN(SHODO_MAX(decimals, 0), 9);
    n = decimals > 0 ? 20 + decimals : 19;
    out[n] = 'Z';
    out[n + 1] = '\0';
}

void shodo_time_local(int64_t t, int offset_min, char out[SHODO_TIME_TEXT_BYTES]) {
    struct shodo_civil c;
    int off = offset_min < 0 ? -offset_min : offset_min;

    out[0] = '\0';
    if (t == SHODO_TIME_NONE)
        return;
    shodo_time_to_civil(t, offset_min, &c);
    snprintf(out, SHODO_TIME_TEXT_BYTES, "%04d-%02d-%02d %02d:%02d:%02d %c%02d:%02d", c.year,
             c.month, c.day, c.hour, c.minute, c.second, offset_min < 0 ? '-' : '+', off / 60 % 100,
             off % 60);
}

struct scan {
    const char *s;
    size_t n;
    bool bad;
};

static int digits(struct scan *in, size_t count) {
    int v = 0;

    for (size_t i = 0; i < count; i++) {
        if (in->n == 0 || *in->s < '0' || *in->s > '9') {
            in->bad = true;
            return 0;
        }
        v = v * 10 + (*in->s - '0');
        in->s++;
        in->n--;
    }
    return v;
}

static char one_of(struct scan *in, const char *set) {
    char c = in->n > 0 ? *in->s : '\0';

    if (c == '\0' || !strchr(set, c)) {
        in->bad = true;
        return '\0';
    }
    in->s++;
    in->n--;
    return c;
}

/* Digits after the ninth are read and dropped. */
static int64_t fraction(struct scan *in) {
    int64_t ns = 0, unit = NS_PER_S / 10;

    if (in->n == 0 || *in->s != '.')
        return 0;
    one_of(in, ".");
    do {
        ns += unit * digits(in, 1);
        unit /= 10;
    } while (!in->bad && in->n > 0 && *in->s >= '0' && *in->s <= '9');
    return ns;
}

bool shodo_time_parse(const char *s, size_t n, int64_t *ret) {
    struct scan in = {.s = s, .n = n, .bad = false};
    struct shodo_civil c = {.weekday = 0};
    int offset = 0;
    int64_t ns, s_1970, t;

    c.year = digits(&in, 4);
    one_of(&in, "-");
    c.month = digits(&in, 2);
    one_of(&in, "-");
    c.day = digits(&in, 2);
    one_of(&in, "Tt ");
    c.hour = digits(&in, 2);
    one_of(&in, ":");
    c.minute = digits(&in, 2);
    one_of(&in, ":");
    c.second = digits(&in, 2);
    ns = in.bad ? 0 : fraction(&in);
    char zone = one_of(&in, "Zz+-");
    if (zone == '+' || zone == '-') {
        int hours = digits(&in, 2);
        one_of(&in, ":");
        int minutes = digits(&in, 2);
        if (hours > 23 || minutes > 59)
            return false;
        offset = (hours * 60 + minutes) * (zone == '-' ? -1 : 1);
    }
    if (in.bad || in.n != 0 || !civil_seconds(&c, offset, &s_1970))
        return false;
    t = shodo_time_from_unix(s_1970, (uint32_t)ns);
    if (t == SHODO_TIME_NONE)
        return false;
    *ret = t;
    return true;
}
