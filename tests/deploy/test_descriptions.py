"""OpenAPI documents of services merged into one."""

import json
from typing import Any

from deploy.origin.descriptions import merge_descriptions


def document(path: str, schemas: dict[str, Any], uses: str, operation: str = "list_things") -> dict[str, Any]:
    """A service's document with one path that answers with one schema."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{uses}"}}}
    reply = {"operationId": operation, "responses": {"200": {"content": content}}}
    return {
        "openapi": "3.1.0",
        "paths": {path: {"get": reply}},
        "components": {
            "schemas": schemas,
            "securitySchemes": {"platform_token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"platform_token": []}],
    }


PROBLEM = {"type": "object", "properties": {"title": {"type": "string"}}}


def reference(merged: dict[str, Any], path: str) -> str:
    """The schema the path answers with."""
    found: str = merged["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    return found.removeprefix("#/components/schemas/")


def test_components_that_are_the_same_are_kept_once() -> None:
    merged = merge_descriptions(
        {
            "registry": document("/a", {"Problem": PROBLEM}, "Problem"),
            "commerce": document("/b", {"Problem": PROBLEM}, "Problem"),
        }
    )
    assert list(merged["components"]["schemas"]) == ["Problem"]
    assert reference(merged, "/a") == reference(merged, "/b") == "Problem"


def test_components_that_differ_get_their_services_name() -> None:
    one = {"Unit": {"type": "string"}}
    other = {"Unit": {"type": "integer"}}
    merged = merge_descriptions({"registry": document("/a", one, "Unit"), "commerce": document("/b", other, "Unit")})
    assert merged["components"]["schemas"] == {"RegistryUnit": {"type": "string"}, "CommerceUnit": {"type": "integer"}}
    assert (reference(merged, "/a"), reference(merged, "/b")) == ("RegistryUnit", "CommerceUnit")


def test_a_component_that_refers_to_one_that_differs_differs_too() -> None:
    page = {"type": "array", "items": {"$ref": "#/components/schemas/Unit"}}
    one = {"Page": page, "Unit": {"type": "string"}}
    other = {"Page": page, "Unit": {"type": "integer"}}
    merged = merge_descriptions({"registry": document("/a", one, "Page"), "commerce": document("/b", other, "Page")})
    assert reference(merged, "/b") == "CommercePage"
    assert merged["components"]["schemas"]["CommercePage"]["items"]["$ref"] == "#/components/schemas/CommerceUnit"


def test_the_mapping_of_a_discriminator_follows_the_new_name() -> None:
    choice = {
        "oneOf": [{"$ref": "#/components/schemas/Unit"}],
        "discriminator": {"propertyName": "kind", "mapping": {"unit": "#/components/schemas/Unit"}},
    }
    one = {"Choice": choice, "Unit": {"type": "string"}}
    other = {"Unit": {"type": "integer"}}
    merged = merge_descriptions({"registry": document("/a", one, "Choice"), "commerce": document("/b", other, "Unit")})
    mapping = merged["components"]["schemas"]["Choice"]["discriminator"]["mapping"]
    assert mapping == {"unit": "#/components/schemas/RegistryUnit"}


def test_operation_ids_are_unique_and_those_used_once_keep_their_name() -> None:
    merged = merge_descriptions(
        {
            "registry": document("/a", {"Problem": PROBLEM}, "Problem"),
            "commerce": document("/b", {"Problem": PROBLEM}, "Problem"),
            "notifier": document("/c", {"Problem": PROBLEM}, "Problem", "list_notices"),
        }
    )
    ids = [merged["paths"][path]["get"]["operationId"] for path in ("/a", "/b", "/c")]
    assert ids == ["registry_list_things", "commerce_list_things", "list_notices"]


def test_what_a_service_asks_of_all_its_operations_stays_with_them() -> None:
    public = document("/b", {"Problem": PROBLEM}, "Problem")
    del public["security"]
    merged = merge_descriptions({"registry": document("/a", {"Problem": PROBLEM}, "Problem"), "commerce": public})
    assert merged["paths"]["/a"]["get"]["security"] == [{"platform_token": []}]
    assert "security" not in merged["paths"]["/b"]["get"]
    assert "security" not in merged


def test_the_services_own_documents_are_left_as_they_were() -> None:
    given = {
        "registry": document("/a", {"Problem": PROBLEM}, "Problem"),
        "commerce": document("/b", {"Problem": {}}, "Problem"),
    }
    before = json.dumps(given)
    merge_descriptions(given)
    assert json.dumps(given) == before
