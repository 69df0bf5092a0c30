/* SPDX-License-Identifier: Apache-2.0 */
#include "examine/readers/events_rows.h"

#include "base/macro.h"
#include "base/text.h"

#define AUDIT     "Microsoft-Windows-Security-Auditing"
#define EVENTLOG  "Microsoft-Windows-Eventlog"
#define SCM       "Service Control Manager"
#define LSM       "Microsoft-Windows-TerminalServices-LocalSessionManager"
#define RCM       "Microsoft-Windows-TerminalServices-RemoteConnectionManager"
#define RDPCORE   "Microsoft-Windows-RemoteDesktopServices-RdpCoreTS"
#define RDPCLIENT "Microsoft-Windows-TerminalServices-ClientActiveXCore"
#define DEFENDER  "Microsoft-Windows-Windows Defender"
#define TASK      "Microsoft-Windows-TaskScheduler"
#define SYSMON    "Microsoft-Windows-Sysmon"
#define FIREWALL  "Microsoft-Windows-Windows Firewall With Advanced Security"
#define RESTART   "Microsoft-Windows-RestartManager"
#define BITLOCKER "Microsoft-Windows-BitLocker-API"
#define LOGON_KEYS                                                                                 \
    "TargetUserName|TargetDomainName|LogonType|IpAddress|WorkstationName|LogonProcessName"

