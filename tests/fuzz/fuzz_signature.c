/* SPDX-License-Identifier: Apache-2.0 */
/* Foreign DER: the signature of a bundle and a time-stamp request. Nothing of it may be accepted
 * for these bytes. */
#include <stddef.h>
#include <stdint.h>

#include "handover/cms.h"
#include "handover/tsq.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct shodo_cms_signer signer;
    struct shodo_timestamp stamp;
    const uint8_t digest[32] = {0};
    shodo_assert(shodo_cms_check(data, size, "not signed by anybody", 21, &signer, NULL) !=
                 SHODO_OK);
    (void)shodo_tsq_check(data, size, digest, NULL);
    (void)shodo_tsr_check(data, size, data, size, NULL, 0, &stamp, NULL);
    return 0;
}
