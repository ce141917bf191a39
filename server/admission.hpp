// Admission: which strangers are heard now, which wait, and which are sent away.
//
// A stranger is a connection that has not proved yet who it is. Each costs work before anybody knows whether
// it was worth it: a handshake, a proof. So only so many are at work at a time, of one source and of all;
// the rest waits, not read from, and whoever would have to wait behind too many is sent away at once: devices
// come back by themselves. Who has proved itself is counted no more.
//
// A calculation: it is told who comes, speaks, fails and goes, and says whose turn it is.
//
//   - Turns are taken in order within a source, and from one source to the next, so that a crowd at one address
//     keeps nobody waiting at another.
//   - Who is at work and says nothing for `quiet_max`, while others wait for the place, gives it up and goes to
//     the end. So silent connections, however many, hold nobody up for long.
//   - A penalised source (server/penalties.hpp) has few places instead of many. Nobody is locked out by what
//     others at the same address do: who waits there and then proves itself is in.
//   - This machine is spared: its connections are neither counted nor kept waiting.

#pragma once

#include "base/limits.hpp"
#include "base/time.hpp"
#include "server/penalties.hpp"
#include "server/source.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duet {

struct AdmissionRules {
    std::size_t strangers_source_max = limits::strangers_source_max;
    std::size_t strangers_penalised_max = limits::strangers_penalised_max;
    std::size_t strangers_max = limits::strangers_max;
    std::size_t waiting_source_max = limits::waiting_source_max;
    std::size_t waiting_max = limits::waiting_max;
    limits::Duration quiet_max = limits::stranger_quiet_max;
    PenaltyRules penalties {};
};

class Admission {
public:
    /// A connection's name here; its owner gives it, and not twice at a time.
    using Id = std::uint64_t;

    enum class Verdict { begins, waits, sent_away };

    explicit Admission(AdmissionRules const& rules) : rules_(rules), penalties_(rules.penalties) { }

    /// A stranger comes.
    Verdict come(Id id, Source const& source, MonotonicTime now);

    /// It has said something, and so keeps its place.
    void heard(Id id, MonotonicTime now);

    /// It could not prove what it should, or made no sense.
    void failed(Id id, Offence offence, MonotonicTime now);

    /// It has proved itself, or has left: either way it is no stranger here any more.
    void forget(Id id, MonotonicTime now);

    struct Turns {
        std::vector<Id> pause; // who gives up a place, and now waits again
        std::vector<Id> begin; // whose turn it is; never one of the above
    };

    /// Whose turn it is by now.
    Turns turns(MonotonicTime now);

    // How many there are.
    [[nodiscard]] std::size_t at_work() const { return in_order_heard_.size(); }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }
    [[nodiscard]] std::size_t penalised(MonotonicTime now) { return penalties_.count(now); }

private:
    /// All strangers of one source.
    struct Line {
        std::size_t at_work = 0;
        std::list<Id> waiting {}; // the first to come is the first to go
        bool has_turn = false;    // stands in turns_
    };

    struct Stranger {
        Source source;
        bool is_at_work = false;
        MonotonicTime heard_at {};                // if it is at work
        std::list<Id>::iterator place_in_line {}; // if it waits
    };

    [[nodiscard]] bool has_place(Source const& source, Line const& line, MonotonicTime now) const;
    void begin(Id id, Stranger& stranger, Line& line, MonotonicTime now);
    void wait(Id id, Stranger& stranger, Line& line);
    void give_turn(Source const& source, Line& line, MonotonicTime now);
    void pause_the_quiet(Turns& turns, MonotonicTime now);
    void begin_the_next(Turns& turns, MonotonicTime now);

    AdmissionRules const rules_;
    Penalties penalties_;
    std::unordered_map<Id, Stranger> strangers_;
    std::unordered_map<Source, Line> lines_;
    std::set<std::pair<MonotonicTime, Id>>
        in_order_heard_;       // who is at work, the longest quiet first
    std::deque<Source> turns_; // sources with somebody waiting and a place of their own left
    std::size_t waiting_ = 0;
};

} // namespace duet
