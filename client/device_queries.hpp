// Every statement that a device's file is asked, prepared once: what client/device_file.cpp says to SQLite.

#pragma once

#include "store/sqlite.hpp"

namespace duet {

// A message, column by column, as read_message of client/device_file.cpp takes it.
#define DUET_MESSAGE_OF_ENTRY                                                                      \
    "SELECT e.other, e.sender, e.text, e.kind, e.seq, e.feed, e.say, e.time, e.orphaned, NULL, "   \
    "t.their_delivered, t.their_read, t.standing FROM entry e LEFT JOIN talk t ON t.other = "      \
    "e.other "
#define DUET_MESSAGE_OF_OWN                                                                        \
    "SELECT o.other, '', o.text, o.kind, o.seq, coalesce(e.feed, 0), o.say, "                      \
    "coalesce(e.time, o.time), 0, o.refused, t.their_delivered, t.their_read, "                    \
    "t.standing FROM own o "                                                                       \
    "LEFT JOIN entry e ON o.seq > 0 AND e.other = o.other AND e.seq = o.seq AND e.orphaned = 0 "   \
    "LEFT JOIN talk t ON t.other = o.other "

struct DeviceQueries {
    explicit DeviceQueries(Sqlite& connection) : at(connection) { }

    Sqlite& at;

    SqliteQuery begin {at, "BEGIN IMMEDIATE"};
    SqliteQuery commit {at, "COMMIT"};

    // Who this is, and how far it has got

    SqliteQuery device {at,
        "SELECT seed, server, identity, is_enrolled, secret, handle, name, device_name, you, "
        "server_hash, phrase FROM device"};
    SqliteQuery pin {at, "UPDATE device SET identity = ?"};
    SqliteQuery belong {at, "UPDATE device SET is_enrolled = 1, secret = '', you = ?"};
    SqliteQuery state {at,
        "SELECT epoch, last_n, cursor, lives, tells_read, "
        "tells_presence, tells_typing FROM state"};
    SqliteQuery choose {
        at, "UPDATE state SET tells_read = ?, tells_presence = ?, tells_typing = ?"};
    SqliteQuery set_state {at, "UPDATE state SET epoch = ?, last_n = ?, cursor = ?, lives = ?"};

    // What was said here

    SqliteQuery keep_say {at,
        "INSERT INTO own (say, other, kind, text, n, seq, time) VALUES (?, ?, ?, ?, ?, 0, ?) "
        "ON CONFLICT (say) DO UPDATE SET n = excluded.n, kind = excluded.kind, seq = 0, "
        "refused = NULL"};
    SqliteQuery number_say {at, "UPDATE own SET n = ?2 WHERE say = ?1"};
    SqliteQuery settle_say {at, "UPDATE own SET n = ?2, seq = ?3, refused = ?4 WHERE say = ?1"};
    SqliteQuery waiting {at,
        "SELECT say, other, kind, text, n FROM own WHERE seq = 0 AND refused IS NULL "
        "ORDER BY n = 0, n, say"};
    SqliteQuery said_above {
        at, "SELECT say, other, kind, text, n FROM own WHERE n > ? AND seq > 0 ORDER BY n"};
    SqliteQuery last_say {at, "SELECT coalesce(max(say), 0) FROM own"};
    SqliteQuery say_of {at, "SELECT say FROM own WHERE n > 0 AND n = ? AND seq = ?"};
    SqliteQuery keep_key {at, "INSERT OR IGNORE INTO said_key VALUES (?, ?)"};
    SqliteQuery say_of_key {at, "SELECT say FROM said_key WHERE key = ?"};

    // Conversations

    SqliteQuery open_talk {at, "INSERT OR IGNORE INTO talk (other) VALUES (?)"};
    SqliteQuery talks {at,
        "SELECT other, last, my_delivered, my_read, their_delivered, their_read, read_wanted, "
        "standing, is_muted, is_archived, is_pinned, own_name, deleted FROM talk"};
    SqliteQuery name_talk {at, "UPDATE talk SET name = ?2, is_contact = ?3 WHERE other = ?1"};
    SqliteQuery grow_talk {
        at, "UPDATE talk SET last = max(last, ?2), is_contact = 1 WHERE other = ?1"};
    SqliteQuery meet_talk {at, "UPDATE talk SET standing = ?2 WHERE other = ?1 AND standing = 0"};
    SqliteQuery set_talk {at,
        "UPDATE talk SET standing = ?2, is_muted = ?3, is_archived = ?4, is_pinned = ?5, "
        "own_name = ?6, deleted = ?7 WHERE other = ?1"};
    SqliteQuery delete_entries {at, "DELETE FROM entry WHERE other = ? AND seq <= ?"};
    // Without their n they are never said again.
    SqliteQuery delete_says {at,
        "UPDATE own SET text = '', n = 0 WHERE other = ? AND seq > 0 AND seq <= ? AND text <> ''"};
    SqliteQuery want_read {
        at, "UPDATE talk SET read_wanted = max(read_wanted, ?2) WHERE other = ?1"};
    SqliteQuery move_mine {at,
        "UPDATE talk SET my_delivered = max(my_delivered, ?2), my_read = max(my_read, ?3) "
        "WHERE other = ?1"};
    SqliteQuery move_theirs {at,
        "UPDATE talk SET their_delivered = max(their_delivered, ?2), "
        "their_read = max(their_read, ?3) WHERE other = ?1"};
    SqliteQuery forget_talks {at,
        "UPDATE talk SET last = 0, my_delivered = 0, my_read = 0, their_delivered = 0, "
        "their_read = 0, read_wanted = 0, standing = 0"};

