// Package hub takes files from the Hugging Face hub, or a server that speaks as it does, through the cache that Python's
// huggingface_hub keeps, in its layout: what either has downloaded, the other finds.
//
//	CACHE/models--org--name/refs/main                  the commit that a branch or tag stood for when it was asked for
//	CACHE/models--org--name/blobs/SHA                  content, by the SHA-256 (large files) or git's SHA-1 (small ones)
//	CACHE/models--org--name/snapshots/COMMIT/PATH      a link to the blob
//	CACHE/models--org--name/.no_exist/COMMIT/PATH      an empty file: the commit has no such file
//	CACHE/.locks/models--org--name/SHA.lock            held while a blob is downloaded
//
// What is in the cache is used, and the network is not asked: a branch stays at the commit where it was first seen.
//
// The variables that huggingface_hub reads are honoured: HF_HUB_CACHE, HF_HOME and XDG_CACHE_HOME say where the cache is,
// HF_TOKEN (or the file HF_TOKEN_PATH, or HF_HOME/token) who asks, HF_ENDPOINT which server, and HF_HUB_OFFLINE=1 that none
// is asked; their older names count as well. With HF_HUB_DISABLE_IMPLICIT_TOKEN=1 no token is sent.
package hub
