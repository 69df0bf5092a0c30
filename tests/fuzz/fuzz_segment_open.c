/* SPDX-License-Identifier: Apache-2.0 */
/* A foreign encrypted segment (CMS): nothing of it may open with this key or pass phrase. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "handover/cms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Made for this test; opens nothing. */
static const char key[] = "-----BEGIN PRIVATE KEY-----\n"
                          "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgi+KzocypVXEL9sAJ\n"
                          "M7ENOQ53nJvp8f2G0JbsI8IbJzKhRANCAAQNlknqsZSC22v0HqnOLphAAdMLNPiS\n"
                          "eW5AW/NhjxCnYyjFw+ci6FS5/s01saNwDi/o9K5iSb/P+hm2YJlEVAzN\n"
                          "-----END PRIVATE KEY-----\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    int in = memfd_create("segment", MFD_CLOEXEC), out = memfd_create("plain", MFD_CLOEXEC);
    uint64_t bytes = 0;
    if (in < 0 || out < 0 || write(in, data, size) != (ssize_t)size)
        abort();
    if (shodo_cms_open(in, key, sizeof(key) - 1, NULL, out, &bytes, NULL) == SHODO_OK ||
        shodo_cms_open(in, NULL, 0, "not the pass phrase", out, &bytes, NULL) == SHODO_OK)
        abort();
    close(in);
    close(out);
    return 0;
}
