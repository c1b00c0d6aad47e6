// What XLA's fingerprint.h mentions; the wheel has no headers of FarmHash. Nothing here calls these.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
namespace util {
using Fingerprint = std::pair<uint64_t, uint64_t>;
uint32_t Fingerprint32(const char* text, size_t size);
uint64_t Fingerprint64(const char* text, size_t size);
Fingerprint Fingerprint128(const char* text, size_t size);
uint64_t Uint128Low64(const Fingerprint& fingerprint);
uint64_t Uint128High64(const Fingerprint& fingerprint);
}  // namespace util
