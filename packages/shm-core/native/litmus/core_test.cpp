/// The sources of the core on the simulated memory: intact they keep their promises, and with one
/// order weakened they do not.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "scenarios.hpp"

namespace {

using enum std::memory_order;
using litmus::Mutant;
using litmus::Place;
using litmus::Scenario;

/// An order that is needed, and a scenario that fails without it.
struct Needed {
  /// Part of the function's name, up to its parameters.
  std::string function;
  /// Which of the ordered accesses of the function, counted from its top.
  std::size_t number;
  std::memory_order order;
  std::memory_order weaker;
  std::string scenario;
};

const std::string kRing = "a ring's reader gets every unit, and its room is used again";
const std::string kOvertaken = "a reader that is overtaken takes no bytes of a later unit";
const std::string kHandover = "a segment goes from the writer to the reader and back";
const std::string kGivenBack = "a unit that one reader gives back is read by another one";
const std::string kComes =
    "a reader that comes while a writer gives records up keeps the record it begins with";
const std::string kOne = "notify_one wakes a thread that sleeps";
const std::string kAll = "notify_all wakes every thread that sleeps";

/// The orders whose weakening these scenarios notice. An order that is not listed may be backed by
/// another one, or no scenario is long enough to need it. The claim's orders are among those.
const std::vector<Needed> kNeeded{
    {"RecordQueue::commit(", 0, release, relaxed, kRing},
    {"RecordQueue::look(", 0, acquire, relaxed, kRing},
    {"BroadcastReader::pass(", 0, seq_cst, relaxed, kRing},
    {"BroadcastReader::overtaken(", 0, acquire, relaxed, kOvertaken},
    {"RecordQueue::register_reader(", 1, seq_cst, acq_rel, kComes},
    {"RecordQueue::drop_oldest(", 0, seq_cst, acq_rel, kComes},
    {"SegmentTable::move(", 0, acq_rel, acquire, kHandover},
    {"ExclusiveReader::give_back(", 0, acq_rel, acquire, kGivenBack},
    {"InterprocessCondition::notify_one(", 0, seq_cst, acq_rel, kOne},
    {"InterprocessCondition::notify_all(", 1, seq_cst, acq_rel, kAll},
    {"InterprocessCondition::prepare(", 1, seq_cst, acq_rel, kOne},
    {"InterprocessCondition::arm(", 1, seq_cst, acq_rel, kRing},
};

const Scenario& scenario(const std::string& name) {
  const auto& all = litmus::scenarios();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Scenario& one) { return one.name == name; });
  REQUIRE(found != all.end());
  return *found;
}

Place place_of(const Needed& needed) {
  std::vector<Place> found;
  for (const Place& place : litmus::places()) {
    if (place.function.find(needed.function) != std::string::npos) found.push_back(place);
  }
  REQUIRE_MESSAGE(needed.number < found.size(), needed.function,
                  " has fewer ordered accesses than that");
  REQUIRE_MESSAGE(found[needed.number].order == needed.order, needed.function,
                  " has another order at line ", found[needed.number].line);
  return found[needed.number];
}

}  // namespace

TEST_CASE("the core keeps its promises, whatever the memory model allows") {
  for (const Scenario& one : litmus::scenarios()) {
    const litmus::Verdict verdict = litmus::explore(one.make, one.limits);
    MESSAGE(one.name, ": ", verdict.runs, " runs");
    CHECK_MESSAGE(verdict.failure == "", one.name);
    CHECK_MESSAGE(verdict.complete, one.name);
  }
}

TEST_CASE("an order that is weakened breaks a promise") {
  for (const Needed& needed : kNeeded) {
    const Scenario& one = scenario(needed.scenario);
    // One run finds the places of the scenario.
    litmus::explore(one.make, {.surprises = 0});
    const Mutant mutant{place_of(needed), needed.weaker};
    const litmus::Verdict verdict = litmus::explore(one.make, one.limits, &mutant);
    CHECK_MESSAGE(verdict.failure != "", needed.function, " ", needed.number);
  }
}
