/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/budget.h"

#include "base/limits.h"
#include "base/text.h"

enum {
    FAST_BYTES_S = 150 << 20, /* rules on all kinds of content, one examiner: docs/benchmarks.md */
    SLOW_BYTES_S = 15 << 20,  /* small reads in the order of the disk, old 2.5-inch disk */
    FAST_FILES_S = 5000,
    SLOW_FILES_S = 60, /* one seek and half a turn for each file at 5,400 per minute */
    SLOW_FIXED_S = 20, /* examiners start and answers are made, on an old PC started from the stick
                        */
};

static uint64_t seconds(uint64_t files, uint64_t bytes, uint64_t files_s, uint64_t bytes_s) {
    return files / files_s + bytes / bytes_s + (files > 0);
}

struct shodo_budget shodo_budget_make(uint64_t files, uint64_t bytes, uint64_t bytes_left) {
    return (struct shodo_budget){
        .files = files,
        .bytes = bytes,
        .bytes_left = bytes_left,
        .seconds_from = seconds(files, bytes, FAST_FILES_S, FAST_BYTES_S),
        .seconds_to = seconds(files, bytes, SLOW_FILES_S, SLOW_BYTES_S) +
                      (files ? SLOW_FIXED_S : 0),
    };
}

unsigned shodo_budget_left_permille(uint64_t bytes, uint64_t bytes_left) {
    uint64_t all = 0;
    while (!shodo_add_u64(bytes, bytes_left, &all) || all > UINT64_MAX / 1001) {
        bytes /= 2;
        bytes_left /= 2;
    }
    return all ? (unsigned)((bytes_left * 1000 + all - 1) / all) : 0;
}

static void add_time(struct shodo_buf *out, uint64_t s, bool ja) {
    if (s < 120)
        shodo_buf_addf(out, ja ? "%llu 秒" : "%llu s", (unsigned long long)s);
    else
        shodo_buf_addf(out, ja ? "%llu 分" : "%llu min", (unsigned long long)(s + 59) / 60);
}

void shodo_budget_print(const struct shodo_budget *g, bool ja, struct shodo_buf *out) {
    char size[SHODO_SIZE_SHOWN_BYTES];
    unsigned left = shodo_budget_left_permille(g->bytes, g->bytes_left);
    shodo_buf_addf(out, ja ? "調べる: %llu 件, %s. 所要 約 " : "%llu files, %s to look at; about ",
                   (unsigned long long)g->files, shodo_text_size(g->bytes, size));
    add_time(out, g->seconds_from, ja);
    if (g->seconds_to > g->seconds_from) {
        shodo_buf_adds(out, ja ? "～" : " to ");
        add_time(out, g->seconds_to, ja);
    }
    shodo_buf_addf(out,
                   ja ? " (ディスクの速さによる). 内容を読まない分: ファイルの容量の %u.%u %%\n"
                      : " (speed of the disk). Not read: %u.%u %% of the bytes of the files\n",
                   left / 10, left % 10);
}
