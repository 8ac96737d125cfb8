#define _GNU_SOURCE
#include "CLinux.h"

int clinux_accept(int fd, struct sockaddr_storage *address, socklen_t *length) {
    int client = accept4(fd, (struct sockaddr *)address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    return client < 0 ? -errno : client;
}

int64_t clinux_peer_uid(int fd) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0) return -errno;
    return credentials.uid;
}

void clinux_name_thread(pthread_t thread, const char *name) { pthread_setname_np(thread, name); }
