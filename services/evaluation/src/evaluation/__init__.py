"""Evaluation: from dossier to star, by the ruleset the filing date selects."""
