"""Checks experiments with another validator, by hand: pip install jsonschema ruamel.yaml

    pipe schema > experiment.schema.json
    python3 schema.py experiment.schema.json FILE...

Prints each file that is wrong with where and why, then how many were right, wrong and no YAML. Exits with 1 if the schema
itself is wrong.
"""
import json
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, best_match
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def main(schema_path, files):
    with open(schema_path, encoding="utf-8") as f:
        schema = json.load(f)
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as e:
        sys.exit(f"{schema_path}: {e.message}")
    validator = Draft202012Validator(schema)
    count = {"right": 0, "wrong": 0, "no YAML": 0}
    for path in files:
        try:
            with open(path, encoding="utf-8-sig") as f:
                doc = YAML(typ="safe", pure=True).load(f)  # YAML 1.2, as the language has it
        except (YAMLError, UnicodeDecodeError, ValueError):
            count["no YAML"] += 1
            continue
        error = best_match(validator.iter_errors(doc))
        count["wrong" if error else "right"] += 1
        if error:
            print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:120]}")
    print(", ".join(f"{n} {what}" for what, n in count.items()))


main(sys.argv[1], sys.argv[2:])
