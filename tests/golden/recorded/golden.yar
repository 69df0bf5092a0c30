rule golden_note {
    meta:
        description = "text of a ransom note (golden test)"
        description_ja = "脅迫文です（画面の試験）。"
        author = "shodo project"
    strings:
        $a = "KOKORO-GOLDEN"
    condition:
        $a
}
