"""Makes goldenArtifact of golden_test.go from the words of digestFiles's doc comment, in another language."""
import hashlib
import struct


def field(s):
    return struct.pack("<Q", len(s)) + s.encode()


def sha(b):
    return hashlib.sha256(b).hexdigest()


files = {"sub/a": b"a", "b": b"bb"}
data = field("pipe artifact 1")
for path in sorted(files):
    data += field(path) + field(str(len(files[path]))) + field(sha(files[path]))
print(sha(data))
