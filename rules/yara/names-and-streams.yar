// Names, places, streams and owners. These rules need the usual externals in Windows form:
// filename (last component, with ':stream' for an alternate data stream), filepath, extension
// (lower-case, with dot), filetype, owner.

rule shodo_name_direction_control
{
    meta:
        id = "SHODO-NAME-001"
        author = "shodo project"
        description = "File name with a control character that reverses or hides part of it"
        description_ja = "名前の一部を逆向きに見せる、または隠す文字が入ったファイル名です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "match"
        technique = "T1036.002"
    condition:
        filename matches /\xE2\x80[\xAA-\xAE]|\xE2\x81[\xA6-\xA9]/
}

rule shodo_name_zero_width
{
    meta:
        id = "SHODO-NAME-002"
        author = "shodo project"
        description = "File name with zero-width characters"
        description_ja = "見えない文字が入ったファイル名です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1036"
    condition:
        filename matches /\xE2\x80[\x8B-\x8F]|\xE2\x81\xA0|\xEF\xBB\xBF/
}

rule shodo_name_double_extension
{
    meta:
        id = "SHODO-NAME-003"
        author = "shodo project"
        description = "Program whose name pretends to be a document"
        description_ja = "書類に見せかけたプログラムの名前です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "match"
        technique = "T1036.007"
    condition:
        filename matches /\.(pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt|zip|csv|jtd|xdw|mp4|dcm)[\s_]{0,60}\.(exe|scr|com|pif|bat|cmd|js|jse|vbs|vbe|wsf|hta|lnk|ps1|msi|cpl)$/i
}

rule shodo_name_many_blanks
{
    meta:
        id = "SHODO-NAME-004"
        author = "shodo project"
        description = "Program with many blanks before its extension"
        description_ja = "拡張子の前に空白を並べて隠したプログラムの名前です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1036"
    condition:
        filename matches /\S\s{8,}\.(exe|scr|com|bat|cmd|js|vbs|hta|lnk|ps1)$/i
}

rule shodo_stream_program
{
    meta:
        id = "SHODO-NAME-005"
        author = "shodo project"
        description = "Program or script hidden in an alternate data stream"
        description_ja = "隠しストリーム（ADS）の中のプログラムです。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "match"
        technique = "T1564.004"
    strings:
        $s1 = "powershell" ascii wide nocase
        $s2 = "CreateObject(" ascii wide nocase
        $s3 = "WScript." ascii wide nocase
    condition:
        filename matches /.:[^:\\]+$/ and not filename matches /:(Zone\.Identifier|SmartScreen|encryptable|favicon|OECustomProperty|WofCompressedData|com\.(apple|dropbox)\.\w+|AFP_AfpInfo|AFP_Resource|ms-properties|\$\w+)$/i and (uint16(0) == 0x5A4D or any of ($s*) or filename matches /:[^:]+\.(exe|dll|ps1|bat|cmd|vbs|js|hta)$/i)
}

rule shodo_stream_unusual
{
    meta:
        id = "SHODO-NAME-006"
        author = "shodo project"
        description = "Large or oddly named alternate data stream"
        description_ja = "大きい、または見慣れない隠しストリーム（ADS）です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1564.004"
    condition:
        filename matches /.:[^:\\]+$/ and filesize > 2KB and not filename matches /:(Zone\.Identifier|SmartScreen|encryptable|favicon|OECustomProperty|WofCompressedData|com\.(apple|dropbox)\.\w+|AFP_AfpInfo|AFP_Resource|ms-properties|DocumentSummaryInformation|SummaryInformation|\$\w+)$/i
}

