"""A Chromium and Chinese fonts for the browser tests, fetched where we may; else said loudly. Standard library only: it
runs while the environment is being made.
"""

import os
import shutil
import subprocess
import sys

#: The first without windows: it walks the pages in half the time. Any of them will do where nothing can be fetched.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
PACKAGES = ("chromium-headless-shell", "fonts-noto-cjk")


def browser(*, install: bool) -> None:
    """A Chromium for the browser tests, fetched where we may; else said loudly."""
    if shutil.which(BROWSERS[0]) and has_chinese_font():
        return
    if install and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Fetching {' and '.join(PACKAGES)} for the browser tests …", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(["apt-get", "install", "-y", "-qq", *PACKAGES], check=False, **quiet)  # type: ignore[call-overload]
    if not any(map(shutil.which, BROWSERS)):
        print("*** NO BROWSER: the browser tests are skipped. Get one: apt-get install chromium fonts-noto-cjk ***")
    elif not has_chinese_font():
        print("*** NO CHINESE FONT: pages will show boxes. Get one: apt-get install fonts-noto-cjk ***")


def has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    lister = shutil.which("fc-list")
    return bool(lister and subprocess.run([lister, ":lang=zh"], capture_output=True, check=False).stdout.strip())


if __name__ == "__main__":
    browser(install="--install" in sys.argv or bool(os.environ.get("CI")))
