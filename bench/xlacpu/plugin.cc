// XLA's CPU compiler, as TensorFlow's wheel ships it, behind PJRT's C API: the functions that GoMLX calls.
//
// A client, device, description and buffer of the C API is a pointer to XLA's own object, cast. Events and executables are
// small structs, because XLA hands those out by value or shared. Every other function of the API answers UNIMPLEMENTED.

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pjrt_c_api.h"
#include "xla/hlo/builder/xla_computation.h"
#include "xla/literal.h"
#include "xla/pjrt/pjrt_client.h"
#include "xla/pjrt/plugin/xla_cpu/xla_cpu_pjrt_client.h"
#include "xla/pjrt/proto/compile_options.pb.h"

namespace xla {
// Declared in mlir_to_hlo.h, which needs MLIR's headers.
absl::Status ParseMlirModuleStringAndConvertToXlaComputation(absl::string_view module, XlaComputation& computation,
                                                             bool use_tuple_args, bool return_tuple);
}  // namespace xla

struct PJRT_Error {
  absl::Status status;
};
struct PJRT_Event {
  xla::Future<> future;
};
struct PJRT_LoadedExecutable {
  std::shared_ptr<xla::PjRtLoadedExecutable> loaded;
};
struct PJRT_Executable {
  std::shared_ptr<xla::PjRtLoadedExecutable> loaded;
};

