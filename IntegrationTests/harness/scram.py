"""SCRAM-SHA-256 and -PLUS (RFC 5802, RFC 7677, RFC 5929 tls-server-end-point), client side."""

import base64
import hashlib
import hmac
import os

from cryptography import x509


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


class ScramClient:
    """One exchange; with a DER `certificate` of the server it binds to the channel."""

    def __init__(self, password: str, certificate: bytes | None = None) -> None:
        self._password = password.encode()
        self._header = b"n,,"
        self._binding = b""
        self.mechanism = b"SCRAM-SHA-256"
        if certificate:
            self.mechanism = b"SCRAM-SHA-256-PLUS"
            self._header = b"p=tls-server-end-point,,"
            self._binding = end_point(certificate)
        self._nonce = base64.b64encode(os.urandom(18))
        self._bare = b"n=,r=" + self._nonce
        self._signature = b""

    def first(self) -> bytes:
        return self._header + self._bare

    def final(self, challenge: bytes) -> bytes:
        parts = dict(part.split(b"=", 1) for part in challenge.split(b","))
        assert parts[b"r"].startswith(self._nonce), "server nonce"
        salted = hashlib.pbkdf2_hmac("sha256", self._password, base64.b64decode(parts[b"s"]), int(parts[b"i"]))
        without_proof = b"c=" + base64.b64encode(self._header + self._binding) + b",r=" + parts[b"r"]
        authenticated = b",".join((self._bare, challenge, without_proof))
        client_key = _hmac(salted, b"Client Key")
        signature = _hmac(hashlib.sha256(client_key).digest(), authenticated)
        proof = bytes(a ^ b for a, b in zip(client_key, signature, strict=True))
        self._signature = _hmac(_hmac(salted, b"Server Key"), authenticated)
        return without_proof + b",p=" + base64.b64encode(proof)

    def verify(self, outcome: bytes) -> None:
        """Raises ValueError when the server did not prove that it knows the verifier."""
        if outcome != b"v=" + base64.b64encode(self._signature):
            raise ValueError("wrong server signature")


def end_point(certificate: bytes) -> bytes:
    """tls-server-end-point: hash by the signature's own algorithm, SHA-256 in place of MD5 and SHA-1."""
    algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    name = algorithm.name if algorithm and algorithm.name not in ("md5", "sha1") else "sha256"
    return hashlib.new(name, certificate).digest()


def verifier(password: str, salt: bytes = b"0123456789abcdef", iterations: int = 4096) -> str:
    """What PostgreSQL keeps in pg_authid."""
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, iterations)
    stored = hashlib.sha256(_hmac(salted, b"Client Key")).digest()
    encoded = [base64.b64encode(part).decode() for part in (salt, stored, _hmac(salted, b"Server Key"))]
    return f"SCRAM-SHA-256${iterations}:{encoded[0]}${encoded[1]}:{encoded[2]}"
