"""Every error as application/problem+json (RFC 9457), in the caller's language, with the field path of each fault."""

from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from shared.correlation import trace_id
from shared.errors import Conflict, Fault, Invalid, Problem, Stale, Text, TooLarge, Unavailable
from shared.http.language import language
from shared.http.validation import faults_of

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"


def render(problem: Problem) -> JSONResponse:
    """The problem document. Never carries SQL, a stack or a secret."""
    spoken = language()
    body: dict[str, Any] = {
        "type": f"/problems/{problem.slug}",
        "title": problem.title.in_language(spoken),
        "status": problem.status,
        "detail": problem.detail.in_language(spoken),
    }
    headers = {"Content-Language": spoken, **problem.headers}
    if identity := trace_id():
        body["instance"] = f"urn:trace:{identity}"
        headers["X-Trace-Id"] = identity  # an unforeseen failure is answered outside the middleware that sets it
    if problem.rule:
        body["rule"] = problem.rule
    if problem.faults:
        body["errors"] = [
            {"field": f.field, "code": f.code, "detail": f.text.in_language(spoken)} for f in problem.faults
        ]
    body |= problem.extra
    return JSONResponse(body, problem.status, headers, media_type=MEDIA_TYPE)


def problem_of_database(error: Exception) -> Problem:
    """What a refusal by Postgres means to the caller, by SQLAlchemy or by the raw pool. Unknown ones stay a 500."""
    cause = _cause(error)
    state, constraint = str(getattr(cause, "sqlstate", None) or ""), getattr(cause, "constraint_name", None)
    if isinstance(cause, ValueError):  # the driver cannot encode it
        state = "22000"
    elif getattr(error, "connection_invalidated", False) or (cause is error and not state):
        state = "08000"
    if state.startswith("22"):
        fault = Fault("body", "value", Text("Có giá trị không lưu được", "A value cannot be stored"))
        return Invalid(faults=[fault])
    if state in {"23505", "23P01"}:
        return Conflict("Đã có bản ghi như vậy.", "There is such a record already.", constraint=constraint)
    if state == "23503":
        return Conflict("Bản ghi được nhắc tới không tồn tại.", "A record it refers to does not exist.")
    if state in {"40001", "40P01", "55P03", "57014"}:
        return Unavailable("Hệ thống đang bận, xin thử lại.", "Busy, please retry.", headers={"Retry-After": "1"})
    if state.startswith(("08", "53", "57")):
        return Unavailable("Cơ sở dữ liệu chưa sẵn sàng.", "The database is not ready.", headers={"Retry-After": "2"})
    return Problem()


def _cause(error: Exception) -> BaseException | None:
    """The driver's own error, which SQLAlchemy wraps twice."""
    return getattr(error.orig, "__cause__", None) if isinstance(error, DBAPIError) else error


def install_problem_handlers(app: FastAPI) -> None:
    """Render every exception that leaves a route."""

    async def on_problem(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return render(error)

    async def on_validation(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return render(
            Invalid(
                "Dữ liệu gửi lên chưa đúng; xem từng lỗi trong errors.",
                "The payload is not valid; see each fault in errors.",
                faults=faults_of(error.errors()),
            )
        )

    async def on_http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        problem = _problem_of_http(error)
        if problem.status == 405:
            problem.headers["Allow"] = ", ".join(sorted(_methods_of(request)))
        return render(problem)

    async def on_database(_request: Request, error: Exception) -> JSONResponse:
        problem, cause = problem_of_database(error), _cause(error)
        if problem.status >= 500:
            told = {name: getattr(cause, name, None) for name in ("sqlstate", "constraint_name", "table_name")}
            log.error("database_error", **told, exc_info=error)
        return render(problem)

    async def on_stale(_request: Request, _error: Exception) -> JSONResponse:
        return render(Stale())

    async def on_anything(_request: Request, error: Exception) -> JSONResponse:
        unreachable = isinstance(error, PoolTimeout | OSError)
        log.error("no_database_connection" if unreachable else "unhandled_error", exc_info=error)
        return render(Unavailable(headers={"Retry-After": "2"}) if unreachable else Problem())

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
    for refused in (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError):
        app.add_exception_handler(refused, on_database)
    app.add_exception_handler(StaleDataError, on_stale)
    app.add_exception_handler(PoolTimeout, on_anything)
    app.add_exception_handler(OSError, on_anything)
    app.add_exception_handler(Exception, on_anything)


def _methods_of(request: Request) -> set[str]:
    """What all routes of this address take together; Starlette names those of the first alone."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.routes):
        address = getattr(route, "path_regex", None)
        if address is not None and address.match(request.url.path):
            found |= route.methods or set()
    return found


def _problem_of_http(error: HTTPException) -> Problem:
    if error.status_code == 413:
        return TooLarge()
    if error.status_code == 400:
        fault = Fault("body", "json", Text("Nội dung không phải JSON hợp lệ", "The body is not valid JSON"))
        return Invalid(faults=[fault])
    named = {
        404: ("not-found", Text("Không tìm thấy", "Not found")),
        405: ("method-not-allowed", Text("Phương thức không được hỗ trợ", "Method not allowed")),
        415: ("unsupported-media-type", Text("Kiểu nội dung không được hỗ trợ", "Unsupported media type")),
    }
    other = (f"http-{error.status_code}", Text("Yêu cầu không thực hiện được", str(error.detail)))
    slug, title = named.get(error.status_code, other)
    kind = type("HttpProblem", (Problem,), {"slug": slug, "status": error.status_code, "title": title})
    problem: Problem = kind(headers=dict(error.headers or {}))
    return problem
