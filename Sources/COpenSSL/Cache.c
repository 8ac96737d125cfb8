/* A client context's cache of sessions: a ring of a few, by the peer's host name. */
#include "Internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLOTS = 16 };

struct cache {
    pthread_mutex_t lock;
    unsigned next;
    struct {
        char *host;
        SSL_SESSION *stored;
    } slots[SLOTS];
};

static pthread_once_t indices_made = PTHREAD_ONCE_INIT;
static int cache_index = -1;
static int host_index = -1;

static void free_cache(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argument, void *other) {
    (void)parent, (void)data, (void)index, (void)argument, (void)other;
    struct cache *cache = pointer;
    if (cache == NULL) return;
    for (int slot = 0; slot < SLOTS; slot++) {
        free(cache->slots[slot].host);
        SSL_SESSION_free(cache->slots[slot].stored);
    }
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static void free_host(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index, long argument, void *other) {
    (void)parent, (void)data, (void)index, (void)argument, (void)other;
    free(pointer);
}

static void make_indices(void) {
    cache_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, free_cache);
    host_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, free_host);
}

/* 1 keeps the reference that came with the session. */
static int on_new_session(SSL *session, SSL_SESSION *stored) {
    struct cache *cache = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), cache_index);
    const char *host = SSL_get_ex_data(session, host_index);
    char *key = cache != NULL && host != NULL ? strdup(host) : NULL;
    if (key == NULL) return 0;
    pthread_mutex_lock(&cache->lock);
    unsigned slot = cache->next++ % SLOTS;
    char *old_host = cache->slots[slot].host;
    SSL_SESSION *old = cache->slots[slot].stored;
    cache->slots[slot].host = key;
    cache->slots[slot].stored = stored;
    pthread_mutex_unlock(&cache->lock);
    free(old_host);
    SSL_SESSION_free(old);
    return 1;
}

static int is_usable(const SSL_SESSION *stored) {
    return SSL_SESSION_is_resumable(stored)
        && (long)time(NULL) < SSL_SESSION_get_time(stored) + SSL_SESSION_get_timeout(stored);
}

/* The newest usable session for a host with a reference of its own. TLS 1.3 tickets are used once (RFC 8446 §C.4). */
static SSL_SESSION *take(struct cache *cache, const char *host) {
    SSL_SESSION *found = NULL;
    pthread_mutex_lock(&cache->lock);
    for (unsigned back = 1; back <= SLOTS && found == NULL; back++) {
        unsigned slot = (cache->next - back) % SLOTS;
        SSL_SESSION *stored = cache->slots[slot].stored;
        if (stored == NULL || strcmp(cache->slots[slot].host, host) != 0 || !is_usable(stored)) continue;
        found = stored;
        if (SSL_SESSION_get_protocol_version(stored) >= TLS1_3_VERSION) {
            free(cache->slots[slot].host);
            cache->slots[slot].host = NULL;
            cache->slots[slot].stored = NULL;
        } else {
            SSL_SESSION_up_ref(stored);
        }
    }
    pthread_mutex_unlock(&cache->lock);
    return found;
}

int cossl_cache_install(SSL_CTX *context) {
    pthread_once(&indices_made, make_indices);
    struct cache *cache = calloc(1, sizeof *cache);
    if (cache == NULL) return 0;
    pthread_mutex_init(&cache->lock, NULL);
    if (cache_index < 0 || host_index < 0 || !SSL_CTX_set_ex_data(context, cache_index, cache)) {
        pthread_mutex_destroy(&cache->lock);
        free(cache);
        return 0;
    }
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_new_session);
    return 1;
}

int cossl_cache_offer(SSL *session, const char *host) {
    char *key = strdup(host);
    if (key == NULL) return 0;
    if (!SSL_set_ex_data(session, host_index, key)) {
        free(key);
        return 0;
    }
    struct cache *cache = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), cache_index);
    SSL_SESSION *stored = cache != NULL ? take(cache, host) : NULL;
    if (stored == NULL) return 1;
    /* A resumed server sends no certificate: what was true when it was stored must be true now. Without a session the
     * full handshake decides. */
    if (SSL_set_session(session, stored) && SSL_get_verify_mode(session) != SSL_VERIFY_NONE) {
        X509 *leaf = SSL_SESSION_get0_peer(stored);
        if (leaf == NULL || !cossl_verify_again(session, leaf, SSL_get_peer_cert_chain(session)))
            SSL_set_session(session, NULL);
    }
    SSL_SESSION_free(stored);
    return 1;
}
