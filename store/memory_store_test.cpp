#include "store/memory_store.hpp"

#include "store/store_suite.hpp"

using namespace duet;

namespace {

struct InMemory {
    MemoryStore in_memory;

    Store& store() { return in_memory; }
    void settle() { }
};

struct AboveMemoryIndex {
    MemoryIndex index;
    HandMovedStore layers {index};

    Store& store() { return layers; }
};

struct AllInMemoryIndex : AboveMemoryIndex {
    void settle() { layers.follow_all(); }
};

struct InThreeLayersOfMemory : AboveMemoryIndex {
    void settle() { layers.follow_late(); }
};

} // namespace

TEST_SUITE_BEGIN("memory_store");

TEST_CASE_TEMPLATE_INVOKE(store_suite, InMemory, AllInMemoryIndex, InThreeLayersOfMemory);

TEST_SUITE_END();
