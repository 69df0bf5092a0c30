// Markers of the drill disk. They mean nothing but "this is an exercise": a hit must be shown with 訓練.

rule shodo_drill_note
{
    meta:
        id = "SHODO-DRILL-001"
        author = "shodo project"
        description = "Drill marker: note of the exercise disk"
        description_ja = "訓練用ディスクの脅迫文の目印です（訓練）。"
        source = "shodo drill disk"
        date = "2026-11-22"
        severity = "match"
    strings:
        $a = "SHODO-DRILL-NOTE" ascii wide
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and filesize < 64KB and $a
}

rule shodo_drill_tool
{
    meta:
        id = "SHODO-DRILL-002"
        author = "shodo project"
        description = "Drill marker: harmless stand-in for a dropped tool"
        description_ja = "訓練用ディスクの攻撃ツール役（無害）の目印です（訓練）。"
        source = "shodo drill disk"
        date = "2026-11-22"
        severity = "match"
    strings:
        $a = "SHODO-DRILL-TOOL" ascii wide
        $b = "SHODO-TEST-MARKER" ascii wide
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and filesize < 8MB and ($a or $b)
}

rule shodo_drill_stream
{
    meta:
        id = "SHODO-DRILL-003"
        author = "shodo project"
        description = "Drill marker: content of an alternate data stream"
        description_ja = "訓練用ディスクの隠しストリームの目印です（訓練）。"
        source = "shodo drill disk"
        date = "2026-11-22"
        severity = "match"
    strings:
        $a = "SHODO-DRILL-ADS" ascii wide
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and filesize < 1MB and $a
}

rule shodo_drill_encrypted
{
    meta:
        id = "SHODO-DRILL-004"
        author = "shodo project"
        description = "Drill marker: trailer of a file that the exercise disk shows as encrypted"
        description_ja = "訓練用ディスクの「暗号化された」ファイルの目印です（訓練）。"
        source = "shodo drill disk"
        date = "2026-11-22"
        severity = "match"
    strings:
        $a = "SHODO-DRILL-ENC" ascii
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and $a in (filesize - 512 .. filesize)
}
