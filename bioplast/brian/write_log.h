// Files to which writes of synapses are added as they happen (write_log.py).
#ifndef BIOPLAST_WRITE_LOG_H  // programs with checkpoints have a copy of their own
#define BIOPLAST_WRITE_LOG_H
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace bioplast {

#pragma pack(push, 1)
struct Write {
    double t;
    int32_t i, j;
    double change, weight;
};
#pragma pack(pop)

struct Log {
    std::FILE* file = nullptr;
    int64_t n_written = 0;
};

// By path. What a program goes on with is in here before the first write.
inline std::map<std::string, Log>& logs() {
    static std::map<std::string, Log> all;
    return all;
}

inline Log& open_log(const char* path) {
    Log& log = logs()[path];
    if (!log.file) {
        log.file = std::fopen(path, log.n_written ? "r+b" : "wb");
        if (!log.file || std::fseek(log.file, log.n_written * sizeof(Write), SEEK_SET)) {
            std::fprintf(stderr, "log of writes %s: cannot be written\n", path);
            std::_Exit(1);
        }
    }
    return log;
}

// One that code in other libraries adds to as well.
inline Log open_shared_log(const char* path) {
    Log log;
    log.file = std::fopen(path, "ab");
    if (log.file) std::setvbuf(log.file, nullptr, _IONBF, 0);
    return log;
}

inline double tell(Log& log, bool is_chosen, int i, int j, double t, double before, double after) {
    if (log.file && is_chosen && before != after) {
        const Write write = {t, i, j, after - before, after};
        log.n_written += std::fwrite(&write, sizeof(Write), 1, log.file);
    }
    return 0;
}

}  // namespace bioplast

#endif
