/* SPDX-License-Identifier: Apache-2.0 */
#include "handover/readme.h"

#include "base/text.h"
#include "handover/bag.h"

static void write_fingerprint(struct shodo_buf *out, const char *hex) {
    char shown[SHODO_FINGERPRINT_SHOWN_BYTES];
    shodo_buf_addf(out, "    %s\n", shodo_text_fingerprint(hex, shown));
}

/* The commands, the same for both languages. POSIX shell; NAME is literal so that it can be pasted.
 */
static void write_check(struct shodo_buf *out, const struct shodo_readme *r) {
    shodo_buf_addf(
        out,
        "    sha256sum -c %1$s.sha256 &&\n"
        "    openssl cms -verify -cades -binary -inform DER -in %1$s.segments.txt.p7s -content %1$s.segments.txt "
        "-CAfile %1$s.signer.pem -purpose any -out /dev/null &&\n"
        "    openssl x509 -in %1$s.signer.pem -outform DER | sha256sum | cut -c1-64 | sed 's/..../& /g'\n",
        r->name);
}

static void write_decrypt(struct shodo_buf *out, const struct shodo_readme *r) {
    const char *name = r->name;
    if (r->has_certificate)
        shodo_buf_addf(
            out,
            "    for f in %s.*.zip.p7m; do openssl cms -decrypt -binary -inform DER -in \"$f\" -inkey KEY.pem "
            "-recip CERT.pem -out \"${f%%.p7m}\" || { rm -f \"${f%%.p7m}\"; break; }; done\n",
            name);
    if (r->has_passphrase)
        shodo_buf_addf(
            out,
            "    for f in %s.*.zip.p7m; do openssl cms -decrypt -binary -inform DER -in \"$f\" "
            "-pwri_password PASSPHRASE -out \"${f%%.p7m}\" || { rm -f \"${f%%.p7m}\"; break; }; done\n",
            name);
    if (!r->is_plain)
        shodo_buf_addf(
            out,
            "    cat %1$s.[0-9]*.zip > %1$s.zip && test \"$(ls %1$s.[0-9]*.zip | wc -l)\" -eq \"$(ls %1$s.*.p7m | wc -l)\" || "
            "rm -f %1$s.zip\n",
            name);
}

static void write_bag(struct shodo_buf *out, const struct shodo_readme *r) {
    shodo_buf_addf(
        out,
        "    unzip -q %1$s.zip && cd %1$s &&\n"
        "    sha256sum -c --quiet tagmanifest-sha256.txt && sha256sum -c --quiet manifest-sha256.txt &&\n"
        "    openssl cms -verify -cades -binary -inform DER -in signatures/tagmanifest-sha256.txt.p7s "
        "-content tagmanifest-sha256.txt -CAfile ../%1$s.signer.pem -purpose any -out /dev/null\n",
        r->name);
}

