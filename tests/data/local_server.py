"""A web server on this machine that can be told to misbehave."""

import http.server
import threading


class LocalServer:
    """Serves `body` at every address, request by request as `behaviours` say; the last one stays in force.

    "good", "half" (breaks off in the middle), "stall" (the same, but in silence), "slow" (half a second in the
    middle), "silent" (no answer at all), or a number: an HTTP error. HEAD is answered, if not "silent".
    """

    def __init__(self, body: bytes, *behaviours: str | int) -> None:
        todo, released = list(behaviours) or ["good"], threading.Event()
        self.gets, self.released = 0, released  # requests for the content so far
        server, half = self, len(body) // 2

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.gets += 1
                behaviour = todo.pop(0) if len(todo) > 1 else todo[0]
                if isinstance(behaviour, int):
                    return self.send_error(behaviour)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:half])
                if behaviour in ("slow", "stall"):
                    released.wait(0.5 if behaviour == "slow" else 20)
                if behaviour in ("good", "slow"):
                    self.wfile.write(body[half:])

            def do_HEAD(self) -> None:
                if todo[0] == "silent":
                    released.wait(20)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.handle_error = lambda *_: None  # who asked has gone
        self.http.daemon_threads = True
        self.folder = f"http://127.0.0.1:{self.http.server_port}/"
        self.url = f"{self.folder}file.bin"

    def __enter__(self) -> "LocalServer":
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.http.shutdown()
        self.http.server_close()
