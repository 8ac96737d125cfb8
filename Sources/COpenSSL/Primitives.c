#include "COpenSSL.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <string.h>

/* Fetched once: looking an algorithm up costs more than hashing a short message. */
static EVP_MD *digests[3];
static pthread_once_t fetched = PTHREAD_ONCE_INIT;

static void fetch(void) {
    digests[COSSL_MD5] = EVP_MD_fetch(NULL, "MD5", NULL);
    digests[COSSL_SHA1] = EVP_MD_fetch(NULL, "SHA1", NULL);
    digests[COSSL_SHA256] = EVP_MD_fetch(NULL, "SHA256", NULL);
}

/* A request to OpenSSL's generator costs some microseconds whatever its size: small ones are served from a stock of the
   thread's own, each byte of which is wiped as it is given out. The process never forks without exec. */
enum { STOCK = 512, SMALL = 64 };
static __thread uint8_t stock[STOCK];
static __thread size_t stocked;

int cossl_random(void *out, size_t length) {
    if (length > SMALL) return RAND_bytes_ex(NULL, out, length, 0) == 1;
    if (stocked < length) {
        if (RAND_bytes_ex(NULL, stock, STOCK, 0) != 1) return 0;
        stocked = STOCK;
    }
    stocked -= length;
    memcpy(out, stock + stocked, length);
    OPENSSL_cleanse(stock + stocked, length);
    return 1;
}

int cossl_equal(const void *a, const void *b, size_t length) { return CRYPTO_memcmp(a, b, length) == 0; }

void cossl_cleanse(void *memory, size_t length) { OPENSSL_cleanse(memory, length); }

int cossl_digest(int algorithm, const void *data, size_t length, uint8_t *out) {
    pthread_once(&fetched, fetch);
    if (algorithm < COSSL_MD5 || algorithm > COSSL_SHA256 || digests[algorithm] == NULL) return 0;
    return EVP_Digest(data, length, out, NULL, digests[algorithm], NULL) == 1;
}

/* RFC 2104 on the digest itself: EVP_MAC costs ten times the hashing of a short message. */
int cossl_hmac_sha256(const void *key, size_t key_length, const void *data, size_t length, uint8_t out[32]) {
    enum { BLOCK = 64, SIZE = 32 };
    static __thread EVP_MD_CTX *context;
    pthread_once(&fetched, fetch);
    const EVP_MD *sha256 = digests[COSSL_SHA256];
    if (sha256 == NULL) return 0;
    if (context == NULL && (context = EVP_MD_CTX_new()) == NULL) return 0;
    uint8_t pad[BLOCK] = {0};
    uint8_t inner[SIZE];
    if (key_length > BLOCK) {
        if (EVP_Digest(key, key_length, pad, NULL, sha256, NULL) != 1) return 0;
    } else if (key_length > 0) {
        memcpy(pad, key, key_length);
    }
    for (size_t index = 0; index < BLOCK; index++) pad[index] ^= 0x36;
    int done = EVP_DigestInit_ex2(context, sha256, NULL) == 1 && EVP_DigestUpdate(context, pad, BLOCK) == 1
        && EVP_DigestUpdate(context, data, length) == 1 && EVP_DigestFinal_ex(context, inner, NULL) == 1;
    for (size_t index = 0; index < BLOCK; index++) pad[index] ^= 0x36 ^ 0x5c;
    done = done && EVP_DigestInit_ex2(context, sha256, NULL) == 1 && EVP_DigestUpdate(context, pad, BLOCK) == 1
        && EVP_DigestUpdate(context, inner, SIZE) == 1 && EVP_DigestFinal_ex(context, out, NULL) == 1;
    OPENSSL_cleanse(pad, BLOCK);
    OPENSSL_cleanse(inner, SIZE);
    return done;
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

cossl_sha256 *cossl_sha256_new(void) {
    pthread_once(&fetched, fetch);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context != NULL && digests[COSSL_SHA256] != NULL && EVP_DigestInit_ex2(context, digests[COSSL_SHA256], NULL))
        return context;
    EVP_MD_CTX_free(context);
    return NULL;
}

void cossl_sha256_free(cossl_sha256 *hash) { EVP_MD_CTX_free(hash); }

int cossl_sha256_update(cossl_sha256 *hash, const void *data, size_t length) {
    return EVP_DigestUpdate(hash, data, length) == 1;
}

int cossl_sha256_finish(cossl_sha256 *hash, uint8_t out[32]) {
    /* Without an algorithm the one before is begun again, in the memory it has. */
    return EVP_DigestFinal_ex(hash, out, NULL) == 1 && EVP_DigestInit_ex2(hash, NULL, NULL) == 1;
}

int cossl_ed25519_public_key(const uint8_t seed[32], uint8_t out[32]) {
    size_t length = 32;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    int done = key != NULL && EVP_PKEY_get_raw_public_key(key, out, &length) == 1 && length == 32;
    EVP_PKEY_free(key);
    return done;
}

int cossl_ed25519_sign(const uint8_t seed[32], const void *data, size_t length, uint8_t signature[64]) {
    size_t written = 64;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int done = key != NULL && context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1
        && EVP_DigestSign(context, signature, &written, data, length) == 1 && written == 64;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return done;
}

int cossl_ed25519_verify(const uint8_t key[32], const void *data, size_t length, const uint8_t signature[64]) {
    EVP_PKEY *public_key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int good = public_key != NULL && context != NULL
        && EVP_DigestVerifyInit(context, NULL, NULL, NULL, public_key) == 1
        && EVP_DigestVerify(context, signature, 64, data, length) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public_key);
    /* A bad signature leaves an entry that is no error of this thread's next TLS call. */
    ERR_clear_error();
    return good;
}
