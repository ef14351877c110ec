"""The file: a table of bytes with one scale a row. README.md describes it field by field."""

import struct

import numpy as np

MAGIC = b"OTSMEAN1"
VERSION = 1


def packed(table):
    """(scales, rows): a row's greatest number becomes 127."""
    scales = np.maximum(np.abs(table).max(1), 1e-12).astype("<f4") / np.float32(127)
    return scales, np.clip(np.rint(table / scales[:, None]), -127, 127).astype(np.int8)


def written(names, table):
    block = "\n".join(names).encode()
    assert names == sorted(set(names), key=str.encode) and "[UNK]" not in names
    scales, rows = packed(table)
    head = MAGIC + struct.pack("<IIII", VERSION, table.shape[1], len(names), len(block))
    return head + block + scales.tobytes() + rows.tobytes()


def read(data):
    """(names, table) of a file's bytes."""
    assert data[:8] == MAGIC
    version, dims, count, length = struct.unpack("<IIII", data[8:24])
    assert version == VERSION
    names = data[24 : 24 + length].decode().split("\n")
    scales = np.frombuffer(data, "<f4", count, 24 + length)
    rows = np.frombuffer(data, np.int8, count * dims, 24 + length + 4 * count).reshape(count, dims)
    assert len(names) == count and len(data) == 24 + length + 4 * count + count * dims
    return names, rows * scales[:, None]
