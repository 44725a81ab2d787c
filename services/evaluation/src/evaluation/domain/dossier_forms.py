"""The forms of a dossier as fields: Form 01, and parts I, II and IV of Form 02 (26/2026 Annex III).

Part III of Form 02 is the self-score. What Form 01 and registry already say (names, contact, product, group, kind of
producer) is not asked for again. Which of these fields a dossier must have is said by its ruleset.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REGISTRATION = "registration_form"
"""The section of Form 01."""

STATEMENTS_OF_NOW = frozenset({("registration_form", "changes"), ("registration_form", "samples")})
"""Fields that speak of this filing alone, so that an earlier dossier's words would be wrong."""

SECTIONS_OF_NOW = frozenset({"results", "review"})
"""Sections about the last year or years: written anew for each dossier (26/2026 Form 02 part II; Art. 6)."""


@dataclass(frozen=True, slots=True)
class FormField:
    """A field by its Vietnamese and English name; `personal` ones are a person's own (users.md, rule 5)."""

    vi: str
    en: str
    personal: bool = False


FORMS: Mapping[str, Mapping[str, FormField]] = {
    "registration_form": {
        "unit_name": FormField("tên đơn vị đăng ký", "name of the organisation"),
        "representative": FormField("người đại diện pháp lý", "legal representative", personal=True),
        "position": FormField("chức vụ người đại diện", "position of the representative"),
        "address": FormField("địa chỉ liên hệ", "contact address", personal=True),
        "phone": FormField("điện thoại", "phone", personal=True),
        "email": FormField("email", "e-mail", personal=True),
        "samples": FormField("số lượng sản phẩm mẫu", "number of samples"),
        "original_report": FormField("báo cáo đánh giá bản gốc", "report, original"),
        "electronic_report": FormField("báo cáo đánh giá bản điện tử", "report, electronic"),
        "changes": FormField("nội dung thay đổi, cập nhật", "what changed"),
    },
    "general": {
        "gender": FormField("giới tính người đại diện", "gender of the representative", personal=True),
        "ethnicity": FormField("dân tộc người đại diện", "ethnicity of the representative", personal=True),
        "permanent_address": FormField("địa chỉ thường trú", "permanent address of the representative", personal=True),
        "founded_on": FormField("ngày thành lập hoặc đăng ký kinh doanh", "day of founding or business registration"),
        "registration_number": FormField("số giấy đăng ký kinh doanh", "number of the business registration"),
        "specification": FormField("quy cách sản phẩm", "specification of the product"),
        "standard": FormField("tiêu chuẩn sản phẩm", "standard of the product"),
        "has_business_registration": FormField("có giấy đăng ký kinh doanh", "has a business registration"),
        "has_quality_declaration": FormField("đã công bố chất lượng", "quality is declared"),
        "has_food_safety_certificate": FormField(
            "có giấy chứng nhận cơ sở đủ điều kiện ATTP", "has a food-safety certificate"
        ),
        "has_production_certificate": FormField(
            "có giấy chứng nhận đủ điều kiện sản xuất bắt buộc", "has the required production certificate"
        ),
        "intellectual_property": FormField("sở hữu trí tuệ", "intellectual property"),
        "other_intellectual_property": FormField("sở hữu trí tuệ khác", "other intellectual property"),
        "history": FormField("lịch sử hình thành", "history"),
        "organisation": FormField("cơ cấu tổ chức", "organisation"),
    },
    "results": {
        "material_area": FormField("vùng nguyên liệu", "material area"),
        "technology": FormField("công nghệ", "technology"),
        "changes": FormField("thay đổi về chất lượng, bao bì, nhãn mác", "changes of quality, packaging, labels"),
        "markets": FormField("thị trường", "markets"),
        "year": FormField("năm của số liệu", "year of the figures"),
        "revenue": FormField("doanh thu", "revenue"),
        "profit": FormField("lợi nhuận", "profit"),
    },
    "plan": {
        "production": FormField("kế hoạch sản xuất", "production plan"),
        "business": FormField("kế hoạch kinh doanh", "business plan"),
    },
    "review": {
        "materials": FormField("rà soát nguyên liệu", "review of material"),
        "technology": FormField("rà soát công nghệ", "review of technology"),
        "packaging": FormField("rà soát bao bì", "review of packaging"),
        "labels": FormField("rà soát nhãn mác", "review of labels"),
        "quality_declaration": FormField("rà soát công bố chất lượng", "review of the quality declaration"),
        "periodic_tests": FormField("kiểm nghiệm định kỳ", "periodic tests"),
        "markets": FormField("rà soát thị trường", "review of markets"),
        "yearly_figures": FormField("sản lượng, doanh thu 03 năm", "output and revenue of three years"),
        "renewed_papers": FormField("giấy tờ có thời hạn đã gia hạn", "renewed time-limited papers"),
    },
}
"""Every field by section and name, in the order of the forms."""

SELF_ASSESSMENT_SECTIONS = tuple(section for section in FORMS if section != REGISTRATION)
"""Sections of Form 02 beside the self-score."""


def field_path(section: str, name: str) -> str:
    """The path of a field in what a dossier's read answers."""
    return f"{section}.{name}" if section == REGISTRATION else f"self_assessment.{section}.{name}"


def personal_fields(section: str) -> frozenset[str]:
    """Names of the section's fields that are a person's own."""
    return frozenset(name for name, one in FORMS[section].items() if one.personal)


def is_empty(value: Any) -> bool:
    """Whether nothing was entered; `false` and 0 are answers."""
    return value is None or value in ("", [], {})


def carried_field(section: str, name: str) -> bool:
    """Whether an earlier dossier's value may stand in a later one as it is."""
    return section not in SECTIONS_OF_NOW and (section, name) not in STATEMENTS_OF_NOW
