/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of registry and log facts as lists, by tables; and what the site's own list says of them. */
#include <string.h>

#include "base/text.h"
#include "examine/answers/links.h"

bool ans_is_listed(const struct shodo_answers *a, const char *text) {
    for (size_t i = 0; *text && i < shodo_value_count(a->o.connections); i++) {
        static const char *const keys[] = {"name", "device", "vendor", "host"};
        for (size_t k = 0; k < SHODO_ARRAY_SIZE(keys); k++) {
            const char *s = ans_get(shodo_value_at(a->o.connections, i), keys[k]);
            if (strlen(s) >= 4 &&
                (strcasestr(text, s) || (strlen(text) >= 4 && strcasestr(s, text))))
                return true;
        }
    }
    return false;
}

size_t ans_tell(struct shodo_answers *a, struct shodo_json *j, const struct ans_told *rows,
                size_t count) {
    size_t n = 0;
    for (size_t k = 0; k < count; k++) {
        size_t i = 0;
        for (const struct ans_fact *f;
             (f = ans_next(a, rows[k].reader, rows[k].kind, &i)) != NULL;) {
            bool has_any = !rows[k].values[0], is_known = false;
            for (size_t v = 0; v < SHODO_ARRAY_SIZE(rows[k].values) && rows[k].values[v]; v++) {
                const struct shodo_value *x = ans_value(f, rows[k].values[v]);
                has_any = has_any || x;
                is_known = is_known || (shodo_value_str(x) && ans_is_listed(a, shodo_value_str(x)));
            }
            if (!has_any)
                continue;
            shodo_json_object(j, NULL);
            shodo_json_str(j, "kind", rows[k].as);
            for (size_t v = 0; v < SHODO_ARRAY_SIZE(rows[k].values) && rows[k].values[v]; v++)
                if (ans_value(f, rows[k].values[v]))
                    shodo_value_write(j, rows[k].values[v], ans_value(f, rows[k].values[v]));
            if (shodo_value_get(f->values, "user"))
                shodo_value_write(j, "user", shodo_value_get(f->values, "user"));
            shodo_json_time(j, "since", f->time);
            shodo_json_bool(j, "is_listed", is_known);
            shodo_json_str(j, "evidence", f->id);
            shodo_json_object_end(j);
            n++;
        }
    }
    return n;
}

/* Products by their services and uninstall names; one row a product. */
size_t ans_tell_products(struct shodo_answers *a, struct shodo_json *j, const char *schema,
                         const char *list, const char *as) {
    size_t n = 0;
    shodo_auto(shodo_buf) struct shodo_buf b = SHODO_BUF_INIT;
    for (size_t k = 0; k < shodo_detect_count(a->detect, schema, list); k++) {
        const struct shodo_value *p = shodo_detect_row(a->detect, schema, list, k);
        const char *id = NULL;
        size_t i = 0;
        int64_t since = SHODO_TIME_NONE;
        for (const struct ans_fact *f;
             !id && (f = ans_next(a, "registry", "service", &i)) != NULL;) {
            const char *key = ans_get(f->values, "key"), *name = strrchr(key, '\\');
            name = name ? name + 1 : key;
            shodo_fold_path(&b, name, strlen(name));
            if (shodo_wild_any(shodo_value_get(p, "services"), shodo_buf_cstr(&b), b.len)) {
                id = f->id;
                since = f->time;
            }
        }
        i = 0;
        for (const struct ans_fact *f;
             !id && (f = ans_next(a, "registry", "installed_program", &i)) != NULL;) {
            const char *name = ans_str(f, "DisplayName");
            shodo_fold_path(&b, name, strlen(name));
            if (*name &&
                shodo_wild_any(shodo_value_get(p, "uninstall_names"), shodo_buf_cstr(&b), b.len)) {
                id = f->id;
                since = f->time;
            }
        }
        if (!id)
            continue;
        shodo_json_object(j, NULL);
        shodo_json_str(j, "kind", as);
        shodo_json_str(j, "product", ans_get(p, "name"));
        shodo_json_time(j, "since", since);
        shodo_json_bool(j, "is_listed", ans_is_listed(a, ans_get(p, "name")));
        shodo_json_str(j, "evidence", id);
        shodo_json_object_end(j);
        n++;
    }
    return n;
}
