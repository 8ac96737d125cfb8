#include "Internal.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <sys/socket.h>

/* ---- The socket. The BIO's data pointer holds the descriptor and what the last recv said. ---- */

enum { FLAG_SHORT = 1, FLAG_EMPTY = 2, FLAG_END = 4, FLAGS = 7, DESCRIPTOR_SHIFT = 3 };

static pthread_once_t prepared = PTHREAD_ONCE_INIT;
static BIO_METHOD *method;
static int error_index = -1;

static uintptr_t bio_state(BIO *bio) { return (uintptr_t)BIO_get_data(bio); }

static void set_flags(BIO *bio, uintptr_t flags) {
    BIO_set_data(bio, (void *)((bio_state(bio) & ~(uintptr_t)FLAGS) | flags));
}

static int would_block(int code) { return code == EAGAIN || code == EWOULDBLOCK || code == EINTR; }

static int on_read(BIO *bio, char *buffer, size_t size, size_t *count) {
    BIO_clear_retry_flags(bio);
    ssize_t received;
    do {
        received = recv((int)(bio_state(bio) >> DESCRIPTOR_SHIFT), buffer, size, 0);
    } while (received < 0 && errno == EINTR);
    if (received > 0) {
        *count = (size_t)received;
        set_flags(bio, *count < size ? FLAG_SHORT : 0);
        return 1;
    }
    *count = 0;
    if (received == 0) {
        set_flags(bio, FLAG_END | FLAG_EMPTY);
        return 0;
    }
    if (would_block(errno)) {
        set_flags(bio, FLAG_EMPTY);
        BIO_set_retry_read(bio);
    }
    return -1;
}

static int on_write(BIO *bio, const char *data, size_t size, size_t *count) {
    BIO_clear_retry_flags(bio);
    ssize_t sent;
    do {
        sent = send((int)(bio_state(bio) >> DESCRIPTOR_SHIFT), data, size, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    *count = sent > 0 ? (size_t)sent : 0;
    if (sent > 0) return 1;
    if (sent < 0 && would_block(errno)) BIO_set_retry_write(bio);
    return -1;
}

static long on_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static int on_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static void prepare(void) {
    error_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "non-blocking socket");
    if (made != NULL && BIO_meth_set_read_ex(made, on_read) && BIO_meth_set_write_ex(made, on_write)
        && BIO_meth_set_ctrl(made, on_control) && BIO_meth_set_create(made, on_create))
        method = made;
}

int cossl_attach(SSL *session, int descriptor) {
    if (method == NULL || error_index < 0 || descriptor < 0) return 0;
    BIO *bio = BIO_new(method);
    if (bio == NULL) return 0;
    BIO_set_data(bio, (void *)((uintptr_t)descriptor << DESCRIPTOR_SHIFT));
    SSL_set_bio(session, bio, bio);
    return 1;
}

/* ---- Life ---- */

static SSL *new_session(SSL_CTX *context, int descriptor) {
    pthread_once(&prepared, prepare);
    ERR_clear_error();
    SSL *session = SSL_new(context);
    if (session == NULL || cossl_attach(session, descriptor)) return session;
    SSL_free(session);
    return NULL;
}

cossl_session *cossl_server_session_new(cossl_context *context, int descriptor) {
    SSL *session = new_session(context, descriptor);
    if (session != NULL) SSL_set_accept_state(session);
    return session;
}

static int require_host(SSL *session, const char *host) {
    X509_VERIFY_PARAM *parameters = SSL_get0_param(session);
    /* An empty name would switch the check off. */
    if (host[0] == 0) return 0;
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host)) return 1;
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(parameters, host, 0);
}

cossl_session *cossl_client_session_new(
    cossl_context *context, int descriptor, const char *host, int check_host, int send_name) {
    SSL *session = new_session(context, descriptor);
    if (session == NULL) return NULL;
    SSL_set_connect_state(session);
    if ((!check_host || require_host(session, host)) && (!send_name || SSL_set_tlsext_host_name(session, host))
        && cossl_cache_offer(session, host))
        return session;
    SSL_free(session);
    return NULL;
}

