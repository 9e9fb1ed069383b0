"""The web server: `python -m tools.serve [--port N] [--next-free]`, called by ./run.

Granian with two workers of one thread each (WSGI); on the loopback address unless KARYABINA_BIND
names another. The addresses are printed once it answers.
"""

import argparse
import http.client
import ipaddress
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

PORTS_TRIED = 50


def port_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text!r}")
    return int(text)


def is_free(host: str, port: int) -> bool:
    """Whether nobody listens there, and we may."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


def first_free(host: str, wanted: int) -> int | None:
    ports = range(wanted, min(wanted + PORTS_TRIED, 65_536))
    return next((port for port in ports if is_free(host, port)), None)


def addresses(host: str, port: int) -> list[str]:
    shown = f"[{host}]" if ":" in host else host
    base = f"http://{'127.0.0.1' if ipaddress.ip_address(host).is_unspecified else shown}:{port}"
    demo = os.environ.get("KARYABINA_DEMO", "").lower() in {"1", "true", "yes", "on"}
    return [f"{base}/", *([f"{base}/demo/"] if demo else [])]


def answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("HEAD", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def say_where(host: str, port: int) -> None:
    """Print the addresses as soon as a worker answers."""
    near = "127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host
    while not answers(near, port):
        time.sleep(0.1)
    print("Karyabina:", *addresses(host, port), "(Ctrl-C)", flush=True)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="serve", allow_abbrev=False)
    parser.add_argument("--port", type=port_number, default=8000)
    parser.add_argument("--next-free", action="store_true", help="a taken port takes the next")
    chosen = parser.parse_args(arguments)

    host = os.environ.get("KARYABINA_BIND", "127.0.0.1")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        print(f"KARYABINA_BIND must be an IP address, not {host!r}", file=sys.stderr)
        return 2
    port = first_free(host, chosen.port) if chosen.next_free else chosen.port
    if port is None or not is_free(host, port):
        print(
            f"Port {chosen.port} of {host} is taken or not allowed. Choose another: --port N",
            file=sys.stderr,
        )
        return 1

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "karyabina.config.settings")
    # A forked worker would inherit our signal handlers and lose a signal that comes while it loads.
    multiprocessing.set_start_method("spawn")
    server = Granian(
        "karyabina.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=2,
        blocking_threads=1,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    )

    @server.on_startup
    def watch() -> None:
        threading.Thread(target=say_where, args=(host, port), daemon=True).start()

    server.serve()
    return 0


if __name__ == "__mp_main__":
    # In a worker. A Ctrl-C reaches every process of the terminal; the workers wait for the word of
    # the first one, for of two signals at once they would miss both.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
