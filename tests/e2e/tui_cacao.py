# SPDX-License-Identifier: Apache-2.0
"""Validates CACAO playbooks against the official JSON schemas: tui_cacao.py SCHEMAS FILE..."""
import json
import pathlib
import sys
import urllib.parse

import jsonschema


def absolute(value, base):
    """Every $ref with its whole address, so that no version of the library has to guess the scope."""
    if isinstance(value, dict):
        return {k: urllib.parse.urljoin(base, v) if k == "$ref" and isinstance(v, str) else absolute(v, base) for k, v in value.items()}
    return [absolute(v, base) for v in value] if isinstance(value, list) else value


top = pathlib.Path(sys.argv[1])
store, main = {}, None
for f in sorted(top.rglob("*.json")):
    schema = json.loads(f.read_text())
    base = schema.pop("$id", f.resolve().as_uri())
    store[base] = absolute(schema, base)
    if f.name == "playbook.json":
        main = base
if not main:
    print("no playbook.json among the schemas")
    sys.exit(1)
schema = store[main]
resolver = jsonschema.RefResolver(main, schema, store=store)
kind = jsonschema.validators.validator_for(schema)
bad = 0
for name in sys.argv[2:]:
    problems = list(kind(schema, resolver=resolver).iter_errors(json.loads(pathlib.Path(name).read_text())))
    for p in problems[:5]:
        print(f"{pathlib.Path(name).name}: {'/'.join(map(str, p.absolute_path))}: {p.message[:300]}")
    bad += bool(problems)
print(f"schemas: {len(sys.argv) - 2 - bad} of {len(sys.argv) - 2} playbooks accepted")
sys.exit(bool(bad))
