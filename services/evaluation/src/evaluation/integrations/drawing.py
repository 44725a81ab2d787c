"""What a drawing process does: `python -m evaluation.integrations.drawing SECONDS` draws what its input asks for.

It ends when its input does, as it does with the service. Questions and answers are frames of a length and so many
bytes. A question is JSON, `{"template", "data"}`. The answer is JSON, `{"formats"}`, and a frame for each of them in
order; or `{"error"}` alone.
"""

import json
import os
import signal
import struct
import sys
import traceback
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Final

LENGTH: Final = struct.Struct(">I")


def framed(content: bytes) -> bytes:
    """The content with its length before it."""
    return LENGTH.pack(len(content)) + content


def main() -> None:
    """Draw until there is nothing more to read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal is for the service, which ends us
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints belongs to the log, not between the answers
    serve(sys.stdin.buffer, answers, seconds=int(sys.argv[1]))


def serve(questions: BinaryIO, answers: BinaryIO, *, seconds: int) -> None:
    """Answer each question. A drawing that takes longer than `seconds` ends the process: nobody waits for it then."""
    while length := questions.read(LENGTH.size):
        question = json.loads(questions.read(LENGTH.unpack(length)[0]))
        signal.alarm(seconds + 1)
        for frame in _answer(question):
            answers.write(framed(frame))
        answers.flush()
        signal.alarm(0)


def _answer(question: Mapping[str, Any]) -> list[bytes]:
    from evaluation.data.templates import Template  # noqa: PLC0415  # for this process only
    from evaluation.integrations.documents import draw  # noqa: PLC0415  # as above

    told = question["template"]
    template = Template(**told | {"path": Path(told["path"]), "valid_from": date.fromisoformat(told["valid_from"])})
    try:
        drawn = draw(template, question["data"])
    except Exception:
        return [json.dumps({"error": traceback.format_exc()}).encode()]  # raised again by who asked
    return [json.dumps({"formats": list(drawn)}).encode(), *drawn.values()]


if __name__ == "__main__":
    main()
