/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tags of an XML text with their places in it: what an editor needs that must leave every other
 * byte as it is. No tree, no entities but the five of XML and character references, no DOCTYPE
 * (refused: nothing that we edit has one). UTF-8 only. The text may be hostile. Ref: XML 1.0 (5th
 * edition) 2.1–2.8, 3.1.
 */
#ifndef SHODO_HANDOVER_XML_H
#define SHODO_HANDOVER_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

struct shodo_xml {
    const char *p;
    size_t n, at;
};

enum shodo_xml_kind { SHODO_XML_OPEN, SHODO_XML_CLOSE, SHODO_XML_EMPTY };

struct shodo_xml_tag { /* borrowed from the text */
    enum shodo_xml_kind kind;
    size_t start, end; /* bytes of the tag: [start, end) */
    const char *name;  /* local name */
    size_t name_len;
    const char *prefix; /* with its colon */
    size_t prefix_len;
    const char *attrs;
    size_t attrs_len;
};

/* Is it well-formed UTF-8 XML with sound namespaces? (expat) DAMAGED with line and cause,
 * UNSUPPORTED for a DOCTYPE. The scanner below only finds places in a text for which this is true.
 */
enum shodo_status shodo_xml_check(const char *p, size_t n, struct shodo_error *err);
/* The next tag; comments, processing instructions and CDATA are passed over. END at the end,
 * DAMAGED when it is no XML, UNSUPPORTED for a DOCTYPE. */
enum shodo_status shodo_xml_next(struct shodo_xml *x, struct shodo_xml_tag *ret,
                                 struct shodo_error *err);
bool shodo_xml_is(const struct shodo_xml_tag *t, const char *name);
/* Value of the attribute with this name (a prefix in the text is passed over unless `name` has
 * one), decoded. `out` is cleared first. false: there is none, or it is broken. */
bool shodo_xml_attr(const struct shodo_xml_tag *t, const char *name, struct shodo_buf *out);
/* Text as element content or attribute value; what XML 1.0 cannot hold becomes U+FFFD. */
void shodo_xml_escape(struct shodo_buf *out, const char *s, size_t n);

#endif
