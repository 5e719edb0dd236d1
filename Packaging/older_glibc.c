/* Functions that glibc got or changed after 2.34: programs that call them do not start with an older glibc, as RHEL 9 has it. */

#include <stdlib.h>
#include <unistd.h>

/* 2.35 gave hypot and hypotf a new version. The older one is still in all of them and, on one machine, returns the same: with
   --wrap=hypot and --wrap=hypotf, calls come here and go on to it. */
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define OLDEST "GLIBC_2.17"
#endif

double older_hypot(double x, double y);
float older_hypotf(float x, float y);
__asm__(".symver older_hypot, hypot@" OLDEST);
__asm__(".symver older_hypotf, hypotf@" OLDEST);

double __wrap_hypot(double x, double y) { return older_hypot(x, y); }
float __wrap_hypotf(float x, float y) { return older_hypotf(x, y); }

/* 2.36 has this, and libstdc++ calls it for std::random_device, which nothing here uses. Hidden, so that no other library calls
   it instead of its own. */
__attribute__((visibility("hidden"))) unsigned int arc4random(void) {
    unsigned int value;
    if (getentropy(&value, sizeof value) != 0) abort();
    return value;
}
