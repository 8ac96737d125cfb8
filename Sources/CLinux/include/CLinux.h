/* What Swift's Glibc overlay cannot express: varargs, macros, and calls hidden behind _GNU_SOURCE (those are in the .c
   file: defined here, that macro would change types that Swift's own Glibc module has seen without it). */
#ifndef ARTICDBM_CLINUX_H
#define ARTICDBM_CLINUX_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Event bits as plain numbers: Swift imports the EPOLL_EVENTS enumeration as a struct. */
enum {
    CLINUX_EPOLLIN = 0x001,
    CLINUX_EPOLLOUT = 0x004,
    CLINUX_EPOLLERR = 0x008,
    CLINUX_EPOLLHUP = 0x010,
    CLINUX_EPOLLRDHUP = 0x2000,
};
#define CLINUX_EPOLLET (1u << 31)

static inline int clinux_epoll_ctl(int epfd, int op, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data = {.u64 = data}};
    return epoll_ctl(epfd, op, fd, &event);
}

static inline uint32_t clinux_event_bits(const struct epoll_event *event) { return event->events; }
static inline uint64_t clinux_event_data(const struct epoll_event *event) { return event->data.u64; }

/* accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC; the descriptor, or -errno. */
int clinux_accept(int fd, struct sockaddr_storage *address, socklen_t *length);

/* The peer's user of a Unix socket (SO_PEERCRED), or -errno. */
int64_t clinux_peer_uid(int fd);

/* Names the calling process's thread; at most 15 bytes count. */
void clinux_name_thread(pthread_t thread, const char *name);

/* A system call past the C library, whose recv, send and epoll_wait are cancellation points: in a process with threads
   each costs two atomic exchanges more. The result, or -errno. */
static inline long clinux_call(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
#else
    long result = syscall(number, a, b, c, d, e, f);
    return result < 0 ? -errno : result;
#endif
}

/* recv/send without signals; the count, or -errno. */
static inline ssize_t clinux_recv(int fd, void *buffer, size_t length, int flags) {
    ssize_t count;
    do {
        count = clinux_call(SYS_recvfrom, fd, (long)buffer, (long)length, flags, 0, 0);
    } while (count == -EINTR);
    return count;
}

static inline ssize_t clinux_send(int fd, const void *buffer, size_t length) {
    ssize_t count;
    do {
        count = clinux_call(SYS_sendto, fd, (long)buffer, (long)length, MSG_NOSIGNAL, 0, 0);
    } while (count == -EINTR);
    return count;
}

/* The number of events, or -errno. */
static inline int clinux_epoll_wait(int epfd, struct epoll_event *events, int capacity, int timeout_ms) {
    return (int)clinux_call(SYS_epoll_pwait, epfd, (long)events, capacity, timeout_ms, 0, 8);
}

static inline int clinux_set_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static inline int clinux_socket_error(int fd) {
    int error = 0;
    socklen_t length = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 ? errno : error;
}

static inline uint64_t clinux_monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t clinux_realtime_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
