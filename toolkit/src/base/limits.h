/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every bound on what evidence or other foreign input may make us do. Hitting one is a reported
 * outcome (ledger or error), never silent. Append rows; change a value only with its test.
 */
#ifndef SHODO_BASE_LIMITS_H
#define SHODO_BASE_LIMITS_H

#include <stdint.h>

#define SHODO_KIB(n) ((uint64_t)(n) << 10)
#define SHODO_MIB(n) ((uint64_t)(n) << 20)
#define SHODO_GIB(n) ((uint64_t)(n) << 30)

/* engine */
#define SHODO_LIMIT_MESSAGE_BYTES     SHODO_MIB(1) /* one message between examiner and supervisor */
#define SHODO_LIMIT_EXAMINERS         64u          /* worker processes */
#define SHODO_LIMIT_EXAMINER_AS_BYTES SHODO_GIB(2) /* address space of one examiner */
/* wall clock for one entry before the examiner is killed */
#define SHODO_LIMIT_ENTRY_SECONDS 120u
/* CPU time of one examiner; it retires at half of it */
#define SHODO_LIMIT_EXAMINER_CPU_SECONDS 7200u
#define SHODO_LIMIT_EXAMINER_FILES       64u /* descriptors of one examiner */
/* work items handed to one examiner before it answers */
#define SHODO_LIMIT_ITEMS_AHEAD 16u
/* work items taken from the lister ahead of need */
#define SHODO_LIMIT_ITEMS_QUEUED   512u
#define SHODO_LIMIT_LISTER_SECONDS 600u /* silence of the lister before it is given up */
/* folders told apart in the policy ledger; later ones are summed per volume */
#define SHODO_LIMIT_POLICY_LINES  100000u
#define SHODO_LIMIT_DRILL_BYTES   SHODO_GIB(64)  /* unpacked drill disk */
#define SHODO_LIMIT_XZ_BYTES      SHODO_MIB(256) /* memory of the xz decoder */
#define SHODO_LIMIT_ITEM_FINDINGS 4096u          /* findings one work item may give */
#define SHODO_LIMIT_ITEM_LEDGER   10000u         /* ledger lines one work item may give */
#define SHODO_LIMIT_ITEM_FACTS    2000000u       /* facts one work item may give */
/* examiners replaced in one run before it is given up */
#define SHODO_LIMIT_RESPAWNS 1000u

/* volumes and walks */
#define SHODO_LIMIT_VOLUMES         128u
#define SHODO_LIMIT_BAD_RANGES      65536u /* separate unreadable ranges remembered per source */
#define SHODO_LIMIT_SEGMENTS        4096u  /* segments of a split image */
#define SHODO_LIMIT_RECOVERY_KEYS   16u    /* BitLocker recovery keys given to one command */
#define SHODO_LIMIT_EWF_TABLES      (1u << 20) /* chunk tables of an E01 image */
#define SHODO_LIMIT_EWF_CHUNK_BYTES SHODO_MIB(16)
/* one allocation of libtsk; growing lists four times as much */
#define SHODO_LIMIT_TSK_BYTES SHODO_MIB(256)
#define SHODO_LIMIT_SHADOWS   512u /* shadow copies of one volume: Windows keeps at most 512 */
/* failed reads of a shadow copy of which nothing was read yet: each reads its whole list again */
#define SHODO_LIMIT_SHADOW_FAILURES 4u
#define SHODO_LIMIT_ENTRIES         8000000u /* entries of one volume */
#define SHODO_LIMIT_NAMES           1024u    /* names (hard links) of one entry */
#define SHODO_LIMIT_STREAMS         4096u    /* streams of one entry */
#define SHODO_LIMIT_RUNS            100000u  /* runs of one stream */
#define SHODO_LIMIT_DEPTH           512u /* parents followed for a path; also directory recursion */
#define SHODO_LIMIT_PATH_BYTES      32768u /* one evidence path as UTF-8 */
#define SHODO_LIMIT_RESIDENT_BYTES  65536u

