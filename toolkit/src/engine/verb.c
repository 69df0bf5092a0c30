/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/verb.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

const struct shodo_verb shodo_verbs[] = {
    {.name = "sources",
     .usage = "[PATH]... [--recovery-key-file FILE|-]... [--json] [--lang ja|en]",
     .help = "disks and images: size, volumes, what is on them, whether they can be read",
     .exits = "0 done; 3 something that is there could not be read",
     .example = "disk.img",
     .run = shodo_verb_sources},
    {.name = "list",
     .usage =
         "SOURCE [--volume N|LETTER] [--shadow N|newest] [--json] [--deleted] [--recovery-key-file FILE|-]...",
     .help = "every entry of a source, also as it was in a shadow copy",
     .exits = "0 done; 3 part of the source could not be read",
     .example = "disk.img --deleted",
     .run = shodo_verb_list},
    {.name = "cat",
     .usage =
         "SOURCE PATH|VOLUME:RECORD [--stream NAME] [--volume N|LETTER] [--shadow N|newest] [--out FILE] "
         "[--recovery-key-file FILE|-]...",
     .help = "the bytes of one file, also as it was in a shadow copy",
     .exits = "0 done; 3 part of the file could not be read",
     .example = "disk.img /Users/a/note.txt --shadow newest --out note.txt",
     .run = shodo_verb_cat},
    {.name = "compare",
     .usage =
         "SOURCE [--shadow N|newest] [--volume N|LETTER] [--content] [--json] [--recovery-key-file FILE|-]...",
     .help =
         "what differs between a shadow copy and the present: added, removed, changed, renamed files",
     .exits = "0 nothing differs; 1 something does",
     .example = "disk.img --shadow newest",
     .run = shodo_verb_compare},
    {.name = "case",
     .usage = "new DIR [--site NAME] [--id ID] [--drill] | show --case DIR [--json] [--lang ja|en]",
     .help = "make a case; show what is known in it",
     .exits = "0 done",
     .example = "new /media/stick/cases/2026-001",
     .run = shodo_verb_case},
    {.name = "triage",
     .usage =
         "SOURCE --case DIR [--name ENDPOINT] [--profile quick|standard|full] [--rules PATH]... "
         "[--only-rules PATH]... [--artifacts PATH]... [--only-artifacts PATH]... [--select NAME]... [--jobs N] "
         "[--recovery-key-file FILE|-]... [--events FD] [--lang ja|en] [--json] [--again] [--replace]",
     .help = "examine a source; the same command goes on where a stopped run ended",
     .exits =
         "0 nothing found in what was examined; 1 something was found; 3 nothing found, but not everything could be examined",
     .example = "disk.img --case /media/stick/cases/2026-001",
     .run = shodo_verb_triage},
    {.name = "collect",
     .usage =
         "--case DIR --endpoint ID --out DIR [--recipient CERT.pem]... [--source SOURCE] [--max-bytes N] [--dry-run] "
         "[--allow-credentials] [--recovery-key-file FILE|-]... [--confirm-fd FD] [--events FD] [--json]",
     .help = "copy, hash, pack, sign and encrypt what triage selected, in one stream",
     .exits = "0 done; 3 something could not be copied, or nothing was",
     .example =
         "--case /media/stick/cases/2026-001 --endpoint 0123456789ab --recipient jpcert.pem --out /media/stick/out",
     .run = shodo_verb_collect},
    {.name = "pack",
     .usage =
         "--case DIR --out DIR [--recipient CERT.pem]... [--confirm-fd FD] [--lang ja|en] [--json]",
     .help =
         "the quick pack for a remote team: results, journal and sheets, sealed, at most 5 MB, no collected files",
     .exits = "0 all of it is in; 3 sealed, but something did not fit and was left out",
     .example = "--case /media/stick/cases/2026-001 --out out --recipient support.pem",
     .run = shodo_verb_pack},
    {.name = "verify",
     .usage = "PATH [--trust CERT.pem] [--card FILE] [--key KEY.pem] [--passphrase-fd FD] [--json]",
     .help = "check a bag, a ZIP of one or an encrypted bundle: every problem, one a line",
     .exits = "0 nothing is wrong; 1 something is: every problem is named",
     .example = "/media/stick/out --trust signer.pem",
     .run = shodo_verb_verify},
    {.name = "open",
     .usage = "BUNDLE --out DIR [--key KEY.pem] [--trust CERT.pem] [--passphrase-fd FD] [--json]",
     .help = "verify, decrypt and unpack a bundle; refuses on any problem",
     .exits = "0 opened; 1 refused: every problem is named, nothing is left in DIR",
     .example = "/media/stick/out --key mine.key --out opened",
     .run = shodo_verb_open},
    {.name = "journal",
     .usage = "show|verify --case DIR [--head HASH] [--json]",
     .help = "show the journal, or check its chain and signatures",
     .exits = "0 unbroken; 1 edited, cut or reordered",
     .example = "verify --case /media/stick/cases/2026-001",
     .run = shodo_verb_journal},
    {.name = "key",
     .usage = "new|show --keys DIR [--passphrase-fd FD] [--json]",
     .help = "this stick's signing key and certificate",
     .exits = "0 done",
     .example = "show --keys /media/stick/keys",
     .run = shodo_verb_key},
    {.name = "rules",
     .usage = "check [PATH]... [--json]",
     .help = "compile YARA rule files, each alone",
     .exits = "0 all compile; 1 some do not",
     .example = "check my-rules/",
     .run = shodo_verb_rules},
    {.name = "artifacts",
     .usage = "check [PATH]... [--json]",
     .help = "check artifact definitions",
     .exits = "0 all can be used; 1 some cannot, or select nothing",
     .example = "check my-artifacts.yaml",
     .run = shodo_verb_artifacts},
    {.name = "playbook",
     .usage = "check|list|show|export FILE...",
     .help = "check, list or show CACAO playbooks; export them as JSON",
     .exits = "0 done; 1 a playbook is wrong",
     .example = "check my-playbook.yaml",
     .run = shodo_verb_playbook},
    {.name = "answers",
     .usage = "--case DIR [--endpoint ID] [--json] [--lang ja|en]",
     .help = "recompute answers and timeline from what a triage found, without the disk",
     .exits = "0 done",
     .example = "--case /media/stick/cases/2026-001 --lang ja",
     .run = shodo_verb_answers},
    {.name = "export",
     .usage = "--case DIR --format timesketch|bodyfile|stix --out FILE [--endpoint ID]",
     .help = "timeline or indicators in a format that other programs import",
     .exits = "0 done",
     .example = "--case /media/stick/cases/2026-001 --format timesketch --out timeline.jsonl",
     .run = shodo_verb_export},
    {.name = "sheet",
     .usage =
         "list | NAME [--case DIR] [--format pdf|html|txt|json|xlsx|cells] [--out FILE] [--lang ja|en] [--site FILE] [--blank] "
         "[--since FILE.json] [--note FILE] [--data DIR] [--template OFFICIAL.xlsx]",
     .help =
         "make a sheet: contacts, reports, timeline, handover card; without a case one to fill in by hand",
     .exits = "0 done",
     .example = "contact --case /media/stick/cases/2026-001 --format pdf --out contact.pdf",
     .run = shodo_verb_sheet},
    {.name = "site",
     .usage = "check FILE [--data DIR] [--json]",
     .help = "what is missing or old in a site profile",
     .exits = "0 complete and fresh; 1 something is missing or old",
     .example = "check site.yaml",
     .run = shodo_verb_site},
    {.name = "drill",
     .usage = "unpack FILE [--out IMAGE]",
     .help = "unpack the compressed drill disk to a sparse image",
     .exits = "0 done",
     .example = "unpack drill.img.zst --out drill.img",
     .run = shodo_verb_drill},
};
const size_t shodo_verbs_count = SHODO_ARRAY_SIZE(shodo_verbs);

