// Names that XLA's headers mention; the wheel has no headers of MLIR. Values of these types are never made here.
#pragma once
namespace mlir {
class MLIRContext;
class ModuleOp {
  void* operation_;
};
}  // namespace mlir