static const struct event_row rows[] = {
    /* logons */
    {4624, AUDIT, "logon", EVENTS_MINUTE, LOGON_KEYS},
    {4625, AUDIT, "logon_failed", EVENTS_MINUTE,
     "TargetUserName|LogonType|IpAddress|WorkstationName|SubStatus"},
    {4634, AUDIT, "logoff", EVENTS_MINUTE, "TargetUserName|LogonType"},
    {4647, AUDIT, "logoff", EVENTS_MINUTE, "TargetUserName"},
    {4648, AUDIT, "explicit_credentials", EVENTS_MINUTE,
     "SubjectUserName|TargetUserName|TargetServerName|ProcessName|IpAddress"},
    {4672, AUDIT, "admin_logon", EVENTS_MINUTE, "SubjectUserName|SubjectDomainName"},
    {4740, AUDIT, "account_locked", EVENTS_MINUTE, "TargetUserName|TargetDomainName"},
    {4768, AUDIT, "kerberos_logon", EVENTS_MINUTE,
     "TargetUserName|IpAddress|Status|TicketEncryptionType"},
    {4769, AUDIT, "kerberos_service", EVENTS_MINUTE,
     "TargetUserName|ServiceName|IpAddress|TicketEncryptionType"},
    {4771, AUDIT, "kerberos_failed", EVENTS_MINUTE, "TargetUserName|IpAddress|Status"},
    {4776, AUDIT, "ntlm_logon", EVENTS_MINUTE, "TargetUserName|Workstation|Status"},
    {4778, AUDIT, "session_reconnected", EVENTS_EACH, NULL},
    {4779, AUDIT, "session_disconnected", EVENTS_EACH, NULL},
    /* accounts and policy */
    {4720, AUDIT, "account_created", EVENTS_EACH, NULL},
    {4722, AUDIT, "account_enabled", EVENTS_EACH, NULL},
    {4723, AUDIT, "password_changed", EVENTS_EACH, NULL},
    {4724, AUDIT, "password_reset", EVENTS_EACH, NULL},
    {4725, AUDIT, "account_disabled", EVENTS_EACH, NULL},
    {4726, AUDIT, "account_deleted", EVENTS_EACH, NULL},
    {4738, AUDIT, "account_changed", EVENTS_MINUTE, "TargetUserName|SubjectUserName"},
    {4781, AUDIT, "account_renamed", EVENTS_EACH, NULL},
    {4728, AUDIT, "group_member_added", EVENTS_EACH, NULL},
    {4732, AUDIT, "group_member_added", EVENTS_EACH, NULL},
    {4756, AUDIT, "group_member_added", EVENTS_EACH, NULL},
    {4741, AUDIT, "computer_account_created", EVENTS_EACH, NULL},
    {4719, AUDIT, "audit_policy_changed", EVENTS_MINUTE,
     "SubcategoryGuid|AuditPolicyChanges|SubjectUserName"},
    {4739, AUDIT, "domain_policy_changed", EVENTS_EACH, NULL},
    {4616, AUDIT, "time_changed", EVENTS_MINUTE, "ProcessName|SubjectUserName"},
    {4662, AUDIT, "directory_access", EVENTS_MINUTE, "SubjectUserName|Properties|ObjectName"},
    {5136, AUDIT, "directory_changed", EVENTS_EACH, NULL},
    {5137, AUDIT, "directory_changed", EVENTS_EACH, NULL},
    {5141, AUDIT, "directory_changed", EVENTS_EACH, NULL},
    /* logs */
    {1102, EVENTLOG, "log_cleared", EVENTS_EACH, NULL},
    {104, EVENTLOG, "log_cleared", EVENTS_EACH, NULL},
    {1100, EVENTLOG, "log_stopped", EVENTS_EACH, NULL},
    {1104, EVENTLOG, "log_full", EVENTS_EACH, NULL},
    {6005, "EventLog", "log_started", EVENTS_EACH, NULL},
    {6006, "EventLog", "system_stopped", EVENTS_EACH, NULL},
    {6008, "EventLog", "power_lost", EVENTS_EACH, NULL},
    {41, "Microsoft-Windows-Kernel-Power", "power_lost", EVENTS_EACH, NULL},
    {12, "Microsoft-Windows-Kernel-General", "system_started", EVENTS_EACH, NULL},
    {13, "Microsoft-Windows-Kernel-General", "system_stopped", EVENTS_EACH, NULL},
    {1, "Microsoft-Windows-Kernel-General", "time_changed", EVENTS_MINUTE, "Reason"},
    {1074, "User32", "shutdown_asked", EVENTS_EACH, NULL},
    /* services, tasks, programs */
    {7045, SCM, "service_installed", EVENTS_EACH, NULL},
    {4697, AUDIT, "service_installed", EVENTS_EACH, NULL},
    {7036, SCM, "service_state", EVENTS_MINUTE, "param1|param2"},
    {7040, SCM, "service_start_changed", EVENTS_EACH, NULL},
    {7031, SCM, "service_crashed", EVENTS_MINUTE, "param1"},
    {7034, SCM, "service_crashed", EVENTS_MINUTE, "param1"},
    {4698, AUDIT, "task_registered", EVENTS_EACH, NULL},
    {4699, AUDIT, "task_deleted", EVENTS_EACH, NULL},
    {4702, AUDIT, "task_updated", EVENTS_MINUTE, "TaskName|SubjectUserName|TaskContent"},
    {106, TASK, "task_registered", EVENTS_EACH, NULL},
    {140, TASK, "task_updated", EVENTS_MINUTE, "TaskName|UserName"},
    {141, TASK, "task_deleted", EVENTS_EACH, NULL},
    {129, TASK, "task_run", EVENTS_LOG, "TaskName|Path"},
    {200, TASK, "task_run", EVENTS_LOG, "TaskName|ActionName"},
    {4688, AUDIT, "process", EVENTS_LOG,
     "NewProcessName|CommandLine|SubjectUserName|ParentProcessName"},
    {4985, AUDIT, "file_transaction", EVENTS_LOG, "ProcessName|NewState|SubjectUserName"},
    {1033, "MsiInstaller", "program_installed", EVENTS_MINUTE, NULL},
    {11707, "MsiInstaller", "program_installed", EVENTS_MINUTE, NULL},
    {1040, "MsiInstaller", "installer_started", EVENTS_MINUTE, ""},
    {1042, "MsiInstaller", "installer_ended", EVENTS_MINUTE, ""},
    {3000, "Microsoft-Windows-ProcessExitMonitor", "process_exit_monitor", EVENTS_EACH, NULL},
    {3001, "Microsoft-Windows-ProcessExitMonitor", "process_exit_monitor", EVENTS_EACH, NULL},
    /* remote desktop */
    {21, LSM, "rdp_session_logon", EVENTS_EACH, NULL},
    {23, LSM, "rdp_session_logoff", EVENTS_EACH, NULL},
    {24, LSM, "rdp_session_disconnected", EVENTS_EACH, NULL},
    {25, LSM, "rdp_session_reconnected", EVENTS_EACH, NULL},
    {1149, RCM, "rdp_authenticated", EVENTS_MINUTE, "Param1|Param2|Param3"},
    {261, RCM, "rdp_connection", EVENTS_MINUTE, ""},
    {131, RDPCORE, "rdp_connection", EVENTS_MINUTE, "ConnType|ClientIP"},
    {140, RDPCORE, "rdp_logon_failed", EVENTS_MINUTE, "IPString"},
    {1024, RDPCLIENT, "rdp_outgoing", EVENTS_MINUTE, "Value"},
    {1102, RDPCLIENT, "rdp_outgoing", EVENTS_MINUTE, "Value"},
    /* shares and remote management */
    {5140, AUDIT, "share_accessed", EVENTS_MINUTE, "ShareName|IpAddress|SubjectUserName"},
    {5142, AUDIT, "share_created", EVENTS_EACH, NULL},
    {5145, AUDIT, "share_file_accessed", EVENTS_MINUTE,
     "ShareName|RelativeTargetName|IpAddress|SubjectUserName"},
    {551, "Microsoft-Windows-SMBServer", "smb_logon_failed", EVENTS_MINUTE, "ClientName|UserName"},
    {3000, "Microsoft-Windows-SMBServer", "smb1_used", EVENTS_MINUTE, "ClientName"},
    {31001, "Microsoft-Windows-SMBClient", "smb_client_failed", EVENTS_MINUTE,
     "ServerName|UserName"},
    {6, "Microsoft-Windows-WinRM", "winrm_outgoing", EVENTS_MINUTE, "connection"},
    {91, "Microsoft-Windows-WinRM", "winrm_session", EVENTS_MINUTE, NULL},
    {5861, "Microsoft-Windows-WMI-Activity", "wmi_consumer", EVENTS_EACH, NULL},
    {59, "Microsoft-Windows-Bits-Client", "bits_download", EVENTS_LOG, "url|name"},
    /* defence */
    {1006, DEFENDER, "malware_found", EVENTS_EACH, NULL},
    {1015, DEFENDER, "malware_found", EVENTS_EACH, NULL},
    {1116, DEFENDER, "malware_found", EVENTS_EACH, NULL},
    {1117, DEFENDER, "malware_action", EVENTS_EACH, NULL},
    {1118, DEFENDER, "malware_action_failed", EVENTS_EACH, NULL},
    {1119, DEFENDER, "malware_action_failed", EVENTS_EACH, NULL},
    {1013, DEFENDER, "defender_history_deleted", EVENTS_EACH, NULL},
    {5000, DEFENDER, "defender_enabled", EVENTS_EACH, NULL},
    {5001, DEFENDER, "defender_disabled", EVENTS_EACH, NULL},
    {5004, DEFENDER, "defender_changed", EVENTS_MINUTE, NULL},
    {5007, DEFENDER, "defender_changed", EVENTS_MINUTE, "Old Value|New Value"},
    {5010, DEFENDER, "defender_disabled", EVENTS_EACH, NULL},
    {5012, DEFENDER, "defender_disabled", EVENTS_EACH, NULL},
    {5013, DEFENDER, "defender_tampering", EVENTS_EACH, NULL},
    {2003, FIREWALL, "firewall_profile_changed", EVENTS_MINUTE, NULL},
    {2004, FIREWALL, "firewall_rule_added", EVENTS_MINUTE,
     "RuleName|ApplicationPath|ModifyingApplication"},
    {2006, FIREWALL, "firewall_rule_deleted", EVENTS_MINUTE, "RuleName|ModifyingApplication"},
    {2033, FIREWALL, "firewall_rules_deleted", EVENTS_EACH, NULL},
    /* PowerShell */
    {4104, "Microsoft-Windows-PowerShell", "powershell_script", EVENTS_LOG, "ScriptBlockText|Path"},
    {400, "PowerShell", "powershell_started", EVENTS_MINUTE, NULL},
    {600, "PowerShell", "powershell_provider", EVENTS_MINUTE, "@host"},
    {800, "PowerShell", "powershell_pipeline", EVENTS_MINUTE, NULL},
    /* backups, shadow copies, signs of ransomware */
    {8222, AUDIT, "shadow_copy_created", EVENTS_EACH, NULL},
    {13, "VSS", "shadow_copy_error", EVENTS_MINUTE, NULL},
    {8193, "VSS", "shadow_copy_error", EVENTS_MINUTE, NULL},
    {8194, "VSS", "shadow_copy_error", EVENTS_MINUTE, NULL},
    {8224, "VSS", "shadow_copy_service_idle", EVENTS_EACH, NULL},
    {25, "volsnap", "shadow_copies_lost", EVENTS_EACH, NULL},
    {33, "volsnap", "shadow_copy_deleted", EVENTS_EACH, NULL},
    {524, "Microsoft-Windows-Backup", "backup_catalog_deleted", EVENTS_EACH, NULL},
    {612, "Microsoft-Windows-Backup", "backup_cancelled", EVENTS_EACH, NULL},
    {753, "Microsoft-Windows-Backup", "backup_started", EVENTS_EACH, NULL},
    {10016, "Microsoft-Windows-DistributedCOM", "dcom_denied", EVENTS_LOG, ""},
    {10016, "DCOM", "dcom_denied", EVENTS_LOG, ""},
    {10000, RESTART, "restart_manager_started", EVENTS_MINUTE, ""},
    {10001, RESTART, "restart_manager_ended", EVENTS_MINUTE, ""},
    {768, BITLOCKER, "bitlocker_started", EVENTS_EACH, NULL},
    {775, BITLOCKER, "bitlocker_protector", EVENTS_EACH, NULL},
    {796, BITLOCKER, "bitlocker_changed", EVENTS_EACH, NULL},
    {840, BITLOCKER, "bitlocker_changed", EVENTS_EACH, NULL},
    /* remote support */
    {100, "ScreenConnect", "remote_session", EVENTS_EACH, NULL},
    {101, "ScreenConnect", "remote_session", EVENTS_EACH, NULL},
    {200, "ScreenConnect", "remote_session", EVENTS_EACH, NULL},
    {201, "ScreenConnect", "remote_session", EVENTS_EACH, NULL},
    {20221, "RasClient", "vpn_dialed", EVENTS_EACH, NULL},
    {20225, "RasClient", "vpn_connected", EVENTS_EACH, NULL},
    {20226, "RasClient", "vpn_disconnected", EVENTS_EACH, NULL},
    /* Sysmon */
    {1, SYSMON, "sysmon_process", EVENTS_LOG,
     "Image|CommandLine|User|ParentImage|ParentCommandLine"},
    {2, SYSMON, "sysmon_file_time", EVENTS_LOG, "Image|TargetFilename"},
    {3, SYSMON, "sysmon_network", EVENTS_LOG, "Image|DestinationIp|DestinationPort|Initiated"},
    {6, SYSMON, "sysmon_driver", EVENTS_LOG, "ImageLoaded|Signature"},
    {7, SYSMON, "sysmon_module", EVENTS_LOG, "Image|ImageLoaded"},
    {8, SYSMON, "sysmon_remote_thread", EVENTS_LOG, "SourceImage|TargetImage"},
    {10, SYSMON, "sysmon_process_access", EVENTS_LOG, "SourceImage|TargetImage|GrantedAccess"},
    {11, SYSMON, "sysmon_file", EVENTS_LOG, "Image|TargetFilename"},
    {12, SYSMON, "sysmon_registry", EVENTS_LOG, "Image|TargetObject|EventType"},
    {13, SYSMON, "sysmon_registry", EVENTS_LOG, "Image|TargetObject|Details"},
    {14, SYSMON, "sysmon_registry", EVENTS_LOG, "Image|TargetObject|NewName"},
    {15, SYSMON, "sysmon_stream", EVENTS_LOG, "Image|TargetFilename"},
    {17, SYSMON, "sysmon_pipe", EVENTS_LOG, "Image|PipeName"},
    {18, SYSMON, "sysmon_pipe", EVENTS_MINUTE, "Image|PipeName"},
    {19, SYSMON, "sysmon_wmi", EVENTS_EACH, NULL},
    {20, SYSMON, "sysmon_wmi", EVENTS_EACH, NULL},
    {21, SYSMON, "sysmon_wmi", EVENTS_EACH, NULL},
    {22, SYSMON, "sysmon_name_query", EVENTS_LOG, "Image|QueryName"},
    {23, SYSMON, "sysmon_file_deleted", EVENTS_LOG, "Image|TargetFilename"},
    {25, SYSMON, "sysmon_process_tampered", EVENTS_EACH, NULL},
};

const struct event_row *events_row(const char *provider, uint32_t id) {
    for (size_t i = 0; i < SHODO_ARRAY_SIZE(rows); i++)
        if (rows[i].id == id && shodo_text_ieq(rows[i].provider, provider))
            return &rows[i];
    return NULL;
}
