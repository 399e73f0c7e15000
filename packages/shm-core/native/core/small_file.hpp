/// Reads files of /proc and /sys. The kernel makes their content while they are read.
#pragma once

#include <optional>
#include <string>

namespace arena::core {

/// The text of a file, at most 64 KiB. Nothing when there is no such file, or when the process that
/// it describes has gone. Throws std::system_error for every other failure: for example, a lack of
/// descriptors says nothing about the file.
///
/// Rejected: std::ifstream, which opens files without O_CLOEXEC.
std::optional<std::string> read_small_file(const std::string& path);

}  // namespace arena::core