/* scanning */
/* whole-buffer taps up to here; larger files: windows */
#define SHODO_LIMIT_SCAN_BYTES        SHODO_MIB(64)
#define SHODO_LIMIT_SCAN_BYTES_SMALL  SHODO_MIB(32) /* with less than 2 GiB of memory */
#define SHODO_LIMIT_SCAN_WINDOW_BYTES SHODO_MIB(8)  /* head and tail windows of larger files */
/* reading one stream for its digest; after that windows and samples only */
#define SHODO_LIMIT_DIGEST_SECONDS 60u
/* larger streams of two volumes are compared by size and times */
#define SHODO_LIMIT_COMPARE_BYTES SHODO_GIB(1)
/* streams of one state that a triage compares with a shadow copy: about 160 bytes of memory each */
#define SHODO_LIMIT_COMPARE_STREAMS   600000u
#define SHODO_LIMIT_COMPARE_COPIES    3u  /* the newest copies of a volume that a triage compares */
#define SHODO_LIMIT_SCAN_SECONDS      20u /* libyara time limit per file and rule set */
#define SHODO_LIMIT_RULE_FILES        16384u
#define SHODO_LIMIT_RULE_FILE_BYTES   SHODO_MIB(16)
#define SHODO_LIMIT_FINDINGS_PER_FILE 256u
#define SHODO_LIMIT_NAMES_PER_FINDING 64u
#define SHODO_LIMIT_CACHE_CONTENTS    4000000u      /* digests remembered for equal content */
#define SHODO_LIMIT_CACHE_BYTES       SHODO_MIB(64) /* matches remembered for them */

/* text, JSON, YAML from the stick or from evidence */
#define SHODO_LIMIT_DOC_BYTES  SHODO_MIB(16)
#define SHODO_LIMIT_DOC_DEPTH  64u
#define SHODO_LIMIT_DOC_NODES  1000000u
#define SHODO_LIMIT_LINE_BYTES SHODO_MIB(1)

/* artifacts */
#define SHODO_LIMIT_ARTIFACTS  10000u
#define SHODO_LIMIT_TARGETS    100000u
#define SHODO_LIMIT_GLOB_DEPTH 10u /* levels of `**`, as plaso */

/* playbooks */
#define SHODO_LIMIT_PLAYBOOK_STEPS 2000u
#define SHODO_LIMIT_PLAY_VISITS    5000u /* steps walked in one playbook, loops included */

#define SHODO_LIMIT_SITE_ROWS 2000u /* lines, people, decisions of a site profile: of each kind */

/* bundle */
/* plain bytes in one CMS: stock openssl needs ~2.7x in memory */
#define SHODO_LIMIT_SEGMENT_BYTES  SHODO_MIB(256)
#define SHODO_LIMIT_PACK_BYTES     5000000u /* quick pack: what mail and web meetings take */
#define SHODO_LIMIT_RECIPIENTS     64u
#define SHODO_LIMIT_BAG_FILES      2000000u
#define SHODO_LIMIT_BAG_DEPTH      128u
#define SHODO_LIMIT_TAG_FILE_BYTES SHODO_MIB(512)
/* the inner ZIP is held in memory until the seal */
#define SHODO_LIMIT_QUARANTINE_BYTES SHODO_MIB(256)
/* segments of one bundle (249 GiB): three digits sort right in a shell */
#define SHODO_LIMIT_SEGMENT_FILES      999u
#define SHODO_LIMIT_SEGMENT_LIST_BYTES SHODO_MIB(32)
/* what CMS may add to the plain bytes of a segment */
#define SHODO_LIMIT_CMS_OVERHEAD_BYTES SHODO_MIB(4)
/* unpacked to packed bytes; deflate cannot exceed 1,032 */
#define SHODO_LIMIT_ZIP_RATIO 1100u
/* one CMS signature, time-stamp request or reply */
#define SHODO_LIMIT_SIGNATURE_BYTES SHODO_MIB(1)

/* case */
#define SHODO_LIMIT_KEY_BYTES     SHODO_KIB(64)  /* one PEM file */
#define SHODO_LIMIT_JOURNAL_BYTES SHODO_MIB(256) /* one stick's journal of one case */
#define SHODO_LIMIT_STICKS        64u            /* journals of one case */
/* endpoints, runs, seals, decisions: of each kind */
#define SHODO_LIMIT_CASE_ROWS 100000u

