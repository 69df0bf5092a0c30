/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifact definitions (ForensicArtifacts YAML) and what they select on a Windows volume.
 *
 * Format: multi-document YAML, keys aliases conditions doc labels name provides sources
 * supported_os urls; source types FILE PATH DIRECTORY REGISTRY_KEY REGISTRY_VALUE COMMAND WMI
 * ARTIFACT_GROUP. Files are loaded as they are; only FILE sources select entries (registry sources
 * are for the readers, commands are never run). Ours: a colon in the last segment names a data
 * stream (`\$Extend\$UsnJrnl:$J`, `*:Zone.Identifier`); the label `credential` marks what
 * collecting refuses by default. Variables become the literal defaults of Windows XP to 11; a path
 * with an unknown variable selects nothing and is counted. Drive letters are dropped: a path holds
 * on every volume. Ref:
 * https://artifacts.readthedocs.io/en/latest/sources/Format-specification.html
 */
#ifndef SHODO_EXAMINE_ARTIFACT_H
#define SHODO_EXAMINE_ARTIFACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/entry.h"

struct shodo_artifact {
    const char *name;
    const char *doc;
    const char *file;   /* rule file it came from */
    const char *digest; /* hex SHA-256 of that file */
    unsigned line;
    bool is_credential;
    bool is_selected;
    uint32_t order; /* of collection: position in the selected groups, from 0 */
};

struct shodo_artifacts;
struct shodo_artifacts *shodo_artifacts_new(void); /* NULL on no memory */
struct shodo_artifacts *shodo_artifacts_free(struct shodo_artifacts *a);
/*
 * Adds one file. INVALID "file.yaml:12: …" when it breaks the format or defines a name again.
 * `digest` as in struct shodo_rule_text. `text` is needed for the call only.
 */
enum shodo_status shodo_artifacts_add(struct shodo_artifacts *a, const char *file,
                                      const char *digest, const char *text, size_t len,
                                      struct shodo_error *err);
/* Selects definitions and what groups name, in that order, and compiles their paths. NOTFOUND names
 * the name. Call once. */
enum shodo_status shodo_artifacts_select(struct shodo_artifacts *a, const char *const *names,
                                         size_t count, struct shodo_error *err);
size_t shodo_artifacts_count(const struct shodo_artifacts *a);
const struct shodo_artifact *shodo_artifacts_at(const struct shodo_artifacts *a, size_t i);
/* or an alias */
const struct shodo_artifact *shodo_artifacts_find(const struct shodo_artifacts *a,
                                                  const char *name);
size_t shodo_artifacts_targets(const struct shodo_artifacts *a); /* compiled patterns */
/* selected paths with unknown variables */
size_t shodo_artifacts_unresolved(const struct shodo_artifacts *a);
/* names in selected groups that nobody defines */
size_t shodo_artifacts_missing(const struct shodo_artifacts *a);

/* Definitions without a file pattern or group for Windows (registry, PATH, commands): they select
 * nothing here. */
size_t shodo_artifacts_idle(const struct shodo_artifacts *a, const char **ret_first);

/*
 * Calls `hit` once for each (definition, stream) of the entry that is selected: files through any
 * of their names, streams by the colon form. false: no memory. `hit` may be NULL: then the result
 * says whether anything is selected.
 */
bool shodo_artifacts_match(const struct shodo_artifacts *a, const struct shodo_entry *e,
                           void (*hit)(void *ctx, const struct shodo_artifact *d, size_t stream),
                           void *ctx, bool *ret_any);
SHODO_DEFINE_AUTOP(shodo_artifacts, shodo_artifacts_free)

#endif
