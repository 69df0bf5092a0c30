/* SPDX-License-Identifier: Apache-2.0 */
/* Which entries become work, in which phase, and why not. */
#include <string.h>

#include "base/limits.h"
#include "base/macro.h"
#include "base/text.h"
#include "examine/identify.h"
#include "examine/plan.h"
#include "examine/readers/reader.h"

/* Where attackers put things on Windows machines; case-insensitive globs as in examine/glob.h. */
static const char *const risky_places[] = {
    "/*",
    "/PerfLogs/**",
    "/Temp/**",
    "/Tmp/**",
    "/Intel/**",
    "/$Recycle.Bin/**",
    "/Recovery/*",
    "/Windows/*",
    "/Windows/Temp/**",
    "/Windows/Debug/**",
    "/Windows/Tasks/**",
    "/Windows/System32/Tasks/**",
    "/Windows/System32/GroupPolicy/**",
    "/Windows/System32/spool/drivers/color/*",
    "/Windows/SYSVOL/**/scripts/**",
    "/ProgramData/*",
    "/ProgramData/*/*",
    "/ProgramData/Microsoft/Windows/Start Menu/Programs/Startup/*",
    "/Users/*/*",
    "/Users/Public/**",
    "/Users/*/Downloads/**",
    "/Users/*/Desktop/**",
    "/Users/*/Documents/*",
    "/Users/*/Music/**",
    "/Users/*/Videos/**",
    "/Users/*/Pictures/*",
    "/Users/*/AppData/Local/*",
    "/Users/*/AppData/Local/Temp/**",
    "/Users/*/AppData/LocalLow/*",
    "/Users/*/AppData/Roaming/*",
    "/Users/*/AppData/Roaming/*/*",
    "/Users/*/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup/*",
    "/Documents and Settings/*/Local Settings/Temp/**",
    "/Documents and Settings/*/Desktop/**",
    "/inetpub/wwwroot/**",
};

/* Words in the names of ransom notes; only for small text-like files. */
static const char *const note_words[] = {
    "readme", "read_me", "read me", "recover", "restore",  "decrypt", "how_to",  "how to",
    "howto",  "help",    "unlock",  "ransom",  "instruct", "!!!",     "warning", "_info"};

struct shodo_globset *shodo_phase_risky_places(void) {
    struct shodo_globset *g = shodo_globset_new();
    for (size_t i = 0; g && i < SHODO_ARRAY_SIZE(risky_places); i++) {
        if (shodo_globset_add(g, risky_places[i], strlen(risky_places[i]), (uint32_t)i, NULL) !=
            SHODO_OK)
            g = shodo_globset_free(g);
    }
    return g;
}

static void set_flag(void *ctx, uint32_t id) {
    (void)id;
    *(bool *)ctx = true;
}

static bool is_note(const struct shodo_entry *e, const char *extension) {
    static const char *const extensions[] = {".txt", ".hta", ".html", ".htm",
                                             ".rtf", ".url", ".md",   ""};
    const char *name = NULL;
    size_t n = 0;
    bool is_text = false;
    if (e->streams_count == 0 || e->streams[0].size_bytes > SHODO_KIB(64))
        return false;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(extensions); i++)
        is_text = is_text || strcmp(extension, extensions[i]) == 0;
    if (!is_text)
        return false;
    shodo_entry_base_name(e->path, e->path_len, &name, &n);
    char lower[128];
    n = SHODO_MIN(n, sizeof lower - 1);
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    lower[n] = 0;
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(note_words); i++) {
        if (strstr(lower, note_words[i]))
            return true;
    }
    return false;
}

/* Programs, scripts, documents, and whatever has an extension that we do not know: encrypted files
 * often do. */
static bool is_standard(const char *extension) {
    enum shodo_class c = shodo_extension_class(extension);
    return c == SHODO_CLASS_PROGRAM || c == SHODO_CLASS_SCRIPT || c == SHODO_CLASS_DOCUMENT ||
           c == SHODO_CLASS_UNKNOWN;
}

static enum shodo_phase skip(const char **ret_reason, const char *reason) {
    if (ret_reason)
        *ret_reason = reason;
    return SHODO_PHASE_SKIP;
}

/* What cannot or need not be read, whatever the profile. NULL: it can. *ret_silent: nothing there
 * to be examined. */
static const char *obstacle(const struct shodo_entry *e, bool *ret_silent) {
    bool has_named = e->streams_count > 1 || (e->streams_count == 1 && e->streams[0].name_len > 0);
    *ret_silent = false;
    if (e->flags & SHODO_ENTRY_SYSTEM)
        return "metadata of the file system: not scanned with rules";
    if (e->kind != SHODO_ENTRY_FILE && !(e->kind == SHODO_ENTRY_DIR && has_named)) {
        *ret_silent = true;
        return "not a file";
    }
    if (e->flags & SHODO_ENTRY_DELETED)
        return "deleted file: listed, content not examined";
    if (e->flags & SHODO_ENTRY_OFFLINE)
        return "cloud placeholder: the content is not on this disk";
    if (e->streams_count > 0 && !has_named && (e->streams[0].flags & SHODO_STREAM_ENCRYPTED))
        return "encrypted by EFS";
    return NULL;
}

enum shodo_phase shodo_plan_phase(const struct shodo_plan *p, const struct shodo_entry *e,
                                  const char **ret_reason) {
    bool is_artifact = false, is_risky = false, is_silent = false;
    if (ret_reason)
        *ret_reason = NULL;
    const char *reason = obstacle(e, &is_silent);
    if (is_silent)
        return SHODO_PHASE_SKIP;
    /* out of memory counts as selected: rather one entry too many */
    if (!(e->flags & SHODO_ENTRY_DELETED) &&
        (!shodo_artifacts_match(p->artifacts, e, NULL, NULL, &is_artifact) || is_artifact))
        return SHODO_PHASE_EARLY;
    if (shodo_reader_wants(e))
        return SHODO_PHASE_EARLY;
    if (reason)
        return skip(ret_reason, reason);
    shodo_auto(shodo_buf) struct shodo_buf extension = SHODO_BUF_INIT;
    shodo_entry_extension(&extension, e->path, e->path_len);
    const char *ext = shodo_buf_cstr(&extension);
    if (is_note(e, ext))
        return SHODO_PHASE_EARLY;
    if (!shodo_globset_match(p->risky, e->path, e->path_len, set_flag, &is_risky) || is_risky)
        return SHODO_PHASE_RISKY;
    if (p->profile == SHODO_PROFILE_QUICK)
        return skip(ret_reason, "outside the profile 'quick'");
    if (p->profile == SHODO_PROFILE_STANDARD && !is_standard(ext))
        return skip(ret_reason, "outside the profile 'standard'");
    return SHODO_PHASE_REST;
}
