#include "base/limits.hpp"

#include <array>

namespace duet::limits {

namespace {

constexpr std::int64_t count(std::size_t value)
{
    return static_cast<std::int64_t>(value);
}

constexpr std::int64_t ms(Duration value)
{
    return value.count();
}

constexpr std::array table = {
    Limit {"line_bytes_max", count(line_bytes_max), "bytes",
        "A longer line is not sent; one that comes ends the talk, and nothing of it is shown."},
    Limit {"json_line_bytes_max", count(json_line_bytes_max), "bytes",
        "A longer line of JSON ends the connection."},
    Limit {"stranger_line_bytes_max", count(stranger_line_bytes_max), "bytes",
        "The same, for a connection that has not signed in."},
    Limit {"text_bytes_max", count(text_bytes_max), "bytes",
        "A message with a longer text is refused."},
    Limit {"name_bytes_max", count(name_bytes_max), "bytes",
        "A longer name of a person or a device is refused."},
    Limit {"handle_bytes_max", count(handle_bytes_max), "bytes", "A longer handle is refused."},
    Limit {"stored_bytes_person_max", count(stored_bytes_person_max), "bytes",
        "Of the texts that a person has said and that are kept; what would pass it is refused."},
    Limit {"window_bytes_max", count(window_bytes_max), "bytes",
        "What a device may have been sent without confirming it; the rest waits in the store."},
    Limit {"unanswered_max", count(unanswered_max), "messages",
        "A device may have said so many that are not answered yet; the next is told `later`."},
    Limit {"mark_interval", ms(mark_interval), "ms",
        "How far somebody has got is told at most so often."},
    Limit {"sign_in_time_max", ms(sign_in_time_max), "ms",
        "A connection that has not signed in by then is closed."},
    Limit {"plain_sign_in_time_max", ms(plain_sign_in_time_max), "ms",
        "The same for a person at the plain-lines door, who types."},
    Limit {"silence_max", ms(silence_max), "ms",
        "A connection that has said nothing for so long is closed; devices ping every 45 s."},
    Limit {
        "later_wait", ms(later_wait), "ms", "How long a device that is told `later` should wait."},
    Limit {"page_max", count(page_max), "rows",
        "Of a list or a history, no more is given in one answer."},
    Limit {"invitation_life", ms(invitation_life), "ms",
        "An unused one-time secret is dead after it."},
    Limit {"devices_person_max", count(devices_person_max), "devices",
        "A person's further device is refused until one is revoked."},
    Limit {"drafts_bytes_max", count(drafts_bytes_max), "bytes",
        "Of what is said and waits for the server's disk; what comes beyond is told `later`."},
    Limit {"batch_bytes_max", count(batch_bytes_max), "bytes",
        "About what goes to the disk with one sync; the rest waits for the next."},
    Limit {"entries_read_max", count(entries_read_max), "entries",
        "One look at a feed or a conversation gives no more; the next look goes on."},
    Limit {"unindexed_bytes_max", count(unindexed_bytes_max), "bytes",
        "Memory for what the index does not hold yet; beyond it what is said is answered `later`."},
    Limit {"index_interval", ms(index_interval), "ms",
        "What is stored gathers for so long before the index takes it, in one step."},
    Limit {"space_retry", ms(space_retry), "ms",
        "Where there was no space for the index or the journal, it is tried again after this."},
    Limit {"journal_segment_bytes", count(journal_segment_bytes), "bytes",
        "One file of the journal; a batch that fits into none is not written."},
    Limit {"ballast_bytes", count(ballast_bytes), "bytes",
        "A file of nothing in the server's directory, given up when the disk is full."},
    Limit {"retention_interval", ms(retention_interval), "ms",
        "Texts that are older or more than the operator keeps go at most so often."},
    Limit {"strangers_source_max", count(strangers_source_max), "connections",
        "Of one address (IPv6: of one /64), not signed in and heard; further ones wait."},
    Limit {"strangers_penalised_max", count(strangers_penalised_max), "connections",
        "The same, for an address that has failed to prove itself too often."},
    Limit {"strangers_max", count(strangers_max), "connections", "The same, of all addresses."},
    Limit {"waiting_source_max", count(waiting_source_max), "connections",
        "Of one address, waiting to be heard; the next is closed at once."},
    Limit {"waiting_max", count(waiting_max), "connections", "The same, of all addresses."},
    Limit {"stranger_quiet_max", ms(stranger_quiet_max), "ms",
        "Who says nothing for so long, while others wait, goes to the end of those who wait."},
    Limit {"penalty_failed_proof", ms(penalty_failed_proof), "ms",
        "A wrong proof, secret or code adds so much to what its address has to bear."},
    Limit {"penalty_broke_protocol", ms(penalty_broke_protocol), "ms",
        "The same, for what cannot be understood."},
    Limit {"penalty_least", ms(penalty_least), "ms",
        "From so much on an address counts as penalised; time takes it away again."},
    Limit {"penalty_most", ms(penalty_most), "ms", "No address has to bear more."},
    Limit {"penalised_sources_max", count(penalised_sources_max), "addresses",
        "So many are remembered; who has least to bear is forgotten first."},
    Limit {"proxy_header_bytes_max", count(proxy_header_bytes_max), "bytes",
        "What a trusted proxy may say about its caller; a longer header ends the connection."},
    Limit {"http_head_bytes_max", count(http_head_bytes_max), "bytes",
        "The head of an HTTP request; a longer one is refused."},
    Limit {"certificate_interval", ms(certificate_interval), "ms",
        "So often it is looked whether the operator has put another certificate in its place."},
    Limit {"certificate_life", certificate_life.count(), "days",
        "A certificate that a server makes for itself is good for so long …"},
    Limit {"certificate_renewal", certificate_renewal.count(), "days",
        "… and another one, with a new key, is made so long before its end."},
    Limit {"ping_after", ms(ping_after), "ms",
        "A device that has heard nothing for so long asks whether the server is still there."},
    Limit {"answer_time_max", ms(answer_time_max), "ms",
        "A server that does not answer that within so long is gone: the device calls again."},
    Limit {"reconnect_delay_least", ms(reconnect_delay_least), "ms",
        "A device that lost its server calls again within this at first …"},
    Limit {"reconnect_delay_most", ms(reconnect_delay_most), "ms",
        "… and within twice the time before after each failure, up to this."},
    Limit {"read_buffer_bytes", count(read_buffer_bytes), "bytes",
        "One buffer for each loop, shared by all its connections: no more is read at once."},
    Limit {"backlog_bytes_max", count(backlog_bytes_max), "bytes",
        "What may wait to be sent on one connection; one that passes it is closed (too_slow)."},
    Limit {"backlog_bytes_mark", count(backlog_bytes_mark), "bytes",
        "From here on a talk stops reading its own input until some of it has left."},
    Limit {"listen_backlog_max", listen_backlog_max, "connections",
        "What the kernel may hold for us to accept; the system's own maximum may be lower."},
    Limit {"accept_batch_max", count(accept_batch_max), "connections",
        "Accepted in one turn of the loop; the rest waits for the next turn."},
    Limit {"accept_pause", ms(accept_pause), "ms",
        "How long accepting rests when there is no descriptor left."},
    Limit {"keep_alive_idle", ms(keep_alive_idle), "ms",
        "A connection silent for so long is asked whether it is still there."},
    Limit {"keep_alive_interval", ms(keep_alive_interval), "ms",
        "The time between two such questions."},
    Limit {"keep_alive_probes_max", keep_alive_probes_max, "questions",
        "After so many without an answer the connection is lost."},
    Limit {"handshake_time_max", ms(handshake_time_max), "ms",
        "A connection that has not agreed on TLS keys by then is closed."},
    Limit {"handshake_bytes_max", count(handshake_bytes_max), "bytes",
        "The same for one that has said more than this before it was done."},
    Limit {"direct_segment_bytes", count(direct_segment_bytes), "bytes",
        "In the store of somebody who talks directly, the journal goes on in a new file when one "
        "is so "
        "large."},
    Limit {"direct_meetings_max", count(direct_meetings_max), "connections",
        "So many callers may be on their way to prove who they are; one more is let go at once."},
    Limit {"partners_max", count(partners_max), "persons",
        "Nobody more is paired with, until somebody is forgotten."},
    Limit {"addresses_max", count(addresses_max), "addresses",
        "A host name's further addresses are not tried."},
    Limit {"connect_attempt_delay", ms(connect_attempt_delay), "ms",
        "How long an address is waited for before the next one is tried beside it."},
    Limit {"connect_time_max", ms(connect_time_max), "ms",
        "After this a call to an address that does not answer is given up."},
    Limit {"progress_after", ms(progress_after), "ms",
        "A call that takes longer says what it is waiting for."},
    Limit {"departures_max", count(departures_max), "connections",
        "Connections that were told their last word and have not hung up; the first goes first."},
    Limit {"descriptors_kept", count(descriptors_kept), "descriptors",
        "So many a server keeps for its disk and its operator; a caller beyond is closed at once."},
    Limit {"drain_silence_max", ms(drain_silence_max), "ms",
        "After the talk's end the other side is waited for as long as bytes move."},
    Limit {"drain_time_max", ms(drain_time_max), "ms", "And no longer than this in all."},
    Limit {"arrival_doubt_after", ms(arrival_doubt_after), "ms",
        "Bytes unacknowledged for so long are told as not arriving, or not being read."},
    Limit {"reported_lines_max", count(reported_lines_max), "lines",
        "Of the lines whose arrival is in doubt, the newest so many are shown; the rest is "
        "counted."},
    Limit {"history_lines_max", count(history_lines_max), "lines",
        "The line editor remembers so many; the oldest is forgotten first."},
};

} // namespace

std::span<Limit const> all()
{
    return table;
}

} // namespace duet::limits
