/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundle, written in one stream: files → SHA-256/512 → ZIP (UTF-8 names, deflate 1 or stored) →
 * segments of at most SHODO_LIMIT_SEGMENT_BYTES → CMS AuthEnvelopedData (AES-256-GCM) to every
 * recipient → files in `out`. Collected bytes never lie in the clear on the medium. The ZIP holds
 * one BagIt 1.0 bag (docs/formats.md gives the profile).
 *
 * Order: shodo_bag_new, files (begin, data…, end), tag files, shodo_bag_seal. A sealed bundle
 * counts only when the journal record that names its digests is there (the caller writes it).
 */
#ifndef SHODO_HANDOVER_BAG_H
#define SHODO_HANDOVER_BAG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "case/key.h"

/* Password of the inner ZIP: the custom of the trade, no secret. */
#define SHODO_QUARANTINE_PASSWORD "infected"
#define SHODO_QUARANTINE_PATH     "quarantine.zip"

struct shodo_recipient {
    const char *cert_pem; /* certificate recipient (RSA-OAEP-SHA256 or ECDH with SHA-256 KDF) */
    size_t cert_len;
    const char *name; /* for messages */
};

struct shodo_bag_options {
    int out_dirfd;
    /* "<case>_<host>_<seq>": base directory of the bag and stem of the segments */
    const char *name;
    const struct shodo_recipient *recipients;
    size_t recipients_count;
    /* password recipient (PBKDF2 600,000), NULL when there is a certificate */
    const char *passphrase;
    struct shodo_key *key;  /* signer */
    uint64_t segment_bytes; /* at most SHODO_LIMIT_SEGMENT_BYTES */
    /* stop with LIMIT before the medium holds more than this; 0 = free space */
    uint64_t max_bytes;
    /* 00_最初に読む.txt, UTF-8; also written in the clear beside the segments */
    const char *read_me;
    bool is_plain; /* tests and drills only: no encryption, one plain ZIP */
};

struct shodo_bag;
enum shodo_status shodo_bag_new(struct shodo_bag **ret, const struct shodo_bag_options *o,
                                struct shodo_error *err);
struct shodo_bag *shodo_bag_free(struct shodo_bag *b); /* unsealed: removes what was written */

struct shodo_bag_file {
    /* below data/, '/'-separated, as in the evidence; the bag escapes it (shodo_bag_escape) */
    const char *path;
    uint64_t size_bytes; /* announced; the real count is what was written */
    int64_t modified;    /* original times, ns UTC, NONE when unknown */
    int64_t accessed, born;
    bool is_stored;      /* no deflate: hives, $MFT, $J, compressed formats */
    bool is_quarantined; /* goes into the inner encrypted ZIP (samples, notes) */
    bool is_tag;         /* tag file: path is relative to the bag, not to data/ */
};
/* LIMIT: the announced size (or the number of files) does not fit; the bag stays usable, the file
 * belongs in the ledger. EXISTS: the same path was added before; the bag stays usable. */
enum shodo_status shodo_bag_begin(struct shodo_bag *b, const struct shodo_bag_file *f,
                                  struct shodo_error *err);
enum shodo_status shodo_bag_data(struct shodo_bag *b, const void *p, size_t n,
                                 struct shodo_error *err);
/* Gives SHA-256 of what was written. */
enum shodo_status shodo_bag_end(struct shodo_bag *b, uint8_t ret_sha256[32],
                                struct shodo_error *err);
/* A whole small file. */
enum shodo_status shodo_bag_add(struct shodo_bag *b, const struct shodo_bag_file *f, const void *p,
                                size_t n, struct shodo_error *err);
/* bag-info.txt label; before seal. */
enum shodo_status shodo_bag_info(struct shodo_bag *b, const char *label, const char *value,
                                 struct shodo_error *err);

/* Bytes on the medium so far, and bytes that may still be written (less what the manifests need).
 */
uint64_t shodo_bag_sealed_bytes(const struct shodo_bag *b);
uint64_t shodo_bag_room_bytes(const struct shodo_bag *b);

struct shodo_seal {
    char tagmanifest_sha256[65]; /* what the signature covers */
    /* of the signed segment list: "the digest of the bundle" on the card */
    char segments_sha256[65];
    uint64_t files, payload_bytes, sealed_bytes;
    uint32_t segments;
    char timestamp_query_sha256[65];
};
/* Manifests, tag manifests, CAdES signature, RFC 3161 request, segment list with its signature. */
enum shodo_status shodo_bag_seal(struct shodo_bag *b, struct shodo_seal *ret,
                                 struct shodo_error *err);

/* Reversible escape of an evidence path for the bag: what Windows, BagIt tools or a terminal cannot
 * hold is written as =XX per byte: '=' and '%' themselves, control, bidi and invisible characters,
 * bytes that are not UTF-8, <>:"|?*\, a trailing dot or space, and the first character of reserved
 * names (CON), of '~user', '.' and '..'. The mark is '=' and not '%', because BagIt encodes '%' in
 * manifests once more and `sha256sum -c` would then not find the file. A leading '/' is dropped.
 * Unescape gives false for what escape never writes. shodo_bag_begin() also shortens parts over 240
 * bytes and tells apart names that differ by case only (both with "=~"); tags/files.jsonl holds the
 * original path of every file. */
bool shodo_bag_escape(struct shodo_buf *out, const char *path, size_t n);
bool shodo_bag_unescape(struct shodo_buf *out, const char *path, size_t n);
/* 24 random digits "1234-5678-9012-3456-7890-1234". */
enum shodo_status shodo_bag_passphrase(char out[30], struct shodo_error *err);
SHODO_DEFINE_AUTOP(shodo_bag, shodo_bag_free)

#endif
