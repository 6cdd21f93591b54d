"""Serves the checkout by uvicorn, and reloads the policies when they change."""

import socket
from contextlib import suppress

import uvicorn

from checkout.opening import opened
from fastapi_checkout.app import make_app


def main() -> None:
    """Serve until interrupted."""
    found = opened("fastapi_checkout")
    with socket.create_server(("127.0.0.1", found.port)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        with suppress(KeyboardInterrupt):  # it has shut down by then
            uvicorn.Server(uvicorn.Config(make_app(found.desk), log_level="warning")).run([listening])


if __name__ == "__main__":
    main()
