// A program that stays: it shows its network one chunk of trials after the other, and ends with the process
// that started it. What goes over the pipes and through the sheet of memory that both see is said in
// bioplast/backends/programs/process.py.
#pragma once
#include "stimulus.h"
#include "tape.h"
#include <csignal>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <sys/time.h>
#include <unistd.h>
#include <vector>

namespace bioplast {

const uint8_t* images = nullptr;
const Shown* trials = nullptr;
long n_trials = 0;
char* courses[16] = {};

static pid_t parent;

[[noreturn]] static void fail(const std::string& reason) {
    std::fprintf(stderr, "%s\n", reason.c_str());
    _exit(1);
}

static void end_if_alone(int) {
    if (getppid() != parent) _exit(1);
}

// A file mapped into memory; what was mapped before is not.
class Mapping {
    void* address = nullptr;
    size_t size = 0;

public:
    void map(int file, size_t n_bytes, int protection, const char* what) {
        if (address) munmap(address, size);
        size = n_bytes;
        address = mmap(nullptr, size, protection, MAP_SHARED, file, 0);
        if (address == MAP_FAILED) fail(std::string("cannot map ") + what + ": " + std::strerror(errno));
    }
    char* start() const { return (char*) address; }
    size_t n_bytes() const { return size; }
};

// An array of the network, and what it held before the first chunk.
struct Array {
    size_t n_item = 0;  // bytes of an item
    bool is_fixed = false;  // nothing writes to it
    bool is_given = false;
    std::function<char*()> start;
    std::function<size_t()> n_items;
    std::function<void(size_t)> resize;
    size_t n_first = 0;
    std::string first;  // empty if that is all zeros

    size_t n_bytes() const { return n_items() * n_item; }

    void keep() {
        n_first = n_items();
        const char* const begin = start();
        for (size_t b = 0; b < n_bytes() && first.empty(); ++b)
            if (begin[b]) first.assign(begin, n_bytes());
    }

    void restore() {
        resize(n_first);
        if (!n_first) return;
        if (first.empty())
            std::memset(start(), 0, n_bytes());
        else
            std::memcpy(start(), first.data(), n_bytes());
    }
};

class Chunks {
    std::map<std::string, Array> arrays;
    std::vector<std::function<void()>> clearings;
    std::vector<const Array*> wanted;
    std::string images_path;
    Mapping images_map, sheet, tape;
    const int sheet_file;
    FILE* const replies;
    bool is_begun = false;

    Array& find(const char* name) {
        const auto found = arrays.find(name);
        if (found == arrays.end()) fail(std::string("there is no array ") + name);
        return found->second;
    }

    void show(const std::string& path) {
        if (path == images_path) return;
        const int file = open(path.c_str(), O_RDONLY);
        struct stat status;
        if (file < 0 || fstat(file, &status)) fail(path + ": " + std::strerror(errno));
        images_map.map(file, status.st_size, PROT_READ, path.c_str());
        close(file);
        images = (const uint8_t*) images_map.start();
        images_path = path;
    }

    // Where the courses of a trial lie, in bytes of the tape, and how long that is.
    void mount(const int64_t* starts, size_t n_courses) {
        const size_t n_bytes = starts[n_courses];
        if (tape.n_bytes() != n_bytes)
            tape.map(std::atoi(std::getenv("BIOPLAST_TAPE")), n_bytes, PROT_READ | PROT_WRITE, "the tape");
        for (size_t c = 0; c < n_courses; ++c) courses[c] = tape.start() + starts[c];
    }

    // Values of all items, or one for all of them.
    void give(const char* name, const char* values, size_t n_bytes) {
        Array& array = find(name);
        const size_t n_all = array.n_bytes();
        if (n_bytes == n_all)
            std::memcpy(array.start(), values, n_all);
        else if (n_bytes == array.n_item)
            for (size_t b = 0; b < n_all; b += n_bytes) std::memcpy(array.start() + b, values, n_bytes);
        else
            fail(std::string(name) + " has " + std::to_string(n_all) + " bytes and was given " +
                 std::to_string(n_bytes));
        array.is_given = true;
    }

