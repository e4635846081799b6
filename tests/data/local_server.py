"""A web server on this machine that can be told to misbehave."""

import http.server
import threading


class LocalServer:
    """Serves `body` at every address, request by request as `behaviours` say; the last one stays in force.

    "good", "no ranges", "half" (breaks off in the middle of what is asked for), "stall" (the same, but in
    silence), "silent" (no answer at all), or a number: an HTTP error.
    """

    def __init__(self, body: bytes, *behaviours: str | int) -> None:
        self.body, self.behaviours = body, list(behaviours) or ["good"]
        self.ranges: list[str | None] = []  # the Range header of every request so far
        self.released = threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}/file.bin"

    def __enter__(self) -> "LocalServer":
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.http.shutdown()
        self.http.server_close()

    def answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        asked = request.headers["Range"]
        self.ranges.append(asked)
        behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        if behaviour == "silent":
            self.released.wait(20)
            return
        if isinstance(behaviour, int):
            request.send_error(behaviour)
            return
        start = int(asked.split("=")[1].rstrip("-")) if asked and behaviour != "no ranges" else 0
        if start >= len(self.body):
            request.send_error(416)
            return
        piece = self.body[start:]
        request.send_response(206 if start else 200)
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(self.body) - 1}/{len(self.body)}")
        request.send_header("Content-Length", str(len(piece)))
        request.end_headers()
        request.wfile.write(piece[: len(piece) // 2] if behaviour in ("half", "stall") else piece)
        if behaviour == "stall":
            request.wfile.flush()
            self.released.wait(20)
