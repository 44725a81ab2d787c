"""The services' OpenAPI documents made into one."""

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Document = dict[str, Any]

_METHODS = frozenset(("get", "put", "post", "delete", "options", "head", "patch", "trace"))
_REFERENCE = "#/components/"

DESCRIPTION = """Hệ thống quản lý Chương trình OCOP (Mỗi xã một sản phẩm) cấp tỉnh: bốn dịch vụ sau một địa chỉ.

The backend of the OCOP programme (One Commune One Product) for a province: four services behind one address.
Every POST needs an `Idempotency-Key`, every edit `If-Match`; errors are problem documents (RFC 9457)."""


def merge_descriptions(documents: Mapping[str, Document], *, version: str = "v1") -> Document:
    """One OpenAPI 3.1 document of several services' documents, given by service name.

    Components of the same name that differ get their service's name in front; the rest are kept once.
    """
    parts = {service: copy.deepcopy(document) for service, document in documents.items()}
    for service, names in _clashing_components(parts).items():
        _rename_components(parts[service], service, names)
    _rename_operations(parts)
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "OCOP", "version": version, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "tags": list({tag["name"]: tag for part in parts.values() for tag in part.get("tags", [])}.values()),
        "paths": {},
        "components": {},
    }
    for part in parts.values():
        merged["paths"].update(part.get("paths", {}))
        for hook, definition in part.get("webhooks", {}).items():
            merged.setdefault("webhooks", {})[hook] = definition
        for section, components in part.get("components", {}).items():
            merged["components"].setdefault(section, {}).update(components)
    return merged


def _clashing_components(parts: Mapping[str, Document]) -> dict[str, set[tuple[str, str]]]:
    """For each service its (section, name) whose meaning differs from another service's of the same name.

    A component that refers to one that differs, differs too, though its own text may be the same.
    """
    owners: dict[tuple[str, str], dict[str, Any]] = {}
    for service, part in parts.items():
        for section, components in part.get("components", {}).items():
            for name, definition in components.items():
                owners.setdefault((section, name), {})[service] = definition
    shared = {key: list(by_service.values()) for key, by_service in owners.items() if len(by_service) > 1}
    clashing = {key for key, definitions in shared.items() if any(one != definitions[0] for one in definitions)}
    grew = True
    while grew:
        more = {
            key
            for key, definitions in shared.items()
            if key not in clashing and any(_refers_to(one, clashing) for one in definitions)
        }
        clashing |= more
        grew = bool(more)
    return {service: {key for key in clashing if service in owners[key]} for service in parts}


def _refers_to(definition: Any, names: set[tuple[str, str]]) -> bool:
    return any(_key_of(reference) in names for reference in _references(definition))


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            elif key == "mapping" and isinstance(value, dict):
                yield from (one for one in value.values() if isinstance(one, str))
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _key_of(reference: str) -> tuple[str, str]:
    section, _, name = reference.removeprefix(_REFERENCE).partition("/")
    return section, name


def _rename_components(document: Document, service: str, names: set[tuple[str, str]]) -> None:
    renamed = {key: f"{service.capitalize()}{key[1]}" for key in names}

    def rename(reference: str) -> str:
        key = _key_of(reference)
        return f"{_REFERENCE}{key[0]}/{renamed[key]}" if key in renamed else reference

    _rewrite(document, rename)
    for section, name in sorted(names):  # a set has another order in each process
        components = document["components"][section]
        components[renamed[section, name]] = components.pop(name)
    schemes = {name: new for (section, name), new in renamed.items() if section == "securitySchemes"}
    if schemes:
        for needs in _security_needs(document):
            for name in [name for name in needs if name in schemes]:
                needs[schemes[name]] = needs.pop(name)


def _rewrite(node: Any, rename: Callable[[str], str]) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                node[key] = rename(value)
            elif key == "mapping" and isinstance(value, dict):
                node[key] = {name: rename(one) if isinstance(one, str) else one for name, one in value.items()}
            else:
                _rewrite(value, rename)
    elif isinstance(node, list):
        for value in node:
            _rewrite(value, rename)


def _operations(document: Document) -> Iterator[Document]:
    for item in [*document.get("paths", {}).values(), *document.get("webhooks", {}).values()]:
        yield from (operation for method, operation in item.items() if method in _METHODS)


def _security_needs(document: Document) -> Iterator[Document]:
    yield from document.get("security", [])
    for operation in _operations(document):
        yield from operation.get("security", [])


def _rename_operations(parts: Mapping[str, Document]) -> None:
    """Operation ids become unique (the service's name in front where needed); no operation stays without a tag."""
    users: dict[str, list[str]] = {}
    for service, part in parts.items():
        for operation in _operations(part):
            users.setdefault(operation.get("operationId", ""), []).append(service)
    for service, part in parts.items():
        for operation in _operations(part):
            if len(users[operation.get("operationId", "")]) > 1 and "operationId" in operation:
                operation["operationId"] = f"{service}_{operation['operationId']}"
            operation.setdefault("tags", [service])
        needed = part.pop("security", None)
        if needed is not None:  # what one document asks of all its operations must not reach the others'
            for operation in _operations(part):
                operation.setdefault("security", needed)
