/* SPDX-License-Identifier: Apache-2.0 */
#include "kana.h"

#include <stdint.h>
#include <string.h>

#include "base/macro.h"
#include "base/text.h"

/* Longest first; both the Hepburn and the Kunrei spelling. */
static const struct {
    const char *romaji, *kana;
} table[] = {
    {"xtsu", "っ"},  {"bya", "びゃ"}, {"byo", "びょ"}, {"byu", "びゅ"}, {"cha", "ちゃ"},
    {"che", "ちぇ"}, {"chi", "ち"},   {"cho", "ちょ"}, {"chu", "ちゅ"}, {"dhi", "でぃ"},
    {"dya", "ぢゃ"}, {"dyo", "ぢょ"}, {"dyu", "ぢゅ"}, {"gya", "ぎゃ"}, {"gyo", "ぎょ"},
    {"gyu", "ぎゅ"}, {"hya", "ひゃ"}, {"hyo", "ひょ"}, {"hyu", "ひゅ"}, {"jya", "じゃ"},
    {"jyo", "じょ"}, {"jyu", "じゅ"}, {"kya", "きゃ"}, {"kyo", "きょ"}, {"kyu", "きゅ"},
    {"mya", "みゃ"}, {"myo", "みょ"}, {"myu", "みゅ"}, {"nya", "にゃ"}, {"nyo", "にょ"},
    {"nyu", "にゅ"}, {"pya", "ぴゃ"}, {"pyo", "ぴょ"}, {"pyu", "ぴゅ"}, {"rya", "りゃ"},
    {"ryo", "りょ"}, {"ryu", "りゅ"}, {"sha", "しゃ"}, {"she", "しぇ"}, {"shi", "し"},
    {"sho", "しょ"}, {"shu", "しゅ"}, {"sya", "しゃ"}, {"syo", "しょ"}, {"syu", "しゅ"},
    {"thi", "てぃ"}, {"tsu", "つ"},   {"tya", "ちゃ"}, {"tyo", "ちょ"}, {"tyu", "ちゅ"},
    {"xya", "ゃ"},   {"xyo", "ょ"},   {"xyu", "ゅ"},   {"zya", "じゃ"}, {"zyo", "じょ"},
    {"zyu", "じゅ"}, {"ba", "ば"},    {"be", "べ"},    {"bi", "び"},    {"bo", "ぼ"},
    {"bu", "ぶ"},    {"da", "だ"},    {"de", "で"},    {"di", "ぢ"},    {"do", "ど"},
    {"du", "づ"},    {"fa", "ふぁ"},  {"fe", "ふぇ"},  {"fi", "ふぃ"},  {"fo", "ふぉ"},
    {"fu", "ふ"},    {"ga", "が"},    {"ge", "げ"},    {"gi", "ぎ"},    {"go", "ご"},
    {"gu", "ぐ"},    {"ha", "は"},    {"he", "へ"},    {"hi", "ひ"},    {"ho", "ほ"},
    {"hu", "ふ"},    {"ja", "じゃ"},  {"je", "じぇ"},  {"ji", "じ"},    {"jo", "じょ"},
    {"ju", "じゅ"},  {"ka", "か"},    {"ke", "け"},    {"ki", "き"},    {"ko", "こ"},
    {"ku", "く"},    {"ma", "ま"},    {"me", "め"},    {"mi", "み"},    {"mo", "も"},
    {"mu", "む"},    {"n'", "ん"},    {"na", "な"},    {"ne", "ね"},    {"ni", "に"},
    {"nn", "ん"},    {"no", "の"},    {"nu", "ぬ"},    {"pa", "ぱ"},    {"pe", "ぺ"},
    {"pi", "ぴ"},    {"po", "ぽ"},    {"pu", "ぷ"},    {"ra", "ら"},    {"re", "れ"},
    {"ri", "り"},    {"ro", "ろ"},    {"ru", "る"},    {"sa", "さ"},    {"se", "せ"},
    {"si", "し"},    {"so", "そ"},    {"su", "す"},    {"ta", "た"},    {"te", "て"},
    {"ti", "ち"},    {"to", "と"},    {"tu", "つ"},    {"va", "ゔぁ"},  {"ve", "ゔぇ"},
    {"vi", "ゔぃ"},  {"vo", "ゔぉ"},  {"vu", "ゔ"},    {"wa", "わ"},    {"we", "うぇ"},
    {"wi", "うぃ"},  {"wo", "を"},    {"xa", "ぁ"},    {"xe", "ぇ"},    {"xi", "ぃ"},
    {"xo", "ぉ"},    {"xu", "ぅ"},    {"ya", "や"},    {"yo", "よ"},    {"yu", "ゆ"},
    {"za", "ざ"},    {"ze", "ぜ"},    {"zi", "じ"},    {"zo", "ぞ"},    {"zu", "ず"},
    {",", "、"},     {"-", "ー"},     {".", "。"},     {"a", "あ"},     {"e", "え"},
    {"i", "い"},     {"o", "お"},     {"u", "う"},
};

static void put(struct shodo_buf *out, const char *kana, bool is_katakana) {
    size_t n = strlen(kana);
    for (size_t pos = 0; pos < n;) {
        uint32_t cp = shodo_text_next(kana, n, &pos);
        bool is_hiragana = cp >= 0x3041 && cp <= 0x3096;
        shodo_text_put(out, is_katakana && is_hiragana ? cp + 0x60 : cp);
    }
}

static bool is_consonant(char c) {
    return c >= 'a' && c <= 'z' && !strchr("aiueon", c);
}

void tui_kana(struct shodo_buf *out, const char *romaji, bool is_katakana, bool is_final) {
    char low[8];
    for (const char *p = romaji; *p;) {
        size_t n = strlen(p), best = 0, at = 0;
        for (size_t i = 0; i < sizeof low - 1; i++)
            low[i] = i < n ? (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]) : 0;
        low[sizeof low - 1] = 0;
        if (is_consonant(low[0]) && low[1] == low[0]) { /* kk, tt: small tsu */
            put(out, "っ", is_katakana);
            p++;
            continue;
        }
        for (size_t i = 0; i < SHODO_ARRAY_SIZE(table) && !best; i++) {
            size_t m = strlen(table[i].romaji);
            if (m <= n && memcmp(table[i].romaji, low, m) == 0) {
                best = m;
                at = i;
            }
        }
        bool n_alone = low[0] == 'n' && (low[1] ? !strchr("aiueoyn'", low[1]) : is_final);
        if (best)
            put(out, table[at].kana, is_katakana);
        else if (n_alone)
            put(out, "ん", is_katakana);
        else
            shodo_buf_addc(out, *p);
        p += best ? best : 1;
    }
}
