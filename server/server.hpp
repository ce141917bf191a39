// The server: one tick, over and over, that joins the rooms.
//
//     socket → net → door (bytes → request) → core (who is this?) → scribe's thread (numbers, disk)
//     disk → core (who must hear it) → outbox → door (event → bytes) → net → sockets
//
// All of it runs on the loop's thread but the scribe (server/scribe_thread.hpp), the store's upkeep
// (store/store_keeper.hpp) and the operator's looks (server/workshop.hpp).

#pragma once

#include "core/chat.hpp"
#include "net/acceptor.hpp"
#include "net/connections.hpp"
#include "net/loop.hpp"
#include "net/signals.hpp"
#include "server/admin.hpp"
#include "server/ballast.hpp"
#include "server/certificate_keeper.hpp"
#include "server/configuration.hpp"
#include "server/data_directory.hpp"
#include "server/door_keeper.hpp"
#include "server/guests.hpp"
#include "server/metrics.hpp"
#include "server/metrics_page.hpp"
#include "server/open_store.hpp"
#include "server/report_file.hpp"
#include "server/retention.hpp"
#include "server/scribe_thread.hpp"
#include "server/system_random.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet {

/// What a server stands on, all of it open.
struct Ground {
    DataDirectory directory;
    KeyPair keys;
    OpenStore store;
    std::unique_ptr<Loop> loop;
    std::unique_ptr<CertificateKeeper> certificate;
    std::vector<Listener> listeners;
    std::vector<Listener> clear_listeners; // where every door is open in clear
    Listener admin;
    std::string data;    // the path of the directory
    std::string come_in; // the endpoint that an invitation names
    RetentionRule retention {};
    AdmissionRules admission {};
    Proxies proxies {};
    std::vector<Listener> metrics {}; // where the page of numbers is; may be none
    std::string moved_to {};          // empty: it is here
    ChatRules rules {};
};

class Server final : SignalHandler, TimerHandler {
public:
    explicit Server(Ground ground);
    ~Server();
    Server(Server const&) = delete;
    Server& operator=(Server const&) = delete;

    /// Serves until a signal stops it in order, or the disk fails. Gives the exit code.
    int run();

private:
    void tick();
    void hear_the_scribe();
    void wait_for_deadline();
    void stop_in_order();
    bool has_failed();
    std::string metrics_page();
    std::string sickness();

    void signalled(int number) override;
    void due(Tag) override { } // a timer only ends the wait

    Ground ground_;
    Loop& loop_;
    SystemRandom random_;
    Outbox outbox_;
    Chat chat_;
    Connections connections_;
    Metrics metrics_;
    DoorKeeper keeper_;
    Guests guests_;
    std::optional<Acceptor> acceptor_; // none once we stop
    std::optional<Acceptor> clear_acceptor_;
    Signals signals_;
    ReportFile const reports_;
    ScribeThread scribe_;
    BallastKeeper ballast_;
    RetentionKeeper retention_;
    Admin admin_;
    std::optional<MetricsPage> page_;
    TimerId timer_;
    bool must_stop_ = false;
};

/// Opens what `configuration` asks for and serves. Says on standard error what it does and what is wrong,
/// and on standard output, at the very first start, the invitation for the first person.
int serve(Configuration const& configuration);

} // namespace duet
