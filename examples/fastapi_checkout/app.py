"""A checkout with FastAPI: three routes around a desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from checkout.desk import FAULTS, Desk, fault


class Wanted(BaseModel):
    """What is wanted. The engine checks a selection by the policy, so it has no model of its own."""

    selection: dict[str, Any]


class Chosen(Wanted):
    """What was shown and is to be paid."""

    token: str


def make_app(desk: Desk) -> FastAPI:
    """Return the application; it watches the desk's store while it runs."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with desk.store:
            yield

    app = FastAPI(lifespan=lifespan)

    # Plain functions, which FastAPI runs in threads: the ledger waits for a disk. A decision alone would need none.
    @app.get("/memberships/{id}/offers")
    def offers(id: str) -> dict[str, Any]:
        return desk.offers(id)

    @app.post("/memberships/{id}/quote")
    def quote(id: str, asked: Wanted) -> dict[str, Any]:
        return desk.quote(id, asked.selection)

    @app.post("/memberships/{id}/charge")
    def charge(id: str, asked: Chosen) -> dict[str, Any]:
        return desk.charge(id, asked.selection, asked.token)

    def wrong(_: Request, problem: Exception) -> JSONResponse:
        status, body = fault(problem)
        return JSONResponse(body, status)

    for kind in FAULTS:
        app.add_exception_handler(kind, wrong)
    return app