namespace {

xla::PjRtClient* Unwrap(PJRT_Client* c) { return reinterpret_cast<xla::PjRtClient*>(c); }
xla::PjRtDevice* Unwrap(PJRT_Device* d) { return reinterpret_cast<xla::PjRtDevice*>(d); }
xla::PjRtBuffer* Unwrap(PJRT_Buffer* b) { return reinterpret_cast<xla::PjRtBuffer*>(b); }
const xla::PjRtDeviceDescription* Unwrap(PJRT_DeviceDescription* d) {
  return reinterpret_cast<const xla::PjRtDeviceDescription*>(d);
}
PJRT_Buffer* Wrap(std::unique_ptr<xla::PjRtBuffer> b) { return reinterpret_cast<PJRT_Buffer*>(b.release()); }
PJRT_Device* Wrap(xla::PjRtDevice* d) { return reinterpret_cast<PJRT_Device*>(d); }
PJRT_Device* const* Wrap(absl::Span<xla::PjRtDevice* const> d) { return reinterpret_cast<PJRT_Device* const*>(d.data()); }

PJRT_Error* Error(absl::Status status) { return status.ok() ? nullptr : new PJRT_Error{std::move(status)}; }

#define RETURN_IF_ERROR(expression) \
  if (absl::Status status = (expression); !status.ok()) return Error(std::move(status))
#define ASSIGN_OR_RETURN(variable, expression)                                          \
  auto variable##_or = (expression);                                                    \
  if (!variable##_or.ok()) return Error(variable##_or.status());                        \
  auto variable = *std::move(variable##_or)

// Both enumerations name the same types and number them differently.
constexpr std::pair<PJRT_Buffer_Type, xla::PrimitiveType> kTypes[] = {
    {PJRT_Buffer_Type_PRED, xla::PRED}, {PJRT_Buffer_Type_S8, xla::S8},     {PJRT_Buffer_Type_S16, xla::S16},
    {PJRT_Buffer_Type_S32, xla::S32},   {PJRT_Buffer_Type_S64, xla::S64},   {PJRT_Buffer_Type_U8, xla::U8},
    {PJRT_Buffer_Type_U16, xla::U16},   {PJRT_Buffer_Type_U32, xla::U32},   {PJRT_Buffer_Type_U64, xla::U64},
    {PJRT_Buffer_Type_F16, xla::F16},   {PJRT_Buffer_Type_F32, xla::F32},   {PJRT_Buffer_Type_F64, xla::F64},
    {PJRT_Buffer_Type_BF16, xla::BF16}, {PJRT_Buffer_Type_C64, xla::C64},   {PJRT_Buffer_Type_C128, xla::C128},
};

absl::StatusOr<xla::PrimitiveType> TypeOf(PJRT_Buffer_Type type) {
  for (auto [theirs, ours] : kTypes)
    if (theirs == type) return ours;
  return absl::UnimplementedError(absl::StrCat("buffers of PJRT type ", static_cast<int>(type)));
}

absl::StatusOr<PJRT_Buffer_Type> TypeOf(xla::PrimitiveType type) {
  for (auto [theirs, ours] : kTypes)
    if (ours == type) return theirs;
  return absl::UnimplementedError(absl::StrCat("buffers of XLA type ", static_cast<int>(type)));
}

// Errors.

void ErrorDestroy(PJRT_Error_Destroy_Args* args) { delete args->error; }

void ErrorMessage(PJRT_Error_Message_Args* args) {
  absl::string_view message = args->error->status.message();
  args->message = message.data();
  args->message_size = message.size();
}

PJRT_Error* ErrorGetCode(PJRT_Error_GetCode_Args* args) {
  args->code = static_cast<PJRT_Error_Code>(args->error->status.code());
  return nullptr;
}

// The plugin.

PJRT_Error* PluginInitialize(PJRT_Plugin_Initialize_Args*) { return nullptr; }

PJRT_Error* PluginAttributes(PJRT_Plugin_Attributes_Args* args) {
  args->attributes = nullptr;
  args->num_attributes = 0;
  return nullptr;
}

// Events.

PJRT_Error* EventDestroy(PJRT_Event_Destroy_Args* args) {
  delete args->event;
  return nullptr;
}

PJRT_Error* EventIsReady(PJRT_Event_IsReady_Args* args) {
  args->is_ready = args->event->future.IsReady();
  return nullptr;
}

PJRT_Error* EventAwait(PJRT_Event_Await_Args* args) { return Error(args->event->future.Await()); }

PJRT_Error* EventError(PJRT_Event_Error_Args* args) { return Error(args->event->future.Await()); }

PJRT_Event* ReadyEvent() { return new PJRT_Event{xla::Future<>(absl::OkStatus())}; }

// Clients and devices.

PJRT_Error* ClientCreate(PJRT_Client_Create_Args* args) {
  xla::CpuClientOptions options;
  options.cpu_device_count = 1;
  if (const char* count = std::getenv("PJRT_CPU_DEVICES")) {
    options.cpu_device_count = std::atoi(count);
    if (*options.cpu_device_count < 1)
      return Error(absl::InvalidArgumentError(absl::StrCat("PJRT_CPU_DEVICES=", count, " is no number of devices")));
  }
  ASSIGN_OR_RETURN(client, xla::GetXlaPjrtCpuClient(std::move(options)));
  args->client = reinterpret_cast<PJRT_Client*>(client.release());
  return nullptr;
}

PJRT_Error* ClientDestroy(PJRT_Client_Destroy_Args* args) {
  delete Unwrap(args->client);
  return nullptr;
}

PJRT_Error* ClientPlatformName(PJRT_Client_PlatformName_Args* args) {
  absl::string_view name = Unwrap(args->client)->platform_name();
  args->platform_name = name.data();
  args->platform_name_size = name.size();
  return nullptr;
}

PJRT_Error* ClientPlatformVersion(PJRT_Client_PlatformVersion_Args* args) {
  absl::string_view version = Unwrap(args->client)->platform_version();
  args->platform_version = version.data();
  args->platform_version_size = version.size();
  return nullptr;
}

PJRT_Error* ClientProcessIndex(PJRT_Client_ProcessIndex_Args* args) {
  args->process_index = Unwrap(args->client)->process_index();
  return nullptr;
}

PJRT_Error* ClientDevices(PJRT_Client_Devices_Args* args) {
  auto devices = Unwrap(args->client)->devices();
  args->devices = Wrap(devices);
  args->num_devices = devices.size();
  return nullptr;
}

PJRT_Error* ClientAddressableDevices(PJRT_Client_AddressableDevices_Args* args) {
  auto devices = Unwrap(args->client)->addressable_devices();
  args->addressable_devices = Wrap(devices);
  args->num_addressable_devices = devices.size();
  return nullptr;
}

PJRT_Error* ClientDefaultDeviceAssignment(PJRT_Client_DefaultDeviceAssignment_Args* args) {
  ASSIGN_OR_RETURN(assignment,
                   Unwrap(args->client)->GetDefaultDeviceAssignment(args->num_replicas, args->num_partitions));
  if (args->default_assignment_size < static_cast<size_t>(assignment.num_elements()))
    return Error(absl::InvalidArgumentError("no room for the device assignment"));
  int* next = args->default_assignment;
  for (int replica = 0; replica < args->num_replicas; replica++)
    for (int partition = 0; partition < args->num_partitions; partition++) *next++ = assignment(replica, partition);
  return nullptr;
}

PJRT_Error* DeviceGetDescription(PJRT_Device_GetDescription_Args* args) {
  args->device_description = reinterpret_cast<PJRT_DeviceDescription*>(
      const_cast<xla::PjRtDeviceDescription*>(&Unwrap(args->device)->description()));
  return nullptr;
}

PJRT_Error* DeviceIsAddressable(PJRT_Device_IsAddressable_Args* args) {
  args->is_addressable = Unwrap(args->device)->IsAddressable();
  return nullptr;
}

PJRT_Error* DeviceLocalHardwareId(PJRT_Device_LocalHardwareId_Args* args) {
  args->local_hardware_id = Unwrap(args->device)->local_hardware_id().value();
  return nullptr;
}

PJRT_Error* DescriptionId(PJRT_DeviceDescription_Id_Args* args) {
  args->id = Unwrap(args->device_description)->id();
  return nullptr;
}

PJRT_Error* DescriptionProcessIndex(PJRT_DeviceDescription_ProcessIndex_Args* args) {
  args->process_index = Unwrap(args->device_description)->process_index();
  return nullptr;
}

PJRT_Error* DescriptionKind(PJRT_DeviceDescription_Kind_Args* args) {
  absl::string_view kind = Unwrap(args->device_description)->device_kind();
  args->device_kind = kind.data();
  args->device_kind_size = kind.size();
  return nullptr;
}

PJRT_Error* DescriptionDebugString(PJRT_DeviceDescription_DebugString_Args* args) {
  absl::string_view text = Unwrap(args->device_description)->DebugString();
  args->debug_string = text.data();
  args->debug_string_size = text.size();
  return nullptr;
}

PJRT_Error* DescriptionToString(PJRT_DeviceDescription_ToString_Args* args) {
  absl::string_view text = Unwrap(args->device_description)->ToString();
  args->to_string = text.data();
  args->to_string_size = text.size();
  return nullptr;
}

// Programs.

absl::StatusOr<xla::XlaComputation> Parse(absl::string_view format, absl::string_view code, bool tuple_arguments) {
  if (format == "hlo") {
    xla::HloModuleProto module;
    if (!module.ParseFromString(std::string(code))) return absl::InvalidArgumentError("the program is no HloModuleProto");
    return xla::XlaComputation(std::move(module));
  }
  if (format != "mlir") return absl::UnimplementedError(absl::StrCat("programs in format ", format));
  xla::XlaComputation computation;
  absl::Status status =
      xla::ParseMlirModuleStringAndConvertToXlaComputation(code, computation, tuple_arguments, /*return_tuple=*/false);
  if (!status.ok()) return status;
  return computation;
}

PJRT_Error* ClientCompile(PJRT_Client_Compile_Args* args) {
  xla::CompileOptionsProto proto;
  if (!proto.ParseFromString(std::string(args->compile_options, args->compile_options_size)))
    return Error(absl::InvalidArgumentError("the compile options are no CompileOptionsProto"));
  ASSIGN_OR_RETURN(options, xla::CompileOptions::FromProto(proto));
  const PJRT_Program& program = *args->program;
  ASSIGN_OR_RETURN(computation, Parse({program.format, program.format_size}, {program.code, program.code_size},
                                      options.parameter_is_tupled_arguments));
  ASSIGN_OR_RETURN(loaded, Unwrap(args->client)->CompileAndLoad(computation, std::move(options)));
  args->executable = new PJRT_LoadedExecutable{std::move(loaded)};
  return nullptr;
}

PJRT_Error* LoadedExecutableDestroy(PJRT_LoadedExecutable_Destroy_Args* args) {
  delete args->executable;
  return nullptr;
}

PJRT_Error* LoadedExecutableGetExecutable(PJRT_LoadedExecutable_GetExecutable_Args* args) {
  args->executable = new PJRT_Executable{args->loaded_executable->loaded};
  return nullptr;
}

PJRT_Error* ExecutableDestroy(PJRT_Executable_Destroy_Args* args) {
  delete args->executable;
  return nullptr;
}

PJRT_Error* ExecutableName(PJRT_Executable_Name_Args* args) {
  absl::string_view name = args->executable->loaded->name();
  args->executable_name = name.data();
  args->executable_name_size = name.size();
  return nullptr;
}

PJRT_Error* ExecutableNumOutputs(PJRT_Executable_NumOutputs_Args* args) {
  ASSIGN_OR_RETURN(shapes, args->executable->loaded->GetOutputShapes());
  args->num_outputs = shapes[0].IsTuple() ? shapes[0].tuple_shapes().size() : 1;
  return nullptr;
}

PJRT_Error* ExecutableGetCompiledMemoryStats(PJRT_Executable_GetCompiledMemoryStats_Args* args) {
  ASSIGN_OR_RETURN(stats, args->executable->loaded->GetCompiledMemoryStats());
  args->generated_code_size_in_bytes = stats.generated_code_size_in_bytes;
  args->argument_size_in_bytes = stats.argument_size_in_bytes;
  args->output_size_in_bytes = stats.output_size_in_bytes;
  args->alias_size_in_bytes = stats.alias_size_in_bytes;
  args->temp_size_in_bytes = stats.temp_size_in_bytes;
  args->host_generated_code_size_in_bytes = stats.host_generated_code_size_in_bytes;
  args->host_argument_size_in_bytes = stats.host_argument_size_in_bytes;
  args->host_output_size_in_bytes = stats.host_output_size_in_bytes;
  args->host_alias_size_in_bytes = stats.host_alias_size_in_bytes;
  args->host_temp_size_in_bytes = stats.host_temp_size_in_bytes;
  args->peak_memory_in_bytes = stats.peak_memory_in_bytes;
  args->total_size_in_bytes = stats.total_size_in_bytes;
  return nullptr;
}

// Runs a program on the devices that it was compiled for, or a portable one on the device named. An argument that the
// program declares to be reused for an output is, unless its index is among those that may not be.
PJRT_Error* LoadedExecutableExecute(PJRT_LoadedExecutable_Execute_Args* args) {
  xla::ExecuteOptions options;
  options.launch_id = args->options->launch_id;
  for (size_t i = 0; i < args->options->num_non_donatable_input_indices; i++)
    options.non_donatable_input_indices.insert(args->options->non_donatable_input_indices[i]);

  std::vector<std::vector<xla::PjRtBuffer*>> arguments(args->num_devices);
  for (size_t device = 0; device < args->num_devices; device++)
    for (size_t i = 0; i < args->num_args; i++) {
      xla::PjRtBuffer* argument = Unwrap(args->argument_lists[device][i]);
      if (argument == nullptr)
        return Error(absl::InvalidArgumentError(absl::StrCat("argument ", i, " of device ", device, " is null")));
      arguments[device].push_back(argument);
    }

  std::vector<std::vector<std::unique_ptr<xla::PjRtBuffer>>> outputs;
  std::vector<xla::Future<>> done;
  if (args->execute_device != nullptr) {
    if (args->num_devices != 1) return Error(absl::InvalidArgumentError("a portable program runs on one device"));
    std::optional<xla::Future<>> future;
    ASSIGN_OR_RETURN(list, args->executable->loaded->ExecutePortable(arguments[0], Unwrap(args->execute_device), options,
                                                                     future, /*fill_future=*/true));
    outputs.push_back(std::move(list));
    done.push_back(*std::move(future));
  } else {
    std::optional<std::vector<xla::Future<>>> futures(std::in_place);
    ASSIGN_OR_RETURN(lists, args->executable->loaded->Execute(arguments, options, futures));
    outputs = std::move(lists);
    done = *std::move(futures);
  }

  for (size_t device = 0; device < outputs.size(); device++) {
    for (size_t i = 0; i < outputs[device].size(); i++) args->output_lists[device][i] = Wrap(std::move(outputs[device][i]));
    if (args->device_complete_events != nullptr)
      args->device_complete_events[device] = new PJRT_Event{std::move(done[device])};
  }
  return nullptr;
}

// Buffers.

// BufferFromHostBuffer copies during the call, whatever later moment the caller would allow.
PJRT_Error* ClientBufferFromHostBuffer(PJRT_Client_BufferFromHostBuffer_Args* args) {
  if (args->device == nullptr) return Error(absl::UnimplementedError("a buffer in a memory instead of on a device"));
  if (args->device_layout != nullptr) return Error(absl::UnimplementedError("a buffer with a layout"));
  ASSIGN_OR_RETURN(type, TypeOf(args->type));
  ASSIGN_OR_RETURN(memory, Unwrap(args->device)->default_memory_space());
  std::optional<absl::Span<const int64_t>> strides;
  if (args->num_byte_strides > 0) strides.emplace(args->byte_strides, args->num_byte_strides);
  ASSIGN_OR_RETURN(buffer, Unwrap(args->client)
                               ->BufferFromHostBuffer(args->data, type, {args->dims, args->num_dims}, strides,
                                                      xla::PjRtClient::HostBufferSemantics::kImmutableOnlyDuringCall,
                                                      nullptr, memory, /*device_layout=*/nullptr));
  args->buffer = Wrap(std::move(buffer));
  args->done_with_host_buffer = ReadyEvent();
  return nullptr;
}

PJRT_Error* ClientCreateViewOfDeviceBuffer(PJRT_Client_CreateViewOfDeviceBuffer_Args* args) {
  if (args->device == nullptr) return Error(absl::UnimplementedError("a view in a memory instead of on a device"));
  if (args->layout != nullptr) return Error(absl::UnimplementedError("a view with a layout"));
  ASSIGN_OR_RETURN(type, TypeOf(args->element_type));
  ASSIGN_OR_RETURN(memory, Unwrap(args->device)->default_memory_space());
  ASSIGN_OR_RETURN(shape, xla::ShapeUtil::MakeValidatedShape(type, {args->dims, args->num_dims}));
  std::function<void()> deleted;
  if (auto callback = args->on_delete_callback)
    deleted = [callback, data = args->device_buffer_ptr, user = args->on_delete_callback_arg] { callback(data, user); };
  ASSIGN_OR_RETURN(buffer, Unwrap(args->client)->CreateViewOfDeviceBuffer(args->device_buffer_ptr, shape, memory, deleted));
  args->buffer = Wrap(std::move(buffer));
  return nullptr;
}

PJRT_Error* BufferDestroy(PJRT_Buffer_Destroy_Args* args) {
  delete Unwrap(args->buffer);
  return nullptr;
}

PJRT_Error* BufferDelete(PJRT_Buffer_Delete_Args* args) {
  Unwrap(args->buffer)->Delete();
  return nullptr;
}

PJRT_Error* BufferElementType(PJRT_Buffer_ElementType_Args* args) {
  ASSIGN_OR_RETURN(type, TypeOf(Unwrap(args->buffer)->element_type()));
  args->type = type;
  return nullptr;
}

PJRT_Error* BufferDimensions(PJRT_Buffer_Dimensions_Args* args) {
  absl::Span<const int64_t> dimensions = Unwrap(args->buffer)->dimensions();
  args->dims = dimensions.data();
  args->num_dims = dimensions.size();
  return nullptr;
}

PJRT_Error* BufferDevice(PJRT_Buffer_Device_Args* args) {
  args->device = Wrap(Unwrap(args->buffer)->device());
  return nullptr;
}

PJRT_Error* BufferReadyEvent(PJRT_Buffer_ReadyEvent_Args* args) {
  args->event = new PJRT_Event{Unwrap(args->buffer)->GetReadyFuture()};
  return nullptr;
}

// BufferToHostBuffer copies before it returns, in major-to-minor order; without a destination it answers the size.
PJRT_Error* BufferToHostBuffer(PJRT_Buffer_ToHostBuffer_Args* args) {
  xla::PjRtBuffer* buffer = Unwrap(args->src);
  ASSIGN_OR_RETURN(shape, xla::ShapeUtil::MakeValidatedShape(buffer->element_type(), buffer->dimensions()));
  if (const PJRT_Buffer_MemoryLayout* layout = args->host_layout) {
    if (layout->type != PJRT_Buffer_MemoryLayout_Type_Tiled || layout->tiled.num_tiles != 0)
      return Error(absl::UnimplementedError("a copy to the host in strides or tiles"));
    *shape.mutable_layout() =
        xla::Layout(absl::MakeSpan(layout->tiled.minor_to_major, layout->tiled.minor_to_major_size));
  }
  size_t size = xla::ShapeUtil::ByteSizeOf(shape);
  if (args->dst == nullptr) {
    args->dst_size = size;
    return nullptr;
  }
  if (args->dst_size < size)
    return Error(absl::InvalidArgumentError(absl::StrCat("a destination of ", args->dst_size, " bytes for ", size)));
  xla::MutableBorrowingLiteral literal(static_cast<const char*>(args->dst), shape);
  RETURN_IF_ERROR(buffer->ToLiteralSync(&literal));
  args->event = ReadyEvent();
  return nullptr;
}

PJRT_Error* BufferCopyToDevice(PJRT_Buffer_CopyToDevice_Args* args) {
  ASSIGN_OR_RETURN(memory, Unwrap(args->dst_device)->default_memory_space());
  ASSIGN_OR_RETURN(buffer, Unwrap(args->buffer)->CopyToMemorySpace(memory));
  args->dst_buffer = Wrap(std::move(buffer));
  return nullptr;
}

PJRT_Error* BufferUnsafePointer(PJRT_Buffer_UnsafePointer_Args* args) {
  xla::PjRtBuffer* buffer = Unwrap(args->buffer);
  ASSIGN_OR_RETURN(pointer, buffer->client()->UnsafeBufferPointer(buffer));
  args->buffer_pointer = pointer;
  return nullptr;
}

// The table. Its functions lie one after the other, from PJRT_Error_Destroy on, in the order of function_names.inc.

constexpr const char* kNames[] = {
#include "function_names.inc"
};
constexpr size_t kFunctions = std::size(kNames);
static_assert(offsetof(PJRT_Api, PJRT_Error_Destroy) + kFunctions * sizeof(void*) == sizeof(PJRT_Api));

template <size_t index>
PJRT_Error* Unimplemented(void*) {
  return Error(absl::UnimplementedError(absl::StrCat(kNames[index], " is not part of this plugin")));
}

template <size_t... index>
void FillUnimplemented(PJRT_Api& api, std::index_sequence<index...>) {
  using Function = PJRT_Error*(void*);
  Function** table = reinterpret_cast<Function**>(&api.PJRT_Error_Destroy);
  ((table[index] = Unimplemented<index>), ...);
}

PJRT_Api MakeApi() {
  PJRT_Api api = {};
  api.struct_size = PJRT_Api_STRUCT_SIZE;
  api.pjrt_api_version = {PJRT_Api_Version_STRUCT_SIZE, nullptr, PJRT_API_MAJOR, PJRT_API_MINOR};
  FillUnimplemented(api, std::make_index_sequence<kFunctions>());
  api.PJRT_Error_Destroy = ErrorDestroy;
  api.PJRT_Error_Message = ErrorMessage;
  api.PJRT_Error_GetCode = ErrorGetCode;
  api.PJRT_Plugin_Initialize = PluginInitialize;
  api.PJRT_Plugin_Attributes = PluginAttributes;
  api.PJRT_Event_Destroy = EventDestroy;
  api.PJRT_Event_IsReady = EventIsReady;
  api.PJRT_Event_Error = EventError;
  api.PJRT_Event_Await = EventAwait;
  api.PJRT_Client_Create = ClientCreate;
  api.PJRT_Client_Destroy = ClientDestroy;
  api.PJRT_Client_PlatformName = ClientPlatformName;
  api.PJRT_Client_PlatformVersion = ClientPlatformVersion;
  api.PJRT_Client_ProcessIndex = ClientProcessIndex;
  api.PJRT_Client_Devices = ClientDevices;
  api.PJRT_Client_AddressableDevices = ClientAddressableDevices;
  api.PJRT_Client_DefaultDeviceAssignment = ClientDefaultDeviceAssignment;
  api.PJRT_Client_Compile = ClientCompile;
  api.PJRT_Client_BufferFromHostBuffer = ClientBufferFromHostBuffer;
  api.PJRT_Client_CreateViewOfDeviceBuffer = ClientCreateViewOfDeviceBuffer;
  api.PJRT_Device_GetDescription = DeviceGetDescription;
  api.PJRT_Device_IsAddressable = DeviceIsAddressable;
  api.PJRT_Device_LocalHardwareId = DeviceLocalHardwareId;
  api.PJRT_DeviceDescription_Id = DescriptionId;
  api.PJRT_DeviceDescription_ProcessIndex = DescriptionProcessIndex;
  api.PJRT_DeviceDescription_Kind = DescriptionKind;
  api.PJRT_DeviceDescription_DebugString = DescriptionDebugString;
  api.PJRT_DeviceDescription_ToString = DescriptionToString;
  api.PJRT_LoadedExecutable_Destroy = LoadedExecutableDestroy;
  api.PJRT_LoadedExecutable_GetExecutable = LoadedExecutableGetExecutable;
  api.PJRT_LoadedExecutable_Execute = LoadedExecutableExecute;
  api.PJRT_Executable_Destroy = ExecutableDestroy;
  api.PJRT_Executable_Name = ExecutableName;
  api.PJRT_Executable_NumOutputs = ExecutableNumOutputs;
  api.PJRT_Executable_GetCompiledMemoryStats = ExecutableGetCompiledMemoryStats;
  api.PJRT_Buffer_Destroy = BufferDestroy;
  api.PJRT_Buffer_Delete = BufferDelete;
  api.PJRT_Buffer_ElementType = BufferElementType;
  api.PJRT_Buffer_Dimensions = BufferDimensions;
  api.PJRT_Buffer_Device = BufferDevice;
  api.PJRT_Buffer_ReadyEvent = BufferReadyEvent;
  api.PJRT_Buffer_ToHostBuffer = BufferToHostBuffer;
  api.PJRT_Buffer_CopyToDevice = BufferCopyToDevice;
  api.PJRT_Buffer_UnsafePointer = BufferUnsafePointer;
  return api;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const PJRT_Api* GetPjrtApi() {
  static const PJRT_Api api = MakeApi();
  return &api;
}
