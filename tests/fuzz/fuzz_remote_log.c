/* SPDX-License-Identifier: Apache-2.0 */
/* A text that the text reader takes: the first byte chooses its path, and with it the format. */
#include <stdint.h>
#include <stdlib.h>

#include "reader_sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) {
    static const char *const paths[] = {
        "/ProgramData/AnyDesk/connection_trace.txt",
        "/ProgramData/AnyDesk/ad_svc.trace",
        "/ProgramData/AnyDesk/service.conf",
        "/Program Files/TeamViewer/Connections_incoming.txt",
        "/ProgramData/Microsoft/Network/Connections/Pbk/rasphone.pbk",
        "/Windows/System32/drivers/etc/hosts",
        "/Windows/System32/Tasks/X",
        "/Users/a/AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"};
    if (n == 0)
        return 0;
    struct shodo_reader_memory mem = {.p = p + 1, .n = n - 1};
    struct shodo_reader_file f = {.path = paths[p[0] % (sizeof paths / sizeof paths[0])],
                                  .stream = "",
                                  .bytes = shodo_reader_in_memory(&mem)};
    shodo_reader_text.run(&f, &reader_sink);
    return 0;
}
