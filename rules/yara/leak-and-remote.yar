// Programs and settings for moving data out, and remote access programs. Both are normal in many
// hospitals: 'suspect' asks for a comparison with the list of maintenance connections.
// Commands in a text that begins with {" (JSON: records of this toolkit, exported logs) are told of, not run: no finding.

rule shodo_leak_rclone
{
    meta:
        id = "SHODO-LEAK-001"
        author = "shodo project"
        description = "rclone, a program that copies data to cloud storage"
        description_ja = "データをクラウドへ送る道具（rclone）です。持ち出しによく使われます。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1567.002"
    strings:
        $a1 = "github.com/rclone/rclone" ascii
        $a2 = /rclone v1\.\d{1,3}\.\d/ ascii
    condition:
        (uint16(0) == 0x5A4D or uint32(0) == 0x464C457F) and any of them
}

rule shodo_leak_rclone_settings
{
    meta:
        id = "SHODO-LEAK-002"
        author = "shodo project"
        description = "Settings of rclone: names the place where data went"
        description_ja = "rclone の設定です。データの送り先が書かれています。消さずに残してください。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "match"
        technique = "T1567.002"
    strings:
        $t = /\ntype\s{0,3}=\s{0,3}(mega|s3|ftp|sftp|webdav|dropbox|drive|pcloud|b2|azureblob|swift|onedrive|box|putio)\s/ ascii
        $h = /(^|\n)\[[^\]\r\n]{1,60}\]\r?\n/ ascii
        $k1 = /\n(user|host|pass|key|account|endpoint|token|access_key_id|url)\s{0,3}=/ ascii
    condition:
        filesize < 64KB and all of them
}

