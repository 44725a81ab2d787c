"""The documents in contracts/, which clients are generated from, say what the code does."""

import json

import pytest
from deploy.origin import contracts
from deploy.origin.settings import SERVICES


def test_the_committed_documents_are_what_the_code_says() -> None:
    assert not contracts.outdated(), "run `make contracts`, look at the difference and commit it"


def test_a_changed_a_missing_and_a_left_over_document_are_all_noticed(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contracts, "FOLDER", tmp_path_factory.mktemp("contracts"))
    monkeypatch.setattr("sys.argv", ["contracts"])
    assert contracts.main() == 0
    assert contracts.outdated() == []
    changed = contracts.FOLDER / "registry.json"
    changed.write_text(changed.read_text(encoding="utf-8").replace("/units", "/unit"), encoding="utf-8")
    (contracts.FOLDER / "notifier.json").unlink()
    (contracts.FOLDER / "gone.json").write_text("{}")
    assert contracts.outdated() == ["gone.json", "notifier.json", "registry.json"]


def test_the_contract_holds_no_development_route_and_each_service_and_the_whole() -> None:
    documents = {name.removesuffix(".json"): json.loads(text) for name, text in contracts.documents().items()}
    assert set(documents) == {*SERVICES, "openapi"}
    for document in documents.values():
        assert document["paths"]
        assert not [path for path in document["paths"] if "/dev-" in path]
    assert set(documents["openapi"]["paths"]) >= {path for one in SERVICES for path in documents[one]["paths"]}
