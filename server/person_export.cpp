#include "server/person_export.hpp"

#include "doors/json_words.hpp"
#include "doors/json_writer.hpp"
#include "server/admin_words.hpp"

namespace duet {

namespace {

constexpr std::size_t contacts_at_once = 100;
constexpr std::size_t bytes_at_once = 256 * 1024;

std::uint64_t ms(Time time)
{
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

class Export {
public:
    Export(Store& store, Person const& person, Customer& customer)
        : store_(store), person_(person), customer_(customer)
    {
    }

    void run()
    {
        say([&](std::string& line) {
            JsonWriter(line, "person")
                .text("handle", person_.handle)
                .text("name", person_.name)
                .number("since", ms(person_.time))
                .number("stored_bytes", person_.stored_bytes)
                .end();
        });
        for (Device const& device : store_.devices(person_.id))
            tell(device);
        tell_contacts();
        customer_.say(admin::end(0));
    }

private:
    template <typename Write>
    void say(Write write)
    {
        line_.clear();
        write(line_);
        line_.pop_back(); // its end, which the answer has of its own
        customer_.say(admin::output(line_));
    }

    void tell(Device const& device)
    {
        say([&](std::string& line) {
            JsonWriter writer(line, "device");
            writer.number("device", number(device.id)).text("name", device.name);
            if (device.identity.has_value())
                writer.hex("identity", *device.identity);
            writer.number("since", ms(device.time)).flag("revoked", device.is_revoked).end();
        });
    }

    void tell_contacts()
    {
        PersonId after {};
        while (not customer_.has_gone()) {
            auto const some = store_.contacts(person_.id, after, contacts_at_once);
            if (some.empty())
                return;
            for (Relation const& relation : some)
                tell(relation);
            after = some.back().person;
        }
    }

    void tell(Relation const& relation)
    {
        auto const other = store_.person(relation.person);
        if (not other.has_value())
            return;
        say([&](std::string& line) {
            JsonWriter(line, "contact")
                .text("with", other->handle)
                .text("name", other->name)
                .number("last", number(relation.last))
                .number("read", number(relation.mine.read))
                .end();
        });
        Pair const pair = Pair::of(person_.id, relation.person);
        for (Seq next_seq {1}; next_seq <= relation.last and not customer_.has_gone();) {
            auto const entries = store_.log(pair, next_seq, relation.last, bytes_at_once);
            if (entries.empty())
                return;
            for (Entry const& entry : entries)
                tell(entry, other->handle);
            next_seq = next(entries.back().seq);
        }
    }

    void tell(Entry const& entry, std::string const& with)
    {
        say([&](std::string& line) {
            JsonWriter writer(line, "entry");
            writer.text("with", with)
                .number("seq", number(entry.seq))
                .text("from", entry.author == person_.id ? person_.handle : with)
                .text("kind", word(entry.kind))
                .number("time", ms(entry.time));
            if (entry.body.empty())
                writer.flag("gone", true).end();
            else
                writer.text("text", entry.body).end();
        });
    }

    Store& store_;
    Person const person_;
    Customer& customer_;
    std::string line_;
};

} // namespace

void export_person(Store& store, Person const& person, Customer& customer)
{
    Export(store, person, customer).run();
}

} // namespace duet
