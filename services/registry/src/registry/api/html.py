"""HTML pages from the templates beside this module: everything in the page, nothing fetched from elsewhere."""

from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=PackageLoader("registry.api", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_page(template: str, *, form_targets: str = "'none'", **values: Any) -> HTMLResponse:
    """A page that may load nothing and send forms only to `form_targets` (a CSP source list)."""
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action {form_targets};"
        " frame-ancestors 'none'; base-uri 'none'"
    )
    return HTMLResponse(
        _ENVIRONMENT.get_template(template).render(values),
        headers={
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-store",
        },
    )
