"""If-Match where the first writing has no version to name yet."""

from typing import Annotated

from fastapi import Depends, Header

from shared.http.etags import expected_version


def seen_version(
    if_match: Annotated[str | None, Header(description="ETag of the version you edit; none for the first")] = None,
) -> int | None:
    """The version the caller means to replace, None when he sends no If-Match: then there must be nothing yet."""
    return None if if_match is None else expected_version(if_match)


SeenVersion = Annotated[int | None, Depends(seen_version)]
