// Snapshots of a Brian2 program between two of its time steps, and how it goes on from one (checkpoints.py).
#pragma once
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "write_log.h"

namespace bioplast {

// A file that is read or written, by the same code.
class Snapshot {
    std::FILE* file;
    std::string path;

    void fail(const char* why) {
        std::fprintf(stderr, "checkpoint %s: %s\n", path.c_str(), why);
        std::_Exit(1);
    }

public:
    const bool reads;

    Snapshot(const std::string& path, bool reads)
        : file(std::fopen(path.c_str(), reads ? "rb" : "wb")), path(path), reads(reads) {
        if (!file) fail(reads ? "cannot be read" : "cannot be written");
    }

    void close() {
        if (std::fclose(file)) fail("cannot be written");
    }

    void raw(void* values, size_t n_bytes) {
        const size_t n_done = reads ? std::fread(values, 1, n_bytes, file) : std::fwrite(values, 1, n_bytes, file);
        if (n_done != n_bytes) fail(reads ? "ends too soon" : "cannot be written");
    }

    // What is the same in the program that wrote it.
    void expect(const std::string& text) {
        std::string found = text;
        raw(&found[0], found.size());
        if (found != text) fail("is one of another model; delete it to begin anew");
    }

    template <class T> void value(T& value) {
        static_assert(std::is_trivially_copyable<T>::value, "must be plain bytes");
        raw(&value, sizeof(T));
    }

    template <class T> void array(T* values, size_t n) {
        size_t there = n;
        value(there);
        if (there != n) fail("is one of another model; delete it to begin anew");
        raw(values, n * sizeof(T));
    }

    template <class T> void array(std::vector<T>& values) {
        size_t n = values.size();
        value(n);
        values.resize(n);
        if (n) raw(values.data(), n * sizeof(T));
    }

    template <class T> void array(std::vector<std::vector<T>>& rows) {
        size_t n = rows.size();
        value(n);
        rows.resize(n);
        for (auto& row : rows) array(row);
    }

    template <class Matrix> void matrix(Matrix& values) {
        int n = values.n, m = values.m;
        value(n);
        value(m);
        if (reads) values.resize(n, m);
        for (int row = 0; row < n; row++) array(values(row));
    }

    // The spikes that are under way, and the delays in time steps; they are derived from drawn delays.
    template <class Queue> void queue(Queue& queue, size_t n_delays) {
        array(queue.queue);
        array(queue.synapses);
        value(queue.offset);
        value(queue.dt);
        value(queue.scalar_delay);
        bool has_delays = queue.delays;
        value(has_delays);
        if (!has_delays) return;
        if (reads) {
            delete[] queue.delays;
            queue.delays = new int[n_delays];
        }
        raw(queue.delays, n_delays * sizeof(int));
    }
};

// What is written when, and where the program goes on.
class Checkpoints {
    const std::string model;
    void (*const exchange)(Snapshot&);
    void (*const end)();
    std::string file;
    double every = 0, stop = 0, next = 0;
    int64_t run = -1, goes_on_in = -1;

    static volatile std::sig_atomic_t& asked_to_stop() {
        static volatile std::sig_atomic_t asked = 0;
        return asked;
    }

    void take(Snapshot& snapshot) {
        int64_t number = run;
        snapshot.expect("bioplast checkpoint 1 " + model + "\n");
        snapshot.value(number);
        if (snapshot.reads && goes_on_in < 0) {
            goes_on_in = number;
            return;
        }
        exchange(snapshot);
        take_logs(snapshot);
    }

    // How long they are; what was added later is written over.
    void take_logs(Snapshot& snapshot) {
        uint64_t n_logs = logs().size();
        snapshot.value(n_logs);
        auto next = logs().begin();
        for (uint64_t number = 0; number < n_logs; number++) {
            std::vector<char> path;
            int64_t n_written = 0;
            if (!snapshot.reads) {
                path.assign(next->first.begin(), next->first.end());
                n_written = next->second.n_written;
                std::fflush((next++)->second.file);
            }
            snapshot.array(path);
            snapshot.value(n_written);
            if (snapshot.reads) logs()[std::string(path.begin(), path.end())].n_written = n_written;
        }
    }

    // What is asked for stands beside the program: the file, the time between two snapshots, and when to stop.
    void read_request() {
        std::ifstream request("checkpoint.txt");
        if (!std::getline(request, file) || file.empty()) return;
        request >> every >> stop;
        std::signal(SIGTERM, [](int) { asked_to_stop() = 1; });
        if (std::ifstream(file).good()) load();
    }

    void load() {
        Snapshot snapshot(file, true);
        take(snapshot);
        snapshot.close();
    }

    void save() {
        const std::string unfinished = file + ".part";
        Snapshot snapshot(unfinished, false);
        take(snapshot);
        snapshot.close();
        if (std::rename(unfinished.c_str(), file.c_str())) {
            std::fprintf(stderr, "checkpoint %s: cannot be written\n", file.c_str());
            std::_Exit(1);
        }
    }

    bool stops_at(double t) const {
        return asked_to_stop() || (stop > 0 && t > stop - 1e-9);
    }

    void leave(double completed, double* last_completed) {
        *last_completed = completed;
        end();
        std::exit(0);
    }

public:
    Checkpoints(const char* model, void (*exchange)(Snapshot&), void (*end)())
        : model(model), exchange(exchange), end(end) {}

    // Whether the run that begins is one that was over when the snapshot was taken.
    bool skip_run() {
        if (++run == 0) read_request();
        return run < goes_on_in;
    }

    // Whether the run goes on from a snapshot, which has just been read.
    bool goes_on() {
        const bool here = run == goes_on_in;
        if (here) load();
        goes_on_in = -1;
        return here;
    }

    // A run begins, or goes on, at t.
    void begin(double t, double completed, double* last_completed) {
        if (file.empty()) return;
        if (every > 0) next = every * ((int64_t)((t + 1e-9) / every) + 1);
        if (stop > 0 && stops_at(t)) leave(completed, last_completed);
    }

    // Between two time steps, the next of which is at t.
    void after_step(double t, double completed, double* last_completed) {
        if (file.empty()) return;
        const bool stops = stops_at(t);
        if (!stops && !(every > 0 && t > next - 1e-9)) return;
        save();
        next += every;
        if (stops) leave(completed, last_completed);
    }
};

Checkpoints& checkpoints();

}  // namespace bioplast
