/* SPDX-License-Identifier: Apache-2.0 */
#include "reading.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "kana.h"

#define KANA_BYTES    3
#define HIRAGANA_FROM 0x3041
#define HIRAGANA_TO   0x3096
#define KATAKANA_STEP 0x60
#define LONG_VOWEL    0x30fc

static const struct {
    const char *word, *reading;
} words[] = {
    {"医療", "いりょう"},
    {"医師会", "いしかい"},
    {"医事課", "いじか"},
    {"一致", "いっち"},
    {"印刷", "いんさつ"},
    {"院内", "いんない"},
    {"薬", "くすり"},
    {"薬剤", "やくざい"},
    {"駅", "えき"},
    {"遠隔", "えんかく"},
    {"外部", "がいぶ"},
    {"外来", "がいらい"},
    {"外注", "がいちゅう"},
    {"回線", "かいせん"},
    {"会計", "かいけい"},
    {"開設者", "かいせつしゃ"},
    {"確報", "かくほう"},
    {"確認", "かくにん"},
    {"看護", "かんご"},
    {"患者", "かんじゃ"},
    {"画像", "がぞう"},
    {"監視", "かんし"},
    {"機器", "きき"},
    {"機械", "きかい"},
    {"規則", "きそく"},
    {"記録", "きろく"},
    {"脅迫", "きょうはく"},
    {"給食", "きゅうしょく"},
    {"救急", "きゅうきゅう"},
    {"業者", "ぎょうしゃ"},
    {"経営", "けいえい"},
    {"警察", "けいさつ"},
    {"決定", "けってい"},
    {"検査", "けんさ"},
    {"検出", "けんしゅつ"},
    {"個人情報", "こじんじょうほう"},
    {"厚生労働省", "こうせいろうどうしょう"},
    {"攻撃", "こうげき"},
    {"業務", "ぎょうむ"},
    {"作業", "さぎょう"},
    {"資格", "しかく"},
    {"事務", "じむ"},
    {"時系列", "じけいれつ"},
    {"収集", "しゅうしゅう"},
    {"手術", "しゅじゅつ"},
    {"手順", "てじゅん"},
    {"巡回", "じゅんかい"},
    {"証拠", "しょうこ"},
    {"病院", "びょういん"},
    {"病棟", "びょうとう"},
    {"切断", "せつだん"},
    {"接続", "せつぞく"},
    {"線", "せん"},
    {"専用", "せんよう"},
    {"続報", "ぞくほう"},
    {"第一報", "だいいっぽう"},
    {"端末", "たんまつ"},
    {"地域", "ちいき"},
    {"調剤", "ちょうざい"},
    {"電子", "でんし"},
    {"電話", "でんわ"},
    {"透析", "とうせき"},
    {"読影", "どくえい"},
    {"都道府県", "とどうふけん"},
    {"内線", "ないせん"},
    {"南館", "みなみかん"},
    {"北館", "きたかん"},
    {"東館", "ひがしかん"},
    {"西館", "にしかん"},
    {"本館", "ほんかん"},
    {"別館", "べっかん"},
    {"判断", "はんだん"},
    {"引継", "ひきつぎ"},
    {"被害", "ひがい"},
    {"封印", "ふういん"},
    {"復旧", "ふっきゅう"},
    {"報告", "ほうこく"},
    {"放射線", "ほうしゃせん"},
    {"保険", "ほけん"},
    {"保守", "ほしゅ"},
    {"保留", "ほりゅう"},
    {"暗号", "あんごう"},
    {"無線", "むせん"},
    {"様式", "ようしき"},
    {"予約", "よやく"},
    {"連絡", "れんらく"},
    {"階", "かい"},
};

/* Katakana becomes hiragana (or the reverse); everything else stays. */
static void fold(const char *s, bool to_katakana, struct shodo_buf *out) {
    size_t n = strlen(s);
    for (size_t pos = 0; pos < n;) {
        size_t from = pos;
        uint32_t ch = shodo_text_next(s, n, &pos);
        uint32_t hiragana = to_katakana ? ch : ch - KATAKANA_STEP;
        if (hiragana < HIRAGANA_FROM || hiragana > HIRAGANA_TO) {
            shodo_buf_add(out, s + from, pos - from);
            continue;
        }
        shodo_text_put(out, to_katakana ? ch + KATAKANA_STEP : hiragana);
    }
}

static bool is_kana(const char *s) {
    size_t n = strlen(s);
    for (size_t pos = 0; pos < n;) {
        uint32_t ch = shodo_text_next(s, n, &pos);
        if ((ch < HIRAGANA_FROM || ch > HIRAGANA_TO) && ch != LONG_VOWEL)
            return false;
    }
    return n >= 2 * KANA_BYTES;
}

void tui_reading_of(const char *typed, char *out, size_t cap) {
    shodo_auto(shodo_buf) struct shodo_buf kana = SHODO_BUF_INIT, b = SHODO_BUF_INIT;
    tui_kana(&kana, typed, false, true);
    fold(shodo_buf_cstr(&kana), false, &b);
    snprintf(out, cap, "%s", is_kana(shodo_buf_cstr(&b)) && b.len < cap ? b.data : "");
}

bool tui_reading_hits(const char *reading, const char *text) {
    shodo_auto(shodo_buf) struct shodo_buf katakana = SHODO_BUF_INIT;
    if (!*reading || !text)
        return false;
    fold(reading, true, &katakana);
    bool hits = strstr(text, reading) || strstr(text, shodo_buf_cstr(&katakana));
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(words) && !hits; i++)
        hits = strstr(words[i].reading, reading) && strstr(text, words[i].word);
    return hits;
}