void cossl_session_free(cossl_session *session) {
    /* SSL_free takes a connection without close_notify for broken and spoils its cached session (a TLS 1.0 rule). */
    if (session != NULL && SSL_is_init_finished(session))
        SSL_set_shutdown(session, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(session);
}

/* ---- Input and output ---- */

/* The queue's first entry of libssl says what went wrong in the protocol; those before it are lower layers' details. */
static unsigned long reason_of_failure(void) {
    unsigned long first = ERR_peek_error();
    unsigned long code;
    while ((code = ERR_get_error()) != 0) {
        if (ERR_GET_LIB(code) != ERR_LIB_SSL) continue;
        first = code;
        break;
    }
    ERR_clear_error();
    return first;
}

/* Right after the failed call, on its thread: errno and the error queue are still its own. */
static long outcome(SSL *session, int result) {
    int system_error = errno;
    int kind = SSL_get_error(session, result);
    if (kind == SSL_ERROR_WANT_READ) return COSSL_WANT_READ;
    if (kind == SSL_ERROR_WANT_WRITE) return COSSL_WANT_WRITE;
    if (kind == SSL_ERROR_ZERO_RETURN) return COSSL_END;
    SSL_set_ex_data(session, error_index, (void *)(uintptr_t)reason_of_failure());
    if (kind == SSL_ERROR_SSL) return -(COSSL_FAILED + EPROTO);
    if (system_error != 0 && !would_block(system_error)) return -(COSSL_FAILED + system_error);
    /* An end without close_notify sets no errno. */
    return -(COSSL_FAILED + (bio_state(SSL_get_rbio(session)) & FLAG_END ? ECONNRESET : EPROTO));
}

long cossl_session_handshake(cossl_session *session) {
    ERR_clear_error();
    errno = 0;
    int result = SSL_do_handshake(session);
    if (result == 1) return 1;
    long failure = outcome(session, result);
    return failure == COSSL_END ? -(COSSL_FAILED + ECONNRESET) : failure;
}

long cossl_session_read(cossl_session *session, void *buffer, size_t length) {
    ERR_clear_error();
    errno = 0;
    size_t total = 0;
    for (;;) {
        size_t count = 0;
        int result = SSL_read_ex(session, (char *)buffer + total, length - total, &count);
        /* What ends the stream is said again by the next call; the bytes before it go out first. */
        if (result != 1) return total > 0 ? (long)total : outcome(session, result);
        total += count;
        if (total == length || !SSL_has_pending(session)) return (long)total;
    }
}

long cossl_session_write(cossl_session *session, const void *data, size_t length) {
    ERR_clear_error();
    errno = 0;
    size_t total = 0;
    for (;;) {
        size_t count = 0;
        int result = SSL_write_ex(session, (const char *)data + total, length - total, &count);
        if (result != 1) return total > 0 ? (long)total : outcome(session, result);
        total += count;
        if (total == length) return (long)total;
    }
}

int cossl_session_has_pending(const cossl_session *session) { return SSL_has_pending(session); }

int cossl_session_is_drained(const cossl_session *session) {
    uintptr_t state = bio_state(SSL_get_rbio(session));
    /* OpenSSL asks the kernel only when it holds no whole record. */
    return state & FLAG_EMPTY ? SSL_pending(session) == 0 : (state & FLAG_SHORT) && !SSL_has_pending(session);
}

void cossl_session_shutdown(cossl_session *session) {
    /* Not before the handshake ended, nor after a fatal alert, which leaves the state machine unfinished. */
    if (!SSL_is_init_finished(session) || SSL_get_shutdown(session) & SSL_SENT_SHUTDOWN) return;
    ERR_clear_error();
    SSL_shutdown(session);
    ERR_clear_error();
}

/* ---- Errors ---- */

unsigned long cossl_session_error(const cossl_session *session) {
    return (unsigned long)(uintptr_t)SSL_get_ex_data(session, error_index);
}

long cossl_session_verify_result(const cossl_session *session) { return SSL_get_verify_result(session); }

const char *cossl_verify_text(long result) { return X509_verify_cert_error_string(result); }

const char *cossl_error_text(unsigned long code) { return code == 0 ? NULL : ERR_reason_error_string(code); }

unsigned long cossl_take_error(void) {
    unsigned long first = ERR_get_error();
    ERR_clear_error();
    return first;
}

/* ---- What was agreed ---- */

const char *cossl_session_version(const cossl_session *session) { return SSL_get_version(session); }

const char *cossl_session_cipher(const cossl_session *session) { return SSL_get_cipher_name(session); }

int cossl_session_cipher_bits(const cossl_session *session) { return SSL_get_cipher_bits(session, NULL); }

int cossl_session_was_resumed(const cossl_session *session) { return SSL_session_reused(session); }

const char *cossl_session_server_name(const cossl_session *session) {
    return SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
}

const uint8_t *cossl_session_alpn(const cossl_session *session, size_t *length) {
    const unsigned char *name = NULL;
    unsigned size = 0;
    SSL_get0_alpn_selected(session, &name, &size);
    *length = size;
    return name;
}
