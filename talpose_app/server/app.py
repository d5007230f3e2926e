"""The routes, behind the gate."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route, WebSocketRoute

from talpose_app.paths import web_dir
from talpose_app.server.security import Guard, Security
from talpose_app.server.service import Service
from talpose_app.server.static import page_files
from talpose_app.server.websocket import socket_endpoint


def create_app(service: Service, security: Security, web: Path | None = None) -> Starlette:
    """Build the application.

    Args:
        service: Answers the pages.
        security: Decides who gets in.
        web: Folder of the page; the package's own if None.
    """
    routes = [
        WebSocketRoute("/socket", socket_endpoint(service, service.hub)),
        Route("/download/{download_id}", service.downloads.respond, methods=["GET"]),
        Route("/upload", service.uploads.respond, methods=["PUT"]),
        Mount("/", page_files(web or web_dir())),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard, security=security)])