int shodo_verb_fail(const struct shodo_verb *v, int code, const char *text) {
    struct shodo_buf b = SHODO_BUF_INIT;
    shodo_text_safe(&b, text, strlen(text));
    fprintf(stderr, "shodo %s: %s\n", v->name, shodo_buf_cstr(&b));
    shodo_buf_done(&b);
    return code;
}

int shodo_verb_usage(const struct shodo_verb *v, const char *text) {
    shodo_verb_fail(v, SHODO_EXIT_USAGE, text);
    fprintf(stderr, "usage: shodo %s %s\n", v->name, v->usage);
    return SHODO_EXIT_USAGE;
}

static bool complain(const struct shodo_verb *v, const char *what, const char *word) {
    struct shodo_buf b = SHODO_BUF_INIT;
    shodo_buf_addf(&b, "%s '%s'", what, word);
    shodo_verb_usage(v, shodo_buf_cstr(&b));
    shodo_buf_done(&b);
    return false;
}

static bool is_choice(const char *choices, const char *value) {
    size_t n = strlen(value);
    for (const char *c = choices; c; c = strchr(c, '|') ? strchr(c, '|') + 1 : NULL)
        if (strcspn(c, "|") == n && memcmp(c, value, n) == 0)
            return true;
    return false;
}

static bool set_value(const struct shodo_verb *v, const struct shodo_option *o, const char *value) {
    if (o->choices && !is_choice(o->choices, value)) {
        struct shodo_buf b = SHODO_BUF_INIT;
        shodo_buf_addf(&b, "%s is one of %s, not", o->name, o->choices);
        complain(v, shodo_buf_cstr(&b), value);
        shodo_buf_done(&b);
        return false;
    }
    if (o->text) {
        *o->text = value;
    } else if (o->number) {
        if (!shodo_text_parse_u64(value, strlen(value), o->number))
            return complain(v, "no number:", value);
    } else {
        const char **slot = shodo_vec_push(o->list);
        if (!slot)
            return complain(v, "no memory for", value);
        *slot = value;
    }
    return true;
}

static const struct shodo_option *find(const struct shodo_option *options, size_t count,
                                       const char *word, size_t n) {
    for (size_t i = 0; i < count; i++)
        if (strlen(options[i].name) == n && memcmp(options[i].name, word, n) == 0)
            return &options[i];
    return NULL;
}

bool shodo_args_parse(const struct shodo_verb *v, int argc, char **argv,
                      const struct shodo_option *options, size_t count, const char **words,
                      size_t max, size_t *ret_words) {
    size_t n = 0;
    bool is_plain = false;
    for (int i = 0; i < argc; i++) {
        const char *w = argv[i];
        if (!is_plain && strcmp(w, "--") == 0) {
            is_plain = true;
            continue;
        }
        if (is_plain || w[0] != '-' || !w[1]) {
            if (n >= max)
                return complain(v, "one word too many:", w);
            words[n++] = w;
            continue;
        }
        const char *eq = strchr(w, '=');
        const struct shodo_option *o = find(options, count, w, eq ? (size_t)(eq - w) : strlen(w));
        if (!o)
            return complain(v, "unknown option", w);
        if (o->flag) {
            if (eq)
                return complain(v, "no value is taken by", o->name);
            *o->flag = true;
            continue;
        }
        if (!eq && i + 1 >= argc)
            return complain(v, "a value is missing after", w);
        if (!set_value(v, o, eq ? eq + 1 : argv[++i]))
            return false;
    }
    *ret_words = n;
    return true;
}
