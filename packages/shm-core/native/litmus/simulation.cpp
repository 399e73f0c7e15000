#include "simulation.hpp"

#include <ucontext.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace litmus {
namespace {

constexpr std::size_t kStack = 256 << 10;
/// A run that takes more steps goes round in a circle.
constexpr std::size_t kMostSteps = 20'000;

std::set<Place>& all_places() {
  static std::set<Place> places;
  return places;
}

/// Depth-first search over all choices, with at most `surprises` of them other than 0.
class Search final : public Chooser {
 public:
  explicit Search(std::size_t surprises) : surprises_(surprises) {}

  std::size_t choose(std::size_t options) override { return choose(options, true); }
  /// A choice that costs nothing is tried with every budget.
  std::size_t choose(std::size_t options, bool surprising) {
    if (at_ == path_.size()) path_.push_back({0, options, surprising});
    const Choice& choice = path_[at_++];
    if (choice.options != options) throw std::logic_error("the same choices led elsewhere");
    return choice.taken;
  }
  /// Goes on to the next path. False when there is none.
  bool next() {
    path_.resize(at_);
    at_ = 0;
    while (!path_.empty()) {
      Choice& last = path_.back();
      const bool affordable = !last.surprising || last.taken > 0 || spent() < surprises_;
      if (affordable && last.taken + 1 < last.options) {
        ++last.taken;
        return true;
      }
      path_.pop_back();
    }
    return false;
  }

 private:
  struct Choice {
    std::size_t taken, options;
    bool surprising;
  };
  std::size_t spent() const {
    return static_cast<std::size_t>(
        std::count_if(path_.begin(), path_.end(),
                      [](const Choice& one) { return one.surprising && one.taken > 0; }));
  }

  std::vector<Choice> path_;
  std::size_t at_ = 0;
  std::size_t surprises_;
};

/// The threads of one run.
class Simulation {
 public:
  Simulation(Run run, Search& search, const Limits& limits, const Mutant* mutant,
             std::unordered_set<void*>& contended)
      : run_(std::move(run)),
        search_(search),
        mutant_(mutant),
        contended_(contended),
        memory_(run_.threads.size(), search, limits.seq_cst_accesses),
        fibers_(run_.threads.size()) {}

  /// Returns why the run failed; nothing when it did not.
  std::optional<std::string> go();
  std::size_t present() const { return present_; }
  Memory& memory() { return memory_; }
  std::uint64_t access(const Access& access, const Site& site);
  void sleep_on(const void* channel);
  int wake(const void* channel, int count);
  /// Another thread may run before the next access to these bytes.
  void step(void* address);
  [[noreturn]] void fail(const std::string& why);
  void body();

 private:
  struct Fiber {
    ucontext_t context;
    const void* channel = nullptr;
    bool ended = false;
  };
  void start(std::size_t index);
  void switch_to(std::size_t index);
  std::size_t able_others() const;
  std::size_t other(std::size_t number) const;
  bool able(std::size_t index) const;
  void leave();
  std::memory_order weakened(const Place& place, std::memory_order order) const;