    // Bring the network to where it was before the first chunk, but for what was given.
    void restore() {
        if (is_begun) {
            for (auto& named : arrays)
                if (!named.second.is_given && !named.second.is_fixed) named.second.restore();
            for (const auto& clear : clearings) clear();
        }
        for (auto& named : arrays) named.second.is_given = false;
        is_begun = true;
    }

public:
    Chunks() : sheet_file(std::atoi(std::getenv("BIOPLAST_SHEET"))), replies(fdopen(dup(1), "w")) {
        dup2(2, 1);  // what else is printed is no reply
        std::signal(SIGINT, SIG_IGN);  // it is for the process that started this one
        parent = getppid();
        struct sigaction action = {};
        action.sa_handler = end_if_alone;
        action.sa_flags = SA_RESTART;
        sigaction(SIGALRM, &action, nullptr);
        const struct itimerval each_second = {{1, 0}, {1, 0}};
        setitimer(ITIMER_REAL, &each_second, nullptr);
    }

    template <class T> void know(const char* name, bool is_fixed, std::vector<T>& values) {
        Array& array = arrays[name];
        array.n_item = sizeof(T);
        array.is_fixed = is_fixed;
        array.start = [&values] { return (char*) values.data(); };
        array.n_items = [&values] { return values.size(); };
        array.resize = [&values](size_t n) { values.resize(n); };
    }

    template <class T> void know(const char* name, bool is_fixed, T* values, size_t n) {
        Array& array = arrays[name];
        array.n_item = sizeof(T);
        array.is_fixed = is_fixed;
        array.start = [values] { return (char*) values; };
        array.n_items = [n] { return n; };
        array.resize = [](size_t) {};
    }

    // Spikes of a pathway that are on their way at the end of a chunk arrive nowhere.
    template <class Pathway> void know_pathway(Pathway& pathway) {
        clearings.push_back([&pathway] {
            for (auto* const queue : pathway.queue) {
                for (auto& arriving : queue->queue) arriving.clear();
                queue->offset = 0;
            }
        });
    }

    // All arrays are known and hold what they hold before a chunk.
    void keep() {
        for (auto& named : arrays)
            if (!named.second.is_fixed) named.second.keep();
    }

    // Whether there is another chunk, which then can be run.
    bool begin() {
        char word[16], name[1024];
        long start, n_bytes;
        wanted.clear();
        while (std::scanf("%15s %1023s %ld %ld", word, name, &start, &n_bytes) == 4) {
            const std::string request = word;
            if (request == "sheet") sheet.map(sheet_file, n_bytes, PROT_READ | PROT_WRITE, "the sheet");
            const char* const values = sheet.start() + start;
            if (request == "images") show(std::string(values, n_bytes));
            if (request == "trials") {
                trials = (const Shown*) values;
                n_trials = n_bytes / sizeof(Shown);
            }
            if (request == "tape") mount((const int64_t*) values, n_bytes / sizeof(int64_t) - 1);
            if (request == "give") give(name, values, n_bytes);
            if (request == "want") wanted.push_back(&find(name));
            if (request == "run") {
                restore();
                return true;
            }
        }
        return false;
    }

    // Leave what is wanted on the sheet, one array after the other.
    void end() {
        size_t n_bytes = 0;
        for (const Array* array : wanted) n_bytes += array->n_bytes();
        if (n_bytes > sheet.n_bytes()) {
            if (ftruncate(sheet_file, n_bytes)) fail(std::string("no room for results: ") + std::strerror(errno));
            sheet.map(sheet_file, n_bytes, PROT_READ | PROT_WRITE, "the sheet");
        }
        char* next = sheet.start();
        for (const Array* array : wanted) {
            if (array->n_bytes()) std::memcpy(next, array->start(), array->n_bytes());
            next += array->n_bytes();
            std::fprintf(replies, "%zu ", array->n_bytes());
        }
        std::fprintf(replies, "\n");
        std::fflush(replies);
    }
};

}  // namespace bioplast
