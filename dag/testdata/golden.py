"""Makes keyOfDecode of key_golden_test.go from the words of Key's doc comment, in another language."""
import hashlib
import struct


def text(s):
    b = str(s).encode()
    return struct.pack("<Q", len(b)) + b


def mapping(m, value):
    return text(len(m)) + b"".join(text(k) + value(m[k]) for k in sorted(m))


def many(xs):
    return text(len(xs)) + b"".join(map(text, xs))


preimage = b"".join([
    text("pipe key"), text(1), text("decode"), text(2),
    mapping({"size": "64", "fit": '"pad"'}, text),
    mapping({"photos": ["ab"]}, many),
    mapping({"root": "cd"}, text),
    text("go"), text(1), text(1),
])
print(hashlib.sha256(preimage).hexdigest())