static void write_japanese(struct shodo_buf *out, const struct shodo_readme *r) {
    shodo_buf_adds(out, "最初に読んでください\n====================\n\n");
    if (r->is_drill)
        shodo_buf_adds(out, "これは訓練用のデータです。\n\n");
    shodo_buf_addf(out, "証拠一式: %s\n", r->name);
    if (r->hospital)
        shodo_buf_addf(out, "作成した施設: %s\n", r->hospital);
    if (r->contact)
        shodo_buf_addf(out, "問い合わせ先: %s\n", r->contact);
    shodo_buf_adds(
        out,
        "\n【中身】\n"
        "ランサムウェアなどの被害が疑われるパソコンから、ディスクに書き込まずに集めた調査用の記録です。\n"
        "この一式は患者情報を含むことがあります（ファイル名、$MFT の中の小さなファイルの内容、各種の記録）。\n"
        "文書・画像・データベースの本体は、初期設定では採取していません。個人情報として扱い、\n"
        "調査に必要な人だけに渡し、調査が終わったら決められた方法で消去してください。\n"
        "採取しなかったもの、読めなかったものは、中の tags/ にある記録で確かめてください。\n\n"
        "【危険】検体と脅迫文\n"
        "data/quarantine.zip があるとき、中に悪意のあるプログラムが入っていることがあります。\n"
        "隔離した調査環境の外では開かないでください。パスワード: " SHODO_QUARANTINE_PASSWORD "\n\n"
        "【確かめ方と開き方】openssl 3、sha256sum、unzip だけでできます。\n"
        "1. 届いたファイルが壊れていないこと、封印の後に改変されていないことを確かめる。\n");
    write_check(out, r);
    shodo_buf_adds(
        out,
        "   良いとき: すべて「OK」と「Verification successful」。一つでも FAILED が出る、または successful が出ないときは、\n"
        "   ここで止めて、届け出た施設に電話してください。先へ進まないでください。\n");
    shodo_buf_adds(
        out,
        "   最後に出る指紋を、届け出た施設に電話で読み上げて照合する。照合するまで署名者は未確認です。\n");
    write_fingerprint(out, r->fingerprint);
    if (!r->is_plain)
        shodo_buf_adds(
            out,
            r->has_certificate && r->has_passphrase
                ? "2. 復号してつなぐ（KEY.pem と CERT.pem は自分の鍵と証明書。または合い言葉 PASSPHRASE）。\n"
            : r->has_certificate
                ? "2. 復号してつなぐ（KEY.pem と CERT.pem は自分の鍵と証明書）。\n"
                : "2. 復号してつなぐ（PASSPHRASE は電話などで伝えられた数字。ハイフンも入れる）。\n");
    write_decrypt(out, r);
    if (!r->is_plain)
        shodo_buf_adds(
            out,
            "   復号の失敗（unwrap error など）は、番号（ハイフンも入れる）か鍵が違うということです。続けないでください。\n");
    shodo_buf_addf(out, "%c. 中の一式（BagIt 1.0）を確かめる。\n", r->is_plain ? '2' : '3');
    write_bag(out, r);
    shodo_buf_adds(
        out,
        "   FAILED が出ず「Verification successful」が出れば、中身は封印の時のままです。\n"
        "   集めたものは tags/collected.jsonl、調べられなかったものは tags/ledger.jsonl（速報の一式にはない）。\n"
        "   *.tsq は時刻認証局に出す申請書です（時刻はまだ確かめられていません）。\n");
    shodo_buf_adds(out, "shodo があれば、shodo verify と shodo open が同じことをします。\n\n");
}

static void write_english(struct shodo_buf *out, const struct shodo_readme *r) {
    shodo_buf_adds(out, "Read this first\n===============\n\n");
    if (r->is_drill)
        shodo_buf_adds(out, "This is data of a drill.\n\n");
    shodo_buf_addf(out, "Evidence bundle: %s\n\n", r->name);
    shodo_buf_adds(
        out,
        "WHAT IT IS\n"
        "Records for an investigation, collected from a computer that may have been hit by ransomware, without writing\n"
        "to its disks. It can contain patient data (file names, content of small files inside $MFT, logs). Documents,\n"
        "pictures and databases are not collected by default. Treat it as personal data.\n"
        "What was not collected or could not be read is listed under tags/ inside.\n\n"
        "DANGER: samples and ransom notes\n"
        "data/quarantine.zip, where there is one, may hold live malware. Open it only in an isolated environment. Password: " SHODO_QUARANTINE_PASSWORD
        "\n\n"
        "HOW TO CHECK AND OPEN IT (openssl 3, sha256sum and unzip are enough)\n"
        "1. Nothing is damaged and nothing was changed since it was sealed:\n");
    write_check(out, r);
    shodo_buf_adds(
        out,
        "   Good: every line says OK, then \"Verification successful\". One FAILED, or no \"successful\": stop here and telephone.\n");
    shodo_buf_adds(
        out,
        "   Compare the fingerprint by telephone with the hospital. Until then the signer is unconfirmed.\n");
    write_fingerprint(out, r->fingerprint);
    if (!r->is_plain)
        shodo_buf_adds(out, "2. Decrypt every segment and join them:\n");
    write_decrypt(out, r);
    if (!r->is_plain)
        shodo_buf_adds(
            out,
            "   A failure here (unwrap error) means another pass phrase (the hyphens belong to it) or another key: do not go on.\n");
    shodo_buf_addf(out, "%c. Check the bag (BagIt 1.0) inside:\n", r->is_plain ? '2' : '3');
    write_bag(out, r);
    shodo_buf_adds(
        out,
        "   Collected: tags/collected.jsonl. Not examined: tags/ledger.jsonl (a quick pack has neither). *.tsq asks a time-stamp authority; it proves nothing yet.\n");
}

bool shodo_readme_write(struct shodo_buf *out, const struct shodo_readme *r) {
    write_japanese(out, r);
    write_english(out, r);
    return !out->failed;
}