rule shodo_place_program
{
    meta:
        id = "SHODO-NAME-007"
        author = "shodo project"
        description = "Program in a place where programs do not belong"
        description_ja = "プログラムがあるはずのない場所のプログラムです。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1074.001"
    condition:
        uint16(0) == 0x5A4D and (extension == ".exe" or extension == ".scr" or extension == ".com" or extension == ".dll" or extension == ".sys") and filepath matches /^[A-Za-z]:\\(PerfLogs|Intel|Temp|Windows\\(Temp|debug|Fonts|Help|Media|Tasks|Web|Cursors)|Users\\Public|\$Recycle\.Bin\\[^\\]+|Users\\[^\\]+\\(Music|Videos|Pictures|Contacts|Links))\\/i and not filepath matches /\\Windows\\Temp\\(\{|[0-9A-F-]{20,}|MPGEAR|MpSigStub|MPTelemetry)/i
}

rule shodo_place_programdata_root
{
    meta:
        id = "SHODO-NAME-008"
        author = "shodo project"
        description = "Program directly in ProgramData or a user profile root"
        description_ja = "ProgramData やユーザーフォルダー直下のプログラムです。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1074.001"
    condition:
        uint16(0) == 0x5A4D and (extension == ".exe" or extension == ".scr" or extension == ".dll") and filepath matches /^[A-Za-z]:\\(ProgramData|Users\\[^\\]+|Users\\[^\\]+\\AppData|Users\\[^\\]+\\AppData\\(Roaming|Local))\\[^\\]+$/i
}

rule shodo_name_system_elsewhere
{
    meta:
        id = "SHODO-NAME-009"
        author = "shodo project"
        description = "Program with the name of a Windows system program in another place"
        description_ja = "Windows の部品と同じ名前で、別の場所にあるプログラムです。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1036.005"
    condition:
        uint16(0) == 0x5A4D and filename matches /^(svchost|lsass|services|csrss|smss|winlogon|wininit|spoolsv|taskhostw?|dllhost|conhost|rundll32|explorer|userinit)\.exe$/i and not filepath matches /\\(System32|SysWOW64|WinSxS|Windows\\explorer\.exe|servicing|SoftwareDistribution|\$WINDOWS\.~BT|Windows\.old|Prefetch|ServicePackFiles|LCU)(\\|$)/i
}

rule shodo_name_logon_screen_backdoor
{
    meta:
        id = "SHODO-NAME-010"
        author = "shodo project"
        description = "Logon screen helper replaced by a command prompt"
        description_ja = "ログオン画面の補助ツールが、命令入力の画面に差し替えられています。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "match"
        technique = "T1546.008"
    strings:
        $c = "Cmd.Exe" wide nocase
        $p = "PowerShell.EXE" wide nocase
        $o = "OriginalFilename" wide
    condition:
        filename matches /^(sethc|utilman|osk|narrator|magnify|displayswitch|atbroker)\.exe$/i and filepath matches /\\System32\\/i and $o and ($c or $p)
}

rule shodo_name_renamed_tool
{
    meta:
        id = "SHODO-NAME-011"
        author = "shodo project"
        description = "Known administration tool under another name"
        description_ja = "管理用ツールが別の名前に変えられています。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1036.003"
    strings:
        $p = "PsExec" wide
        $pi = "psexec.c" wide nocase
        $r = "rclone.exe" wide nocase
        $o = "OriginalFilename" wide
    condition:
        uint16(0) == 0x5A4D and $o and (($pi or #p > 2) and not filename matches /^ps(exec|exesvc)/i or $r and not filename matches /^rclone/i)
}

rule shodo_owner_guest_program
{
    meta:
        id = "SHODO-NAME-012"
        author = "shodo project"
        description = "Program that belongs to the guest or an anonymous account"
        description_ja = "ゲストなど、ふだん使わない利用者が置いたプログラムです。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1078"
    condition:
        (uint16(0) == 0x5A4D or extension == ".bat" or extension == ".ps1") and owner matches /(^|\\)(guest|anonymous|anonymous logon|ゲスト)$/i
}

rule shodo_filetype_executable_as_data
{
    meta:
        id = "SHODO-NAME-013"
        author = "shodo project"
        description = "Program with the extension of a picture, text or data file"
        description_ja = "画像や文書の拡張子を付けたプログラムです。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1036.008"
    condition:
        uint16(0) == 0x5A4D and filesize > 1KB and (filetype == "EXE" or filetype == "") and extension matches /^\.(jpe?g|png|gif|bmp|txt|log|csv|pdf|docx?|xlsx?|zip|ico|ttf|mp3|mp4|dcm|htm|html|xml|json|lnk)$/ and uint32(uint32(0x3C)) == 0x00004550
}
