"""Holds manifests to Kubernetes' own schemas and to KServe's models, strictly: unknown fields are errors.

    python manifests.py kubernetes.yaml kserve.yaml

Prints a line a document, and ends with a traceback at the first that does not hold.
"""

import re
import sys

import kserve.models
import kubernetes_validate
import yaml

schemas = kubernetes_validate.latest_version()


def hold(value, kind, place):
    """As the type that KServe's client names; types of Kubernetes itself are left to its schemas."""
    inner = re.fullmatch(r"list\[(.*)\]|dict\(str, (.*)\)", kind)
    if inner and isinstance(value, list):
        return [hold(each, inner[1], f"{place}[{i}]") for i, each in enumerate(value)]
    if inner and isinstance(value, dict):
        return {key: hold(each, inner[2], f"{place}.{key}") for key, each in value.items()}
    if kind in ("str", "bool", "int", "float", "object"):
        if kind != "object" and type(value).__name__ != kind:
            raise TypeError(f"{place}: {kind} was expected, {value!r} came")
        return value
    model = getattr(kserve.models, kind, None)
    if model is None:
        return value
    names = {told: name for name, told in model.attribute_map.items()}
    unknown = set(value) - set(names)
    if unknown:
        raise TypeError(f"{place}: {kind} has no {', '.join(sorted(unknown))}")
    fields = {
        names[key]: hold(each, model.openapi_types[names[key]], f"{place}.{key}")
        for key, each in value.items()
    }
    # Refuses what is required and missing.
    return model(**fields)


def hold_kserve(document):
    version = document["apiVersion"].split("/")[1]
    hold(document, version.capitalize() + document["kind"], document["kind"])
    containers = document["spec"].get("containers", [])
    if containers:
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "of-runtime"}}
        kubernetes_validate.validate({**pod, "spec": {"containers": containers}}, schemas, strict=True)


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        for document in yaml.safe_load_all(file):
            if document["apiVersion"].startswith("serving.kserve.io/"):
                hold_kserve(document)
            else:
                kubernetes_validate.validate(document, schemas, strict=True)
            print(document["apiVersion"], document["kind"], document["metadata"]["name"])
