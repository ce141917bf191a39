#include "server/descriptor_passing.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace duet {

namespace {

/// Room for one descriptor, as the system wants it.
struct Control {
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> bytes {};
};

msghdr message(iovec& words, Control& control)
{
    msghdr message {};
    message.msg_iov = &words;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    return message;
}

} // namespace

bool send_with_file(Socket const& socket, Bytes words, Descriptor const& file)
{
    // The system does not write there; its type is for reading, too.
    iovec vector {.iov_base = const_cast<std::byte*>(words.data()), .iov_len = words.size()};
    Control control;
    msghdr const header = message(vector, control);
    cmsghdr* const first = CMSG_FIRSTHDR(&header);
    first->cmsg_level = SOL_SOCKET;
    first->cmsg_type = SCM_RIGHTS;
    first->cmsg_len = CMSG_LEN(sizeof(int));
    int const number = file.number();
    std::memcpy(CMSG_DATA(first), &number, sizeof number);
    ssize_t const sent = ::sendmsg(socket.number(), &header, MSG_NOSIGNAL);
    return sent == static_cast<ssize_t>(words.size());
}

std::optional<std::size_t> receive_with_file(
    Socket const& socket, std::span<std::byte> room, Descriptor& file)
{
    iovec vector {.iov_base = room.data(), .iov_len = room.size()};
    Control control;
    msghdr header = message(vector, control);
    ssize_t bytes = 0;
    do
        bytes = ::recvmsg(socket.number(), &header, MSG_CMSG_CLOEXEC);
    while (bytes < 0 and errno == EINTR);
    if (bytes < 0)
        return std::nullopt;
    cmsghdr const* const first = CMSG_FIRSTHDR(&header);
    if (first != nullptr and first->cmsg_level == SOL_SOCKET and first->cmsg_type == SCM_RIGHTS) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(first), sizeof number);
        file = Descriptor(number);
    }
    return static_cast<std::size_t>(bytes);
}

} // namespace duet
