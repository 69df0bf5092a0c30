// Command scripts and programs that prepare or accompany an encryption: recovery removed, protection
// off, logs cleared, services stopped. Small files only; one command alone can be an administrator's.
// A text that begins with {" (JSON: records of this toolkit, exported logs) tells of commands, it is no script: no finding.

rule shodo_script_recovery_removed
{
    meta:
        id = "SHODO-SCRIPT-001"
        author = "shodo project"
        description = "Script or program with at least two commands that remove shadow copies, backups or recovery"
        description_ja = "バックアップや復元機能を消す命令が2つ以上入っています。"
        source = "CISA AA24-060A; own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "match"
        technique = "T1490"
    strings:
        $a01 = /vssadmin(\.exe)?["']?\s{1,4}delete\s{1,4}shadows/ ascii wide nocase
        $a02 = /vssadmin(\.exe)?["']?\s{1,4}resize\s{1,4}shadowstorage/ ascii wide nocase
        $a03 = /wmic(\.exe)?["']?\s{1,4}shadowcopy\s{1,4}delete/ ascii wide nocase
        $a04 = /wbadmin(\.exe)?["']?\s{1,4}delete\s{1,4}(catalog|systemstatebackup|backup)/ ascii wide nocase
        $a05 = /recoveryenabled["']?\s{1,4}no/ ascii wide nocase
        $a06 = /bootstatuspolicy["']?\s{1,4}ignoreallfailures/ ascii wide nocase
        $a07 = /win32_shadowcopy.{0,80}(delete|remove)/ ascii wide nocase
        $a08 = /fsutil(\.exe)?\s{1,4}usn\s{1,4}deletejournal/ ascii wide nocase
        $a09 = /delete\s{1,4}shadows\s{1,4}all/ ascii wide nocase
        $a10 = /cipher(\.exe)?\s{1,4}\/w:/ ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 8MB and 2 of ($a*)
}

rule shodo_script_recovery_one
{
    meta:
        id = "SHODO-SCRIPT-002"
        author = "shodo project"
        description = "Small script with one command that removes shadow copies, backups or recovery"
        description_ja = "バックアップや復元機能を消す命令が1つ入っています。保守作業のこともあります。"
        source = "CISA AA24-060A; own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1490"
    strings:
        $a01 = /vssadmin(\.exe)?["']?\s{1,4}delete\s{1,4}shadows/ ascii wide nocase
        $a02 = /vssadmin(\.exe)?["']?\s{1,4}resize\s{1,4}shadowstorage/ ascii wide nocase
        $a03 = /wmic(\.exe)?["']?\s{1,4}shadowcopy\s{1,4}delete/ ascii wide nocase
        $a04 = /wbadmin(\.exe)?["']?\s{1,4}delete\s{1,4}(catalog|systemstatebackup|backup)/ ascii wide nocase
        $a05 = /recoveryenabled["']?\s{1,4}no/ ascii wide nocase
        $a06 = /bootstatuspolicy["']?\s{1,4}ignoreallfailures/ ascii wide nocase
        $a07 = /win32_shadowcopy.{0,80}(delete|remove)/ ascii wide nocase
        $a08 = /fsutil(\.exe)?\s{1,4}usn\s{1,4}deletejournal/ ascii wide nocase
        $a09 = /delete\s{1,4}shadows\s{1,4}all/ ascii wide nocase
        $a10 = /cipher(\.exe)?\s{1,4}\/w:/ ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 64KB and #a01 + #a02 + #a03 + #a04 + #a05 + #a06 + #a07 + #a08 + #a09 + #a10 > 0 and not uint16(0) == 0x5A4D
}

rule shodo_script_defender_off
{
    meta:
        id = "SHODO-SCRIPT-003"
        author = "shodo project"
        description = "Script that switches Microsoft Defender or the firewall off or excludes whole places from it"
        description_ja = "ウイルス対策（Defender）やファイアウォールを止める、または除外する命令です。"
        source = "CISA AA24-060A; own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1562.001"
    strings:
        $a1 = /Set-MpPreference.{0,120}-Disable\w{4,40}\s{1,4}(\$true|1|true)/ ascii wide nocase
        $a2 = /(Add|Set)-MpPreference.{0,60}-Exclusion(Path|Extension|Process)/ ascii wide nocase
        $a3 = /DisableAntiSpyware.{0,40}(REG_DWORD|dword:0*1|\/d\s*1)/ ascii wide nocase
        $a4 = /netsh\s{1,4}advfirewall\s{1,4}set\s{1,4}\w{4,20}\s{1,4}state\s{1,4}off/ ascii wide nocase
        $a5 = /netsh\s{1,4}firewall\s{1,4}set\s{1,4}opmode.{0,12}disable/ ascii wide nocase
        $a6 = /(sc|net)(\.exe)?\s{1,4}(stop|delete)\s{1,4}"?(WinDefend|Sense|WdNisSvc)/ ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 1MB and any of ($a*)
}

rule shodo_script_log_cleared
{
    meta:
        id = "SHODO-SCRIPT-004"
        author = "shodo project"
        description = "Script that clears event logs or switches logging off"
        description_ja = "イベントログを消す、または記録を止める命令です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1070.001"
    strings:
        $a1 = /wevtutil(\.exe)?\s{1,4}(cl|clear-log)\s/ ascii wide nocase
        $a2 = /Clear-EventLog\s/ ascii wide nocase
        $a3 = /wevtutil(\.exe)?\s{1,4}(sl|set-log)\s.{1,120}\/e:false/ ascii wide nocase
        $a4 = /auditpol(\.exe)?\s{1,4}\/clear/ ascii wide nocase
        $a5 = /ClearEventLog\(|\.ClearLog\(\)/ ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 512KB and not uint16(0) == 0x5A4D and any of ($a*)
}

rule shodo_script_mass_stop
{
    meta:
        id = "SHODO-SCRIPT-005"
        author = "shodo project"
        description = "Script that stops many database, backup or protection services at once"
        description_ja = "データベース・バックアップ・ウイルス対策などのサービスをまとめて止める命令です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1489"
    strings:
        $stop = /(net|net1|sc|taskkill)(\.exe)?\s{1,4}(stop|config|\/f|\/im)\s/ ascii wide nocase
        $p01 = "sql" ascii wide nocase
        $p02 = "veeam" ascii wide nocase
        $p03 = "backup" ascii wide nocase
        $p04 = "oracle" ascii wide nocase
        $p05 = "exchange" ascii wide nocase
        $p06 = "sophos" ascii wide nocase
        $p07 = "acronis" ascii wide nocase
        $p08 = "mcafee" ascii wide nocase
        $p09 = "symantec" ascii wide nocase
        $p10 = "arcserve" ascii wide nocase
        $p11 = "vss" ascii wide nocase
        $p12 = "trend" ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 512KB and #stop >= 10 and 3 of ($p*)
}

rule shodo_script_encoded_powershell
{
    meta:
        id = "SHODO-SCRIPT-006"
        author = "shodo project"
        description = "Script that runs a hidden, encoded or downloaded PowerShell command"
        description_ja = "内容を隠した、または外から取り込む PowerShell の命令です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1059.001"
    strings:
        $p = "powershell" ascii wide nocase
        $a1 = /\s-e(nc|ncodedcommand)?\s{1,4}[A-Za-z0-9+\/=]{60}/ ascii wide nocase
        $a2 = /FromBase64String\(.{0,200}[^a-z](IEX|Invoke-Expression)/ ascii wide nocase
        $a3 = /[^a-z](IEX|Invoke-Expression).{0,60}(DownloadString|Net\.WebClient|FromBase64String|Invoke-WebRequest)/ ascii wide nocase
        $a4 = /-w(indowstyle)?\s{1,4}hidden.{0,200}(DownloadFile|DownloadString|Invoke-WebRequest|Start-BitsTransfer)/ ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 1MB and not uint16(0) == 0x5A4D and $p and any of ($a*)
}

rule shodo_script_hive_or_ntds_copy
{
    meta:
        id = "SHODO-SCRIPT-007"
        author = "shodo project"
        description = "Script that copies password stores (SAM, SECURITY, NTDS, LSASS memory)"
        description_ja = "パスワードの保管場所（SAM・NTDS・LSASS）を写し取る命令です。"
        source = "Ransomware-Tool-Matrix CR-024; own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "match"
        technique = "T1003"
    strings:
        $a1 = /reg(\.exe)?\s{1,4}save\s{1,4}("?hklm|hkey_local_machine)\\(sam|security)/ ascii wide nocase
        $a2 = /ntdsutil.{0,80}(ifm|create full|ac i ntds)/ ascii wide nocase
        $a3 = /comsvcs(\.dll)?[,\s#+]{1,4}\s{0,4}(MiniDump|#?24)/ ascii wide nocase
        $a4 = /copy\s.{0,120}HarddiskVolumeShadowCopy.{0,80}(ntds\.dit|config\\(sam|security|system))/ ascii wide nocase
        $a5 = /procdump(64)?(\.exe)?\s.{0,60}lsass/ ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 1MB and not uint16(0) == 0x5A4D and any of ($a*)
}

rule shodo_script_remote_push
{
    meta:
        id = "SHODO-SCRIPT-008"
        author = "shodo project"
        description = "Script that starts a program on many other machines"
        description_ja = "他の多数のパソコンでプログラムを動かす命令です。"
        source = "own wording of well-known behaviour"
        date = "2026-11-22"
        severity = "suspect"
        technique = "T1569.002"
    strings:
        $a1 = /psexec(64)?(\.exe)?\s.{0,40}(@[\w.:\\]+\.txt|\\\\\*)/ ascii wide nocase
        $a2 = /for\s+\/f.{0,80}(psexec|wmic\s+\/node)/ ascii wide nocase
        $a3 = /wmic(\.exe)?\s{1,4}\/node:@?.{1,80}process\s{1,4}call\s{1,4}create/ ascii wide nocase
        $a4 = /Invoke-Command\s.{0,60}-ComputerName\s.{0,80}(Get-Content|Get-ADComputer)/ ascii wide nocase
        $y1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $y2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($y*) and uint32(0) != 0x46666C45 and uint32(0) != 0x66676572 and uint16(0) != 0x227B and filesize < 512KB and not uint16(0) == 0x5A4D and any of ($a*)
}
