#include "server/configuration.hpp"

#include <toml++/toml.h>

namespace duet {

namespace {

class Reader {
public:
    Reader(std::string path, Configuration& configuration)
        : path_(std::move(path)), configuration_(configuration)
    {
    }

    Result<void, std::string> read(toml::table const& table)
    {
        for (auto const& [key, value] : table)
            TRY_VOID(read(key.str(), value));
        return {};
    }

private:
    Result<void, std::string> read(std::string_view name, toml::node const& value)
    {
        if (name == "listen")
            return read_endpoints(configuration_.listen, value);
        if (name == "clear")
            return read_endpoints(configuration_.clear, value);
        if (name == "certificate")
            return read_into(configuration_.certificate, value, "a text");
        if (name == "key")
            return read_into(configuration_.key, value, "a text");
        if (name == "data")
            return read_into(configuration_.data, value, "a text");
        if (name == "name")
            return read_into(configuration_.name, value, "a text");
        if (name == "log")
            return read_into(configuration_.log, value, "a text");
        if (name == "verbose")
            return read_into(configuration_.verbose, value, "true or false");
        if (name == "retention_days") {
            std::uint64_t days = 0;
            TRY_VOID(read_number(days, value));
            configuration_.retention_age = std::chrono::days(days);
            return {};
        }
        if (name == "retention_bytes")
            return read_number(configuration_.retention_bytes, value);
        if (name == "trusted_proxies")
            return read_ranges(value);
        if (name == "metrics")
            return read_metrics(value);
        if (name == "may_invite")
            return read_may_invite(value);
        if (name == "moved_to")
            return read_into(configuration_.moved_to, value, "a text");
        if (name == "limits")
            return read_limits(value);
        if (name == "sandbox")
            return read_into(configuration_.has_sandbox, value, "true or false");
        return wrong(value, "there is no option '" + std::string(name) + "'");
    }

    Result<void, std::string> read_ranges(toml::node const& value)
    {
        toml::array const* const list = value.as_array();
        if (list == nullptr)
            return wrong(value, "this must be a list of addresses, as [\"10.0.0.0/8\"]");
        configuration_.trusted_proxies.clear();
        for (toml::node const& one : *list) {
            auto const range = AddressRange::parse(one.value_exact<std::string>().value_or(""));
            if (not range.has_value())
                return wrong(one, sentence(range.error()));
            configuration_.trusted_proxies.push_back(*range);
        }
        return {};
    }

    Result<void, std::string> read_may_invite(toml::node const& value)
    {
        auto const who = value.value_exact<std::string>().value_or("");
        if (who != "anyone" and who != "operator")
            return wrong(value, "this must be \"anyone\" or \"operator\"");
        configuration_.anyone_invites = who == "anyone";
        return {};
    }

    Result<void, std::string> read_metrics(toml::node const& value)
    {
        auto const text = value.value_exact<std::string>();
        auto const endpoint = Endpoint::parse(text.value_or(""));
        if (not text.has_value() or not endpoint.has_value())
            return wrong(value, "this is no endpoint, as 127.0.0.1:9464 or unix:/path");
        configuration_.metrics = *endpoint;
        return {};
    }

    Result<void, std::string> read_limits(toml::node const& value)
    {
        toml::table const* const table = value.as_table();
        if (table == nullptr)
            return wrong(value, "this must be a table, as [limits]");
        for (auto const& [name, limit] : *table) {
            std::uint64_t number = 0;
            TRY_VOID(read_number(number, limit));
            if (auto const set = configuration_.limits.set(name.str(), number); not set.has_value())
                return wrong(limit, set.error());
        }
        return {};
    }

    template <typename Value>
    Result<void, std::string> read_into(Value& place, toml::node const& value, char const* wanted)
    {
        auto const read = value.value_exact<Value>();
        if (not read.has_value())
            return wrong(value, std::string("this must be ") + wanted);
        place = *read;
        return {};
    }

    Result<void, std::string> read_number(std::uint64_t& place, toml::node const& value)
    {
        constexpr std::int64_t most = 1'000'000'000'000'000;
        auto const read = value.value_exact<std::int64_t>();
        if (not read.has_value() or *read < 0 or *read > most)
            return wrong(value, "this must be a whole number, 0 or more");
        place = static_cast<std::uint64_t>(*read);
        return {};
    }

    Result<void, std::string> read_endpoints(std::vector<Endpoint>& place, toml::node const& value)
    {
        toml::array const* const list = value.as_array();
        if (list == nullptr)
            return wrong(value, "this must be a list of endpoints, as [\"127.0.0.1:8000\"]");
        place.clear();
        for (toml::node const& one : *list) {
            auto const text = one.value_exact<std::string>();
            auto const endpoint = Endpoint::parse(text.value_or(""));
            if (not text.has_value() or not endpoint.has_value())
                return wrong(one, "this is no endpoint, as 127.0.0.1:8000 or unix:/path");
            place.push_back(*endpoint);
        }
        return {};
    }

    [[nodiscard]] std::unexpected<std::string> wrong(
        toml::node const& value, std::string const& words) const
    {
        return fail(path_ + ", line " + std::to_string(value.source().begin.line) + ": " + words);
    }

    std::string path_;
    Configuration& configuration_;
};

} // namespace

Result<void, std::string> read_configuration(std::string const& path, Configuration& configuration)
{
    toml::table table;
    try { // the library's way to tell; it ends here
        table = toml::parse_file(path);
    } catch (toml::parse_error const& error) {
        auto const line = error.source().begin.line;
        auto const place = line == 0 ? "" : ", line " + std::to_string(line);
        return fail(path + place + ": " + std::string(error.description()));
    }
    return Reader(path, configuration).read(table);
}

} // namespace duet
