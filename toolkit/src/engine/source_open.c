/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/source_open.h"

#include <string.h>

#include "base/limits.h"
#include "engine/host_image.h"
#include "engine/probe.h"
#include "engine/message.h"
#include "engine/worker.h"

enum { PROBE_MS = 120000 };

static enum shodo_status take_probe(struct shodo_opened *o, struct shodo_cur *c,
                                    struct shodo_error *err) {
    uint64_t size = 0;
    uint32_t sector = 0;
    enum shodo_status st = shodo_msg_get_probe(&o->volumes, o->probed, &size, &sector, c, err);
    if (st == SHODO_OK && !o->host.is_block) {
        o->host.size_bytes = size;
        o->host.sector_bytes = sector;
    }
    return st;
}

static enum shodo_status probe(struct shodo_opened *o, struct shodo_error *err) {
    struct shodo_worker w;
    uint8_t type = 0;
    struct shodo_cur c;
    enum shodo_status st = shodo_worker_start(&w, shodo_probe_run, &o->host, &o->host, err);
    if (st != SHODO_OK)
        return st;
    st = shodo_worker_next(&w, PROBE_MS, &type, &c, err);
    if (st == SHODO_OK && type == SHODO_MSG_PROBE)
        st = take_probe(o, &c, err);
    else if (st == SHODO_OK && type == SHODO_MSG_FAIL)
        st = shodo_fail(err, SHODO_DAMAGED, "%.*s", (int)SHODO_MIN(c.len, (size_t)400),
                        (const char *)c.data);
    else if (st == SHODO_OK)
        st = shodo_fail(err, SHODO_DAMAGED, "unexpected message %u", type);
    bool has_died = st == SHODO_END;
    char how[96] = "";
    shodo_worker_stop(&w, true, how, NULL);
    if (has_died)
        st = shodo_fail(err, SHODO_DAMAGED, "the process that reads the partition table %s", how);
    return st;
}

enum shodo_status shodo_opened_open(struct shodo_opened *ret, const char *path,
                                    const struct shodo_vec *key_paths, struct shodo_error *err) {
    *ret = (struct shodo_opened){
        .volumes = {.volumes = SHODO_VEC_INIT(sizeof(struct shodo_volume))}};
    enum shodo_status st = shodo_host_open(&ret->host, path, err);
    for (size_t i = 0; st == SHODO_OK && key_paths && i < key_paths->count; i++)
        st = shodo_host_add_key(&ret->host, *(const char *const *)shodo_vec_at(key_paths, i), err);
    if (st == SHODO_OK && !ret->host.is_tree)
        st = probe(ret, err);
    if (st != SHODO_OK) {
        shodo_opened_done(ret);
        shodo_error_context(err, "'%s'", path);
    }
    return st;
}

void shodo_opened_done(struct shodo_opened *o) {
    shodo_vec_done(&o->volumes.volumes);
    shodo_host_done(&o->host);
}

struct shodo_endpoint_facts shodo_opened_facts(const struct shodo_opened *o, const char *name,
                                               const char **serials) {
    struct shodo_endpoint_facts f = {.name = name, .source = o->host.path};
    if (o->host.is_tree) {
        f.table_id = "directory";
        serials[0] = name;
        f.volume_serials_count = 1;
    } else {
        f.size_bytes = o->host.size_bytes;
        f.table_id = o->volumes.disk_id;
        f.volume_serials_count = SHODO_MIN(o->volumes.volumes.count, (size_t)SHODO_LIMIT_VOLUMES);
        for (size_t i = 0; i < f.volume_serials_count; i++)
            serials[i] = shodo_volume_at(&o->volumes, i)->serial;
    }
    f.volume_serials = serials;
    return f;
}

size_t shodo_opened_locked(const struct shodo_opened *o) {
    size_t n = 0;
    for (size_t i = 0; i < o->volumes.volumes.count; i++)
        n += shodo_volume_at(&o->volumes, i)->fs == SHODO_FS_BITLOCKER;
    return n;
}
