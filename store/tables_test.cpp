#include "store/tables.hpp"

#include "store/memory_index.hpp"
#include "store/store_suite.hpp"

using namespace duet;

namespace {

using Test = StoreTest<MemoryStore>; // for its names

Record said(unsigned seq, std::string body)
{
    return Entry {Test::ada_and_bob, Seq {seq}, Test::ada, Test::ada_phone, N {seq}, Feed {seq},
        Feed {seq}, Time {}, Kind::text, BodyHash {}, std::move(body)};
}

Record gone(unsigned first, unsigned last)
{
    return Gone {Test::ada_and_bob, Seq {first}, Seq {last}, Time {}};
}

} // namespace

TEST_SUITE_BEGIN("tables");

TEST_CASE("what is in two layers at once is counted once")
{
    // So it is for a moment, when the index has followed and the layer is not dropped yet.
    MemoryIndex below;
    Tables tables;
    for (unsigned seq = 1; seq <= 3; ++seq)
        tables.apply(said(seq, "12345"), below);
    REQUIRE(below.follow(tables, 1).has_value());
    CHECK(tables.body_bytes(Test::ada_and_bob, Seq {1}, Seq {9}, below).low == 15);

    Tables emptied;
    emptied.apply(said(1, "12345"), below);
    emptied.apply(gone(1, 1), below);
    CHECK(emptied.body_bytes(Test::ada_and_bob, Seq {1}, Seq {1}, below).low == 0);
}

TEST_CASE("bodies of the erased are not counted, though a layer below still has them")
{
    MemoryIndex below;
    Tables older;
    for (unsigned seq = 1; seq <= 3; ++seq)
        older.apply(said(seq, "12345"), below);
    REQUIRE(below.follow(older, 1).has_value());
    Tables newer;
    newer.apply(PersonErased {Test::ada, Time {}}, below);
    CHECK(newer.body_bytes(Test::ada_and_bob, Seq {1}, Seq {3}, below).low == 0);
}

TEST_CASE("a layer has only the rows that its records touch")
{
    MemoryIndex below;
    Tables older;
    older.apply(PersonAdded {Test::ada, "ada", "Ada", Time {}}, below);
    older.apply(PersonAdded {Test::bob, "bob", "Bob", Time {}}, below);
    older.apply(ContactMade {Test::ada_and_bob, Time {}}, below);
    REQUIRE(below.follow(older, 1).has_value());

    Tables newer;
    CHECK(newer.is_empty());
    newer.apply(said(1, "12345"), below);
    CHECK_FALSE(newer.is_empty());
    CHECK(newer.person(Test::ada)->name == "Ada");
    CHECK(newer.person(Test::ada)->stored_bytes == 5);
    CHECK_FALSE(newer.person(Test::bob).has_value());
    CHECK_FALSE(newer.person_of_handle("ada").has_value());
    CHECK(newer.conversation(Test::ada_and_bob)->bond.are_contacts);
    CHECK_FALSE(newer.last_person().has_value());
}

TEST_CASE("two layers absorbed are one, with what is gone from the older")
{
    MemoryIndex below;
    Tables older;
    older.apply(said(1, "first"), below);
    older.apply(said(2, "second"), below);
    REQUIRE(below.follow(older, 1).has_value());
    Tables newer;
    newer.apply(gone(2, 2), below);
    newer.apply(said(3, "third"), below);

    older.absorb(newer);
    EntryPage page(Test::all);
    older.log(Test::ada_and_bob, Seq {1}, Seq {9}, {}, page);
    CHECK(Test::texts(page.take()) == std::vector<std::string> {"first", "", "third"});
    CHECK(older.last_feed(Test::bob) == Feed {3});
}

TEST_CASE("a range is left without the parts that are gone")
{
    Blanks blanks;
    for (auto const& [first, last] : {std::pair {5u, 7u}, std::pair {2u, 3u}, std::pair {6u, 9u}})
        blanks.add(Gone {Test::ada_and_bob, Seq {first}, Seq {last}, Time {}});
    auto const left = [&](unsigned first, unsigned last) {
        return blanks.uncovered(Test::ada_and_bob, {Seq {first}, Seq {last}});
    };
    using Ranges = std::vector<SeqRange>;
    CHECK(left(1, 12) == Ranges {{Seq {1}, Seq {1}}, {Seq {4}, Seq {4}}, {Seq {10}, Seq {12}}});
    CHECK(left(3, 4) == Ranges {{Seq {4}, Seq {4}}});
    CHECK(left(6, 8) == Ranges {});
    CHECK(left(4, 3) == Ranges {});
    CHECK(blanks.uncovered(Test::bob_and_cleo, {Seq {1}, Seq {2}}) == Ranges {{Seq {1}, Seq {2}}});
}

TEST_SUITE_END();
