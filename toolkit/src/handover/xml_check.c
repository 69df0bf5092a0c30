/* SPDX-License-Identifier: Apache-2.0 */
#include <expat.h>
#include <string.h>

#include "base/limits.h"
#include "handover/xml.h"

/* Debian 13's expat wants XML_GetCurrentLineNumber64, which Debian 12's does not have. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

struct checking {
    XML_Parser parser;
    bool has_doctype;
};

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *system,
                               const XML_Char *public, int has_internal_subset) {
    struct checking *c = ctx;
    (void)name, (void)system, (void)public, (void)has_internal_subset;
    c->has_doctype = true;
    XML_StopParser(c->parser, XML_FALSE);
}

enum shodo_status shodo_xml_check(const char *p, size_t n, struct shodo_error *err) {
    enum { PIECE = 1 << 20 };
    struct checking c = {.parser = XML_ParserCreateNS("UTF-8", '\n')};
    if (!c.parser)
        return shodo_fail(err, SHODO_NOMEM, "no memory for XML");
    XML_SetUserData(c.parser, &c);
    XML_SetStartDoctypeDeclHandler(c.parser, on_doctype);
    enum XML_Status ok = XML_STATUS_OK;
    size_t at = 0;
    do {
        size_t len = SHODO_MIN(n - at, (size_t)PIECE);
        ok = XML_Parse(c.parser, p + at, (int)len, at + len == n);
        at += len;
    } while (ok == XML_STATUS_OK && at < n);
    enum shodo_status st = SHODO_OK;
    if (c.has_doctype)
        st = shodo_fail(err, SHODO_UNSUPPORTED, "a DOCTYPE at line %lu",
                        (unsigned long)XML_GetCurrentLineNumber(c.parser));
    else if (ok != XML_STATUS_OK && XML_GetErrorCode(c.parser) == XML_ERROR_NO_MEMORY)
        st = shodo_fail(err, SHODO_NOMEM, "no memory for XML");
    else if (ok != XML_STATUS_OK)
        st = shodo_fail(err, SHODO_DAMAGED, "no XML at line %lu: %s",
                        (unsigned long)XML_GetCurrentLineNumber(c.parser),
                        XML_ErrorString(XML_GetErrorCode(c.parser)));
    XML_ParserFree(c.parser);
    return st;
}