    SqliteQuery kept {at, "SELECT other, first, last FROM kept"};
    SqliteQuery kept_near {at,
        "SELECT min(first), max(last) FROM kept WHERE other = ? AND first <= ? + 1 "
        "AND last >= ? - 1"};
    SqliteQuery drop_kept {at, "DELETE FROM kept WHERE other = ? AND first >= ? AND last <= ?"};
    SqliteQuery add_kept {at, "INSERT INTO kept VALUES (?, ?, ?)"};
    SqliteQuery forget_kept {at, "DELETE FROM kept"};

    // Entries

    SqliteQuery keep_entry {at,
        "INSERT INTO entry VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
        "ON CONFLICT (other, seq, orphaned) DO UPDATE SET feed = max(feed, excluded.feed), "
        "sender = excluded.sender, kind = excluded.kind, text = excluded.text, "
        "time = excluded.time, n = excluded.n, say = max(say, excluded.say)"};
    // Under this number the server has something else now. (A text that is gone is nothing else.)
    SqliteQuery orphan_other {at,
        "UPDATE OR REPLACE entry SET orphaned = ?5, feed = 0 WHERE other = ?1 AND seq = ?2 "
        "AND orphaned = 0 AND text <> '' AND ?4 <> '' AND (sender <> ?3 OR text <> ?4)"};
    SqliteQuery find_again {at,
        "DELETE FROM entry WHERE other = ? AND seq = ? AND orphaned > 0 AND sender = ? "
        "AND text = ?"};
    SqliteQuery orphan_beyond_feed {
        at, "UPDATE OR REPLACE entry SET orphaned = ?2, feed = 0 WHERE feed > ?1 AND feed > 0"};
    SqliteQuery orphan_beyond_seq {at,
        "UPDATE OR REPLACE entry SET orphaned = ?3, feed = 0 WHERE other = ?1 AND seq > ?2 "
        "AND orphaned = 0"};
    SqliteQuery take_back {at, "DELETE FROM entry WHERE n > ? AND n > 0"};

    // Messages

    SqliteQuery own_message {at, DUET_MESSAGE_OF_OWN "WHERE o.say = ?"};
    SqliteQuery waiting_messages {at,
        DUET_MESSAGE_OF_OWN "WHERE o.seq = 0 AND o.refused IS NULL ORDER BY o.n = 0, o.n, o.say"};
    SqliteQuery history {at,
        DUET_MESSAGE_OF_ENTRY "WHERE e.other = ? AND e.seq < ? "
                              "ORDER BY e.seq DESC, e.orphaned LIMIT ?"};
    SqliteQuery feed {
        at, DUET_MESSAGE_OF_ENTRY "WHERE e.feed >= ? AND e.feed > 0 ORDER BY e.feed LIMIT ?"};
    SqliteQuery own_between {at,
        DUET_MESSAGE_OF_ENTRY "WHERE e.other = ? AND e.seq >= ? AND e.seq <= ? "
                              "AND e.orphaned = 0 AND e.sender <> e.other ORDER BY e.seq"};
    SqliteQuery last_request {at,
        DUET_MESSAGE_OF_ENTRY "WHERE e.other = ? AND e.kind = ? AND e.orphaned = 0 "
                              "AND e.sender <> e.other ORDER BY e.seq DESC LIMIT 1"};
    SqliteQuery last_of {at,
        DUET_MESSAGE_OF_ENTRY "WHERE e.other = ? AND e.orphaned = 0 ORDER BY e.seq DESC LIMIT 1"};
    // What is unread are others' words: of those that are not here one cannot know whose they are.
    SqliteQuery contacts {at,
        "SELECT other, name, last, max(my_read, read_wanted), their_delivered, their_read, "
        "standing, is_muted, is_archived, is_pinned, own_name, deleted, "
        "(SELECT count(*) FROM entry e WHERE e.other = t.other AND e.orphaned = 0 "
        "AND e.seq > max(t.my_read, t.read_wanted) AND e.sender <> e.other) "
        "FROM talk t WHERE standing > 1 OR (is_contact AND standing = 1) ORDER BY id"};
};

#undef DUET_MESSAGE_OF_ENTRY
#undef DUET_MESSAGE_OF_OWN

} // namespace duet
