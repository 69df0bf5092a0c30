/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the census: census.c collects, census_facts.c says. */
#ifndef SHODO_EXAMINE_ANSWERS_CENSUS_STATE_H
#define SHODO_EXAMINE_ANSWERS_CENSUS_STATE_H

#include "examine/answers/census.h"
#include "examine/intern.h"

/* An entry whose last extension may be that of an encrypted file. */
struct census_row {
    uint32_t extension, inner, folder, user, owner; /* interned; inner NONE when there is none */
    uint32_t path;                                  /* kept for the first rows only */
    int64_t changed, modified, born;
    uint64_t size;
    bool is_deleted;
    uint8_t list; /* enum shodo_extension_list */
};
struct census_note {
    uint32_t files, folders, last_folder;
    uint64_t size_min, size_max;
    int64_t first_born, last_born;
    uint32_t first_folders[8], owners[4];
    bool is_strong;
};
struct census_folder {
    uint64_t files, bytes, candidates, patient;
};
struct census_patient {
    uint64_t files, named, bytes, candidates;
    uint32_t folders[8];
    uint32_t last_folder;
};
struct census_type {
    uint64_t files, bytes;
};
struct census_backdated {
    uint32_t path;
    uint64_t record;
    int64_t times[4]; /* si born, si modified, fn born, fn modified */
};

struct shodo_census {
    const struct shodo_detect *detect;
    uint32_t volume;
    uint64_t files, deleted, directories, bytes;
    bool is_rows_cut, is_failed;
    struct shodo_intern texts;   /* extensions, folders, users, owners, paths */
    struct shodo_intern names;   /* folded names of notes; notes[i] */
    struct shodo_intern folders; /* folders with users' data; folder_rows[i] */
    struct shodo_intern types;   /* ordinary extensions; type_rows[i] */
    struct shodo_vec rows;       /* struct census_row */
    struct shodo_vec notes;      /* struct census_note */
    struct shodo_vec note_shown; /* uint32_t: name as written, in texts */
    struct shodo_vec folder_rows;
    struct shodo_vec type_rows;
    struct shodo_vec patients; /* struct census_patient, by indicator */
    struct shodo_vec backdated;
    struct shodo_buf folded, extension, inner;
};

#endif
