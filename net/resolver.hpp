// Finds a name's addresses without holding up the loop.
//
// getaddrinfo may take half a minute to give up and cannot be interrupted. So a name is looked up by
// a thread of its own, which shares nothing with us: it gets the name, and its answer comes back as
// one packet over a pair of sockets. Who no longer wants the answer closes his end and goes.

#pragma once

#include "net/address.hpp"
#include "net/descriptor.hpp"
#include "net/loop.hpp"

#include <vector>

namespace duet {

class ResolverHandler {
public:
    virtual void resolved(SocketResult<std::vector<Address>> const& addresses) = 0;

protected:
    ~ResolverHandler() = default;
};

class Resolver final : Watcher {
public:
    Resolver(Loop& loop, ResolverHandler& handler);
    ~Resolver();
    Resolver(Resolver const&) = delete;
    Resolver& operator=(Resolver const&) = delete;

    /// Looks `endpoint` up for a caller, one at a time. The handler is told in a later turn; for an
    /// address or a path, which nobody need be asked for, at once.
    void resolve(Endpoint const& endpoint);

private:
    void ready(Tag tag, Ready what) override;
    void stop();

    Loop& loop_;
    ResolverHandler& handler_;
    std::string name_;
    Descriptor answer_; // open while one is under way
    WatchId watch_;
};

} // namespace duet
