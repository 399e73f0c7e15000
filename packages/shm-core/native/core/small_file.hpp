/// Files of /proc and /sys, which the kernel writes while they are read.
#pragma once

#include <optional>
#include <string>

namespace arena::core {

/// The text of a file, up to 64 KiB of it. Nothing when there is no such file, or when the process
/// that it describes has gone. Throws std::system_error for every other failure: a lack of
/// descriptors, for one, says nothing about the file.
///
/// std::ifstream would not do: it opens files without O_CLOEXEC.
std::optional<std::string> read_small_file(const std::string& path);

}  // namespace arena::core
