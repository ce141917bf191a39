// Every limit of duet, with its name, its unit and the rule for the day that it is reached.
//
// docs/limits.md is made from `limits::all` (./do limits writes it, a test compares it), so what is
// documented is what is compiled.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace duet::limits {

using namespace std::chrono_literals;
using Duration = std::chrono::milliseconds;

// Lines
inline constexpr std::size_t line_bytes_max = 16 * 1024;
inline constexpr std::size_t json_line_bytes_max = 64 * 1024;
inline constexpr std::size_t stranger_line_bytes_max = 4 * 1024;

// What is said
inline constexpr std::size_t text_bytes_max = 16 * 1024;
inline constexpr std::size_t name_bytes_max = 64;
inline constexpr std::size_t handle_bytes_max = 32;
inline constexpr std::uint64_t stored_bytes_person_max = 256 * 1024 * 1024;
inline constexpr std::size_t request_characters_max = 1000;
inline constexpr std::size_t requests_open_max = 20;
inline constexpr Duration request_life = 30 * 24h;

// Sessions
inline constexpr std::size_t window_bytes_max = 64 * 1024;
inline constexpr std::size_t unanswered_max = 256;
inline constexpr Duration mark_interval = 100ms;
inline constexpr Duration sign_in_time_max = 10s;
inline constexpr Duration plain_sign_in_time_max = 60s;
inline constexpr Duration silence_max = 90s;
inline constexpr Duration later_wait = 500ms;
inline constexpr std::size_t page_max = 200;
inline constexpr Duration invitation_life = 24h;
inline constexpr std::size_t devices_person_max = 64;
inline constexpr Duration confirm_time_max = 5min;
inline constexpr std::size_t asks_person_max = 8;
inline constexpr std::size_t announced_at_once_max = 100;
inline constexpr std::size_t pace_burst = 60;
inline constexpr std::size_t pace_per_second = 10;
inline constexpr std::size_t drafts_bytes_max = 64 * 1024 * 1024;
inline constexpr std::size_t batch_bytes_max = 4 * 1024 * 1024;

// The store
inline constexpr std::size_t entries_read_max = 4096;
inline constexpr std::size_t unindexed_bytes_max = 256 * 1024 * 1024;
inline constexpr Duration index_interval = 100ms;
inline constexpr Duration space_retry = 1s;
inline constexpr std::size_t journal_segment_bytes = 64 * 1024 * 1024;
inline constexpr std::size_t ballast_bytes = 64 * 1024 * 1024;
inline constexpr Duration retention_interval = 1h;

// Strangers: connections that have not proved who they are
inline constexpr std::size_t strangers_source_max = 64;
inline constexpr std::size_t strangers_penalised_max = 4;
inline constexpr std::size_t strangers_max = 256;
inline constexpr std::size_t waiting_source_max = 1024;
inline constexpr std::size_t waiting_max = 8000;
inline constexpr Duration stranger_quiet_max = 1s;
inline constexpr Duration penalty_failed_proof = 5s;
inline constexpr Duration penalty_broke_protocol = 1s;
inline constexpr Duration penalty_least = 15s;
inline constexpr Duration penalty_most = 10min;
inline constexpr std::size_t penalised_sources_max = 65536;
inline constexpr std::size_t proxy_header_bytes_max = 1024;
inline constexpr std::size_t http_head_bytes_max = 8 * 1024;

// The certificate
inline constexpr Duration certificate_interval = 5s;
inline constexpr auto certificate_life = std::chrono::days(3650);
inline constexpr auto certificate_renewal = std::chrono::days(30);

// Devices
inline constexpr Duration ping_after = 45s;
inline constexpr Duration answer_time_max = 15s;
inline constexpr Duration reconnect_delay_least = 500ms;
inline constexpr Duration reconnect_delay_most = 30s;

// Sockets
inline constexpr std::size_t read_buffer_bytes = 256 * 1024;
inline constexpr std::size_t backlog_bytes_max = 1024 * 1024;
inline constexpr std::size_t backlog_bytes_mark = 256 * 1024;
inline constexpr int listen_backlog_max = 4096;
inline constexpr std::size_t accept_batch_max = 8;
inline constexpr Duration accept_pause = 100ms;
inline constexpr Duration keep_alive_idle = 20s;
inline constexpr Duration keep_alive_interval = 5s;
inline constexpr int keep_alive_probes_max = 5;
inline constexpr Duration handshake_time_max = 5s;
inline constexpr std::size_t handshake_bytes_max = 64 * 1024;
inline constexpr std::size_t handshake_threads_max = 4;

// Direct
inline constexpr std::size_t direct_segment_bytes = 8 * 1024 * 1024;
inline constexpr std::size_t direct_meetings_max = 64;
inline constexpr std::size_t partners_max = 1000;

// Calling
inline constexpr std::size_t addresses_max = 64;
inline constexpr Duration connect_attempt_delay = 250ms;
inline constexpr Duration connect_time_max = 30s;
inline constexpr Duration progress_after = 1s;

// The plain chat
inline constexpr std::size_t departures_max = 1024;
inline constexpr std::size_t descriptors_kept = 64;
inline constexpr Duration drain_silence_max = 2s;
inline constexpr Duration drain_time_max = 10s;
inline constexpr Duration arrival_doubt_after = 15s;
inline constexpr std::size_t reported_lines_max = 100;
inline constexpr std::size_t history_lines_max = 500;

/// One row of docs/limits.md.
struct Limit {
    char const* name;
    std::int64_t value; // in `unit`
    char const* unit;
    char const* rule; // what happens when it is reached
};

/// All of the above, in the same order.
std::span<Limit const> all();

} // namespace duet::limits
