// duet key: the fingerprints of the server and of every device of both, in a form that is the same on both
// sides: so two people can compare them over the telephone.

#include "console/escape.hpp"
#include "console/words.hpp"
#include "pairing/fingerprint.hpp"
#include "terminal/asking.hpp"
#include "terminal/showing.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace duet {

namespace {

class KeyErrand final : public Asking {
public:
    using Asking::Asking;

private:
    /// One's own first; the other's when these are there.
    std::uint64_t ask() override { return client_.ask_devices(); }

    void devices(std::uint64_t asked, std::vector<OwnDevice> const& all) override
    {
        if (is_mine(asked))
            note(client_.you(), all);
        if (asked != 0 and asked == asked_of_other_) {
            note(order_.person, all);
            is_complete_ = true;
        }
        note_answer(asked);
    }

    void denied(std::uint64_t asked, Failure const& why) override
    {
        if (asked != 0 and asked == asked_of_other_)
            refused_ = why;
        Asking::denied(asked, why);
    }

    void show_answer() override
    {
        if (refused_.has_value())
            return finish_with(failure_in_words(*refused_));
        if (order_.person.empty() or is_complete_)
            return show();
        if (over_for_good_.has_value() or is_out_of_time() or has_been_away())
            return finish_with(fill(tr("No answer from {0}"), {client_.server()}));
        if (asked_of_other_ == 0)
            asked_of_other_ = client_.ask_devices_of(order_.person);
    }

    void note(std::string const& person, std::vector<OwnDevice> const& all)
    {
        for (OwnDevice const& each : all) {
            if (each.identity.has_value())
                lines_.push_back(
                    person + ' ' + fingerprint_of(*each.identity) + ' ' + escaped(each.name));
        }
    }

    void show()
    {
        std::ranges::sort(lines_);
        std::string text;
        if (auto const server = client_.server_identity(); server.has_value())
            text = "= " + fingerprint_of(*server) + ' ' + tr("this server") + '\n';
        for (std::string const& each : lines_)
            text += each + '\n';
        sink_.show(text);
        sink_.tell(tr("Compare these by telephone, or side by side: the same must stand on both."));
        finish(0);
    }

    std::vector<std::string> lines_;
    std::uint64_t asked_of_other_ = 0;
    bool is_complete_ = false;
    std::optional<Failure> refused_;
};

} // namespace

std::unique_ptr<Errand> make_key(Order order, Client& client, Sink& sink)
{
    return std::make_unique<KeyErrand>(std::move(order), client, sink);
}

} // namespace duet
