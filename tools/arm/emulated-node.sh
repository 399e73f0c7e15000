#!/bin/sh
# Node.js for Arm, under an emulator. A script, because the kernel starts no program of another processor.
folder=$(cd "$(dirname "$0")" && pwd)
exec qemu-aarch64 -L /usr/aarch64-linux-gnu "$ARENA_ARM_NODE" \
  --import "$folder/start-emulated.js" "$@"
