// What a program leaves behind: the arrays named in BIOPLAST_WANTED, one a line, each in a file of its name.
#pragma once
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

namespace bioplast {

inline bool is_wanted(const std::string& name) {
    static const char* const names = std::getenv("BIOPLAST_WANTED");
    static const std::string wanted = std::string("\n") + (names ? names : "") + "\n";
    return wanted.find("\n" + name + "\n") != std::string::npos;
}

inline void write_if_wanted(const std::string& folder, const char* name, const void* start, size_t n_bytes) {
    if (!is_wanted(name)) return;
    std::ofstream file(folder + name, std::ios::binary);
    file.write((const char*) start, n_bytes).flush();
    if (!file) std::cerr << "cannot write " << n_bytes << " bytes to " << folder << name << std::endl;
}

}  // namespace bioplast
