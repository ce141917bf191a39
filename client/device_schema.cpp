#include "client/device_schema.hpp"

#include "store/sqlite_form.hpp"

#include <array>

namespace duet {

namespace {

// "dudv", in the file's header, for whoever wonders what it is: a device of duet's.
constexpr std::int64_t application_id = 0x64756476;

// The first step makes the tables of form 1.
//
// device   who this is, and what it needs until it is enrolled
// state    how far it has got; lives: how many epochs it has seen
// own      what was said here: waiting while seq is 0 and refused is null
// said_key the callers' own keys of what was said here
// entry    what is stored of the conversations; orphaned: in which life the server had lost it, or 0
// talk     one row for each other person
// kept     which entries are here, as intervals: see core/intervals.hpp
constexpr std::array steps = {
    R"(
CREATE TABLE device (
    id INTEGER PRIMARY KEY CHECK (id = 1), seed BLOB NOT NULL, server TEXT NOT NULL,
    identity BLOB, is_enrolled INTEGER NOT NULL, secret TEXT NOT NULL, handle TEXT NOT NULL,
    name TEXT NOT NULL, device_name TEXT NOT NULL, you TEXT NOT NULL);

CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1), epoch BLOB, last_n INTEGER NOT NULL,
    cursor INTEGER NOT NULL, lives INTEGER NOT NULL);
INSERT INTO state VALUES (1, NULL, 0, 0, 0);

CREATE TABLE own (
    say INTEGER PRIMARY KEY, other TEXT NOT NULL, kind INTEGER NOT NULL, text TEXT NOT NULL,
    n INTEGER NOT NULL, seq INTEGER NOT NULL, refused TEXT, time INTEGER NOT NULL);
CREATE INDEX own_by_n ON own (n) WHERE n > 0;
CREATE INDEX own_waiting ON own (say) WHERE seq = 0 AND refused IS NULL;

CREATE TABLE said_key (key TEXT PRIMARY KEY, say INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE entry (
    other TEXT NOT NULL, seq INTEGER NOT NULL, orphaned INTEGER NOT NULL, feed INTEGER NOT NULL,
    sender TEXT NOT NULL, kind INTEGER NOT NULL, text TEXT NOT NULL, time INTEGER NOT NULL,
    n INTEGER NOT NULL, say INTEGER NOT NULL,
    PRIMARY KEY (other, seq, orphaned)) WITHOUT ROWID;
CREATE INDEX entry_by_feed ON entry (feed) WHERE feed > 0;
CREATE INDEX entry_by_n ON entry (n) WHERE n > 0;

CREATE TABLE talk (
    id INTEGER PRIMARY KEY, other TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '',
    is_contact INTEGER NOT NULL DEFAULT 0, last INTEGER NOT NULL DEFAULT 0,
    my_delivered INTEGER NOT NULL DEFAULT 0, my_read INTEGER NOT NULL DEFAULT 0,
    their_delivered INTEGER NOT NULL DEFAULT 0, their_read INTEGER NOT NULL DEFAULT 0,
    read_wanted INTEGER NOT NULL DEFAULT 0);

CREATE TABLE kept (
    other TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (other, first)) WITHOUT ROWID;
)",
    // The hash that the link had. And the recovery phrase of the device's person: kept from when it is
    // made until it has been shown, since nobody could make it out of its hash again.
    R"(
ALTER TABLE device ADD COLUMN server_hash BLOB;
ALTER TABLE device ADD COLUMN phrase TEXT NOT NULL DEFAULT '';
)",
    // How others stand to this person (core/event.hpp, TalkState), and what the person has chosen.
    R"(
ALTER TABLE talk ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;
UPDATE talk SET standing = 1 WHERE is_contact;
ALTER TABLE talk ADD COLUMN is_muted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE talk ADD COLUMN is_archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE talk ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE talk ADD COLUMN own_name TEXT NOT NULL DEFAULT '';
ALTER TABLE talk ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE state ADD COLUMN tells_read INTEGER NOT NULL DEFAULT 1;
ALTER TABLE state ADD COLUMN tells_presence INTEGER NOT NULL DEFAULT 1;
ALTER TABLE state ADD COLUMN tells_typing INTEGER NOT NULL DEFAULT 1;
)",
};

} // namespace

Result<void, SqliteFault> bring_up_device_schema(Sqlite& connection)
{
    return bring_up(connection, {application_id, "a device of duet's", steps});
}

} // namespace duet
