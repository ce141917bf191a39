// Owns one file descriptor: closed once, by its last holder.

#pragma once

#include <unistd.h>

#include <utility>

namespace duet {

class Descriptor {
public:
    Descriptor() = default;

    /// Takes over `number`, which nobody else may close.
    explicit Descriptor(int number) : number_(number) { }

    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) { }

    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(number_, other.number_);
        return *this;
    }

    ~Descriptor()
    {
        // Never again on EINTR: on Linux the number is free by then, and may be somebody else's.
        if (is_open())
            ::close(number_);
    }

    [[nodiscard]] bool is_open() const { return number_ >= 0; }
    [[nodiscard]] int number() const { return number_; }

    /// Closes it now.
    void close() { Descriptor gone(std::move(*this)); }

private:
    int number_ = -1;
};

} // namespace duet
