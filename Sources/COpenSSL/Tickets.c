/* Session tickets (RFC 5077, RFC 8446 §4.6.1): keys of the process, so that every loop and every reloaded context
 * takes the tickets of every other; and the decision whether a decrypted ticket may still be used. */
#include "Internal.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

enum { ROTATION_SECONDS = 4 * 3600, TICKET_LIFETIME_SECONDS = 2 * 3600 };

struct ticket_key {
    unsigned char name[16];
    unsigned char cipher[32];
    unsigned char mac[32];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* The present key, and the one before while `count` is 2. */
static struct ticket_key keys[2];
static int count;
static time_t made;
static EVP_CIPHER *cipher;

static time_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec;
}

/* Under the lock. */
static int rotate(void) {
    struct ticket_key fresh;
    if (cipher == NULL) cipher = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
    if (cipher == NULL || RAND_bytes(fresh.name, sizeof fresh.name) != 1
        || RAND_priv_bytes(fresh.cipher, sizeof fresh.cipher) != 1
        || RAND_priv_bytes(fresh.mac, sizeof fresh.mac) != 1)
        return 0;
    keys[1] = keys[0];
    keys[0] = fresh;
    count = count == 0 ? 1 : 2;
    made = now();
    OPENSSL_cleanse(&fresh, sizeof fresh);
    return 1;
}

int cossl_tickets_rotate(void) {
    pthread_mutex_lock(&lock);
    int done = rotate();
    pthread_mutex_unlock(&lock);
    return done;
}

/* Copies the key out: present for a null name, else the named one. 0 none, 1 present, 2 the one before. */
static int find_key(const unsigned char *name, struct ticket_key *key) {
    int found = 0;
    pthread_mutex_lock(&lock);
    int aged = count > 0 && now() - made >= ROTATION_SECONDS;
    if ((count > 0 && !aged) || rotate()) {
        for (int index = 0; index < count && found == 0; index++) {
            if (name == NULL || memcmp(keys[index].name, name, sizeof key->name) == 0) {
                *key = keys[index];
                found = index + 1;
            }
        }
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static int set_mac_key(EVP_MAC_CTX *mac, struct ticket_key *key) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac, sizeof key->mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_CTX_set_params(mac, parameters);
}

/* 1 use, 2 use and issue a fresh ticket, 0 unknown key, -1 failure. */
static int on_ticket_key(
    SSL *session, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *context, EVP_MAC_CTX *mac, int encrypting) {
    (void)session;
    struct ticket_key key;
    int found = find_key(encrypting ? NULL : name, &key);
    if (found == 0) return encrypting ? -1 : 0;
    int done;
    if (encrypting) {
        memcpy(name, key.name, sizeof key.name);
        done = RAND_bytes(iv, EVP_CIPHER_get_iv_length(cipher)) == 1
            && EVP_EncryptInit_ex2(context, cipher, key.cipher, iv, NULL) == 1;
    } else {
        done = EVP_DecryptInit_ex2(context, cipher, key.cipher, iv, NULL) == 1;
    }
    done = done && set_mac_key(mac, &key);
    OPENSSL_cleanse(&key, sizeof key);
    return done ? found : -1;
}

/* A ticket carries the client's certificate as it was verified then; trust, CRLs and clock may say otherwise now.
 * A ticket that isn't good any more falls back to a full handshake, which verifies and refuses in the usual way.
 * Tickets hold the leaf alone: a chain with intermediates the store lacks costs a full handshake each time. */
static SSL_TICKET_RETURN on_ticket(
    SSL *session, SSL_SESSION *stored, const unsigned char *name, size_t length, SSL_TICKET_STATUS status,
    void *unused) {
    (void)name, (void)length, (void)unused;
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
    /* A TLS 1.3 client uses a ticket once and needs the next; a TLS 1.2 client keeps its own while the key is new. */
    int renew = status == SSL_TICKET_SUCCESS_RENEW || SSL_SESSION_get_protocol_version(stored) >= TLS1_3_VERSION;
    SSL_TICKET_RETURN use = renew ? SSL_TICKET_RETURN_USE_RENEW : SSL_TICKET_RETURN_USE;
    X509 *leaf = SSL_SESSION_get0_peer(stored);
    int mode = SSL_get_verify_mode(session);
    if (leaf == NULL) return mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT ? SSL_TICKET_RETURN_IGNORE_RENEW : use;
    if (mode == SSL_VERIFY_NONE || !cossl_verify_again(session, leaf, NULL)) return SSL_TICKET_RETURN_IGNORE_RENEW;
    return use;
}

int cossl_tickets_install(SSL_CTX *context) {
    /* Stateless tickets only: nothing to share or to expire on this side. */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(context, TICKET_LIFETIME_SECONDS);
    return SSL_CTX_set_num_tickets(context, 1) && SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket_key)
        && SSL_CTX_set_session_ticket_cb(context, NULL, on_ticket, NULL);
}
