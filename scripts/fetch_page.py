"""Start an installed TALPose without a window and fetch its page and its help, as a browser would.

python scripts/fetch_page.py PROGRAM [ARGUMENT...]
"""

from __future__ import annotations

import http.cookiejar
import signal
import subprocess
import sys
import urllib.request
from urllib.parse import urljoin

#: Places below the address, and words that are there if the right thing came.
_WANTED = {"": "<title>TALPose</title>", "main.js": "EventSync", "help/": "First five minutes"}
_PICTURE = "help/pictures/screen.webp"


def main() -> None:
    """Fetch; an exception says what is missing."""
    program = subprocess.Popen([*sys.argv[1:], "--no-window"], stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert program.stdout is not None
        address = program.stdout.readline().partition(" at ")[2].strip()
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)
        opener.open(address).close()
        for place, words in _WANTED.items():
            text = opener.open(urljoin(address, "/" + place)).read().decode()
            if words not in text:
                sys.exit(f"fetch_page: /{place} does not say {words!r}")
        if opener.open(urljoin(address, "/" + _PICTURE)).read()[8:12] != b"WEBP":
            sys.exit(f"fetch_page: /{_PICTURE} is no picture")
    finally:
        program.send_signal(signal.SIGINT)
        program.wait()
    print("the page and the help are served")


if __name__ == "__main__":
    main()
