// Names that XLA's printer.h mentions; the wheel has no headers of HighwayHash. No value of this type is ever made here.
#pragma once
#define HH_TARGET_PREFERRED 0
namespace highwayhash {
template <int target>
class HighwayHashCatT {};
}  // namespace highwayhash
