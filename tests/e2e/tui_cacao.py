# SPDX-License-Identifier: Apache-2.0
"""Validates CACAO playbooks against the official JSON schemas: tui_cacao.py SCHEMAS FILE..."""
import json
import pathlib
import sys

import jsonschema

top = pathlib.Path(sys.argv[1])
store, main = {}, None
for f in sorted(top.rglob("*.json")):
    schema = json.loads(f.read_text())
    store[schema.get("$id", f.as_uri())] = schema
    store[f.resolve().as_uri()] = schema
    if f.name == "playbook.json":
        main = f
if not main:
    print("no playbook.json among the schemas")
    sys.exit(1)
schema = json.loads(main.read_text())
base = schema.get("$id", main.resolve().as_uri())
resolver = jsonschema.RefResolver(base, schema, store=store)
kind = jsonschema.validators.validator_for(schema)
bad = 0
for name in sys.argv[2:]:
    problems = list(kind(schema, resolver=resolver).iter_errors(json.loads(pathlib.Path(name).read_text())))
    for p in problems[:5]:
        print(f"{pathlib.Path(name).name}: {'/'.join(map(str, p.absolute_path))}: {p.message[:300]}")
    bad += bool(problems)
print(f"schemas: {len(sys.argv) - 2 - bad} of {len(sys.argv) - 2} playbooks accepted")
sys.exit(bool(bad))
