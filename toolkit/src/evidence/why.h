/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a volume is not read, what it is, and whom to ask for what instead: one row each, in both
 * languages. The English text goes into the volume and the ledger; shodo_volume_why_show() gives
 * the Japanese one for it. For the files of this folder only.
 */
#ifndef SHODO_EVIDENCE_WHY_H
#define SHODO_EVIDENCE_WHY_H

#define WHY_ASK_LINUX                                                                              \
    "ask whoever runs this server to copy the data or to attach the volume read-only"
#define WHY_ASK_LINUX_JA                                                                           \
    "このサーバーの保守会社に、データの写しか、読み取り専用での接続を頼んでください"
#define WHY_ASK_VENDOR_JA "サーバーの保守会社に頼んでください"

#define WHY_LIST(X)                                                                                                                                        \
    X(REFS,                                                                                                                                                \
      "ReFS is not read; ask the company that maintains the server to attach the disk read-only to a Windows "                                             \
      "Server of the same version or newer",                                                                                                               \
      "ReFS はこの道具では読めません. 同じ版か新しい Windows Server に読み取り専用でつなぐ必要があります. " WHY_ASK_VENDOR_JA)                             \
    X(SPACES,                                                                                                                                              \
      "member of a Windows storage pool (Storage Spaces); all disks of the pool are needed, on a Windows "                                                 \
      "machine, read-only: ask the company that maintains the server",                                                                                     \
      "Windows の記憶域プールの一部です. 1 台だけでは読めません. プールの全ディスクを Windows 機に読み取り専用でつなぐ必要があります. " WHY_ASK_VENDOR_JA) \
    X(DYNAMIC,                                                                                                                                             \
      "Windows dynamic disk (LDM); all disks of the set are needed, on a Windows machine, read-only: ask the "                                             \
      "company that maintains the machine",                                                                                                                \
      "Windows のダイナミックディスクです. 組になる全ディスクを Windows 機に読み取り専用でつなぐ必要があります. 機械の保守会社に頼んでください")           \
    X(DYNAMIC_DB, "database of a Windows dynamic disk, no files",                                                                                          \
      "Windows ダイナミックディスクの管理領域です. ファイルはありません")                                                                                  \
    X(RESERVED, "Microsoft reserved partition, no files",                                                                                                  \
      "Microsoft の予約領域です. ファイルはありません")                                                                                                    \
    X(BIOS_BOOT, "BIOS boot partition, no files; the start code in it is not examined",                                                                    \
      "旧式 BIOS 用の起動プログラムの区画です. ファイルはありません. 起動プログラムは調べません")                                                          \
    X(VMFS,                                                                                                                                                \
      "VMware datastore (VMFS); ask the virtualization provider for the virtual disks of the machines",                                                    \
      "VMware のデータストア (VMFS) です. 仮想化基盤の保守会社に、仮想マシンのディスク (VMDK) の写しを頼んでください")                                     \
    X(LUKS, "encrypted Linux volume (LUKS); the pass phrase is needed: " WHY_ASK_LINUX,                                                                    \
      "暗号化された Linux ボリューム (LUKS) です. パスフレーズが要ります. " WHY_ASK_LINUX_JA)                                                              \
    X(LVM, "member of a Linux volume group (LVM); " WHY_ASK_LINUX,                                                                                         \
      "Linux のボリュームグループ (LVM) の一部です. " WHY_ASK_LINUX_JA)                                                                                    \
    X(MDRAID, "member of a Linux RAID; all members are needed: " WHY_ASK_LINUX,                                                                            \
      "Linux RAID の一部です. 全部のディスクが要ります. " WHY_ASK_LINUX_JA)                                                                                \
    X(XFS, "XFS is not read; " WHY_ASK_LINUX, "XFS はこの道具では読めません. " WHY_ASK_LINUX_JA)                                                           \
    X(BTRFS, "BTRFS is not read; " WHY_ASK_LINUX,                                                                                                          \
      "BTRFS はこの道具では読めません. " WHY_ASK_LINUX_JA)                                                                                                 \
    X(APFS, "APFS is not read; a Mac is needed: ask whoever looks after the Macs",                                                                         \
      "APFS (Mac) はこの道具では読めません. Mac が要ります. Mac の担当者に頼んでください")                                                                 \
    X(HFS, "HFS+ is not read; a Mac is needed: ask whoever looks after the Macs",                                                                          \
      "HFS+ (Mac) はこの道具では読めません. Mac が要ります. Mac の担当者に頼んでください")                                                                 \
    X(SWAP, "Linux swap space, no files", "Linux のスワップ領域です. ファイルはありません")                                                                \
    X(ISO, "a disc image, not read", "光ディスクの内容です. 読みません")                                                                                   \
    X(SQUASHFS, "a read-only Linux system image, not read",                                                                                                \
      "読み取り専用の Linux システムの内容です. 読みません")                                                                                               \
    X(BITLOCKER, "encrypted with BitLocker; the 48-digit recovery key is needed",                                                                          \
      "BitLocker で暗号化されています. 48 桁の回復キーが要ります")                                                                                         \
    X(SMALL, "too small to hold a file system", "小さすぎてファイルシステムがありません")                                                                  \
    X(BAD_START, "the start of the volume cannot be read (bad sectors)",                                                                                   \
      "ボリュームの先頭が読めません (不良セクタ)")                                                                                                         \
    X(EMPTY, "empty: the volume starts with zeros", "空です (先頭がゼロ)")                                                                                 \
    X(UNKNOWN, "not recognised; it may be damaged or encrypted: ask whoever set up this machine",                                                          \
      "何か分かりません. 壊れているか暗号化されているかもしれません. この機械を設置した会社に聞いてください")

enum why {
#define X(id, en, ja) WHY_##id,
    WHY_LIST(X)
#undef X
        WHY_COUNT
};

const char *why_en(enum why w);

#endif
