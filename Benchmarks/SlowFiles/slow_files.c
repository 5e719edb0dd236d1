// A file system that answers late, for programs that are started with LD_PRELOAD=slow_files.so: each question about what lies in
// EPU_SLOW_FOLDER, and the first read of each file there, takes EPU_SLOW_MICROSECONDS more, as on a network. Several threads wait
// at once. With EPU_SLOW_UNKNOWN_TYPES folders do not say what their names are, as great ones on NFS. At the end the file
// EPU_SLOW_REPORT says how many questions were asked, and how many of them waited at once.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_DESCRIPTORS = 4096 };
enum { ELSEWHERE, OPENED, READ };

static const char *slow_folder;
static long microseconds;
static int hides_types;
static _Atomic char state_of[MOST_DESCRIPTORS];
static atomic_long asked, waiting, most_waiting;

__attribute__((constructor)) static void start(void) {
    slow_folder = getenv("EPU_SLOW_FOLDER");
    const char *text = getenv("EPU_SLOW_MICROSECONDS");
    microseconds = text ? atol(text) : 0;
    hides_types = getenv("EPU_SLOW_UNKNOWN_TYPES") != NULL;
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("EPU_SLOW_REPORT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld %ld\n", atomic_load(&asked), atomic_load(&most_waiting));
    fclose(file);
}

static int is_slow(const char *path) {
    return slow_folder && path && strncmp(path, slow_folder, strlen(slow_folder)) == 0;
}

static int is_in_slow_folder(int descriptor, const char *path) {
    return is_slow(path)
        || (path && path[0] != '/' && descriptor >= 0 && descriptor < MOST_DESCRIPTORS && state_of[descriptor] != ELSEWHERE);
}

static void wait_for_answer(void) {
    atomic_fetch_add(&asked, 1);
    long now = atomic_fetch_add(&waiting, 1) + 1, most = atomic_load(&most_waiting);
    while (now > most && !atomic_compare_exchange_weak(&most_waiting, &most, now)) {}
    struct timespec pause = {microseconds / 1000000, microseconds % 1000000 * 1000};
    nanosleep(&pause, NULL);
    atomic_fetch_sub(&waiting, 1);
}

#define THE_SYSTEMS(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int note_open(int descriptor, const char *path) {
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS) state_of[descriptor] = is_slow(path) ? OPENED : ELSEWHERE;
    return descriptor;
}

#define OPEN(name)                                                   \
    int name(const char *path, int flags, ...) {                     \
        mode_t mode = 0;                                             \
        if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) { \
            va_list rest;                                            \
            va_start(rest, flags);                                   \
            mode = va_arg(rest, mode_t);                             \
            va_end(rest);                                            \
        }                                                            \
        if (is_slow(path)) wait_for_answer();                        \
        return note_open(THE_SYSTEMS(name)(path, flags, mode), path); \
    }
OPEN(open)
OPEN(open64)

ssize_t read(int descriptor, void *bytes, size_t count) {
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS && state_of[descriptor] == OPENED) {
        state_of[descriptor] = READ;
        wait_for_answer();
    }
    return THE_SYSTEMS(read)(descriptor, bytes, count);
}

int close(int descriptor) {
    if (descriptor >= 0 && descriptor < MOST_DESCRIPTORS) state_of[descriptor] = ELSEWHERE;
    return THE_SYSTEMS(close)(descriptor);
}

#define STATUS(name, type)                             \
    int name(const char *path, struct type *status) {  \
        if (is_slow(path)) wait_for_answer();          \
        return THE_SYSTEMS(name)(path, status);        \
    }
STATUS(stat, stat)
STATUS(stat64, stat64)
STATUS(lstat, stat)
STATUS(lstat64, stat64)

#define STATUS_AT(name, type)                                                        \
    int name(int folder, const char *path, struct type *status, int flags) {         \
        if (is_in_slow_folder(folder, path)) wait_for_answer();                      \
        return THE_SYSTEMS(name)(folder, path, status, flags);                       \
    }
STATUS_AT(fstatat, stat)
STATUS_AT(fstatat64, stat64)

DIR *opendir(const char *path) {
    if (is_slow(path)) wait_for_answer();
    return THE_SYSTEMS(opendir)(path);
}

#define READDIR(name, type)                                     \
    struct type *name(DIR *folder) {                            \
        struct type *entry = THE_SYSTEMS(name)(folder);         \
        if (entry && hides_types) entry->d_type = DT_UNKNOWN;   \
        return entry;                                           \
    }
READDIR(readdir, dirent)
READDIR(readdir64, dirent64)
