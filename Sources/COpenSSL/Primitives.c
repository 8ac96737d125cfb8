#include "COpenSSL.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>

/* Fetched once: looking an algorithm up costs more than hashing a short message. */
static EVP_MD *digests[3];
static EVP_MAC_CTX *hmac_template;
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void) {
    digests[COSSL_MD5] = EVP_MD_fetch(NULL, "MD5", NULL);
    digests[COSSL_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
    digests[COSSL_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    if (hmac == NULL) return;
    EVP_MAC_CTX *context = EVP_MAC_CTX_new(hmac);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    if (context != NULL && EVP_MAC_CTX_set_params(context, parameters)) hmac_template = context;
    EVP_MAC_free(hmac);
}

int cossl_random(void *out, size_t length) { return RAND_bytes_ex(NULL, out, length, 0) == 1; }

int cossl_equal(const void *a, const void *b, size_t length) { return CRYPTO_memcmp(a, b, length) == 0; }

void cossl_cleanse(void *memory, size_t length) { OPENSSL_cleanse(memory, length); }

int cossl_digest(int algorithm, const void *data, size_t length, uint8_t *out) {
    pthread_once(&fetched, fetch);
    if (algorithm < COSSL_MD5 || algorithm > COSSL_SHA256 || digests[algorithm] == NULL) return 0;
    return EVP_Digest(data, length, out, NULL, digests[algorithm], NULL) == 1;
}

int cossl_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, uint8_t out[32]) {
    pthread_once(&fetched, fetch);
    if (hmac_template == NULL) return 0;
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(hmac_template);
    if (context == NULL) return 0;
    size_t written = 0;
    /* An empty key is a key: a null pointer would mean "the key set before". */
    int done = EVP_MAC_init(context, key_length > 0 ? key : (const void *)"", key_length, NULL) == 1
        && EVP_MAC_update(context, data, length) == 1 && EVP_MAC_final(context, out, &written, 32) == 1;
    EVP_MAC_CTX_free(context);
    return done && written == 32;
}

int cossl_pbkdf2_sha256(
    const void *password, size_t password_length, const void *salt, size_t salt_length, int iterations,
    uint8_t out[32]) {
    pthread_once(&fetched, fetch);
    if (digests[COSSL_SHA256] == NULL || iterations < 1 || password_length > 0x7fffffff || salt_length > 0x7fffffff)
        return 0;
    /* A null password means "as a C string" to OpenSSL. */
    const char *bytes = password_length > 0 ? password : "";
    return PKCS5_PBKDF2_HMAC(
               bytes, (int)password_length, salt, (int)salt_length, iterations, digests[COSSL_SHA256], 32, out) == 1;
}
