"""A web server on this machine that can be told to misbehave."""

import http.server
import threading
import time


class LocalServer:
    """Serves `body` at every address: "good", "half" (breaks off), "silent" (no answer), or with an HTTP error."""

    def __init__(self, body: bytes, behaviour: str | int = "good") -> None:
        self.gets = 0  # requests for the content so far
        server, half = self, len(body) // 2

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.gets += 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[:half])
                if behaviour == "good":
                    self.wfile.write(body[half:])

            def do_HEAD(self) -> None:
                if behaviour == "silent":
                    time.sleep(20)
                self.send_response(behaviour if isinstance(behaviour, int) else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.handle_error = lambda *_: None  # who asked has gone
        self.http.daemon_threads = True
        self.folder = f"http://127.0.0.1:{self.http.server_port}/"

    def __enter__(self) -> "LocalServer":
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.shutdown()
        self.http.server_close()
