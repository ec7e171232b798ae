"""Proving who the bot is with a certificate instead of a password: a short-lived word, signed with its key."""

import base64
import uuid
from datetime import datetime, timedelta

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LASTS = timedelta(minutes=10)


def signed(pem: str, app_id: str, audience: str, now: datetime) -> str:
    """Return what is sent in the place of a password; audience: the address that gives tokens. Raises ValueError."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    thumb = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
    said = {"aud": audience, "iss": app_id, "sub": app_id, "jti": str(uuid.uuid4()), "nbf": now, "exp": now + _LASTS}
    try:
        return jwt.encode(said, pem, algorithm="PS256", headers={"x5t#S256": thumb})
    except (jwt.PyJWTError, TypeError) as error:
        raise ValueError(type(error).__name__) from error
