#!/usr/bin/env python3
"""Downloads with Python's huggingface_hub, from HF_ENDPOINT into HF_HUB_CACHE:  peer.py REVISION PATH…  prints where the files are."""
import sys

from huggingface_hub import hf_hub_download
from huggingface_hub.errors import EntryNotFoundError

for path in sys.argv[2:]:
    try:
        print(hf_hub_download("org/name", path, revision=sys.argv[1]))
    except EntryNotFoundError:
        print("none")
