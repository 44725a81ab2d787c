"""Lists over HTTP: one shape of page, one way to ask for the next."""

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from shared.db.pages import MOST, PageRequest
from shared.http.etags import answer

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """A page of a list. `next` is the cursor of the following page, null on the last."""

    items: list[T]
    next: str | None = None


def page_request(
    limit: Annotated[int, Query(ge=1, le=MOST, description="rows a page")] = 50,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next` of the page before")] = None,
) -> PageRequest:
    """`limit` and `cursor` of the query string."""
    return PageRequest(limit, cursor)


PageQuery = Annotated[PageRequest, Depends(page_request)]


def answer_page(request: Request, page: Page[T]) -> Response:
    """The page with its ETag and, when there is more, `Link: <…>; rel="next"`."""
    link = None
    if page.next:
        query = request.url.include_query_params(cursor=page.next).query
        link = f'<{request.url.path}?{query}>; rel="next"'
    return answer(request, page, link=link)
