// Entries, as the user of the library sees them.

#pragma once

#include "client/duet.hpp"
#include "core/device_side.hpp"

namespace duet {

/// What has become of a message, by how far the other person has got, and whether they were asked and have
/// not answered. It must be complete but for that.
MessageState state_of(Message const& message, Seq delivered, Seq read, bool is_asked);

/// `talk` is what is known of its conversation; null if nothing is.
Message message_of(EntryEvent const& entry, DeviceData::Talk const* talk);

} // namespace duet
