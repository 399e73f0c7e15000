#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <csignal>
#include <thread>

int main(int argc, char** argv) {
  // Ringing a peer that has left must cause an error and no signal. Node ignores SIGPIPE as well.
  std::signal(SIGPIPE, SIG_IGN);
  // qemu-user emulates an atomic instruction by several ones until the process has a second thread.
  // Forked children inherit that, and share memory with other processes.
  std::thread([] {}).join();
  return doctest::Context(argc, argv).run();
}
