"""A web server on this machine that can be told to misbehave."""

import http.server
import threading
import time


class LocalServer:
    """Serves `body` at every address, request by request as `behaviours` say; the last one stays in force.

    "good", "half" (breaks off in the middle), "stall" (the same, but in silence), "slow" (half a second in the
    middle), "silent" (no answer at all), or a number: an HTTP error. HEAD is answered, if not "silent".
    """

    def __init__(self, body: bytes, *behaviours: str | int) -> None:
        self.body, self.behaviours = body, list(behaviours) or ["good"]
        self.gets = 0  # requests for the content so far
        self.released = threading.Event()
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            def do_HEAD(self) -> None:
                if server.behaviours[0] == "silent":
                    server.released.wait(20)
                else:
                    self.send_response(200)
                    self.end_headers()

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
        self.gets += 1
        behaviour = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        if isinstance(behaviour, int):
            request.send_error(behaviour)
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(self.body)))
        request.end_headers()
        half = len(self.body) // 2
        request.wfile.write(self.body[:half])
        request.wfile.flush()
        if behaviour == "slow":
            time.sleep(0.5)
        if behaviour == "stall":
            self.released.wait(20)
        if behaviour in ("good", "slow"):
            request.wfile.write(self.body[half:])
