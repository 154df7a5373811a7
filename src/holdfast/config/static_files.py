"""Headers of the built client's files, which WhiteNoise serves before any view is asked."""

from __future__ import annotations

from wsgiref.headers import Headers

#: In a worker no string becomes a script.
NO_STRINGS = "require-trusted-types-for 'script'; trusted-types 'none'"
#: The worker that derives keys compiles WebAssembly, and does nothing else: no other script may
#: compile it, and this one may load nothing.
KEY_WORKER_POLICY = f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; {NO_STRINGS}"
#: The other workers, such as the one that holds the vault's keys, load and send nothing either.
WORKER_POLICY = f"default-src 'none'; script-src 'self'; {NO_STRINGS}"
#: For a file that somebody opens as a page of its own.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
WORKERS = "/assets/workers/"
KEY_WORKER = WORKERS + "kdf.worker-"


def add_headers(headers: Headers, path: str, url: str) -> None:
    """Called by WhiteNoise for each file when the process starts."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if url.startswith(KEY_WORKER):
        headers["Content-Security-Policy"] = KEY_WORKER_POLICY
    elif url.startswith(WORKERS):
        headers["Content-Security-Policy"] = WORKER_POLICY
    elif url == "/sw.js":
        # A service worker's own fetches follow its own policy.
        headers["Content-Security-Policy"] = f"default-src 'self'; {NO_STRINGS}"
        headers["Service-Worker-Allowed"] = "/"
    else:
        headers["Content-Security-Policy"] = FILE_POLICY
    if not url.startswith("/assets/"):
        # Unhashed names: looked at again each time (with an etag), so that an update arrives.
        headers["Cache-Control"] = "no-cache"


def is_immutable(path: str, url: str) -> bool:
    """Everything under /assets/ carries its hash in its name."""
    return url.startswith("/assets/")
