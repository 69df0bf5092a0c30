/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The census: what the names, sizes and times of *all* entries of a volume say, before any content
 * is read. The lister shows it every entry; at the end it gives facts of reader "mft". Works for
 * any file system the lister knows.
 *
 * Facts (kind: values), one volume each; `time` as said, otherwise none:
 *  volume     {files, deleted, directories, bytes, rows_cut, extensions_cut, folders_cut,
 * notes_cut} extension  time = window_first. A last extension that encrypted files may have: listed
 * in encrypted-extensions.yaml (listed: strong weak pattern), or unknown, behind a second, ordinary
 * extension. {extension, listed, family, files, bytes, directories, inner_types, inner[{extension,
 * files}], deleted, first_changed, last_changed, window_first, window_last, window_files,
 * median_gap_ms, kept_modified, folders[{path, files, bytes, first, last}], users[{name, files,
 * bytes}], owners[{name, files}], examples[path]} window: the densest stretch of window_hours by
 * $SI record change; kept_modified: files whose write time is more than an hour older than their
 * record change (put back, or only renamed). note_name  time = first_born. {name, strength, files,
 * directories, size_min, size_max, first_born, last_born, owners[], folders[path]}: strong names,
 * and weak ones in at least min_directories folders folder     {path, files, bytes, candidates,
 * patient}: folders with users' data patient    {id, files, named, bytes, folders[path],
 * candidates}: signs of patient data; named: by name or extension, the others only by the folder
 * they lie in backdated  time = $FN born. {path, si_born, si_modified, fn_born, fn_modified}: a
 * program in a place where intruders drop things whose $SI birth is before its $FN birth types
 * {types[{extension, files, bytes}]}: the most frequent ordinary extensions of users' data
 */
#ifndef SHODO_EXAMINE_ANSWERS_CENSUS_H
#define SHODO_EXAMINE_ANSWERS_CENSUS_H

#include "examine/answers/detect.h"
#include "model/entry.h"
#include "model/finding.h"

struct shodo_census;
/* `d` is borrowed and must outlive it. NULL on no memory. */
struct shodo_census *shodo_census_new(const struct shodo_detect *d);
struct shodo_census *shodo_census_free(struct shodo_census *c);
/* false: no memory; the census is then incomplete and says so in its volume fact. */
bool shodo_census_entry(struct shodo_census *c, const struct shodo_entry *e);
/* Facts of the entries since the last call, in a fixed order; then empty again. */
void shodo_census_finish(struct shodo_census *c,
                         void (*fact)(void *ctx, const struct shodo_fact *f), void *ctx);
SHODO_DEFINE_AUTOP(shodo_census, shodo_census_free)

#endif
