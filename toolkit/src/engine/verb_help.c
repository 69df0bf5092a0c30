/* SPDX-License-Identifier: Apache-2.0 */
/* shodo help VERB, from the verb table: the options are those of its usage line, explained by the
 * rows below. */
#include <stdio.h>
#include <string.h>

#include "engine/verb.h"

/* `verb` NULL: means the same wherever it stands. A row with the verb comes before one without. */
static const struct {
    const char *verb, *option, *text;
} rows[] = {
    {"case", "--id", "id of the case; without it one is made from the date"},
    {"case", "--site", "name of the hospital, as it shall stand on papers"},
    {"drill", "--out", "where the image goes; without it beside FILE"},
    {"collect", "--out", "folder for the sealed bundle; made when it is missing"},
    {"pack", "--out", "folder for the sealed pack; made when it is missing"},
    {"open", "--out", "folder for the opened bag; nothing is left there when something is wrong"},
    {"open", "--key", "your private key, when the bundle was sealed for your certificate"},
    {"open", "--passphrase-fd",
     "read the pass phrase of the bundle, one line, from this descriptor"},
    {"verify", "--key", "your private key: the encrypted inside is checked too"},
    {"verify", "--passphrase-fd",
     "read the pass phrase of the bundle, one line, from this descriptor: the inside is checked too"},
    {"key", "--passphrase-fd",
     "read the pass phrase of the signing key, one line, from this descriptor"},
    {"sheet", "--out", "file to write; '-': standard output"},
    {"sheet", "--format",
     "default: by the ending of --out, else txt; xlsx: the official spreadsheet filled when it is on the stick; cells: an empty cell map of a form"},
    {"sheet", "--template", "the official spreadsheet to fill, when it is not in site/forms"},
    {"export", "--format",
     "timesketch (JSON Lines), bodyfile (mactime), stix (STIX 2.1 indicators)"},
    {NULL, "--out", "file to write"},
    {NULL, "--site", "site profile (YAML)"},
    {NULL, "--again", "from the beginning, even if a stopped run could be continued"},
    {NULL, "--allow-credentials",
     "copy SAM, SECURITY and NTDS too; only when a step has named who may get them"},
    {NULL, "--artifacts", "more artifact definitions: a file or a folder"},
    {NULL, "--blank", "a sheet to fill in by hand"},
    {NULL, "--card", "text of the handover card: is this the bundle that was handed over?"},
    {NULL, "--case", "folder of the case"},
    {NULL, "--confirm-fd",
     "without a recipient: the last group of the new pass phrase is read from this descriptor, not the terminal"},
    {NULL, "--data", "folder with dated data files that replace the built-in ones"},
    {NULL, "--deleted", "deleted entries too"},
    {NULL, "--drill", "mark everything as training"},
    {NULL, "--dry-run", "say what would be copied, with sums; nothing is written"},
    {NULL, "--endpoint", "id of the examined machine, 12 digits: 'shodo case show' lists them"},
    {NULL, "--events", "events as JSON Lines to this descriptor"},
    {NULL, "--head", "digest of the newest record, as noted on paper: was the journal cut?"},
    {NULL, "--jobs", "examiner processes; default: one for each processor"},
    {NULL, "--json", "one JSON object a line on standard output"},
    {NULL, "--keys", "folder of the stick's key"},
    {NULL, "--lang", "language of what people read; default: en"},
    {NULL, "--max-bytes", "copy at most this many bytes; what does not fit is listed"},
    {NULL, "--name",
     "name of the machine; needed for a directory, which has no identity of its own"},
    {NULL, "--note",
     "copy of the ransom note ('shodo cat'), for the papers to the police and JPCERT/CC"},
    {NULL, "--only-artifacts", "these definitions instead of the built-in ones"},
    {NULL, "--only-rules", "these YARA rules instead of the built-in ones"},
    {NULL, "--profile",
     "quick: notes, registry, logs, risky places; standard: and programs, scripts, documents; full: every stream"},
    {NULL, "--recipient",
     "certificate of who may open the bundle; those in site/recipients are always added"},
    {NULL, "--recovery-key-file",
     "BitLocker recovery key or startup key; '-': asked for on standard input"},
    {NULL, "--replace", "put the results of a finished, fuller run aside (*.before-N.jsonl)"},
    {NULL, "--rules", "more YARA rules: a file or a folder"},
    {NULL, "--select",
     "artifact definition or group to look for; default: those that collect needs"},
    {NULL, "--since", "an earlier sheet (JSON): what is new is marked"},
    {NULL, "--source", "disk or image, when it is not where triage found it"},
    {NULL, "--content", "compare bytes too, not only sizes and times"},
    {NULL, "--shadow", "as it was in shadow copy N, or the newest one"},
    {NULL, "--stream", "a named stream instead of the unnamed one"},
    {NULL, "--volume", "one volume: number or drive letter"},
    {NULL, "--trust", "certificate of the expected signer"},
};

static const char *text_of(const char *verb, const char *option, size_t n) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        if (strlen(rows[i].option) == n && memcmp(rows[i].option, option, n) == 0 &&
            (!rows[i].verb || strcmp(rows[i].verb, verb) == 0))
            return rows[i].text;
    return "";
}

/* "--case DIR" of "… [--case DIR]… …": the option and its value. */
static size_t length_with_value(const char *p, size_t name) {
    size_t n = name;
    if (p[n] == ' ' && p[n + 1] != '[' && p[n + 1] != '-' && p[n + 1] != '|' && p[n + 1])
        n += 1 + strcspn(p + n + 1, " ]");
    return n;
}

static void print_options(const struct shodo_verb *v) {
    bool has_any = false;
    for (const char *p = strstr(v->usage, "--"); p; p = strstr(p + 2, "--")) {
        size_t name = strcspn(p, " ]|"), all = length_with_value(p, name);
        if (!has_any)
            puts("\noptions:");
        has_any = true;
        printf("  %-*.*s", 26, (int)all, p);
        printf("%s%s\n", all > 25 ? "\n                            " : "",
               text_of(v->name, p, name));
    }
}

void shodo_verb_help(const struct shodo_verb *v) {
    printf("usage: shodo %s %s\n\n%s\n", v->name, v->usage, v->help);
    print_options(v);
    printf("\nexit: %s\n      2 the command line is wrong; 4 failed\n", v->exits);
    printf("\nexample:\n  shodo %s %s\n", v->name, v->example);
}
