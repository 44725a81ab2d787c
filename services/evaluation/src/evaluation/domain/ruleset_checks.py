"""What a ruleset must be besides well written: one process from the first level to the last, by bodies that exist."""

from evaluation.domain.documents import Faults
from evaluation.domain.faults import Fault
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.units_of_levels import SIGNATURES


def ruleset_faults(ruleset: Ruleset) -> list[Fault]:
    """Levels that no dossier can reach, and bodies that nobody in this system can sign for."""
    faults = Faults()
    reached = {ruleset.first_level.code}
    for level in ruleset.levels:  # lowest first, and forwarding only goes up
        reached |= {
            rule.to_level for rule in ruleset.forward if rule.from_level == level.code and level.code in reached
        }
    for i, level in enumerate(ruleset.levels):
        if level.code not in reached:
            faults.add(
                f"levels[{i}]",
                "not_connected",
                f"không có đường chuyển hồ sơ lên cấp {level.code}",
                f"no forwarding leads up to {level.code}",
            )
    for band in ruleset.bands:
        if band.recognised_by is not None and band.recognised_by not in SIGNATURES:
            known = ", ".join(SIGNATURES)
            faults.add(
                f'bands["{band.star}"].recognised_by',
                "unknown_body",
                f"không có cơ quan {band.recognised_by!r}; chỉ có: {known}",
                f"there is no body {band.recognised_by!r}; known: {known}",
            )
    return faults
