"""Loopback ports for servers under test."""

import random
import socket

# Below the kernel's usual ephemeral range, so that an outgoing connection never takes a port between choice and use.
FIRST, LAST = 20000, 31999
_given: set[int] = set()
# Not seeded: forked workers must not all choose the same ports.
_random = random.SystemRandom()


def free_port() -> int:
    """A TCP port that is free on 127.0.0.1 and ::1 and has not been handed out by this process."""
    for _ in range(1000):
        port = _random.randint(FIRST, LAST)
        if port in _given or not (
            _is_free(socket.AF_INET, "127.0.0.1", port) and _is_free(socket.AF_INET6, "::1", port)
        ):
            continue
        _given.add(port)
        return port
    raise RuntimeError("no free loopback port")


def _is_free(family: socket.AddressFamily, host: str, port: int) -> bool:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno not in (98, 13)  # no IPv6 here: nobody else can hold the port either
        return True