  Run run_;
  Search& search_;
  const Mutant* mutant_;
  std::unordered_set<void*>& contended_;
  std::unordered_map<void*, std::size_t> user_;
  Memory memory_;
  std::vector<Fiber> fibers_;
  ucontext_t outside_;
  std::size_t present_ = 0;
  std::size_t steps_ = 0;
  std::optional<std::string> failure_;
};

/// The run in progress; null outside of simulated threads.
Simulation* active = nullptr;

/// Stacks are used again in every run.
std::byte* stack_of(std::size_t index) {
  static std::vector<std::unique_ptr<std::byte[]>> stacks;
  while (stacks.size() <= index) stacks.push_back(std::make_unique<std::byte[]>(kStack));
  return stacks[index].get();
}

void enter() { active->body(); }

std::optional<std::string> Simulation::go() {
  for (std::size_t index = 0; index < fibers_.size(); ++index) start(index);
  active = this;
  present_ = search_.choose(fibers_.size(), false);
  swapcontext(&outside_, &fibers_[present_].context);
  active = nullptr;
  if (!failure_) {
    try {
      run_.after();
    } catch (const std::exception& error) {
      failure_ = error.what();
    }
  }
  return failure_;
}

void Simulation::start(std::size_t index) {
  ucontext_t& context = fibers_[index].context;
  getcontext(&context);
  context.uc_stack.ss_sp = stack_of(index);
  context.uc_stack.ss_size = kStack;
  context.uc_link = &outside_;
  makecontext(&context, enter, 0);
}

void Simulation::body() {
  try {
    run_.threads[present_]();
  } catch (const std::exception& error) {
    failure_ = error.what();
  }
  fibers_[present_].ended = true;
  leave();
}

/// Goes on with another thread because this one has ended or sleeps.
void Simulation::leave() {
  const std::size_t others = able_others();
  if (failure_ || others == 0) {
    const bool all =
        std::all_of(fibers_.begin(), fibers_.end(), [](const Fiber& fiber) { return fiber.ended; });
    if (!failure_ && !all) failure_ = "every thread sleeps: a wake-up was lost";
    setcontext(&outside_);
  }
  switch_to(other(others > 1 ? search_.choose(others, false) : 0));
}

void Simulation::switch_to(std::size_t index) {
  Fiber& from = fibers_[present_];
  present_ = index;
  swapcontext(&from.context, &fibers_[index].context);
}

/// How many other threads can run.
std::size_t Simulation::able_others() const {
  std::size_t number = 0;
  for (std::size_t index = 0; index < fibers_.size(); ++index) number += able(index);
  return number;
}

/// The one of them with this number.
std::size_t Simulation::other(std::size_t number) const {
  std::size_t index = 0;
  while (!able(index) || number-- > 0) ++index;
  return index;
}

bool Simulation::able(std::size_t index) const {
  const Fiber& fiber = fibers_[index];
  return index != present_ && !fiber.ended && fiber.channel == nullptr;
}

void Simulation::step(void* address) {
  if (++steps_ > kMostSteps) fail("the threads make no progress");
  if (address != nullptr) {
    // Only where two threads meet does the order of their steps matter.
    if (!contended_.contains(address)) {
      if (user_.try_emplace(address, present_).first->second == present_) return;
      contended_.insert(address);
    }
  }
  const std::size_t others = able_others();
  if (others == 0) return;
  if (const std::size_t chosen = search_.choose(others + 1); chosen > 0)
    switch_to(other(chosen - 1));
}

/// Never throws: the thread may be inside of a function that is noexcept. Its stack is left as it
/// is.
void Simulation::fail(const std::string& why) {
  failure_ = why;
  setcontext(&outside_);
  std::abort();
}

/// The place of an access. The standard says of each site in which function it lies, but not
/// cheaply.
const Place& place_of(const Access& access, const Site& site) {
  static std::map<std::tuple<const char*, std::uint32_t, std::uint32_t>, Place> known;
  const auto [found, fresh] =
      known.try_emplace({site.file_name(), site.line(), site.column()}, Place{});
  Place& place = found->second;
  if (fresh) {
    std::string file = site.file_name();
    file.erase(0, file.rfind('/') + 1);
    place = {site.function_name(), file, site.line(), site.column(), access.order};
    all_places().insert(place);
  }
  return place;
}

std::memory_order Simulation::weakened(const Place& place, std::memory_order order) const {
  if (mutant_ == nullptr || place < mutant_->place || mutant_->place < place) return order;
  return mutant_->order;
}

/// What an access that changes a value stores in its place.
static Value changed(const Access& access, Value before) {
  switch (access.act) {
    case Act::add:
      return before + access.operand;
    case Act::sub:
      return before - access.operand;
    case Act::bits_or:
      return before | access.operand;
    case Act::bits_and:
      return before & access.operand;
    default:
      return access.operand;
  }
}

std::uint64_t Simulation::access(const Access& access, const Site& site) {
  const bool noted = access.order != std::memory_order_relaxed;
  const std::memory_order order =
      noted ? weakened(place_of(access, site), access.order) : access.order;
  // Weakening a read-modify-write weakens the load of its failure as well.
  const std::memory_order failed =
      order == access.order ? access.failed
                            : (acquires(order) ? access.failed : std::memory_order_relaxed);
  step(access.address);
  const auto change = [&](Value before, Value& after) {
    after = changed(access, before);
    if (access.act == Act::compare_exchange) return before == access.expected;
    if (access.size < sizeof(Value)) after &= (Value{1} << (8 * access.size)) - 1;
    return true;
  };
  switch (access.act) {
    case Act::fence:
      memory_.fence(present_, order);
      return 0;
    case Act::load:
      return memory_.load(present_, access.address, access.size, order);
    case Act::store:
      memory_.store(present_, access.address, access.size, access.operand, order);
      return 0;
    default:
      return memory_.update(present_, access.address, access.size, change, order, failed);
  }
}

void Simulation::sleep_on(const void* channel) {
  fibers_[present_].channel = channel;
  leave();
}

int Simulation::wake(const void* channel, int count) {
  int woken = 0;
  for (Fiber& fiber : fibers_) {
    if (woken >= count || fiber.channel != channel || fiber.ended) continue;
    fiber.channel = nullptr;
    ++woken;
  }
  return woken;
}

/// One access outside of a simulation. Only one thread runs then.
std::uint64_t access_outside(const Access& access) {
  Value before = 0;
  std::memcpy(&before, access.address, access.size);
  if (access.act == Act::load) return before;
  if (access.act == Act::compare_exchange && before != access.expected) return before;
  const Value after = changed(access, before);
  std::memcpy(access.address, &after, access.size);
  return before;
}

template <typename Step>
auto unless_race(Step step) {
  try {
    return step();
  } catch (const std::runtime_error& race) {
    active->fail(race.what());
  }
}

}  // namespace

