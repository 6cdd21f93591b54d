"""A checkout with Flask: three views around a desk."""

from typing import Any

import msgspec
from flask import Flask, Response, jsonify, request

from checkout.desk import FAULTS, Desk, fault


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wanted. The engine checks a selection by the policy, so it has no type of its own."""

    selection: dict[str, Any]


class Chosen(Wanted, frozen=True):
    """What was shown and is to be paid."""

    token: str


def make_app(desk: Desk) -> Flask:
    """Return the application; the desk's store is watched by whoever serves it."""
    app = Flask(__name__)

    @app.get("/memberships/<id>/offers")
    def offers(id: str) -> Response:
        return jsonify(desk.offers(id))

    @app.post("/memberships/<id>/quote")
    def quote(id: str) -> Response:
        asked = msgspec.json.decode(request.get_data(), type=Wanted)
        return jsonify(desk.quote(id, asked.selection))

    @app.post("/memberships/<id>/charge")
    def charge(id: str) -> Response:
        asked = msgspec.json.decode(request.get_data(), type=Chosen)
        return jsonify(desk.charge(id, asked.selection, asked.token))

    @app.errorhandler(msgspec.DecodeError)
    def unreadable(problem: msgspec.DecodeError) -> tuple[Response, int]:
        return jsonify({"error": "unreadable", "message": str(problem)}), 422

    def wrong(problem: Exception) -> tuple[Response, int]:
        status, body = fault(problem)
        return jsonify(body), status

    for kind in FAULTS:
        app.register_error_handler(kind, wrong)
    return app
