#include "store/sqlite_schema.hpp"

#include "base/check.hpp"
#include "store/sqlite_form.hpp"

#include <array>

namespace duet {

namespace {

// "duet", as PRAGMA application_id has it: in the file's header, for whoever wonders what it is.
constexpr std::int64_t application_id = 0x64756574;

// The first step makes the tables of form 1. Integers hold all 64 bits of duet's numbers; times are milliseconds since 1970 (UTC).
constexpr std::array steps = {
    R"(
CREATE TABLE state (
    id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, epoch BLOB);
INSERT INTO state VALUES (1, 0, NULL);

CREATE TABLE person (
    person INTEGER PRIMARY KEY, handle TEXT NOT NULL, name TEXT NOT NULL,
    is_erased INTEGER NOT NULL, stored_bytes INTEGER NOT NULL, time INTEGER NOT NULL);
CREATE INDEX person_by_handle ON person (handle);

CREATE TABLE settings (person INTEGER PRIMARY KEY, settings BLOB NOT NULL);

CREATE TABLE device (
    device INTEGER PRIMARY KEY, person INTEGER NOT NULL, identity BLOB, name TEXT NOT NULL,
    secret BLOB NOT NULL, is_revoked INTEGER NOT NULL, plain_cursor INTEGER NOT NULL,
    time INTEGER NOT NULL);
CREATE INDEX device_by_person ON device (person);
CREATE INDEX device_by_identity ON device (identity) WHERE identity IS NOT NULL;
CREATE INDEX device_by_secret ON device (secret);

CREATE TABLE invitation (
    secret BLOB PRIMARY KEY, what INTEGER NOT NULL, by_person INTEGER NOT NULL,
    with_secret BLOB NOT NULL, expires INTEGER NOT NULL, time INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE conversation (
    low INTEGER NOT NULL, high INTEGER NOT NULL,
    are_contacts INTEGER NOT NULL, contacts_since INTEGER NOT NULL,
    last INTEGER NOT NULL, last_by_low INTEGER NOT NULL, last_by_high INTEGER NOT NULL,
    low_delivered INTEGER NOT NULL, low_read INTEGER NOT NULL,
    low_head_low INTEGER NOT NULL, low_head_high INTEGER NOT NULL,
    high_delivered INTEGER NOT NULL, high_read INTEGER NOT NULL,
    high_head_low INTEGER NOT NULL, high_head_high INTEGER NOT NULL,
    PRIMARY KEY (low, high)) WITHOUT ROWID;
CREATE INDEX conversation_by_high ON conversation (high, low);

CREATE TABLE entry (
    low INTEGER NOT NULL, high INTEGER NOT NULL, seq INTEGER NOT NULL,
    author INTEGER NOT NULL, device INTEGER NOT NULL, n INTEGER NOT NULL,
    feed_low INTEGER NOT NULL, feed_high INTEGER NOT NULL, time INTEGER NOT NULL,
    kind INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (low, high, seq)) WITHOUT ROWID;

CREATE TABLE feed (
    person INTEGER NOT NULL, feed INTEGER NOT NULL, other INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (person, feed)) WITHOUT ROWID;

CREATE TABLE answer (
    device INTEGER NOT NULL, n INTEGER NOT NULL,
    low INTEGER, high INTEGER, seq INTEGER,
    error TEXT, hash BLOB, time INTEGER,
    PRIMARY KEY (device, n)) WITHOUT ROWID;
)",

    // Strangers, choices, recovery. Of a stance: when it last asked, and its flags (1 the other was
    // told, 2 refuses, 4 blocks).
    R"(
ALTER TABLE person ADD COLUMN is_suspended INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN is_awaited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN recovery BLOB;
CREATE INDEX person_by_recovery ON person (recovery) WHERE recovery IS NOT NULL;

ALTER TABLE invitation ADD COLUMN way INTEGER NOT NULL DEFAULT 1;

ALTER TABLE conversation ADD COLUMN low_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN low_stance INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN high_asked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN high_stance INTEGER NOT NULL DEFAULT 0;
CREATE INDEX conversation_asked_by_low ON conversation (low, high) WHERE low_asked <> 0;
CREATE INDEX conversation_asked_by_high ON conversation (high, low) WHERE high_asked <> 0;

CREATE TABLE talk (
    person INTEGER NOT NULL, other INTEGER NOT NULL,
    mute INTEGER NOT NULL, archive INTEGER NOT NULL, pin INTEGER NOT NULL,
    name TEXT NOT NULL, deleted INTEGER NOT NULL, head INTEGER NOT NULL,
    PRIMARY KEY (person, other)) WITHOUT ROWID;
CREATE INDEX talk_by_head ON talk (person, head);

CREATE TABLE announcement (
    device INTEGER PRIMARY KEY, up_to INTEGER NOT NULL, is_done INTEGER NOT NULL);
CREATE INDEX announcement_open ON announcement (device) WHERE NOT is_done;
)",
};

} // namespace

Result<void, SqliteFault> bring_up_schema(Sqlite& connection, std::int64_t version)
{
    check(version == std::int64_t {steps.size()});
    return bring_up(connection, {application_id, "an index of duet's", steps});
}

} // namespace duet