/* readers */
#define SHODO_LIMIT_HIVE_BYTES      SHODO_MIB(384) /* one registry hive with what its logs add */
#define SHODO_LIMIT_HIVE_LOG_BYTES  SHODO_MIB(64)  /* one transaction log */
#define SHODO_LIMIT_COMPANIONS      10000u         /* transaction logs remembered while listing */
#define SHODO_LIMIT_COMPANION_BYTES SHODO_KIB(128) /* one encoded entry of these */
#define SHODO_LIMIT_HIVE_KEYS       4000000u       /* keys of one hive */
/* list entries looked at in one hive: lists may name each other */
#define SHODO_LIMIT_HIVE_WORK       10000000u
#define SHODO_LIMIT_HIVE_DEPTH      512u         /* Windows allows 512 levels */
#define SHODO_LIMIT_HIVE_FACTS      20000u       /* facts of one kind from one hive */
#define SHODO_LIMIT_HIVE_HEX_BYTES  64u          /* binary data shown in a fact */
#define SHODO_LIMIT_HIVE_LIST       64u          /* texts of a list shown in a fact */
#define SHODO_LIMIT_FACT_TEXT_BYTES 8192u        /* one text in a fact */
#define SHODO_LIMIT_EVTX_BYTES      SHODO_GIB(8) /* one event log */
#define SHODO_LIMIT_EVTX_DEPTH      16u          /* elements inside templates inside values */
#define SHODO_LIMIT_EVTX_TOKENS     20000u       /* of one record */
#define SHODO_LIMIT_EVTX_PAIRS      256u         /* names and values of one record */
#define SHODO_LIMIT_EVTX_FACTS      50000u       /* facts from one event log */
#define SHODO_LIMIT_EVTX_GROUPS     4096u        /* equal events being added up at a time */
#define SHODO_LIMIT_USN_BYTES       SHODO_GIB(4) /* data ranges of one change journal */
/* (minute, extension) pairs of one change journal */
#define SHODO_LIMIT_USN_GROUPS     20000u
#define SHODO_LIMIT_PREFETCH_BYTES SHODO_MIB(8) /* one unpacked prefetch file */
#define SHODO_LIMIT_PREFETCH_NAMES 4096u
/* one text log; of longer ones the end is read */
#define SHODO_LIMIT_REMOTE_LOG_BYTES SHODO_MIB(16)
#define SHODO_LIMIT_REMOTE_LOG_FACTS 20000u
#define SHODO_LIMIT_DEFENDER_ROWS    8192u /* different observations of one Defender log */
/* one WMI repository; of larger ones the beginning is searched */
#define SHODO_LIMIT_WMI_BYTES        SHODO_MIB(512)
#define SHODO_LIMIT_WMI_ROWS         512u          /* bindings, filters, consumers kept, each */
#define SHODO_LIMIT_WMI_OBJECT_BYTES SHODO_KIB(16) /* texts of one object */

/* answers */
/* entries of one volume kept because their name looks encrypted */
#define SHODO_LIMIT_CENSUS_ROWS 2000000u
/* folders, and extensions, told apart on one volume */
#define SHODO_LIMIT_CENSUS_TEXTS      1000000u
#define SHODO_LIMIT_CENSUS_NOTES      20000u   /* note-like file names told apart on one volume */
#define SHODO_LIMIT_CENSUS_FOLDERS    512u     /* folders named in facts: those with most files */
#define SHODO_LIMIT_CENSUS_EXTENSIONS 64u      /* suspicious extensions named in facts */
#define SHODO_LIMIT_CENSUS_BACKDATED  256u     /* backdated programs named in facts */
#define SHODO_LIMIT_ANSWER_ROWS       2000000u /* rows of one kind kept for the answers */
#define SHODO_LIMIT_ANSWER_EVIDENCE   20u      /* evidence ids named per vote; the count is whole */
#define SHODO_LIMIT_ANSWER_HOSTS      500u     /* machines in reach that are named */
#define SHODO_LIMIT_SCOPE_HOSTS       64u      /* of these, put into the case by one triage */
#define SHODO_LIMIT_TIMELINE_LINES    200000u  /* lines of timeline.NNNN.jsonl */

/* sheets */
#define SHODO_LIMIT_SHEET_RECORDS 20000u        /* journal records that the sheets look at */
#define SHODO_LIMIT_XLSX_BYTES    SHODO_MIB(64) /* a foreign spreadsheet, unpacked */
#define SHODO_LIMIT_XLSX_PARTS    4096u
#define SHODO_LIMIT_XLSX_MERGES   100000u /* merged areas of one of its sheets */
#define SHODO_LIMIT_SHEET_ROWS    500u    /* rows of a timeline; the rest is counted */
#define SHODO_LIMIT_SHEET_NOTE_BYTES                                                               \
    12000u /* words of a ransom note on a sheet; cut, and said so */

#endif