bool simulated() noexcept { return active != nullptr; }

std::uint64_t access(const Access& access, const Site& site) {
  return active != nullptr ? active->access(access, site) : access_outside(access);
}

Verdict explore(const std::function<Run()>& make, const Limits& limits, const Mutant* mutant) {
  Verdict verdict;
  std::unordered_set<void*> contended;
  for (std::size_t known = 1; known != contended.size();) {
    // A place where threads meet may show up late. Then the search begins again.
    known = contended.size();
    Search search(limits.surprises);
    verdict.complete = false;
    do {
      if (verdict.runs++ >= limits.runs) return verdict;
      Simulation simulation(make(), search, limits, mutant, contended);
      if (const auto failure = simulation.go()) {
        verdict.failure = *failure;
        return verdict;
      }
    } while (contended.size() == known && search.next());
    verdict.complete = contended.size() == known;
    if (known == 0 && contended.empty()) break;
  }
  return verdict;
}

std::vector<Place> places() { return {all_places().begin(), all_places().end()}; }

void fail(const std::string& why) {
  if (active != nullptr) active->fail(why);
  throw std::runtime_error(why);
}

Value plain_load(const void* address) {
  void* const at = const_cast<void*>(address);
  active->step(at);
  return unless_race([&] { return active->memory().plain_load(active->present(), at); });
}

void plain_store(void* address, Value value) {
  active->step(address);
  unless_race([&] { active->memory().plain_store(active->present(), address, value); });
}

Value relaxed_load(const void* address) {
  void* const at = const_cast<void*>(address);
  active->step(at);
  return active->memory().load(active->present(), at, sizeof(Value), std::memory_order_relaxed);
}

void relaxed_store(void* address, Value value) {
  active->step(address);
  active->memory().store(active->present(), address, sizeof(Value), value,
                         std::memory_order_relaxed);
}

void sleep_on(const void* channel) { active->sleep_on(channel); }
int wake(const void* channel, int count) {
  active->step(nullptr);
  return active->wake(channel, count);
}
Value kernel_load(const void* address, std::size_t size) {
  active->step(nullptr);
  return active->memory().newest_at(const_cast<void*>(address), size);
}
std::size_t present_thread() { return active->present(); }

}  // namespace litmus
