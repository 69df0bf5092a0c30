/* SPDX-License-Identifier: Apache-2.0 */
/* shodo: the engine on the command line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/text.h"
#include "engine/rules_set.h"
#include "engine/sandbox.h"
#include "engine/verb.h"

#ifndef SHODO_LIBRARIES
#define SHODO_LIBRARIES ""
#endif

struct licence {
    const char *name, *licence, *use;
};

/* What is linked in; docs/licences.md is checked against the link map. */
static const struct licence licences[] = {
    {"libtsk", "CPL-1.0 / IPL-1.0 / others", "volumes and file systems"},
    {"libyara", "BSD-3-Clause", "rules"},
    {"libmagic", "BSD-2-Clause", "descriptions of files"},
    {"libarchive", "BSD-2-Clause", "ZIP"},
    {"libzstd", "BSD-3-Clause", "compressed drill disk"},
    {"liblzma", "0BSD / public domain", "compressed drill disk"},
    {"OpenSSL", "Apache-2.0", "digests, signatures, encryption"},
    {"jansson", "MIT", "JSON"},
    {"libyaml", "MIT", "YAML"},
    {"zlib", "Zlib", "deflate"},
    {"libstdc++", "GPL-3.0 with GCC Runtime Library Exception", "needed by libtsk"},
    {"glibc", "LGPL-2.1-or-later", "C library"},
};

/* Descriptors 0, 1 and 2 must be something, or a disk could get one of these numbers and be printed
 * into. */
static void hold_standard_descriptors(void) {
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)!open("/", O_PATH | O_CLOEXEC);
}

static int print_version(bool want_licences) {
    struct shodo_rules_set yara, definitions;
    struct shodo_error err = SHODO_ERROR_INIT;
    shodo_rules_init(&yara, SHODO_RULES_YARA);
    shodo_rules_init(&definitions, SHODO_RULES_ARTIFACTS);
    enum shodo_status st = shodo_rules_add_builtin(&yara, &err);
    if (st == SHODO_OK)
        st = shodo_rules_add_builtin(&definitions, &err);
    printf("shodo %s (Apache-2.0), sandbox %s\n", SHODO_VERSION,
           shodo_sandbox_has_filter() ? "on" : "off: sanitizer build");
    printf("libraries: %s\n", SHODO_LIBRARIES);
    printf("built-in rules: %zu YARA files, %zu artifact files\n", yara.texts.count,
           definitions.texts.count);
    for (size_t i = 0; i < yara.texts.count + definitions.texts.count; i++) {
        const struct shodo_rule_text *t = i < yara.texts.count ? shodo_vec_at(&yara.texts, i)
                                                               : shodo_vec_at(&definitions.texts,
                                                                              i - yara.texts.count);
        printf("  %.16s  %s\n", t->digest, t->name);
    }
    if (want_licences) {
        puts("licences of what is linked in:");
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(licences); i++)
            printf("  %-12s %-44s %s\n", licences[i].name, licences[i].licence, licences[i].use);
    }
    shodo_rules_done(&yara);
    shodo_rules_done(&definitions);
    return st == SHODO_OK ? SHODO_EXIT_NOTHING : SHODO_EXIT_FAILED;
}

static int print_help(FILE *to) {
    fputs("shodo: first response to a ransomware incident; reads disks, never writes to them\n\n",
          to);
    for (size_t i = 0; i < shodo_verbs_count; i++)
        fprintf(to, "  %-10s %s\n", shodo_verbs[i].name, shodo_verbs[i].help);
    fputs(
        "\nshodo help VERB    options, exit codes and an example of one command\nshodo --version [--licences]\n"
        "exit: 0 done, nothing found; 1 findings (verify: a problem); 2 usage; 3 incomplete; 4 failed\n",
        to);
    return to == stdout ? SHODO_EXIT_NOTHING : SHODO_EXIT_USAGE;
}

static const struct shodo_verb *find_verb(const char *name) {
    for (size_t i = 0; i < shodo_verbs_count; i++)
        if (strcmp(shodo_verbs[i].name, name) == 0)
            return &shodo_verbs[i];
    return NULL;
}

static int help(int argc, char **argv) {
    if (argc < 1)
        return print_help(stdout);
    const struct shodo_verb *v = find_verb(argv[0]);
    if (!v) {
        fprintf(stderr, "shodo help: no such command\n");
        return SHODO_EXIT_USAGE;
    }
    shodo_verb_help(v);
    return SHODO_EXIT_NOTHING;
}

static const char *case_dir_of(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--case") == 0 || strcmp(argv[i], "--out") == 0)
            return argv[i + 1];
    return argc > 3 && strcmp(argv[1], "case") == 0 ? argv[3] : NULL;
}

int main(int argc, char **argv) {
    hold_standard_descriptors();
    if (argc < 2)
        return print_help(stderr);
    if (strcmp(argv[1], "--version") == 0)
        return print_version(argc > 2 && strcmp(argv[2], "--licences") == 0);
    if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0)
        return help(argc - 2, argv + 2);
    const struct shodo_verb *v = find_verb(argv[1]);
    if (!v) {
        fprintf(stderr, "shodo: no such command; 'shodo help' lists them\n");
        return SHODO_EXIT_USAGE;
    }
    /* Without it libarchive loses Japanese names; who needs it (ZIP work) asks again and refuses
     * with the reason. */
    shodo_text_locale_init(case_dir_of(argc, argv), NULL);
    int code = v->run(v, argc - 2, argv + 2);
    if (fflush(stdout) != 0 && code == SHODO_EXIT_NOTHING)
        code = SHODO_EXIT_FAILED;
    return code;
}
