// Which branches of our templates a program took, told once each in the file named by BIOPLAST_TAKEN; nothing,
// and no code, unless it is compiled with -DBIOPLAST_TELL.
#pragma once
#ifdef BIOPLAST_TELL
#include <cstdlib>
#include <fstream>

namespace bioplast {

inline bool tell(const char* code, const char* branch) {
    if (const char* path = std::getenv("BIOPLAST_TAKEN"))
        std::ofstream(path, std::ios::app) << code << ' ' << branch << std::endl;
    return true;
}

}  // namespace bioplast
#define BIOPLAST_TAKEN(code, branch) { static const bool told = bioplast::tell(code, branch); (void) told; }
#else
#define BIOPLAST_TAKEN(code, branch)
#endif
