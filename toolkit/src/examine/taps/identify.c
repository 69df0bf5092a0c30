/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the content is, by the table of examine/identify.h, and what that contradicts: a program
 * under the name of a document, a program in a named stream, a name that shows something else than
 * it is. Archives go into the policy ledger: nobody opens them here.
 */
#include "examine/identify.h"

#include <string.h>

#include "base/macro.h"
#include "base/text.h"
#include "examine/tap.h"

static void suspect(struct shodo_look *l, const char *rule, const char *description,
                    const char *description_ja) {
    struct shodo_finding f = {.tap = "identify",
                              .rule = rule,
                              .ruleset = "shodo",
                              .ruleset_digest = "",
                              .description = description,
                              .description_ja = description_ja,
                              .verdict = SHODO_VERDICT_SUSPECT,
                              .kind = "detection"};
    shodo_look_finding(l, &f);
}

static void on_entry(void *state, struct shodo_look *l) {
    (void)state;
    const char *name = NULL;
    size_t n = 0;
    shodo_entry_base_name(l->entry->path, l->entry->path_len, &name, &n);
    if (shodo_text_is_deceptive(name, n))
        suspect(l, "DeceptiveName",
                "the file name holds invisible or direction-changing characters",
                "ファイル名に見えない文字または表示の向きを変える文字がある");
}

/* Extensions under which nobody keeps a program on purpose. */
static bool is_innocent_extension(const char *extension) {
    enum shodo_class c = shodo_extension_class(extension);
    return (c == SHODO_CLASS_DOCUMENT || c == SHODO_CLASS_MEDIA) &&
           strcmp(extension, ".cur") != 0 && strcmp(extension, ".ico") != 0;
}

static void whole(void *state, struct shodo_look *l, const struct shodo_bytes *b) {
    (void)state;
    l->signature = shodo_identify(b->head, b->head_len);
    if (!l->signature)
        return;
    bool is_program = l->signature->kind == SHODO_CLASS_PROGRAM &&
                      strcmp(l->signature->name, "jar") != 0;
    /* "MZ" alone may be the beginning of a text */
    if (strcmp(l->signature->name, "exe") == 0 && b->head_len < 64)
        is_program = false;
    if (is_program && l->stream_name[0])
        suspect(l, "ProgramInStream", "a program is hidden in a named stream of the file",
                "ファイルの代替データストリームにプログラムが隠されている");
    else if (is_program && is_innocent_extension(l->extension))
        suspect(l, "ProgramInDisguise",
                "a program has the extension of a document, picture or text",
                "文書・画像・テキストの拡張子が付いたプログラム");
    if (l->signature->kind == SHODO_CLASS_ARCHIVE)
        shodo_look_policy(l, SHODO_LEDGER_POLICY, "archive not opened");
}

const struct shodo_tap shodo_tap_identify = {.name = "identify", .entry = on_entry, .whole = whole};
