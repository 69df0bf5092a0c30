/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and checking artifact definition files; used by artifact.c only. */
#ifndef SHODO_EXAMINE_ARTIFACT_LOAD_H
#define SHODO_EXAMINE_ARTIFACT_LOAD_H

#include "base/buf.h"
#include "base/status.h"
#include "examine/artifact.h"

enum shodo_artifact_kind {
    SHODO_ARTIFACT_FILE,
    SHODO_ARTIFACT_GROUP,
    SHODO_ARTIFACT_OTHER, /* registry, directory, command, WMI: kept for nobody here */
};

struct shodo_artifact_source {
    enum shodo_artifact_kind kind;
    bool is_windows;
    char separator;
    const char **items; /* paths or names */
    size_t items_count;
};

struct shodo_definition {
    struct shodo_artifact artifact;
    const char **aliases;
    size_t aliases_count;
    struct shodo_artifact_source *sources;
    size_t sources_count;
};

/* Appends the definitions of one file; everything is copied into the arena. INVALID with file, line
 * and what is wrong. */
enum shodo_status shodo_definitions_load(struct shodo_vec *out, struct shodo_arena *arena,
                                         const char *file, const char *text, size_t len,
                                         struct shodo_error *err);

#endif
