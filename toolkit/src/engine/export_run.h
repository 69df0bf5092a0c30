/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds what triage wrote for one machine into an export. */
#ifndef SHODO_ENGINE_EXPORT_RUN_H
#define SHODO_ENGINE_EXPORT_RUN_H

#include "case/case.h"
#include "handover/export.h"

/* NOTFOUND when there is no timeline yet. */
enum shodo_status shodo_export_endpoint(struct shodo_export *e, const struct shodo_case_dir *dir,
                                        const struct shodo_case_endpoint *p,
                                        struct shodo_error *err);

#endif
