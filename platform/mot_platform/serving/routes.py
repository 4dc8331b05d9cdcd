"""The HTTP and WebSocket routes of a gate."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import anyio
from fastapi import APIRouter, FastAPI, Request, WebSocket
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from mot_platform.serving.access import Guard, refuse
from mot_platform.serving.gate import Gate
from mot_platform.serving.problems import MEDIA_TYPE, Problem
from mot_platform.serving.replies import ModelDescription
from mot_platform.serving.uploads import MEDIA_TYPE as NDJSON
from mot_platform.serving.uploads import answer_lines, probed, spooled

PAGE = Path(__file__).parent / "page"
_SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "media-src blob:; connect-src 'self' ws: wss:; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def build_app(gate: Gate, tokens: tuple[str, ...]) -> FastAPI:
    """Return the ASGI application of a gate.

    Args:
        gate: Its state.
        tokens: Bearer tokens that are good; without any, only this machine is answered.
    """
    app = FastAPI(
        title="mot-action",
        version=_own_version(),
        description="Multi-object tracking and action recognition. Streams: see `WS /v1/streams/{session}`.",
        exception_handlers={Problem: _problem_answer, RequestValidationError: _parameter_answer},
    )
    app.add_middleware(Guard, tokens=tokens)
    app.include_router(routes(gate))
    app.mount("/page", StaticFiles(directory=PAGE), name="page")
    return app


def routes(gate: Gate) -> APIRouter:
    """Return the routes that a gate answers."""
    router = APIRouter()

    @router.get("/healthz", summary="Whether the model answers")
    async def healthz() -> dict[str, str]:
        await gate.model()
        return {"status": "ok"}

    @router.get("/v1/model", summary="What the model is and what it can say")
    async def model() -> dict[str, Any]:
        return described(await gate.model())

    @router.get("/v1/streams", summary="Sessions that can be gone on with")
    async def streams() -> dict[str, Any]:
        return {"streams": await gate.streams()}

    @router.delete("/v1/streams/{session}", status_code=204, summary="Forget a session")
    async def delete(session: str) -> None:
        await gate.delete(session)

    @router.post("/v1/videos", summary="Track a whole video", response_class=StreamingResponse)
    async def videos(request: Request) -> Response:
        return await _video_answer(gate, request)

    @router.websocket("/v1/streams/{session}")
    async def stream(socket: WebSocket, session: str) -> None:
        try:
            await gate.stream(socket, session, insist="epoch" in socket.query_params)
        except Problem as problem:
            await refuse(problem, socket.scope, socket.receive, socket.send)

    @router.get("/", include_in_schema=False)
    async def page() -> Response:
        text = await anyio.Path(PAGE / "index.html").read_text(encoding="utf-8")
        return Response(text, media_type="text/html", headers=_SECURITY_HEADERS)

    return router


async def _problem_answer(_request: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 (registered for it)
    return JSONResponse(
        problem.body(), status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers
    )


async def _parameter_answer(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for it)
    text = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    return await _problem_answer(request, Problem("bad-request", text))


def described(model: ModelDescription) -> dict[str, Any]:
    """Return the answer of `GET /v1/model`."""
    words = model.vocabulary
    actions = zip(words.action_ids, words.action_names, strict=True)
    return {
        "uri": model.uri,
        "digest": model.digest,
        "input_wh": list(model.input_wh),
        "class_names": list(words.class_names),
        "actions": [{"action_id": action_id, "name": name} for action_id, name in actions],
        "code_version": model.code_version,
    }


async def _video_answer(gate: Gate, request: Request) -> Response:
    """Return the lines of an uploaded video; the place and the file are let go of after the last."""
    model = await gate.model()
    async with AsyncExitStack() as stack:
        stack.enter_context(gate.place())
        path = await stack.enter_async_context(spooled(request, gate.limits))
        index = await run_in_threadpool(probed, path, gate.limits)
        link = gate.link(f"upload-{secrets.token_hex(8)}")
        held = stack.pop_all()

        async def lines() -> AsyncIterator[str]:
            async with held:
                answers = answer_lines(index, link, input_wh=model.input_wh, model_digest=model.digest)
                async for line in answers:
                    yield line

        return StreamingResponse(lines(), media_type=NDJSON)
    raise AssertionError  # the exit stack swallows nothing


def _own_version() -> str:
    try:
        return version("mot-action")
    except PackageNotFoundError:  # shipped as source to a cluster
        return "0"
