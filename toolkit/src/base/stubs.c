/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Symbols that keep things out of a fully static program. Linked as objects, in front of the
 * archives, and only in static builds: in a sanitizer build the shared libraries bring their own.
 * The static linker takes an archive member only for a symbol that nobody has defined yet, so
 * defining the symbol here drops the member and all it would drag in.
 *
 * - iconv_*: static glibc loads its converters from files that do not exist on the stick.
 *
 * - archive_write_set_format_xar: libarchive's table of writers names them all; xar brings libxml2
 *   and ICU, 33 MB.
 *
 * - getaddrinfo and its like: libcrypto's BIO_sock; glibc's NSS would need shared objects. There is
 *   no network on purpose.
 *
 * - dlopen and its like: libcrypto's DSO; there is nothing to load in a static program.
 *
 * Prototypes come from the system where a header exists; the others are declared here as their
 * callers declare them.
 */
#include <errno.h>
#include <iconv.h>
#include <netdb.h>
#include <stddef.h>

#include "base/macro.h"
#include "base/text_iconv.h"

iconv_t iconv_open(const char *to, const char *from) {
    struct shodo_iconv *cd = shodo_iconv_open(to, from);
    return cd ? (iconv_t)cd : (iconv_t)-1;
}

size_t iconv(iconv_t cd, char **restrict in, size_t *restrict in_left, char **restrict out,
             size_t *restrict out_left) {
    return shodo_iconv_convert((struct shodo_iconv *)cd, in, in_left, out, out_left);
}

int iconv_close(iconv_t cd) {
    shodo_iconv_free((struct shodo_iconv *)cd);
    return 0;
}

struct archive;
int archive_write_set_format_xar(struct archive *a);
int archive_write_set_format_xar(struct archive *a SHODO_UNUSED) {
    return -30; /* ARCHIVE_FATAL */
}

int getaddrinfo(const char *node SHODO_UNUSED, const char *service SHODO_UNUSED,
                const struct addrinfo *hints SHODO_UNUSED, struct addrinfo **ret SHODO_UNUSED) {
    return EAI_FAIL;
}

void freeaddrinfo(struct addrinfo *ai SHODO_UNUSED) {
}

const char *gai_strerror(int e SHODO_UNUSED) {
    return "no network in this program";
}

int getnameinfo(const struct sockaddr *sa SHODO_UNUSED, socklen_t len SHODO_UNUSED,
                char *host SHODO_UNUSED, socklen_t host_len SHODO_UNUSED, char *serv SHODO_UNUSED,
                socklen_t serv_len SHODO_UNUSED, int flags SHODO_UNUSED) {
    return EAI_FAIL;
}

struct hostent *gethostbyname(const char *name SHODO_UNUSED) {
    return NULL;
}

void *dlopen(const char *file, int mode);
void *dlsym(void *restrict handle, const char *restrict name);
int dlclose(void *handle);
char *dlerror(void);
int dladdr(const void *addr, void *info);

void *dlopen(const char *file SHODO_UNUSED, int mode SHODO_UNUSED) {
    return NULL;
}

void *dlsym(void *restrict handle SHODO_UNUSED, const char *restrict name SHODO_UNUSED) {
    return NULL;
}

int dlclose(void *handle SHODO_UNUSED) {
    return 0;
}

char *dlerror(void) {
    static char text[] = "static program";
    return text;
}

int dladdr(const void *addr SHODO_UNUSED, void *info SHODO_UNUSED) {
    return 0;
}
