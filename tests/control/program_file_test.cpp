#include "control/program_file.h"
#include "support/catch.h"
#include "support/lab_under_test.h"

#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include <elf.h>

namespace netlab::test {

namespace {

struct Segment {
    Elf64_Word type;
    std::string bytes;
};

/// An ELF file of these segments.
std::string elf(const std::vector<Segment>& segments, unsigned char width = ELFCLASS64) {
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = width;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    header.e_phnum = static_cast<Elf64_Half>(segments.size());
    std::string text{reinterpret_cast<const char*>(&header), sizeof header};
    auto at = text.size() + segments.size() * sizeof(Elf64_Phdr);
    for (const auto& segment : segments) {
        Elf64_Phdr one{};
        one.p_type = segment.type;
        one.p_offset = at;
        one.p_filesz = segment.bytes.size();
        one.p_align = 4;
        text.append(reinterpret_cast<const char*>(&one), sizeof one);
        at += segment.bytes.size();
    }
    for (const auto& segment : segments) {
        text += segment.bytes;
    }
    return text;
}

std::string note(const std::string& name, Elf64_Word type, const std::string& text) {
    const Elf64_Nhdr header{static_cast<Elf64_Word>(name.size()),
                            static_cast<Elf64_Word>(text.size()), type};
    auto bytes = std::string{reinterpret_cast<const char*>(&header), sizeof header} + name;
    bytes.resize((bytes.size() + 3) / 4 * 4);
    bytes += text;
    bytes.resize((bytes.size() + 3) / 4 * 4);
    return bytes;
}

} // namespace

TEST_CASE("a program's file says whether it can go by its node's clock") {
    const Workshop workshop;
    const auto why = [&](const std::string& text) {
        return why_not_preloadable(workshop.write("program", text).string());
    };
    const Segment glibc{PT_INTERP, "/lib64/ld-linux-x86-64.so.2"};
    const Segment build{PT_NOTE, note("GNU", 3, "12345") + note("Go", 4, "abc")};
    const Segment other{PT_NOTE, note("GNU", 3, "12345")};
    CHECK(why(elf({glibc, other})).empty());
    CHECK(why(elf({other})) == "it is static");
    CHECK(why(elf({glibc, build})) == "it is written in Go");
    CHECK(why(elf({{PT_INTERP, "/lib/ld-musl-x86_64.so.1"}})) == "its libc is not glibc");
    CHECK(why(elf({glibc}, ELFCLASS32)) == "it is a program of 32 bits");
    CHECK(why("#!/bin/sh\n").empty());
    CHECK(why(elf({{PT_NOTE, note("Go", 4, "abc").substr(0, 9)}})) == "it is static");
}

} // namespace netlab::test
