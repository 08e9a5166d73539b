"""A network as bytes and back: a compressed ``.npz``, without pickles."""

from __future__ import annotations

import hashlib
import io
import zipfile

import numpy as np

from liren.development.lifecircle.engine.network import Lines, Network

ARRAYS = ("lon", "lat", "a", "b", "length_mm", "flags", "way")


def packed(net: Network) -> bytes:
    """The arrays as a file."""
    out = io.BytesIO()
    arrays = {name: getattr(net, name) for name in ARRAYS}
    np.savez_compressed(out, **arrays, barrier_kind=net.barriers.kind, barrier_ends=net.barriers.ends)
    return out.getvalue()


def digest_of(net: Network) -> str:
    """SHA-256 of the arrays themselves: a file may be packed otherwise on another day."""
    digest = hashlib.sha256()
    for array in (*(getattr(net, name) for name in ARRAYS), net.barriers.kind, net.barriers.ends):
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def unpacked(content: bytes, digest: str, name: str = "") -> Network:
    """The network of a file; ValueError where it is not whole, or not the one that the digest names."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            arrays = {key: held[key] for key in ARRAYS}
            lines = Lines(held["barrier_kind"], held["barrier_ends"])
    except (KeyError, OSError, zipfile.BadZipFile, EOFError) as error:
        raise ValueError(f"The stored network is not whole ({error}).") from error
    net = Network(**arrays, barriers=lines, name=name)
    if digest_of(net) != digest:
        raise ValueError("The stored network is not the one that was recorded: its digest differs.")
    return net
