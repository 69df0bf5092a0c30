// Tools that intruders bring along. Many are also used by honest administrators and vendors, so most
// of these rules are 'suspect': compare with the hospital's list of maintenance tools.
// Strings are product names and version texts; nothing here can be used to attack.

rule shodo_tool_password_theft
{
    meta:
        id = "SHODO-TOOL-001"
        author = "shodo project"
        description = "Password theft tool (memory of logged-on users)"
        description_ja = "ログオン中の人のパスワードを盗む道具です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "match"
        technique = "T1003.001"
    strings:
        $a1 = /sekurl[s]a::log/ ascii wide nocase
        $a2 = /lsad[u]mp::/ ascii wide nocase
        $a3 = /gentil[k]iwi/ ascii wide nocase
        $a4 = /mimi[k]atz/ ascii wide nocase
        $a5 = /kerbero[s]::(golden|ptt)/ ascii wide nocase
        $a6 = /Invoke-Mimi[k]atz/ ascii wide nocase
    condition:
        2 of them and filesize < 16MB and (uint16(0) == 0x5A4D or filesize < 3MB and #a4 + #a6 > 0 and (#a1 + #a2 + #a5) > 0)
}

rule shodo_tool_password_collection
{
    meta:
        id = "SHODO-TOOL-002"
        author = "shodo project"
        description = "Tool that collects stored passwords"
        description_ja = "保存されたパスワードを集める道具です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1555"
    strings:
        $a1 = "The LaZagne Project" ascii wide nocase
        $a2 = "WebBrowserPassView" ascii wide nocase
        $a3 = "Mail PassView" ascii wide nocase
        $a4 = "Dialupass" ascii wide
        $a5 = "VNCPassView" ascii wide nocase
        $a6 = "RouterPassView" ascii wide nocase
        $a7 = "Network Password Recovery" ascii wide
        $a8 = "ChromePass" ascii wide
        $a9 = "PstPassword" ascii wide
    condition:
        uint16(0) == 0x5A4D and filesize < 32MB and any of ($a*)
}

rule shodo_tool_remote_execution
{
    meta:
        id = "SHODO-TOOL-003"
        author = "shodo project"
        description = "PsExec or its service (starts programs on other machines)"
        description_ja = "他のパソコンでプログラムを動かす道具（PsExec）です。保守でも使われます。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1569.002"
    strings:
        $a1 = "PSEXESVC" ascii wide
        $a2 = "PsExec" ascii wide
        $a3 = "Sysinternals" ascii wide
        $a4 = "PAExec" ascii wide
        $a5 = "RemCom" ascii wide fullword
        $a6 = "CSExecSvc" ascii wide nocase
    condition:
        uint16(0) == 0x5A4D and filesize < 16MB and (($a1 and ($a2 or $a3)) or ($a4 and #a4 > 2) or $a5 and #a5 > 2 or $a6)
}

rule shodo_tool_impacket_output
{
    meta:
        id = "SHODO-TOOL-004"
        author = "shodo project"
        description = "Left-over of remote command tools (output file or share path)"
        description_ja = "遠隔操作の道具が残した跡です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1047"
    strings:
        $a1 = /\\\\127\.0\.0\.1\\(ADMIN|C)\$\\__\d/ ascii wide nocase
        $a2 = /\\\\127\.0\.0\.1\\C\$\\__output/ ascii wide nocase
    condition:
        filesize < 64MB and any of them
}

rule shodo_tool_network_scan
{
    meta:
        id = "SHODO-TOOL-005"
        author = "shodo project"
        description = "Network or directory scanner"
        description_ja = "院内ネットワークや利用者一覧を調べる道具です。保守でも使われます。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1046"
    strings:
        $a1 = "SoftPerfect Network Scanner" ascii wide nocase
        $a2 = "Advanced IP Scanner" ascii wide nocase
        $a3 = "Advanced Port Scanner" ascii wide nocase
        $a4 = "Angry IP Scanner" ascii wide nocase
        $a5 = "joeware.net" ascii wide nocase
        $a6 = "AdFind" ascii wide
        $a7 = "SharpHound" ascii wide nocase
        $a8 = "BloodHound" ascii wide
        $a9 = "SharpShares" ascii wide nocase
    condition:
        uint16(0) == 0x5A4D and filesize < 64MB and (any of ($a1, $a2, $a3, $a4, $a7, $a9) or ($a5 and $a6) or #a8 > 3)
}

rule shodo_tool_scan_result
{
    meta:
        id = "SHODO-TOOL-006"
        author = "shodo project"
        description = "Result file of a network or directory scan"
        description_ja = "院内ネットワークを調べた結果のファイルです。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1018"
    strings:
        $n1 = "<network-scanner-result" ascii wide nocase
        $n2 = "Scanner: Advanced IP Scanner" ascii wide nocase
        $n3 = /Nmap\s[\d.]+\sscan initiated/ ascii wide nocase
        $n4 = /AdFind V\d\d\.\d\d/ ascii wide
        $n5 = "\"BloodHound" ascii wide
        $n6 = /"meta":\s?\{"methods":\s?\d+,\s?"type":\s?"(users|computers|groups|domains)"/ ascii
        $n7 = /dn:(CN|OU)=.{1,200}\r?\n>objectClass:/ ascii wide
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and not uint16(0) == 0x5A4D and uint32(0) != 0x46666C45 and filesize < 64MB and any of ($n*)
}

rule shodo_tool_protection_killer
{
    meta:
        id = "SHODO-TOOL-007"
        author = "shodo project"
        description = "Tool or driver used to switch protection programs off"
        description_ja = "ウイルス対策ソフトを止めるのに使われる道具・ドライバーです。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1562.001"
    strings:
        $a1 = "KProcessHacker" ascii wide nocase
        $a2 = "PCHunter" ascii wide nocase
        $a3 = "PowerTool" ascii wide
        $a4 = "GMER" ascii wide fullword
        $a5 = "YDArk" ascii wide
        $a6 = "EDRSandblast" ascii wide nocase
        $a7 = "Terminator" ascii wide fullword
        $a8 = "Defender Control" ascii wide nocase
        $a9 = "IObit Unlocker" ascii wide nocase
        $b1 = "zam64.sys" ascii wide nocase
        $b2 = "zamguard64" ascii wide nocase
        $b3 = "aswArPot" ascii wide nocase
        $b4 = "gmer64.sys" ascii wide nocase
        $b5 = "RTCore64" ascii wide nocase
        $b6 = "truesight.sys" ascii wide nocase
    condition:
        uint16(0) == 0x5A4D and filesize < 32MB and (any of ($a1, $a2, $a5, $a6, $a8, $a9) or (any of ($a3, $a4, $a7) and any of ($b*)) or 2 of ($b*))
}

rule shodo_tool_tunnel
{
    meta:
        id = "SHODO-TOOL-008"
        author = "shodo project"
        description = "Tunnel program that opens a hidden way out"
        description_ja = "外部へ隠れた通信路を作る道具です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1572"
    strings:
        $a1 = "ngrok.com" ascii wide
        $a2 = "go.ngrok" ascii
        $a3 = "github.com/jpillora/chisel" ascii
        $a4 = "cloudflare/cloudflared" ascii
        $a5 = "github.com/fatedier/frp" ascii
        $a6 = "github.com/nicocha30/ligolo-ng" ascii
        $a7 = "github.com/sysdream/ligolo" ascii
        $a8 = "github.com/ginuerzh/gost" ascii
        $a9 = "revsocks" ascii fullword
        $b1 = "3proxy" ascii fullword
    condition:
        (uint16(0) == 0x5A4D or uint32(0) == 0x464C457F) and (($a1 and $a2) or any of ($a3, $a4, $a5, $a6, $a7, $a8) or #a9 > 2 or #b1 > 4)
}

rule shodo_tool_tunnel_settings
{
    meta:
        id = "SHODO-TOOL-009"
        author = "shodo project"
        description = "Settings file of a tunnel program"
        description_ja = "外部へ隠れた通信路を作る設定です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1572"
    strings:
        $n1 = /authtoken:\s{0,3}[0-9A-Za-z_]{20}/ ascii
        $n2 = /tunnels:\s/ ascii
        $n3 = /server_addr\s{0,3}=\s{0,3}\S{4}/ ascii
        $n4 = /server_port\s{0,3}=\s{0,3}\d/ ascii
        $n5 = /\[(rdp|socks5?|plugin_socks|smb)\]/ ascii nocase
        $n6 = /remote_port\s{0,3}=/ ascii
    condition:
        filesize < 64KB and (($n1 and $n2) or ($n3 and $n4 and ($n5 or $n6)))
}

rule shodo_tool_secure_delete
{
    meta:
        id = "SHODO-TOOL-010"
        author = "shodo project"
        description = "Tool that overwrites files or free space"
        description_ja = "ファイルや空き領域を上書きして消す道具です。"
        source = "Ransomware-Tool-Matrix (CC BY 4.0), 2026-07-25: names only"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1070.004"
    strings:
        $a1 = "SDelete" ascii wide
        $a2 = "Secure file delete" ascii wide nocase
        $a3 = "Eraser.exe" ascii wide nocase
        $a4 = "Heidi Computers" ascii wide
    condition:
        uint16(0) == 0x5A4D and filesize < 32MB and (($a1 and $a2) or ($a3 and $a4))
}