rule shodo_leak_rclone_command
{
    meta:
        id = "SHODO-LEAK-003"
        author = "shodo project"
        description = "Command line that copies folders to cloud storage with rclone"
        description_ja = "rclone でフォルダーを外へ写す命令です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "match"
        technique = "T1567.002"
    strings:
        $a1 = /rclone(\.exe)?["']?\s{1,3}(copy|sync|move)\s.{1,200}\s\S{1,60}:/ ascii wide nocase
        $a2 = /--(multi-thread-streams|transfers|no-check-certificate|max-age|ignore-existing|auto-confirm|bwlimit)/ ascii wide
    condition:
        filesize < 512KB and not uint16(0) == 0x5A4D and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and all of them
}

rule shodo_leak_cloud_client
{
    meta:
        id = "SHODO-LEAK-004"
        author = "shodo project"
        description = "Client program of a cloud storage that intruders often use"
        description_ja = "持ち出しに使われることが多いクラウド保存のソフトです。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1567.002"
    strings:
        $a1 = "MEGAsync" ascii wide
        $a2 = "Mega Limited" ascii wide
        $a3 = "MegaCmd" ascii wide nocase
        $a4 = "github.com/peak/s5cmd" ascii
        $a5 = "github.com/restic/restic" ascii
        $a6 = "github.com/meganz" ascii
        $a7 = "FreeFileSync" ascii wide
    condition:
        uint16(0) == 0x5A4D and (($a1 and $a2) or #a3 > 2 or any of ($a4, $a5, $a6) or #a7 > 5)
}

rule shodo_leak_transfer_client
{
    meta:
        id = "SHODO-LEAK-005"
        author = "shodo project"
        description = "Portable file transfer client"
        description_ja = "ファイル転送ソフト（WinSCP・FileZilla など）です。業務でも使われます。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1048"
    strings:
        $a1 = "WinSCP" ascii wide
        $a2 = "Martin Prikryl" ascii wide
        $a3 = "FileZilla" ascii wide
        $a4 = "Tim Kosse" ascii wide
        $a5 = "filezilla-project.org" ascii wide
    condition:
        uint16(0) == 0x5A4D and filesize < 64MB and (($a1 and $a2) or ($a3 and ($a4 or $a5)))
}

rule shodo_leak_upload_command
{
    meta:
        id = "SHODO-LEAK-006"
        author = "shodo project"
        description = "Script that uploads files to a public drop place"
        description_ja = "公開のファイル置き場へ送る命令です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1567"
    strings:
        $c1 = /curl(\.exe)?\s.{0,120}(-T|--upload-file|-F)\s/ ascii wide nocase
        $c2 = /Invoke-(WebRequest|RestMethod)\s.{0,200}-(InFile|Method\s+(Put|Post))/ ascii wide nocase
        $s1 = "transfer.sh" ascii wide nocase
        $s2 = "file.io" ascii wide nocase
        $s3 = "gofile.io" ascii wide nocase
        $s4 = "temp.sh" ascii wide nocase
        $s5 = "bashupload.com" ascii wide nocase
        $s6 = "anonfiles" ascii wide nocase
        $s7 = "api.telegram.org" ascii wide nocase
        $s8 = "discord.com/api/webhooks" ascii wide nocase
        $s9 = "put.io" ascii wide nocase
    condition:
        filesize < 256KB and not uint16(0) == 0x5A4D and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and any of ($c*) and any of ($s*)
}

rule shodo_leak_archive_command
{
    meta:
        id = "SHODO-LEAK-007"
        author = "shodo project"
        description = "Script that packs shares or user folders into password protected archives"
        description_ja = "共有やユーザーフォルダーを、パスワード付きの書庫にまとめる命令です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1560.001"
    strings:
        $a1 = /(7z|7za|7zr|rar|winrar)(\.exe)?["']?\s{1,3}a\s(.{0,300}\s)?-h?p\S/ ascii wide nocase
        $a2 = /\\\\[\w.-]{1,60}\\|[c-z]:\\(users|share|共有|data)/ ascii wide nocase
        $a3 = /\s-v\d{1,5}[mg]/ ascii wide nocase
    condition:
        filesize < 256KB and not uint16(0) == 0x5A4D and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and $a1 and ($a2 or $a3)
}

rule shodo_remote_program
{
    meta:
        id = "SHODO-REMOTE-001"
        author = "shodo project"
        description = "Remote control program"
        description_ja = "遠隔操作ソフトです。業者の保守用か、台帳と照らしてください。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1219"
    strings:
        $a1 = "AnyDesk Software" ascii wide
        $a2 = "TeamViewer Germany" ascii wide
        $a3 = "ScreenConnect" ascii wide
        $a4 = "RustDesk" ascii wide
        $a5 = "Splashtop Inc" ascii wide
        $a6 = "ATERA Networks" ascii wide nocase
        $a7 = "MeshAgent" ascii wide nocase
        $a8 = "Remote Utilities LLC" ascii wide
        $a9 = "Ammyy" ascii wide
        $b1 = "DWAgent" ascii wide
        $b2 = "SimpleHelp" ascii wide
        $b3 = "UltraViewer" ascii wide
        $b4 = "SupRemo" ascii wide nocase
        $b5 = "Action1 Corporation" ascii wide
        $b6 = "NinjaRMM" ascii wide
        $b7 = "Level Software, Inc" ascii wide
        $b8 = "ConnectWise" ascii wide
        $b9 = "Tactical RMM" ascii wide nocase
    condition:
        uint16(0) == 0x5A4D and filesize < 64MB and (any of ($a1, $a2, $a5, $a6, $a8, $b5, $b7) or #a3 > 3 or #a4 > 3 or #a7 > 3 or #a9 > 3 or #b1 > 3 or #b2 > 3 or #b3 > 3 or #b4 > 3 or #b6 > 3 or #b8 > 3 or #b9 > 1)
}

rule shodo_remote_unattended_password
{
    meta:
        id = "SHODO-REMOTE-002"
        author = "shodo project"
        description = "Settings of a remote control program with an unattended password"
        description_ja = "不在時でも外から入れる設定の遠隔操作ソフトです。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1219"
    strings:
        $a1 = /ad\.anynet\.pwd_hash=[0-9a-f]{4,}/ ascii
        $a3 = /\b(permanent|unattended)_password"?[ \t]{0,2}[=:][ \t]{0,2}("[^"\s]{4,}"|'[^'\s]{4,}'|[^"'\s,}]{6,})/ ascii nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and filesize < 256KB and not uint16(0) == 0x5A4D and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and any of ($a1, $a3)
}

rule shodo_remote_silent_install
{
    meta:
        id = "SHODO-REMOTE-003"
        author = "shodo project"
        description = "Script that installs a remote control program silently or sets its password"
        description_ja = "遠隔操作ソフトを黙って入れる、またはパスワードを決める命令です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "match"
        technique = "T1219"
    strings:
        $a1 = /anydesk(\.exe)?["']?\s.{0,120}(--install|--set-password|--silent)/ ascii wide nocase
        $a3 = /(rustdesk|splashtop|screenconnect|ateraagent|meshagent|teamviewer|simplehelp|level)\S{0,60}\.(exe|msi).{0,120}(\/qn|\/quiet|\/S\s|--silent-install|-fullinstall|\/verysilent)/ ascii wide nocase
    condition:
        filesize < 256KB and not uint16(0) == 0x5A4D and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and any of ($a1, $a3)
}

rule shodo_remote_rdp_enabled_script
{
    meta:
        id = "SHODO-REMOTE-004"
        author = "shodo project"
        description = "Script that opens Remote Desktop"
        description_ja = "リモートデスクトップを開ける命令です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1021.001"
    strings:
        $a1 = /fDenyTSConnections.{0,60}(\/d\s{1,3}0|dword:0{8}|-Value\s{1,3}0)/ ascii wide nocase
        $a2 = /netsh\s{1,3}advfirewall\s.{0,120}(remote desktop|localport=3389).{0,80}(allow|enable=yes)/ ascii wide nocase
        $a3 = /localgroup\s{1,3}"?(remote desktop users|リモート)/ ascii wide nocase
        $a4 = /DisableRestrictedAdmin.{0,60}(\/d\s{1,3}0|-Value\s{1,3}0)/ ascii wide nocase
    condition:
        filesize < 256KB and not uint16(0) == 0x5A4D and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and any of them
}
