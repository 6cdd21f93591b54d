"""Serves the checkout by waitress, with eight threads, and reloads the policies when they change."""

import socket

from waitress.server import create_server

from checkout.opening import opened
from flask_checkout.app import make_app


def main() -> None:
    """Serve until interrupted."""
    found = opened("flask_checkout")
    with socket.create_server(("127.0.0.1", found.port)) as listening, found.desk.store:
        server = create_server(make_app(found.desk), sockets=[listening], threads=8)
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        server.run()


if __name__ == "__main__":
    main()
