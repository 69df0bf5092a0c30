/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timeline and indicators for other programs. Pure: lines in (findings.jsonl, timeline.jsonl), one
 * text out.
 *
 *  timesketch  JSONL for Timesketch: message, datetime, timestamp (microseconds), timestamp_desc,
 * data_type, and our own keys. Each timeline line is one event; each detection gives one event per
 * known file time. bodyfile    Sleuth Kit bodyfile 3.x: files of detections with their four times,
 * in UTC. plaso takes bodyfile times as local time: call it with `--timezone UTC`. stix STIX 2.1
 * bundle: files of detections as file objects, an indicator for each digest, the case as a report,
 * the marking TLP:AMBER+STRICT. Ids are UUIDv5 of the content: the same case gives the same bytes.
 */
#ifndef SHODO_HANDOVER_EXPORT_H
#define SHODO_HANDOVER_EXPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

enum shodo_export_format { SHODO_EXPORT_TIMESKETCH, SHODO_EXPORT_BODYFILE, SHODO_EXPORT_STIX };
bool shodo_export_format_parse(const char *name, enum shodo_export_format *ret);
enum shodo_export_line { SHODO_EXPORT_FINDING, SHODO_EXPORT_TIMELINE };

struct shodo_export;
enum shodo_status shodo_export_new(struct shodo_export **ret, enum shodo_export_format format,
                                   const char *case_id, int64_t created, struct shodo_error *err);
struct shodo_export *shodo_export_free(struct shodo_export *e);
SHODO_DEFINE_AUTOP(shodo_export, shodo_export_free)
/* The lines that follow are of this machine. */
void shodo_export_host(struct shodo_export *e, const char *endpoint, const char *name);
/* One JSON line without LF. DAMAGED when it is not JSON. */
enum shodo_status shodo_export_line(struct shodo_export *e, enum shodo_export_line kind,
                                    const char *line, size_t n, struct shodo_error *err);
/* Appends the whole text. */
enum shodo_status shodo_export_finish(struct shodo_export *e, struct shodo_buf *out,
                                      struct shodo_error *err);

/* RFC 4122 version 5 (SHA-1 of namespace and name) of `name`, in STIX's namespace; 36 characters
 * and NUL. */
void shodo_uuid5(const char *name, size_t n, char out[37]);

#endif
