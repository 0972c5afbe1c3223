// Courses of a trial, (n_steps, n) each, in memory that the process which started the program sees too
// (see bioplast/backends/programs/tape.py).
#pragma once

namespace bioplast {

extern char* courses[16];  // where each begins

template <class T> static inline T* course(int number) { return (T*) courses[number]; }

}  // namespace bioplast
