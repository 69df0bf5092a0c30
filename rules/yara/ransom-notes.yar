// Ransom notes, recognised by what the writer does, not by who wrote it: he claims to have damaged or
// stolen data, addresses the reader ("your files"), names a way of contact, threatens and speaks of
// payment. Each group has many short everyday phrases; a file counts as a note when several groups
// meet in a small file. No sentence of a real note is stored here.
// How it was measured, with families set aside before writing: rules/SOURCES.md.
// Plain YARA 4.2, no externals. Non-English phrases are given as bytes in UTF-8, the usual legacy
// code page and UTF-16LE; the text stands in the comment above them.

rule shodo_note_english
{
    meta:
        id = "SHODO-NOTE-001"
        author = "shodo project"
        description = "Text that reads like a ransom note in English: damage claimed, reader addressed, contact, threat or payment"
        description_ja = "英語の脅迫文（ランサムノート）と読める文書です。消さずに残し、撮影してください。"
        source = "own analysis of public note collections; see rules/SOURCES.md"
        date = "2026-11-22"
        severity = "match"
    strings:
        $lost_01 = "been encrypted" ascii wide nocase
        $lost_02 = "are encrypted" ascii wide nocase
        $lost_03 = "were encrypted" ascii wide nocase
        $lost_04 = "is encrypted" ascii wide nocase
        $lost_05 = "was encrypted" ascii wide nocase
        $lost_06 = "files encrypted" ascii wide nocase
        $lost_07 = "encrypted by" ascii wide nocase
        $lost_08 = "encrypted with" ascii wide nocase
        $lost_09 = "encrypted and" ascii wide nocase
        $lost_10 = "encrypted files" ascii wide nocase
        $lost_11 = "encrypted all" ascii wide nocase
        $lost_12 = "encrypted the" ascii wide nocase
        $lost_13 = "encrypted using" ascii wide nocase
        $lost_14 = "got encrypted" ascii wide nocase
        $lost_15 = "all encrypted" ascii wide nocase
        $lost_16 = "been locked" ascii wide nocase
        $lost_17 = "are locked" ascii wide nocase
        $lost_18 = "locked your" ascii wide nocase
        $lost_19 = "locked by" ascii wide nocase
        $lost_20 = "been hacked" ascii wide nocase
        $lost_21 = "been compromised" ascii wide nocase
        $lost_22 = "been penetrated" ascii wide nocase
        $lost_23 = "was penetrated" ascii wide nocase
        $lost_24 = "was hacked" ascii wide nocase
        $lost_25 = "hacked your" ascii wide nocase
        $lost_26 = "been stolen" ascii wide nocase
        $lost_27 = "were stolen" ascii wide nocase
        $lost_28 = "have stolen" ascii wide nocase
        $lost_29 = "we stole" ascii wide nocase
        $lost_30 = "stolen data" ascii wide nocase
        $lost_31 = "stolen files" ascii wide nocase
        $lost_32 = "been downloaded" ascii wide nocase
        $lost_33 = "have downloaded" ascii wide nocase
        $lost_34 = "we downloaded" ascii wide nocase
        $lost_35 = "downloaded your" ascii wide nocase
        $lost_36 = "exfiltrated" ascii wide nocase
        $lost_37 = "been breached" ascii wide nocase
        $lost_38 = "breached your" ascii wide nocase
        $lost_39 = "been attacked" ascii wide nocase
        $lost_40 = "infiltrated" ascii wide nocase
        $lost_41 = "copied your" ascii wide nocase
        $lost_42 = "decrypt your" ascii wide nocase
        $lost_43 = "recover your files" ascii wide nocase
        $lost_44 = "recover your data" ascii wide nocase
        $lost_45 = "recovering your" ascii wide nocase
        $lost_46 = "restore your" ascii wide nocase
        $lost_47 = "return your files" ascii wide nocase
        $lost_48 = "get your files" ascii wide nocase
        $lost_49 = "get your data" ascii wide nocase
        $lost_50 = "get back your" ascii wide nocase
        $lost_51 = "data back" ascii wide nocase
        $lost_52 = "files back" ascii wide nocase
        $lost_53 = "decrypt all" ascii wide nocase
        $lost_54 = "decryption of" ascii wide nocase
        $lost_55 = "access to your files" ascii wide nocase
        $lost_56 = "reading this" ascii wide nocase
        $lost_57 = "reading the note" ascii wide nocase
        $lost_58 = "read this letter" ascii wide nocase
        $lost_59 = "have taken" ascii wide nocase
        $lost_60 = "we took" ascii wide nocase
        $lost_61 = "took your" ascii wide nocase
        $lost_62 = "prior to encryption" ascii wide nocase
        $lost_63 = "copied from your" ascii wide nocase
        $lost_64 = "copied to our" ascii wide nocase
        $lost_65 = "we copied" ascii wide nocase
        $lost_66 = "were hit" ascii wide nocase
        $lost_67 = "victim of" ascii wide nocase
        $lost_68 = "cyber attack" ascii wide nocase
        $lost_69 = "cyberattack" ascii wide nocase
        $lost_70 = "network has been" ascii wide nocase
        $lost_71 = "network was" ascii wide nocase
        $lost_72 = "currently encrypted" ascii wide nocase
        $lost_73 = "encryption process" ascii wide nocase
        $lost_74 = "locking your" ascii wide nocase
        $lost_75 = "was leaked" ascii wide nocase
        $lost_76 = "are stolen" ascii wide nocase
        $lost_77 = "stolen and" ascii wide nocase
        $lost_78 = "removed your" ascii wide nocase
        $lost_79 = "(crypted)" ascii wide nocase
        $lost_80 = "crypted your" ascii wide nocase
        $lost_81 = "encrypt your" ascii wide nocase
        $lost_82 = "encrypting your" ascii wide nocase
        $lost_83 = "encryption of your" ascii wide nocase
        $lost_84 = "being encrypted" ascii wide nocase
        $lost_85 = "ciphered" ascii wide nocase
        $lost_86 = "cyphered" ascii wide nocase
        $lost_87 = "data breach" ascii wide nocase
        $lost_88 = "inaccessible" ascii wide nocase
        $lost_89 = "under our control" ascii wide nocase
        $lost_90 = "full control" ascii wide nocase
        $lost_91 = "took over" ascii wide nocase
        $lost_92 = "files were locked" ascii wide nocase
        $lost_93 = "data leak" ascii wide nocase
        $lost_94 = "infected with" ascii wide nocase
        $lost_95 = "has been blocked" ascii wide nocase
        $yours_01 = "your files" ascii wide nocase
        $yours_02 = "your network" ascii wide nocase
        $yours_03 = "your company" ascii wide nocase
        $yours_04 = "your data" ascii wide nocase
        $yours_05 = "your documents" ascii wide nocase
        $yours_06 = "your systems" ascii wide nocase
        $yours_07 = "your servers" ascii wide nocase
        $yours_08 = "your business" ascii wide nocase
        $yours_09 = "your infrastructure" ascii wide nocase
        $yours_10 = "your computer" ascii wide nocase
        $yours_11 = "your pc" ascii wide nocase
        $yours_12 = "your important" ascii wide nocase
        $yours_13 = "your sensitive" ascii wide nocase
        $yours_14 = "your personal" ascii wide nocase
        $yours_15 = "your private" ascii wide nocase
        $yours_16 = "your confidential" ascii wide nocase
        $yours_17 = "your organization" ascii wide nocase
        $yours_18 = "your corporate" ascii wide nocase
        $yours_19 = "your photos" ascii wide nocase
        $yours_20 = "all of your" ascii wide nocase
        $yours_21 = "all your" ascii wide nocase
        $yours_22 = "your clients" ascii wide nocase
        $yours_23 = "your customers" ascii wide nocase
        $yours_24 = "your employees" ascii wide nocase
        $yours_25 = "your enterprise" ascii wide nocase
        $yours_26 = "your nas" ascii wide nocase
        $yours_27 = "your machine" ascii wide nocase
        $yours_28 = "your hospital" ascii wide nocase
        $yours_29 = "your organisation" ascii wide nocase
        $yours_30 = "your security" ascii wide nocase
        $yours_31 = "your it " ascii wide nocase
        $yours_32 = "your domain" ascii wide nocase
        $yours_33 = "your esxi" ascii wide nocase
        $yours_34 = "your virtual" ascii wide nocase
        $yours_35 = "your backup" ascii wide nocase
        $contact_01 = "tor browser" ascii wide nocase
        $contact_02 = "torproject" ascii wide nocase
        $contact_03 = ".onion" ascii wide nocase
        $contact_04 = "onionmail" ascii wide nocase
        $contact_05 = "contact us" ascii wide nocase
        $contact_06 = "contact with us" ascii wide nocase
        $contact_07 = "write to us" ascii wide nocase
        $contact_08 = "write us" ascii wide nocase
        $contact_09 = "send us" ascii wide nocase
        $contact_10 = "mail us" ascii wide nocase
        $contact_11 = "our email" ascii wide nocase
        $contact_12 = "our e-mail" ascii wide nocase
        $contact_13 = "our website" ascii wide nocase
        $contact_14 = "our blog" ascii wide nocase
        $contact_15 = "our chat" ascii wide nocase
        $contact_16 = "live chat" ascii wide nocase
        $contact_17 = "support chat" ascii wide nocase
        $contact_18 = "chat with us" ascii wide nocase
        $contact_19 = "tox id" ascii wide nocase
        $contact_20 = "toxid" ascii wide nocase
        $contact_21 = "qtox" ascii wide nocase
        $contact_22 = "tox chat" ascii wide nocase
        $contact_23 = "tox messenger" ascii wide nocase
        $contact_24 = "utox" ascii wide nocase
        $contact_25 = "session messenger" ascii wide nocase
        $contact_26 = "getsession" ascii wide nocase
        $contact_27 = "protonmail" ascii wide nocase
        $contact_28 = "proton.me" ascii wide nocase
        $contact_29 = "tutanota" ascii wide nocase
        $contact_30 = "cock.li" ascii wide nocase
        $contact_31 = "airmail.cc" ascii wide nocase
        $contact_32 = "telegram" ascii wide nocase
        $contact_33 = "wickr" ascii wide nocase
        $contact_34 = "get in touch" ascii wide nocase
        $contact_35 = "in touch with us" ascii wide nocase
        $contact_36 = "contact our" ascii wide nocase
        $contact_37 = "contacting us" ascii wide nocase
        $contact_38 = "talk to us" ascii wide nocase
        $contact_39 = "communicate with us" ascii wide nocase
        $contact_40 = "our support" ascii wide nocase
        $contact_41 = "our operator" ascii wide nocase
        $contact_42 = "your personal id" ascii wide nocase
        $contact_43 = "personal page" ascii wide nocase
        $contact_44 = "via e-mail" ascii wide nocase
        $contact_45 = "unique id" ascii wide nocase
        $contact_46 = "the credentials" ascii wide nocase
        $contact_47 = "log in using" ascii wide nocase
        $contact_48 = "use tor" ascii wide nocase
        $contact_49 = "chat room" ascii wide nocase
        $contact_50 = "news portal" ascii wide nocase
        $contact_51 = "tox:" ascii wide nocase
        $contact_52 = "@proton" ascii wide nocase
        $contact_53 = "@tuta" ascii wide nocase
        $contact_54 = "gmx." ascii wide nocase
        $contact_55 = "your id:" ascii wide nocase
        $contact_56 = "via email:" ascii wide nocase
        $contact_57 = "@cock" ascii wide nocase
        $contact_58 = "@msgsafe" ascii wide nocase
        $contact_59 = "@keemail" ascii wide nocase
        $contact_60 = "@mailfence" ascii wide nocase
        $contact_61 = "@disroot" ascii wide nocase
        $contact_62 = "@firemail" ascii wide nocase
        $contact_63 = "@skiff" ascii wide nocase
        $contact_64 = "@cyberfear" ascii wide nocase
        $contact_65 = "@dnmx" ascii wide nocase
        $contact_66 = "@swisscows" ascii wide nocase
        $contact_67 = "@outlook" ascii wide nocase
        $contact_68 = "@mail2tor" ascii wide nocase
        $contact_69 = "darknet" ascii wide nocase
        $contact_70 = "dark web" ascii wide nocase
        $contact_71 = "threema" ascii wide nocase
        $contact_72 = "signal:" ascii wide nocase
        $contact_73 = "matrix:" ascii wide nocase
        $contact_74 = "secure chat" ascii wide nocase
        $contact_75 = "our contact" ascii wide nocase
        $contact_76 = "contact support" ascii wide nocase
        $contact_77 = "contact me" ascii wide nocase
        $threat_01 = "be published" ascii wide nocase
        $threat_02 = "will publish" ascii wide nocase
        $threat_03 = "publish your" ascii wide nocase
        $threat_04 = "publish all" ascii wide nocase
        $threat_05 = "publish the" ascii wide nocase
        $threat_06 = "leak your" ascii wide nocase
        $threat_07 = "be leaked" ascii wide nocase
        $threat_08 = "leak the" ascii wide nocase
        $threat_09 = "will leak" ascii wide nocase
        $threat_10 = "sell your" ascii wide nocase
        $threat_11 = "be sold" ascii wide nocase
        $threat_12 = "will sell" ascii wide nocase
        $threat_13 = "not rename" ascii wide nocase
        $threat_14 = "n't rename" ascii wide nocase
        $threat_15 = "not modify" ascii wide nocase
        $threat_16 = "n't modify" ascii wide nocase
        $threat_17 = "not edit" ascii wide nocase
        $threat_18 = "not change" ascii wide nocase
        $threat_19 = "third party" ascii wide nocase
        $threat_20 = "third-party" ascii wide nocase
        $threat_21 = "3rd party" ascii wide nocase
        $threat_22 = "recovery compan" ascii wide nocase
        $threat_23 = "recovery software" ascii wide nocase
        $threat_24 = "recovery tools" ascii wide nocase
        $threat_25 = "permanent" ascii wide nocase
        $threat_26 = "irreversibl" ascii wide nocase
        $threat_27 = "lose your" ascii wide nocase
        $threat_28 = "lose all" ascii wide nocase
        $threat_29 = "lost forever" ascii wide nocase
        $threat_30 = "damage your" ascii wide nocase
        $threat_31 = "damage the" ascii wide nocase
        $threat_32 = "the police" ascii wide nocase
        $threat_33 = "law enforcement" ascii wide nocase
        $threat_34 = "not be able" ascii wide nocase
        $threat_35 = "try to decrypt" ascii wide nocase
        $threat_36 = "attempt to decrypt" ascii wide nocase
        $threat_37 = "yourself" ascii wide nocase
        $threat_38 = "without our" ascii wide nocase
        $threat_39 = "deadline" ascii wide nocase
        $threat_40 = "delete your" ascii wide nocase
        $threat_41 = "be deleted" ascii wide nocase
        $threat_42 = "be destroyed" ascii wide nocase
        $threat_43 = "will increase" ascii wide nocase
        $threat_44 = "doubled" ascii wide nocase
        $threat_45 = "don't try" ascii wide nocase
        $threat_46 = "not attempt" ascii wide nocase
        $threat_47 = "nobody can" ascii wide nocase
        $threat_48 = "no one can" ascii wide nocase
        $threat_49 = "no one else" ascii wide nocase
        $threat_50 = "we are the only" ascii wide nocase
        $threat_51 = "not shut" ascii wide nocase
        $threat_52 = "not turn off" ascii wide nocase
        $threat_53 = "not restart" ascii wide nocase
        $threat_54 = "not reboot" ascii wide nocase
        $threat_55 = "not reset" ascii wide nocase
        $threat_56 = "not delete" ascii wide nocase
        $threat_57 = "competitors" ascii wide nocase
        $threat_58 = "gdpr" ascii wide nocase
        $threat_59 = "journalists" ascii wide nocase
        $threat_60 = "the media" ascii wide nocase
        $threat_61 = "your regulators" ascii wide nocase
        $threat_62 = "lawsuit" ascii wide nocase
        $threat_63 = "waste time" ascii wide nocase
        $threat_64 = "waste your time" ascii wide nocase
        $threat_65 = "waste of time" ascii wide nocase
        $threat_66 = "no other way" ascii wide nocase
        $threat_67 = "only way" ascii wide nocase
        $threat_68 = "don't interrupt" ascii wide nocase
        $threat_69 = "not interrupt" ascii wide nocase
        $threat_70 = "not touch" ascii wide nocase
        $threat_71 = "will release" ascii wide nocase
        $threat_72 = "release the data" ascii wide nocase
        $threat_73 = "release all" ascii wide nocase
        $threat_74 = "within 2" ascii wide nocase
        $threat_75 = "within 3" ascii wide nocase
        $threat_76 = "within 7" ascii wide nocase
        $threat_77 = "disclosure" ascii wide nocase
        $threat_78 = "if you decide" ascii wide nocase
        $threat_79 = "don't panic" ascii wide nocase
        $threat_80 = "not panic" ascii wide nocase
        $threat_81 = "don't worry" ascii wide nocase
        $threat_82 = "your ceo" ascii wide nocase
        $threat_83 = "24 hours" ascii wide nocase
        $threat_84 = "48 hours" ascii wide nocase
        $threat_85 = "72 hours" ascii wide nocase
        $threat_86 = "3 days" ascii wide nocase
        $threat_87 = "7 days" ascii wide nocase
        $threat_88 = "hours after" ascii wide nocase
        $threat_89 = "the fbi" ascii wide nocase
        $threat_90 = "of data loss" ascii wide nocase
        $threat_91 = "data loss." ascii wide nocase
        $threat_92 = "your reputation" ascii wide nocase
        $threat_93 = "n't try to" ascii wide nocase
        $threat_94 = "not try to" ascii wide nocase
        $threat_95 = "for a discount" ascii wide nocase
        $pay_01 = "bitcoin" ascii wide nocase
        $pay_02 = " btc" ascii wide nocase
        $pay_03 = "monero" ascii wide nocase
        $pay_04 = "ransom" ascii wide nocase
        $pay_05 = " pay " ascii wide nocase
        $pay_06 = "payment" ascii wide nocase
        $pay_07 = "paying" ascii wide nocase
        $pay_08 = "price for" ascii wide nocase
        $pay_09 = "the cost" ascii wide nocase
        $pay_10 = "decryption tool" ascii wide nocase
        $pay_11 = "decryption key" ascii wide nocase
        $pay_12 = "decryption software" ascii wide nocase
        $pay_13 = "decryption program" ascii wide nocase
        $pay_14 = "decryption service" ascii wide nocase
        $pay_15 = "decryptor" ascii wide nocase
        $pay_16 = "decrypter" ascii wide nocase
        $pay_17 = "private key" ascii wide nocase
        $pay_18 = "unique key" ascii wide nocase
        $pay_19 = "master key" ascii wide nocase
        $pay_20 = "purchase" ascii wide nocase
        $pay_21 = "buy the" ascii wide nocase
        $pay_22 = "buy decrypt" ascii wide nocase
        $pay_23 = "for free" ascii wide nocase
        $pay_24 = "free decryption" ascii wide nocase
        $pay_25 = "test decryption" ascii wide nocase
        $pay_26 = "negotiat" ascii wide nocase
        $pay_27 = "our offer" ascii wide nocase
        $pay_28 = "we offer" ascii wide nocase
        $pay_29 = "ready to help" ascii wide nocase
        $pay_30 = "cooperat" ascii wide nocase
        $pay_31 = "our terms" ascii wide nocase
        $pay_32 = "special software" ascii wide nocase
        $pay_33 = "special key" ascii wide nocase
        $pay_34 = "special tool" ascii wide nocase
        $pay_35 = "recovery tool" ascii wide nocase
        $pay_36 = "recovery key" ascii wide nocase
        $pay_37 = "we guarantee" ascii wide nocase
        $pay_38 = "what guarantee" ascii wide nocase
        $pay_39 = "guarantees" ascii wide nocase
        $pay_40 = "test files" ascii wide nocase
        $pay_41 = "conclude a deal" ascii wide nocase
        $pay_42 = "make a deal" ascii wide nocase
        $pay_43 = "the agreement" ascii wide nocase
        $pay_44 = "unlock your" ascii wide nocase
        $pay_45 = "price of" ascii wide nocase
        $voice_01 = "we have " ascii wide nocase
        $voice_02 = "we can " ascii wide nocase
        $voice_03 = "we will " ascii wide nocase
        $voice_04 = "we are " ascii wide nocase
        $voice_05 = "we've " ascii wide nocase
        $voice_06 = "we'll " ascii wide nocase
        $voice_07 = "we do not" ascii wide nocase
        $voice_08 = "we don't" ascii wide nocase
        $voice_09 = "our team" ascii wide nocase
        $voice_10 = "our decrypt" ascii wide nocase
        $voice_11 = "pay us" ascii wide nocase
        $voice_12 = "paying us" ascii wide nocase
        $voice_13 = "contact us" ascii wide nocase
        $voice_14 = "with us" ascii wide nocase
        $voice_15 = "to us" ascii wide nocase
        $voice_16 = "our blog" ascii wide nocase
        $voice_17 = "our website" ascii wide nocase
        $voice_18 = "our server" ascii wide nocase
        $voice_19 = "our group" ascii wide nocase
        $voice_20 = "us within" ascii wide nocase
        $voice_21 = "only we" ascii wide nocase
        $voice_22 = "our conditions" ascii wide nocase
        $voice_23 = "our terms" ascii wide nocase
        $voice_24 = "our help" ascii wide nocase
        $voice_25 = "i will " ascii wide nocase
        $voice_26 = "i have " ascii wide nocase
        $addr_01 = "tor browser" ascii wide nocase
        $addr_02 = "torproject" ascii wide nocase
        $addr_03 = ".onion" ascii wide nocase
        $addr_04 = "onionmail" ascii wide nocase
        $addr_05 = "protonmail" ascii wide nocase
        $addr_06 = "proton.me" ascii wide nocase
        $addr_07 = "tutanota" ascii wide nocase
        $addr_08 = "@tuta" ascii wide nocase
        $addr_09 = "cock.li" ascii wide nocase
        $addr_10 = "telegram" ascii wide nocase
        $addr_11 = "qtox" ascii wide nocase
        $addr_12 = "utox" ascii wide nocase
        $addr_13 = "tox id" ascii wide nocase
        $addr_14 = "getsession" ascii wide nocase
        $addr_15 = "bitcoin" ascii wide nocase
        $addr_16 = "monero" ascii wide nocase
        $addr_17 = "jabber" ascii wide nocase
        $addr_18 = "wickr" ascii wide nocase
        $addr_19 = "@airmail" ascii wide nocase
        $addr_20 = "@aol" ascii wide nocase
        $addr_21 = "@gmx" ascii wide nocase
        // words of an awareness leaflet, a guide or a report about such notes
        $guide_01 = "awareness" ascii wide nocase
        $guide_02 = "suspicious e-mail" ascii wide nocase
        $guide_03 = "suspicious email" ascii wide nocase
        $guide_04 = "help desk" ascii wide nocase
        $guide_05 = "helpdesk" ascii wide nocase
        $guide_06 = "it department" ascii wide nocase
        $guide_07 = "phishing" ascii wide nocase
        $guide_08 = "best practice" ascii wide nocase
        $guide_09 = "guideline" ascii wide nocase
        $guide_10 = "incident response plan" ascii wide nocase
        $guide_11 = "if your files" ascii wide nocase
        $guide_12 = "attackers " ascii wide nocase
        $guide_13 = "the attacker" ascii wide nocase
        $guide_14 = "prevention" ascii wide nocase
        $guide_15 = "extension number" ascii wide nocase
        $guide_16 = "at extension" ascii wide nocase
        $guide_17 = "preparedness" ascii wide nocase
        $guide_18 = "this document describes" ascii wide nocase
        $guide_19 = "this article" ascii wide nocase
        $guide_20 = "this report" ascii wide nocase
        $onion_1 = /[a-z2-7]{56}\s?\.onion/ ascii wide nocase
        $onion_2 = /[^a-z2-7][a-z2-7]{16}\.onion/ ascii wide nocase
        // a YARA rule file or a list of phrases is not a note
        $rulefile_1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $rulefile_2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($rulefile_*) and
        not 2 of ($guide_*) and
        (
            // several groups meet in a small file and the writer speaks as "we" or gives a hidden address
            (
                filesize < 32KB and
                (2 of ($voice_*) or any of ($addr_*)) and
                (
                    (
                        any of ($lost_*) and any of ($contact_*) and
                        (
                            (any of ($yours_*) and (any of ($threat_*) or any of ($pay_*))) or
                            (any of ($threat_*) and any of ($pay_*) and any of ($addr_*))
                        ) and
                        7 of ($lost_*, $yours_*, $contact_*, $threat_*, $pay_*)
                    ) or
                    (2 of ($lost_*) and 2 of ($yours_*) and 2 of ($contact_*) and
                     (any of ($threat_*) or any of ($pay_*))) or
                    (3 of ($lost_*) and 3 of ($yours_*) and 3 of ($threat_*) and any of ($pay_*))
                )
            ) or
            // large HTML or HTA notes with pictures inside: all groups, many phrases, a hidden service
            (
                filesize < 2MB and any of ($onion_*) and
                3 of ($lost_*) and 3 of ($yours_*) and any of ($contact_*) and
                any of ($threat_*) and any of ($pay_*) and
                14 of ($lost_*, $yours_*, $contact_*, $threat_*, $pay_*)
            )
        )
}

rule shodo_note_hidden_service
{
    meta:
        id = "SHODO-NOTE-002"
        author = "shodo project"
        description = "Small text with the address of a hidden Tor service and words of a demand"
        description_ja = "匿名通信（Tor）の接続先と、要求らしい語が入った小さな文書です。脅迫文の可能性があります。接続しないでください。"
        source = "own analysis of public note collections; see rules/SOURCES.md"
        date = "2026-11-22"
        severity = "suspect"
    strings:
        $word_01 = "crypt" ascii wide nocase
        $word_02 = "your files" ascii wide nocase
        $word_03 = "your data" ascii wide nocase
        $word_04 = "your network" ascii wide nocase
        $word_05 = "your company" ascii wide nocase
        $word_06 = "your system" ascii wide nocase
        $word_07 = "your documents" ascii wide nocase
        $word_08 = "stolen" ascii wide nocase
        $word_09 = "leak" ascii wide nocase
        $word_10 = "hacked" ascii wide nocase
        $word_11 = "victim" ascii wide nocase
        $word_12 = "ransom" ascii wide nocase
        $word_13 = "restore" ascii wide nocase
        $word_14 = "recover" ascii wide nocase
        $word_15 = "unlock" ascii wide nocase
        $word_16 = "password" ascii wide nocase
        $word_17 = "login" ascii wide nocase
        $word_18 = "log in" ascii wide nocase
        $word_19 = "chat" ascii wide nocase
        $word_20 = "contact us" ascii wide nocase
        $word_21 = "to contact" ascii wide nocase
        $word_22 = "tor browser" ascii wide nocase
        $word_23 = "use tor" ascii wide nocase
        $word_24 = "pay" ascii wide nocase
        $word_25 = "your id" ascii wide nocase
        $word_26 = "touch anything" ascii wide nocase
        $word_27 = "tor network" ascii wide nocase
        $word_28 = "email" ascii wide nocase
        $word_29 = "mail.com" ascii wide nocase
        $word_30 = "@gmx" ascii wide nocase
        $word_31 = "proton" ascii wide nocase
        $word_32 = "torproject" ascii wide nocase
        $word_33 = "private key" ascii wide nocase
        $word_34 = "decryptor" ascii wide nocase
        $word_35 = "follow the instruction" ascii wide nocase
        $word_36 = "blog" ascii wide nocase
        $onion_3 = /[a-z2-7]{56}\s?\.onion/ ascii wide nocase
        $onion_2 = /[^a-z2-7][a-z2-7]{16}\.onion/ ascii wide nocase
        // a YARA rule file or a list of phrases is not a note
        $rulefile_1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $rulefile_2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($rulefile_*) and filesize < 24KB and
        (($onion_3 and 3 of ($word_*)) or (#onion_3 > 1 and 2 of ($word_*)) or ($onion_2 and 5 of ($word_*)))
}

rule shodo_note_very_short
{
    meta:
        id = "SHODO-NOTE-003"
        author = "shodo project"
        description = "Short text that claims locked files and names a contact"
        description_ja = "ファイルを読めなくしたと告げ、連絡先を示す短い文書です。脅迫文の可能性があります。"
        source = "own analysis of public note collections; see rules/SOURCES.md"
        date = "2026-11-22"
        severity = "suspect"
    strings:
        $guide_01 = "awareness" ascii wide nocase
        $guide_02 = "suspicious e-mail" ascii wide nocase
        $guide_03 = "suspicious email" ascii wide nocase
        $guide_04 = "help desk" ascii wide nocase
        $guide_05 = "helpdesk" ascii wide nocase
        $guide_06 = "it department" ascii wide nocase
        $guide_07 = "phishing" ascii wide nocase
        $guide_08 = "best practice" ascii wide nocase
        $guide_09 = "guideline" ascii wide nocase
        $guide_10 = "incident response plan" ascii wide nocase
        $guide_11 = "if your files" ascii wide nocase
        $guide_12 = "attackers " ascii wide nocase
        $guide_13 = "the attacker" ascii wide nocase
        $guide_14 = "prevention" ascii wide nocase
        $guide_15 = "extension number" ascii wide nocase
        $guide_16 = "at extension" ascii wide nocase
        $guide_17 = "preparedness" ascii wide nocase
        $guide_18 = "this document describes" ascii wide nocase
        $guide_19 = "this article" ascii wide nocase
        $guide_20 = "this report" ascii wide nocase
        $lost_01 = "encrypted" ascii wide nocase
        $lost_02 = "locked" ascii wide nocase
        $lost_03 = "hacked" ascii wide nocase
        $lost_04 = "stolen" ascii wide nocase
        $lost_05 = "crypted" ascii wide nocase
        $lost_06 = "decrypt" ascii wide nocase
        $lost_07 = "decrypted" ascii wide nocase
        $lost_08 = "blocked" ascii wide nocase
        $yours_01 = "your files" ascii wide nocase
        $yours_02 = "your data" ascii wide nocase
        $yours_03 = "your network" ascii wide nocase
        $yours_04 = "your documents" ascii wide nocase
        $yours_05 = "your computer" ascii wide nocase
        $yours_06 = "your systems" ascii wide nocase
        $yours_07 = "your servers" ascii wide nocase
        $yours_08 = "all files" ascii wide nocase
        $yours_09 = "all data" ascii wide nocase
        $yours_10 = "all your" ascii wide nocase
        $yours_11 = "your pc" ascii wide nocase
        $yours_12 = "your server" ascii wide nocase
        $yours_13 = "your photos" ascii wide nocase
        $yours_14 = "your database" ascii wide nocase
        $contact_01 = "contact us" ascii wide nocase
        $contact_02 = "contact me" ascii wide nocase
        $contact_03 = "to contact" ascii wide nocase
        $contact_04 = "contact:" ascii wide nocase
        $contact_05 = "contacts" ascii wide nocase
        $contact_06 = "our contact" ascii wide nocase
        $contact_07 = "contact via" ascii wide nocase
        $contact_08 = "write to" ascii wide nocase
        $contact_09 = "write me" ascii wide nocase
        $contact_10 = "email" ascii wide nocase
        $contact_11 = "e-mail" ascii wide nocase
        $contact_12 = "telegram" ascii wide nocase
        $contact_13 = "@proton" ascii wide nocase
        $contact_14 = "@onionmail" ascii wide nocase
        $contact_15 = "@tuta" ascii wide nocase
        $contact_16 = "@gmail" ascii wide nocase
        $contact_17 = "@cock" ascii wide nocase
        $contact_18 = "@mail" ascii wide nocase
        $contact_19 = "tox" ascii wide nocase
        $contact_20 = "bitcoin" ascii wide nocase
        $contact_21 = "btc" ascii wide nocase
        $contact_22 = "send " ascii wide nocase
        $ask_01 = "your id" ascii wide nocase
        $ask_02 = "unique id" ascii wide nocase
        $ask_03 = "personal id" ascii wide nocase
        $ask_04 = "restore" ascii wide nocase
        $ask_05 = "recover" ascii wide nocase
        $ask_06 = "get back" ascii wide nocase
        $ask_07 = "return your" ascii wide nocase
        $ask_08 = "to decrypt" ascii wide nocase
        $ask_09 = "decryptor" ascii wide nocase
        $ask_10 = "payment" ascii wide nocase
        $ask_11 = "ransom" ascii wide nocase
        $ask_12 = "pay " ascii wide nocase
        // a YARA rule file or a list of phrases is not a note
        $rulefile_1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $rulefile_2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($rulefile_*) and not 2 of ($guide_*) and
        any of ($lost_*) and any of ($yours_*) and any of ($contact_*) and any of ($ask_*) and
        (
            (filesize < 1500 and 5 of ($lost_*, $yours_*, $contact_*, $ask_*)) or
            (filesize < 8KB and 2 of ($lost_*) and 8 of ($lost_*, $yours_*, $contact_*, $ask_*))
        )
}

rule shodo_note_japanese
{
    meta:
        id = "SHODO-NOTE-004"
        author = "shodo project"
        description = "Text that reads like a ransom note in Japanese (UTF-8, Shift_JIS or UTF-16)"
        description_ja = "日本語の脅迫文（ランサムノート）と読める文書です。消さずに残し、撮影してください。"
        source = "own wording of the behaviour; no Japanese note was available for measuring"
        date = "2026-11-22"
        severity = "match"
    strings:
        // 暗号化されました
        $lost_01 = { E6 9A 97 E5 8F B7 E5 8C 96 E3 81 95 E3 82 8C E3 81 BE E3 81 97 E3 81 9F }
        $lost_02 = { 88 C3 8D 86 89 BB 82 B3 82 EA 82 DC 82 B5 82 BD }
        $lost_03 = { 97 66 F7 53 16 53 55 30 8C 30 7E 30 57 30 5F 30 }
        // 暗号化されています
        $lost_04 = { E6 9A 97 E5 8F B7 E5 8C 96 E3 81 95 E3 82 8C E3 81 A6 E3 81 84 E3 81 BE E3 81 99 }
        $lost_05 = { 88 C3 8D 86 89 BB 82 B3 82 EA 82 C4 82 A2 82 DC 82 B7 }
        $lost_06 = { 97 66 F7 53 16 53 55 30 8C 30 66 30 44 30 7E 30 59 30 }
        // 暗号化しました
        $lost_07 = { E6 9A 97 E5 8F B7 E5 8C 96 E3 81 97 E3 81 BE E3 81 97 E3 81 9F }
        $lost_08 = { 88 C3 8D 86 89 BB 82 B5 82 DC 82 B5 82 BD }
        $lost_09 = { 97 66 F7 53 16 53 57 30 7E 30 57 30 5F 30 }
        // ロックされました
        $lost_10 = { E3 83 AD E3 83 83 E3 82 AF E3 81 95 E3 82 8C E3 81 BE E3 81 97 E3 81 9F }
        $lost_11 = { 83 8D 83 62 83 4E 82 B3 82 EA 82 DC 82 B5 82 BD }
        $lost_12 = { ED 30 C3 30 AF 30 55 30 8C 30 7E 30 57 30 5F 30 }
        // ロックされています
        $lost_13 = { E3 83 AD E3 83 83 E3 82 AF E3 81 95 E3 82 8C E3 81 A6 E3 81 84 E3 81 BE E3 81 99 }
        $lost_14 = { 83 8D 83 62 83 4E 82 B3 82 EA 82 C4 82 A2 82 DC 82 B7 }
        $lost_15 = { ED 30 C3 30 AF 30 55 30 8C 30 66 30 44 30 7E 30 59 30 }
        // 盗まれました
        $lost_16 = { E7 9B 97 E3 81 BE E3 82 8C E3 81 BE E3 81 97 E3 81 9F }
        $lost_17 = { 93 90 82 DC 82 EA 82 DC 82 B5 82 BD }
        $lost_18 = { D7 76 7E 30 8C 30 7E 30 57 30 5F 30 }
        // 盗み出しました
        $lost_19 = { E7 9B 97 E3 81 BF E5 87 BA E3 81 97 E3 81 BE E3 81 97 E3 81 9F }
        $lost_20 = { 93 90 82 DD 8F 6F 82 B5 82 DC 82 B5 82 BD }
        $lost_21 = { D7 76 7F 30 FA 51 57 30 7E 30 57 30 5F 30 }
        // ダウンロードしました
        $lost_22 = { E3 83 80 E3 82 A6 E3 83 B3 E3 83 AD E3 83 BC E3 83 89 E3 81 97 E3 81 BE E3 81 97 E3 81 9F }
        $lost_23 = { 83 5F 83 45 83 93 83 8D 81 5B 83 68 82 B5 82 DC 82 B5 82 BD }
        $lost_24 = { C0 30 A6 30 F3 30 ED 30 FC 30 C9 30 57 30 7E 30 57 30 5F 30 }
        // 侵入しました
        $lost_25 = { E4 BE B5 E5 85 A5 E3 81 97 E3 81 BE E3 81 97 E3 81 9F }
        $lost_26 = { 90 4E 93 FC 82 B5 82 DC 82 B5 82 BD }
        $lost_27 = { B5 4F 65 51 57 30 7E 30 57 30 5F 30 }
        // ハッキングされました
        $lost_28 = { E3 83 8F E3 83 83 E3 82 AD E3 83 B3 E3 82 B0 E3 81 95 E3 82 8C E3 81 BE E3 81 97 E3 81 9F }
        $lost_29 = { 83 6E 83 62 83 4C 83 93 83 4F 82 B3 82 EA 82 DC 82 B5 82 BD }
        $lost_30 = { CF 30 C3 30 AD 30 F3 30 B0 30 55 30 8C 30 7E 30 57 30 5F 30 }
        // 窃取しました
        $lost_31 = { E7 AA 83 E5 8F 96 E3 81 97 E3 81 BE E3 81 97 E3 81 9F }
        $lost_32 = { 90 DE 8E E6 82 B5 82 DC 82 B5 82 BD }
        $lost_33 = { 83 7A D6 53 57 30 7E 30 57 30 5F 30 }
        // あなたのファイル
        $yours_01 = { E3 81 82 E3 81 AA E3 81 9F E3 81 AE E3 83 95 E3 82 A1 E3 82 A4 E3 83 AB }
        $yours_02 = { 82 A0 82 C8 82 BD 82 CC 83 74 83 40 83 43 83 8B }
        $yours_03 = { 42 30 6A 30 5F 30 6E 30 D5 30 A1 30 A4 30 EB 30 }
        // あなたのデータ
        $yours_04 = { E3 81 82 E3 81 AA E3 81 9F E3 81 AE E3 83 87 E3 83 BC E3 82 BF }
        $yours_05 = { 82 A0 82 C8 82 BD 82 CC 83 66 81 5B 83 5E }
        $yours_06 = { 42 30 6A 30 5F 30 6E 30 C7 30 FC 30 BF 30 }
        // あなたの会社
        $yours_07 = { E3 81 82 E3 81 AA E3 81 9F E3 81 AE E4 BC 9A E7 A4 BE }
        $yours_08 = { 82 A0 82 C8 82 BD 82 CC 89 EF 8E D0 }
        $yours_09 = { 42 30 6A 30 5F 30 6E 30 1A 4F 3E 79 }
        // あなたのネットワーク
        $yours_10 = { E3 81 82 E3 81 AA E3 81 9F E3 81 AE E3 83 8D E3 83 83 E3 83 88 E3 83 AF E3 83 BC E3 82 AF }
        $yours_11 = { 82 A0 82 C8 82 BD 82 CC 83 6C 83 62 83 67 83 8F 81 5B 83 4E }
        $yours_12 = { 42 30 6A 30 5F 30 6E 30 CD 30 C3 30 C8 30 EF 30 FC 30 AF 30 }
        // 貴社の
        $yours_13 = { E8 B2 B4 E7 A4 BE E3 81 AE }
        $yours_14 = { 8B 4D 8E D0 82 CC }
        $yours_15 = { B4 8C 3E 79 6E 30 }
        // 御社の
        $yours_16 = { E5 BE A1 E7 A4 BE E3 81 AE }
        $yours_17 = { 8C E4 8E D0 82 CC }
        $yours_18 = { A1 5F 3E 79 6E 30 }
        // 貴院の
        $yours_19 = { E8 B2 B4 E9 99 A2 E3 81 AE }
        $yours_20 = { 8B 4D 89 40 82 CC }
        $yours_21 = { B4 8C 62 96 6E 30 }
        // すべてのファイル
        $yours_22 = { E3 81 99 E3 81 B9 E3 81 A6 E3 81 AE E3 83 95 E3 82 A1 E3 82 A4 E3 83 AB }
        $yours_23 = { 82 B7 82 D7 82 C4 82 CC 83 74 83 40 83 43 83 8B }
        $yours_24 = { 59 30 79 30 66 30 6E 30 D5 30 A1 30 A4 30 EB 30 }
        // 全てのファイル
        $yours_25 = { E5 85 A8 E3 81 A6 E3 81 AE E3 83 95 E3 82 A1 E3 82 A4 E3 83 AB }
        $yours_26 = { 91 53 82 C4 82 CC 83 74 83 40 83 43 83 8B }
        $yours_27 = { 68 51 66 30 6E 30 D5 30 A1 30 A4 30 EB 30 }
        // お客様のファイル
        $yours_28 = { E3 81 8A E5 AE A2 E6 A7 98 E3 81 AE E3 83 95 E3 82 A1 E3 82 A4 E3 83 AB }
        $yours_29 = { 82 A8 8B 71 97 6C 82 CC 83 74 83 40 83 43 83 8B }
        $yours_30 = { 4A 30 A2 5B D8 69 6E 30 D5 30 A1 30 A4 30 EB 30 }
        // あなたのコンピュータ
        $yours_31 = { E3 81 82 E3 81 AA E3 81 9F E3 81 AE E3 82 B3 E3 83 B3 E3 83 94 E3 83 A5 E3 83 BC E3 82 BF }
        $yours_32 = { 82 A0 82 C8 82 BD 82 CC 83 52 83 93 83 73 83 85 81 5B 83 5E }
        $yours_33 = { 42 30 6A 30 5F 30 6E 30 B3 30 F3 30 D4 30 E5 30 FC 30 BF 30 }
        // あなたの重要な
        $yours_34 = { E3 81 82 E3 81 AA E3 81 9F E3 81 AE E9 87 8D E8 A6 81 E3 81 AA }
        $yours_35 = { 82 A0 82 C8 82 BD 82 CC 8F 64 97 76 82 C8 }
        $yours_36 = { 42 30 6A 30 5F 30 6E 30 CD 91 81 89 6A 30 }
        // 連絡してください
        $contact_01 = { E9 80 A3 E7 B5 A1 E3 81 97 E3 81 A6 E3 81 8F E3 81 A0 E3 81 95 E3 81 84 }
        $contact_02 = { 98 41 97 8D 82 B5 82 C4 82 AD 82 BE 82 B3 82 A2 }
        $contact_03 = { 23 90 61 7D 57 30 66 30 4F 30 60 30 55 30 44 30 }
        // ご連絡ください
        $contact_04 = { E3 81 94 E9 80 A3 E7 B5 A1 E3 81 8F E3 81 A0 E3 81 95 E3 81 84 }
        $contact_05 = { 82 B2 98 41 97 8D 82 AD 82 BE 82 B3 82 A2 }
        $contact_06 = { 54 30 23 90 61 7D 4F 30 60 30 55 30 44 30 }
        // メールを送信
        $contact_07 = { E3 83 A1 E3 83 BC E3 83 AB E3 82 92 E9 80 81 E4 BF A1 }
        $contact_08 = { 83 81 81 5B 83 8B 82 F0 91 97 90 4D }
        $contact_09 = { E1 30 FC 30 EB 30 92 30 01 90 E1 4F }
        // メールを送って
        $contact_10 = { E3 83 A1 E3 83 BC E3 83 AB E3 82 92 E9 80 81 E3 81 A3 E3 81 A6 }
        $contact_11 = { 83 81 81 5B 83 8B 82 F0 91 97 82 C1 82 C4 }
        $contact_12 = { E1 30 FC 30 EB 30 92 30 01 90 63 30 66 30 }
        // Torブラウザ
        $contact_13 = { 54 6F 72 E3 83 96 E3 83 A9 E3 82 A6 E3 82 B6 }
        $contact_14 = { 54 6F 72 83 75 83 89 83 45 83 55 }
        $contact_15 = { 54 00 6F 00 72 00 D6 30 E9 30 A6 30 B6 30 }
        // Tor ブラウザ
        $contact_16 = { 54 6F 72 20 E3 83 96 E3 83 A9 E3 82 A6 E3 82 B6 }
        $contact_17 = { 54 6F 72 20 83 75 83 89 83 45 83 55 }
        $contact_18 = { 54 00 6F 00 72 00 20 00 D6 30 E9 30 A6 30 B6 30 }
        // TORブラウザ
        $contact_19 = { 54 4F 52 E3 83 96 E3 83 A9 E3 82 A6 E3 82 B6 }
        $contact_20 = { 54 4F 52 83 75 83 89 83 45 83 55 }
        $contact_21 = { 54 00 4F 00 52 00 D6 30 E9 30 A6 30 B6 30 }
        // ご連絡下さい
        $contact_22 = { E3 81 94 E9 80 A3 E7 B5 A1 E4 B8 8B E3 81 95 E3 81 84 }
        $contact_23 = { 82 B2 98 41 97 8D 89 BA 82 B3 82 A2 }
        $contact_24 = { 54 30 23 90 61 7D 0B 4E 55 30 44 30 }
        // 連絡先:
        $contact_25 = { E9 80 A3 E7 B5 A1 E5 85 88 3A }
        $contact_26 = { 98 41 97 8D 90 E6 3A }
        $contact_27 = { 23 90 61 7D 48 51 3A 00 }
        // チャットで
        $contact_28 = { E3 83 81 E3 83 A3 E3 83 83 E3 83 88 E3 81 A7 }
        $contact_29 = { 83 60 83 83 83 62 83 67 82 C5 }
        $contact_30 = { C1 30 E3 30 C3 30 C8 30 67 30 }
        // 公開します
        $threat_01 = { E5 85 AC E9 96 8B E3 81 97 E3 81 BE E3 81 99 }
        $threat_02 = { 8C F6 8A 4A 82 B5 82 DC 82 B7 }
        $threat_03 = { 6C 51 8B 95 57 30 7E 30 59 30 }
        // 公開されます
        $threat_04 = { E5 85 AC E9 96 8B E3 81 95 E3 82 8C E3 81 BE E3 81 99 }
        $threat_05 = { 8C F6 8A 4A 82 B3 82 EA 82 DC 82 B7 }
        $threat_06 = { 6C 51 8B 95 55 30 8C 30 7E 30 59 30 }
        // 販売します
        $threat_07 = { E8 B2 A9 E5 A3 B2 E3 81 97 E3 81 BE E3 81 99 }
        $threat_08 = { 94 CC 94 84 82 B5 82 DC 82 B7 }
        $threat_09 = { A9 8C F2 58 57 30 7E 30 59 30 }
        // 以内に連絡
        $threat_10 = { E4 BB A5 E5 86 85 E3 81 AB E9 80 A3 E7 B5 A1 }
        $threat_11 = { 88 C8 93 E0 82 C9 98 41 97 8D }
        $threat_12 = { E5 4E 85 51 6B 30 23 90 61 7D }
        // 以内にご連絡
        $threat_13 = { E4 BB A5 E5 86 85 E3 81 AB E3 81 94 E9 80 A3 E7 B5 A1 }
        $threat_14 = { 88 C8 93 E0 82 C9 82 B2 98 41 97 8D }
        $threat_15 = { E5 4E 85 51 6B 30 54 30 23 90 61 7D }
        // 永久に失
        $threat_16 = { E6 B0 B8 E4 B9 85 E3 81 AB E5 A4 B1 }
        $threat_17 = { 89 69 8B 76 82 C9 8E B8 }
        $threat_18 = { 38 6C 45 4E 6B 30 31 59 }
        // 名前を変更しないで
        $threat_19 = { E5 90 8D E5 89 8D E3 82 92 E5 A4 89 E6 9B B4 E3 81 97 E3 81 AA E3 81 84 E3 81 A7 }
        $threat_20 = { 96 BC 91 4F 82 F0 95 CF 8D 58 82 B5 82 C8 82 A2 82 C5 }
        $threat_21 = { 0D 54 4D 52 92 30 09 59 F4 66 57 30 6A 30 44 30 67 30 }
        // 第三者のソフト
        $threat_22 = { E7 AC AC E4 B8 89 E8 80 85 E3 81 AE E3 82 BD E3 83 95 E3 83 88 }
        $threat_23 = { 91 E6 8E 4F 8E D2 82 CC 83 5C 83 74 83 67 }
        $threat_24 = { 2C 7B 09 4E 05 80 6E 30 BD 30 D5 30 C8 30 }
        // 警察に
        $threat_25 = { E8 AD A6 E5 AF 9F E3 81 AB }
        $threat_26 = { 8C 78 8E 40 82 C9 }
        $threat_27 = { 66 8B DF 5B 6B 30 }
        // 削除します
        $threat_28 = { E5 89 8A E9 99 A4 E3 81 97 E3 81 BE E3 81 99 }
        $threat_29 = { 8D ED 8F 9C 82 B5 82 DC 82 B7 }
        $threat_30 = { 4A 52 64 96 57 30 7E 30 59 30 }
        // 復号できなくな
        $threat_31 = { E5 BE A9 E5 8F B7 E3 81 A7 E3 81 8D E3 81 AA E3 81 8F E3 81 AA }
        $threat_32 = { 95 9C 8D 86 82 C5 82 AB 82 C8 82 AD 82 C8 }
        $threat_33 = { A9 5F F7 53 67 30 4D 30 6A 30 4F 30 6A 30 }
        // 復元しようとしないで
        $threat_34 = { E5 BE A9 E5 85 83 E3 81 97 E3 82 88 E3 81 86 E3 81 A8 E3 81 97 E3 81 AA E3 81 84 E3 81 A7 }
        $threat_35 = { 95 9C 8C B3 82 B5 82 E6 82 A4 82 C6 82 B5 82 C8 82 A2 82 C5 }
        $threat_36 = { A9 5F 43 51 57 30 88 30 46 30 68 30 57 30 6A 30 44 30 67 30 }
        // ビットコイン
        $pay_01 = { E3 83 93 E3 83 83 E3 83 88 E3 82 B3 E3 82 A4 E3 83 B3 }
        $pay_02 = { 83 72 83 62 83 67 83 52 83 43 83 93 }
        $pay_03 = { D3 30 C3 30 C8 30 B3 30 A4 30 F3 30 }
        // 支払えば
        $pay_04 = { E6 94 AF E6 89 95 E3 81 88 E3 81 B0 }
        $pay_05 = { 8E 78 95 A5 82 A6 82 CE }
        $pay_06 = { 2F 65 55 62 48 30 70 30 }
        // 支払い
        $pay_07 = { E6 94 AF E6 89 95 E3 81 84 }
        $pay_08 = { 8E 78 95 A5 82 A2 }
        $pay_09 = { 2F 65 55 62 44 30 }
        // 支払って
        $pay_10 = { E6 94 AF E6 89 95 E3 81 A3 E3 81 A6 }
        $pay_11 = { 8E 78 95 A5 82 C1 82 C4 }
        $pay_12 = { 2F 65 55 62 63 30 66 30 }
        // 復号ツール
        $pay_13 = { E5 BE A9 E5 8F B7 E3 83 84 E3 83 BC E3 83 AB }
        $pay_14 = { 95 9C 8D 86 83 63 81 5B 83 8B }
        $pay_15 = { A9 5F F7 53 C4 30 FC 30 EB 30 }
        // 復号キー
        $pay_16 = { E5 BE A9 E5 8F B7 E3 82 AD E3 83 BC }
        $pay_17 = { 95 9C 8D 86 83 4C 81 5B }
        $pay_18 = { A9 5F F7 53 AD 30 FC 30 }
        // 復号鍵
        $pay_19 = { E5 BE A9 E5 8F B7 E9 8D B5 }
        $pay_20 = { 95 9C 8D 86 8C AE }
        $pay_21 = { A9 5F F7 53 75 93 }
        // 復号ソフト
        $pay_22 = { E5 BE A9 E5 8F B7 E3 82 BD E3 83 95 E3 83 88 }
        $pay_23 = { 95 9C 8D 86 83 5C 83 74 83 67 }
        $pay_24 = { A9 5F F7 53 BD 30 D5 30 C8 30 }
        // 解読ツール
        $pay_25 = { E8 A7 A3 E8 AA AD E3 83 84 E3 83 BC E3 83 AB }
        $pay_26 = { 89 F0 93 C7 83 63 81 5B 83 8B }
        $pay_27 = { E3 89 AD 8A C4 30 FC 30 EB 30 }
        // 身代金
        $pay_28 = { E8 BA AB E4 BB A3 E9 87 91 }
        $pay_29 = { 90 67 91 E3 8B E0 }
        $pay_30 = { AB 8E E3 4E D1 91 }
        // 購入して
        $pay_31 = { E8 B3 BC E5 85 A5 E3 81 97 E3 81 A6 }
        $pay_32 = { 8D 77 93 FC 82 B5 82 C4 }
        $pay_33 = { FC 8C 65 51 57 30 66 30 }
        // 復号する唯一
        $pay_34 = { E5 BE A9 E5 8F B7 E3 81 99 E3 82 8B E5 94 AF E4 B8 80 }
        $pay_35 = { 95 9C 8D 86 82 B7 82 E9 97 42 88 EA }
        $pay_36 = { A9 5F F7 53 59 30 8B 30 2F 55 00 4E }
        // words of a manual or a notice by the hospital itself
        // 対応マニュアル
        $manual_01 = { E5 AF BE E5 BF 9C E3 83 9E E3 83 8B E3 83 A5 E3 82 A2 E3 83 AB }
        $manual_02 = { 91 CE 89 9E 83 7D 83 6A 83 85 83 41 83 8B }
        $manual_03 = { FE 5B DC 5F DE 30 CB 30 E5 30 A2 30 EB 30 }
        // 研修
        $manual_04 = { E7 A0 94 E4 BF AE }
        $manual_05 = { 8C A4 8F 43 }
        $manual_06 = { 14 78 EE 4F }
        // 訓練
        $manual_07 = { E8 A8 93 E7 B7 B4 }
        $manual_08 = { 8C 50 97 FB }
        $manual_09 = { 13 8A F4 7D }
        // 対策本部
        $manual_10 = { E5 AF BE E7 AD 96 E6 9C AC E9 83 A8 }
        $manual_11 = { 91 CE 8D F4 96 7B 95 94 }
        $manual_12 = { FE 5B 56 7B 2C 67 E8 90 }
        // ガイドライン
        $manual_13 = { E3 82 AC E3 82 A4 E3 83 89 E3 83 A9 E3 82 A4 E3 83 B3 }
        $manual_14 = { 83 4B 83 43 83 68 83 89 83 43 83 93 }
        $manual_15 = { AC 30 A4 30 C9 30 E9 30 A4 30 F3 30 }
        // 情報システム課
        $manual_16 = { E6 83 85 E5 A0 B1 E3 82 B7 E3 82 B9 E3 83 86 E3 83 A0 E8 AA B2 }
        $manual_17 = { 8F EE 95 F1 83 56 83 58 83 65 83 80 89 DB }
        $manual_18 = { C5 60 31 58 B7 30 B9 30 C6 30 E0 30 B2 8A }
        // 厚生労働省
        $manual_19 = { E5 8E 9A E7 94 9F E5 8A B4 E5 83 8D E7 9C 81 }
        $manual_20 = { 8C FA 90 B6 98 4A 93 AD 8F C8 }
        $manual_21 = { 9A 53 1F 75 B4 52 CD 50 01 77 }
        // a YARA rule file or a list of phrases is not a note
        $rulefile_1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $rulefile_2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($rulefile_*) and filesize < 32KB and
        any of ($lost_*) and any of ($yours_*) and
        (
            (any of ($contact_*) and any of ($pay_*)) or
            (any of ($contact_*) and any of ($threat_*)) or
            (any of ($threat_*) and any of ($pay_*))
        ) and
        not any of ($manual_*)
}

rule shodo_note_russian
{
    meta:
        id = "SHODO-NOTE-005"
        author = "shodo project"
        description = "Text that reads like a ransom note in Russian (UTF-8, CP1251 or UTF-16)"
        description_ja = "ロシア語の脅迫文（ランサムノート）と読める文書です。消さずに残し、撮影してください。"
        source = "own wording of the behaviour; no Russian note was available for measuring"
        date = "2026-11-22"
        severity = "match"
    strings:
        // зашифрован
        $lost_01 = { D0 B7 D0 B0 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D0 B0 D0 BD }
        $lost_02 = { E7 E0 F8 E8 F4 F0 EE E2 E0 ED }
        $lost_03 = { 37 04 30 04 48 04 38 04 44 04 40 04 3E 04 32 04 30 04 3D 04 }
        // Зашифрован
        $lost_04 = { D0 97 D0 B0 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D0 B0 D0 BD }
        $lost_05 = { C7 E0 F8 E8 F4 F0 EE E2 E0 ED }
        $lost_06 = { 17 04 30 04 48 04 38 04 44 04 40 04 3E 04 32 04 30 04 3D 04 }
        // заблокирован
        $lost_07 = { D0 B7 D0 B0 D0 B1 D0 BB D0 BE D0 BA D0 B8 D1 80 D0 BE D0 B2 D0 B0 D0 BD }
        $lost_08 = { E7 E0 E1 EB EE EA E8 F0 EE E2 E0 ED }
        $lost_09 = { 37 04 30 04 31 04 3B 04 3E 04 3A 04 38 04 40 04 3E 04 32 04 30 04 3D 04 }
        // Заблокирован
        $lost_10 = { D0 97 D0 B0 D0 B1 D0 BB D0 BE D0 BA D0 B8 D1 80 D0 BE D0 B2 D0 B0 D0 BD }
        $lost_11 = { C7 E0 E1 EB EE EA E8 F0 EE E2 E0 ED }
        $lost_12 = { 17 04 30 04 31 04 3B 04 3E 04 3A 04 38 04 40 04 3E 04 32 04 30 04 3D 04 }
        // украден
        $lost_13 = { D1 83 D0 BA D1 80 D0 B0 D0 B4 D0 B5 D0 BD }
        $lost_14 = { F3 EA F0 E0 E4 E5 ED }
        $lost_15 = { 43 04 3A 04 40 04 30 04 34 04 35 04 3D 04 }
        // Украден
        $lost_16 = { D0 A3 D0 BA D1 80 D0 B0 D0 B4 D0 B5 D0 BD }
        $lost_17 = { D3 EA F0 E0 E4 E5 ED }
        $lost_18 = { 23 04 3A 04 40 04 30 04 34 04 35 04 3D 04 }
        // похищен
        $lost_19 = { D0 BF D0 BE D1 85 D0 B8 D1 89 D0 B5 D0 BD }
        $lost_20 = { EF EE F5 E8 F9 E5 ED }
        $lost_21 = { 3F 04 3E 04 45 04 38 04 49 04 35 04 3D 04 }
        // Похищен
        $lost_22 = { D0 9F D0 BE D1 85 D0 B8 D1 89 D0 B5 D0 BD }
        $lost_23 = { CF EE F5 E8 F9 E5 ED }
        $lost_24 = { 1F 04 3E 04 45 04 38 04 49 04 35 04 3D 04 }
        // скачан
        $lost_25 = { D1 81 D0 BA D0 B0 D1 87 D0 B0 D0 BD }
        $lost_26 = { F1 EA E0 F7 E0 ED }
        $lost_27 = { 41 04 3A 04 30 04 47 04 30 04 3D 04 }
        // Скачан
        $lost_28 = { D0 A1 D0 BA D0 B0 D1 87 D0 B0 D0 BD }
        $lost_29 = { D1 EA E0 F7 E0 ED }
        $lost_30 = { 21 04 3A 04 30 04 47 04 30 04 3D 04 }
        // скачали
        $lost_31 = { D1 81 D0 BA D0 B0 D1 87 D0 B0 D0 BB D0 B8 }
        $lost_32 = { F1 EA E0 F7 E0 EB E8 }
        $lost_33 = { 41 04 3A 04 30 04 47 04 30 04 3B 04 38 04 }
        // Скачали
        $lost_34 = { D0 A1 D0 BA D0 B0 D1 87 D0 B0 D0 BB D0 B8 }
        $lost_35 = { D1 EA E0 F7 E0 EB E8 }
        $lost_36 = { 21 04 3A 04 30 04 47 04 30 04 3B 04 38 04 }
        // взломан
        $lost_37 = { D0 B2 D0 B7 D0 BB D0 BE D0 BC D0 B0 D0 BD }
        $lost_38 = { E2 E7 EB EE EC E0 ED }
        $lost_39 = { 32 04 37 04 3B 04 3E 04 3C 04 30 04 3D 04 }
        // Взломан
        $lost_40 = { D0 92 D0 B7 D0 BB D0 BE D0 BC D0 B0 D0 BD }
        $lost_41 = { C2 E7 EB EE EC E0 ED }
        $lost_42 = { 12 04 37 04 3B 04 3E 04 3C 04 30 04 3D 04 }
        // ваши файлы
        $yours_01 = { D0 B2 D0 B0 D1 88 D0 B8 20 D1 84 D0 B0 D0 B9 D0 BB D1 8B }
        $yours_02 = { E2 E0 F8 E8 20 F4 E0 E9 EB FB }
        $yours_03 = { 32 04 30 04 48 04 38 04 20 00 44 04 30 04 39 04 3B 04 4B 04 }
        // Ваши файлы
        $yours_04 = { D0 92 D0 B0 D1 88 D0 B8 20 D1 84 D0 B0 D0 B9 D0 BB D1 8B }
        $yours_05 = { C2 E0 F8 E8 20 F4 E0 E9 EB FB }
        $yours_06 = { 12 04 30 04 48 04 38 04 20 00 44 04 30 04 39 04 3B 04 4B 04 }
        // ваши данные
        $yours_07 = { D0 B2 D0 B0 D1 88 D0 B8 20 D0 B4 D0 B0 D0 BD D0 BD D1 8B D0 B5 }
        $yours_08 = { E2 E0 F8 E8 20 E4 E0 ED ED FB E5 }
        $yours_09 = { 32 04 30 04 48 04 38 04 20 00 34 04 30 04 3D 04 3D 04 4B 04 35 04 }
        // Ваши данные
        $yours_10 = { D0 92 D0 B0 D1 88 D0 B8 20 D0 B4 D0 B0 D0 BD D0 BD D1 8B D0 B5 }
        $yours_11 = { C2 E0 F8 E8 20 E4 E0 ED ED FB E5 }
        $yours_12 = { 12 04 30 04 48 04 38 04 20 00 34 04 30 04 3D 04 3D 04 4B 04 35 04 }
        // ваша сеть
        $yours_13 = { D0 B2 D0 B0 D1 88 D0 B0 20 D1 81 D0 B5 D1 82 D1 8C }
        $yours_14 = { E2 E0 F8 E0 20 F1 E5 F2 FC }
        $yours_15 = { 32 04 30 04 48 04 30 04 20 00 41 04 35 04 42 04 4C 04 }
        // Ваша сеть
        $yours_16 = { D0 92 D0 B0 D1 88 D0 B0 20 D1 81 D0 B5 D1 82 D1 8C }
        $yours_17 = { C2 E0 F8 E0 20 F1 E5 F2 FC }
        $yours_18 = { 12 04 30 04 48 04 30 04 20 00 41 04 35 04 42 04 4C 04 }
        // вашей сети
        $yours_19 = { D0 B2 D0 B0 D1 88 D0 B5 D0 B9 20 D1 81 D0 B5 D1 82 D0 B8 }
        $yours_20 = { E2 E0 F8 E5 E9 20 F1 E5 F2 E8 }
        $yours_21 = { 32 04 30 04 48 04 35 04 39 04 20 00 41 04 35 04 42 04 38 04 }
        // Вашей сети
        $yours_22 = { D0 92 D0 B0 D1 88 D0 B5 D0 B9 20 D1 81 D0 B5 D1 82 D0 B8 }
        $yours_23 = { C2 E0 F8 E5 E9 20 F1 E5 F2 E8 }
        $yours_24 = { 12 04 30 04 48 04 35 04 39 04 20 00 41 04 35 04 42 04 38 04 }
        // ваша компания
        $yours_25 = { D0 B2 D0 B0 D1 88 D0 B0 20 D0 BA D0 BE D0 BC D0 BF D0 B0 D0 BD D0 B8 D1 8F }
        $yours_26 = { E2 E0 F8 E0 20 EA EE EC EF E0 ED E8 FF }
        $yours_27 = { 32 04 30 04 48 04 30 04 20 00 3A 04 3E 04 3C 04 3F 04 30 04 3D 04 38 04 4F 04 }
        // Ваша компания
        $yours_28 = { D0 92 D0 B0 D1 88 D0 B0 20 D0 BA D0 BE D0 BC D0 BF D0 B0 D0 BD D0 B8 D1 8F }
        $yours_29 = { C2 E0 F8 E0 20 EA EE EC EF E0 ED E8 FF }
        $yours_30 = { 12 04 30 04 48 04 30 04 20 00 3A 04 3E 04 3C 04 3F 04 30 04 3D 04 38 04 4F 04 }
        // вашей компании
        $yours_31 = { D0 B2 D0 B0 D1 88 D0 B5 D0 B9 20 D0 BA D0 BE D0 BC D0 BF D0 B0 D0 BD D0 B8 D0 B8 }
        $yours_32 = { E2 E0 F8 E5 E9 20 EA EE EC EF E0 ED E8 E8 }
        $yours_33 = { 32 04 30 04 48 04 35 04 39 04 20 00 3A 04 3E 04 3C 04 3F 04 30 04 3D 04 38 04 38 04 }
        // Вашей компании
        $yours_34 = { D0 92 D0 B0 D1 88 D0 B5 D0 B9 20 D0 BA D0 BE D0 BC D0 BF D0 B0 D0 BD D0 B8 D0 B8 }
        $yours_35 = { C2 E0 F8 E5 E9 20 EA EE EC EF E0 ED E8 E8 }
        $yours_36 = { 12 04 30 04 48 04 35 04 39 04 20 00 3A 04 3E 04 3C 04 3F 04 30 04 3D 04 38 04 38 04 }
        // ваши документы
        $yours_37 = { D0 B2 D0 B0 D1 88 D0 B8 20 D0 B4 D0 BE D0 BA D1 83 D0 BC D0 B5 D0 BD D1 82 D1 8B }
        $yours_38 = { E2 E0 F8 E8 20 E4 EE EA F3 EC E5 ED F2 FB }
        $yours_39 = { 32 04 30 04 48 04 38 04 20 00 34 04 3E 04 3A 04 43 04 3C 04 35 04 3D 04 42 04 4B 04 }
        // Ваши документы
        $yours_40 = { D0 92 D0 B0 D1 88 D0 B8 20 D0 B4 D0 BE D0 BA D1 83 D0 BC D0 B5 D0 BD D1 82 D1 8B }
        $yours_41 = { C2 E0 F8 E8 20 E4 EE EA F3 EC E5 ED F2 FB }
        $yours_42 = { 12 04 30 04 48 04 38 04 20 00 34 04 3E 04 3A 04 43 04 3C 04 35 04 3D 04 42 04 4B 04 }
        // ваших файлов
        $yours_43 = { D0 B2 D0 B0 D1 88 D0 B8 D1 85 20 D1 84 D0 B0 D0 B9 D0 BB D0 BE D0 B2 }
        $yours_44 = { E2 E0 F8 E8 F5 20 F4 E0 E9 EB EE E2 }
        $yours_45 = { 32 04 30 04 48 04 38 04 45 04 20 00 44 04 30 04 39 04 3B 04 3E 04 32 04 }
        // Ваших файлов
        $yours_46 = { D0 92 D0 B0 D1 88 D0 B8 D1 85 20 D1 84 D0 B0 D0 B9 D0 BB D0 BE D0 B2 }
        $yours_47 = { C2 E0 F8 E8 F5 20 F4 E0 E9 EB EE E2 }
        $yours_48 = { 12 04 30 04 48 04 38 04 45 04 20 00 44 04 30 04 39 04 3B 04 3E 04 32 04 }
        // все файлы
        $yours_49 = { D0 B2 D1 81 D0 B5 20 D1 84 D0 B0 D0 B9 D0 BB D1 8B }
        $yours_50 = { E2 F1 E5 20 F4 E0 E9 EB FB }
        $yours_51 = { 32 04 41 04 35 04 20 00 44 04 30 04 39 04 3B 04 4B 04 }
        // Все файлы
        $yours_52 = { D0 92 D1 81 D0 B5 20 D1 84 D0 B0 D0 B9 D0 BB D1 8B }
        $yours_53 = { C2 F1 E5 20 F4 E0 E9 EB FB }
        $yours_54 = { 12 04 41 04 35 04 20 00 44 04 30 04 39 04 3B 04 4B 04 }
        // ваших данных
        $yours_55 = { D0 B2 D0 B0 D1 88 D0 B8 D1 85 20 D0 B4 D0 B0 D0 BD D0 BD D1 8B D1 85 }
        $yours_56 = { E2 E0 F8 E8 F5 20 E4 E0 ED ED FB F5 }
        $yours_57 = { 32 04 30 04 48 04 38 04 45 04 20 00 34 04 30 04 3D 04 3D 04 4B 04 45 04 }
        // Ваших данных
        $yours_58 = { D0 92 D0 B0 D1 88 D0 B8 D1 85 20 D0 B4 D0 B0 D0 BD D0 BD D1 8B D1 85 }
        $yours_59 = { C2 E0 F8 E8 F5 20 E4 E0 ED ED FB F5 }
        $yours_60 = { 12 04 30 04 48 04 38 04 45 04 20 00 34 04 30 04 3D 04 3D 04 4B 04 45 04 }
        // вашем компьютере
        $yours_61 = { D0 B2 D0 B0 D1 88 D0 B5 D0 BC 20 D0 BA D0 BE D0 BC D0 BF D1 8C D1 8E D1 82 D0 B5 D1 80 D0 B5 }
        $yours_62 = { E2 E0 F8 E5 EC 20 EA EE EC EF FC FE F2 E5 F0 E5 }
        $yours_63 = { 32 04 30 04 48 04 35 04 3C 04 20 00 3A 04 3E 04 3C 04 3F 04 4C 04 4E 04 42 04 35 04 40 04 35 04 }
        // Вашем компьютере
        $yours_64 = { D0 92 D0 B0 D1 88 D0 B5 D0 BC 20 D0 BA D0 BE D0 BC D0 BF D1 8C D1 8E D1 82 D0 B5 D1 80 D0 B5 }
        $yours_65 = { C2 E0 F8 E5 EC 20 EA EE EC EF FC FE F2 E5 F0 E5 }
        $yours_66 = { 12 04 30 04 48 04 35 04 3C 04 20 00 3A 04 3E 04 3C 04 3F 04 4C 04 4E 04 42 04 35 04 40 04 35 04 }
        // свяжитесь с нами
        $contact_01 = { D1 81 D0 B2 D1 8F D0 B6 D0 B8 D1 82 D0 B5 D1 81 D1 8C 20 D1 81 20 D0 BD D0 B0 D0 BC D0 B8 }
        $contact_02 = { F1 E2 FF E6 E8 F2 E5 F1 FC 20 F1 20 ED E0 EC E8 }
        $contact_03 = { 41 04 32 04 4F 04 36 04 38 04 42 04 35 04 41 04 4C 04 20 00 41 04 20 00 3D 04 30 04 3C 04 38 04 }
        // Свяжитесь с нами
        $contact_04 = { D0 A1 D0 B2 D1 8F D0 B6 D0 B8 D1 82 D0 B5 D1 81 D1 8C 20 D1 81 20 D0 BD D0 B0 D0 BC D0 B8 }
        $contact_05 = { D1 E2 FF E6 E8 F2 E5 F1 FC 20 F1 20 ED E0 EC E8 }
        $contact_06 = { 21 04 32 04 4F 04 36 04 38 04 42 04 35 04 41 04 4C 04 20 00 41 04 20 00 3D 04 30 04 3C 04 38 04 }
        // связаться с нами
        $contact_07 = { D1 81 D0 B2 D1 8F D0 B7 D0 B0 D1 82 D1 8C D1 81 D1 8F 20 D1 81 20 D0 BD D0 B0 D0 BC D0 B8 }
        $contact_08 = { F1 E2 FF E7 E0 F2 FC F1 FF 20 F1 20 ED E0 EC E8 }
        $contact_09 = { 41 04 32 04 4F 04 37 04 30 04 42 04 4C 04 41 04 4F 04 20 00 41 04 20 00 3D 04 30 04 3C 04 38 04 }
        // Связаться с нами
        $contact_10 = { D0 A1 D0 B2 D1 8F D0 B7 D0 B0 D1 82 D1 8C D1 81 D1 8F 20 D1 81 20 D0 BD D0 B0 D0 BC D0 B8 }
        $contact_11 = { D1 E2 FF E7 E0 F2 FC F1 FF 20 F1 20 ED E0 EC E8 }
        $contact_12 = { 21 04 32 04 4F 04 37 04 30 04 42 04 4C 04 41 04 4F 04 20 00 41 04 20 00 3D 04 30 04 3C 04 38 04 }
        // напишите нам
        $contact_13 = { D0 BD D0 B0 D0 BF D0 B8 D1 88 D0 B8 D1 82 D0 B5 20 D0 BD D0 B0 D0 BC }
        $contact_14 = { ED E0 EF E8 F8 E8 F2 E5 20 ED E0 EC }
        $contact_15 = { 3D 04 30 04 3F 04 38 04 48 04 38 04 42 04 35 04 20 00 3D 04 30 04 3C 04 }
        // Напишите нам
        $contact_16 = { D0 9D D0 B0 D0 BF D0 B8 D1 88 D0 B8 D1 82 D0 B5 20 D0 BD D0 B0 D0 BC }
        $contact_17 = { CD E0 EF E8 F8 E8 F2 E5 20 ED E0 EC }
        $contact_18 = { 1D 04 30 04 3F 04 38 04 48 04 38 04 42 04 35 04 20 00 3D 04 30 04 3C 04 }
        // напишите на
        $contact_19 = { D0 BD D0 B0 D0 BF D0 B8 D1 88 D0 B8 D1 82 D0 B5 20 D0 BD D0 B0 }
        $contact_20 = { ED E0 EF E8 F8 E8 F2 E5 20 ED E0 }
        $contact_21 = { 3D 04 30 04 3F 04 38 04 48 04 38 04 42 04 35 04 20 00 3D 04 30 04 }
        // Напишите на
        $contact_22 = { D0 9D D0 B0 D0 BF D0 B8 D1 88 D0 B8 D1 82 D0 B5 20 D0 BD D0 B0 }
        $contact_23 = { CD E0 EF E8 F8 E8 F2 E5 20 ED E0 }
        $contact_24 = { 1D 04 30 04 3F 04 38 04 48 04 38 04 42 04 35 04 20 00 3D 04 30 04 }
        // пишите на
        $contact_25 = { D0 BF D0 B8 D1 88 D0 B8 D1 82 D0 B5 20 D0 BD D0 B0 }
        $contact_26 = { EF E8 F8 E8 F2 E5 20 ED E0 }
        $contact_27 = { 3F 04 38 04 48 04 38 04 42 04 35 04 20 00 3D 04 30 04 }
        // Пишите на
        $contact_28 = { D0 9F D0 B8 D1 88 D0 B8 D1 82 D0 B5 20 D0 BD D0 B0 }
        $contact_29 = { CF E8 F8 E8 F2 E5 20 ED E0 }
        $contact_30 = { 1F 04 38 04 48 04 38 04 42 04 35 04 20 00 3D 04 30 04 }
        // отправьте
        $contact_31 = { D0 BE D1 82 D0 BF D1 80 D0 B0 D0 B2 D1 8C D1 82 D0 B5 }
        $contact_32 = { EE F2 EF F0 E0 E2 FC F2 E5 }
        $contact_33 = { 3E 04 42 04 3F 04 40 04 30 04 32 04 4C 04 42 04 35 04 }
        // Отправьте
        $contact_34 = { D0 9E D1 82 D0 BF D1 80 D0 B0 D0 B2 D1 8C D1 82 D0 B5 }
        $contact_35 = { CE F2 EF F0 E0 E2 FC F2 E5 }
        $contact_36 = { 1E 04 42 04 3F 04 40 04 30 04 32 04 4C 04 42 04 35 04 }
        // тор браузер
        $contact_37 = { D1 82 D0 BE D1 80 20 D0 B1 D1 80 D0 B0 D1 83 D0 B7 D0 B5 D1 80 }
        $contact_38 = { F2 EE F0 20 E1 F0 E0 F3 E7 E5 F0 }
        $contact_39 = { 42 04 3E 04 40 04 20 00 31 04 40 04 30 04 43 04 37 04 35 04 40 04 }
        // Тор браузер
        $contact_40 = { D0 A2 D0 BE D1 80 20 D0 B1 D1 80 D0 B0 D1 83 D0 B7 D0 B5 D1 80 }
        $contact_41 = { D2 EE F0 20 E1 F0 E0 F3 E7 E5 F0 }
        $contact_42 = { 22 04 3E 04 40 04 20 00 31 04 40 04 30 04 43 04 37 04 35 04 40 04 }
        // браузер tor
        $contact_43 = { D0 B1 D1 80 D0 B0 D1 83 D0 B7 D0 B5 D1 80 20 74 6F 72 }
        $contact_44 = { E1 F0 E0 F3 E7 E5 F0 20 74 6F 72 }
        $contact_45 = { 31 04 40 04 30 04 43 04 37 04 35 04 40 04 20 00 74 00 6F 00 72 00 }
        // Браузер tor
        $contact_46 = { D0 91 D1 80 D0 B0 D1 83 D0 B7 D0 B5 D1 80 20 74 6F 72 }
        $contact_47 = { C1 F0 E0 F3 E7 E5 F0 20 74 6F 72 }
        $contact_48 = { 11 04 40 04 30 04 43 04 37 04 35 04 40 04 20 00 74 00 6F 00 72 00 }
        // tor браузер
        $contact_49 = { 74 6F 72 20 D0 B1 D1 80 D0 B0 D1 83 D0 B7 D0 B5 D1 80 }
        $contact_50 = { 74 6F 72 20 E1 F0 E0 F3 E7 E5 F0 }
        $contact_51 = { 74 00 6F 00 72 00 20 00 31 04 40 04 30 04 43 04 37 04 35 04 40 04 }
        // Tor браузер
        $contact_52 = { 54 6F 72 20 D0 B1 D1 80 D0 B0 D1 83 D0 B7 D0 B5 D1 80 }
        $contact_53 = { 54 6F 72 20 E1 F0 E0 F3 E7 E5 F0 }
        $contact_54 = { 54 00 6F 00 72 00 20 00 31 04 40 04 30 04 43 04 37 04 35 04 40 04 }
        // telegram
        $contact_55 = { 74 65 6C 65 67 72 61 6D }
        $contact_56 = { 74 00 65 00 6C 00 65 00 67 00 72 00 61 00 6D 00 }
        // Telegram
        $contact_57 = { 54 65 6C 65 67 72 61 6D }
        $contact_58 = { 54 00 65 00 6C 00 65 00 67 00 72 00 61 00 6D 00 }
        // электронную почту
        $contact_59 = { D1 8D D0 BB D0 B5 D0 BA D1 82 D1 80 D0 BE D0 BD D0 BD D1 83 D1 8E 20 D0 BF D0 BE D1 87 D1 82 D1 83 }
        $contact_60 = { FD EB E5 EA F2 F0 EE ED ED F3 FE 20 EF EE F7 F2 F3 }
        $contact_61 = { 4D 04 3B 04 35 04 3A 04 42 04 40 04 3E 04 3D 04 3D 04 43 04 4E 04 20 00 3F 04 3E 04 47 04 42 04 43 04 }
        // Электронную почту
        $contact_62 = { D0 AD D0 BB D0 B5 D0 BA D1 82 D1 80 D0 BE D0 BD D0 BD D1 83 D1 8E 20 D0 BF D0 BE D1 87 D1 82 D1 83 }
        $contact_63 = { DD EB E5 EA F2 F0 EE ED ED F3 FE 20 EF EE F7 F2 F3 }
        $contact_64 = { 2D 04 3B 04 35 04 3A 04 42 04 40 04 3E 04 3D 04 3D 04 43 04 4E 04 20 00 3F 04 3E 04 47 04 42 04 43 04 }
        // будут опубликованы
        $threat_01 = { D0 B1 D1 83 D0 B4 D1 83 D1 82 20 D0 BE D0 BF D1 83 D0 B1 D0 BB D0 B8 D0 BA D0 BE D0 B2 D0 B0 D0 BD D1 8B }
        $threat_02 = { E1 F3 E4 F3 F2 20 EE EF F3 E1 EB E8 EA EE E2 E0 ED FB }
        $threat_03 = { 31 04 43 04 34 04 43 04 42 04 20 00 3E 04 3F 04 43 04 31 04 3B 04 38 04 3A 04 3E 04 32 04 30 04 3D 04 4B 04 }
        // Будут опубликованы
        $threat_04 = { D0 91 D1 83 D0 B4 D1 83 D1 82 20 D0 BE D0 BF D1 83 D0 B1 D0 BB D0 B8 D0 BA D0 BE D0 B2 D0 B0 D0 BD D1 8B }
        $threat_05 = { C1 F3 E4 F3 F2 20 EE EF F3 E1 EB E8 EA EE E2 E0 ED FB }
        $threat_06 = { 11 04 43 04 34 04 43 04 42 04 20 00 3E 04 3F 04 43 04 31 04 3B 04 38 04 3A 04 3E 04 32 04 30 04 3D 04 4B 04 }
        // опубликуем
        $threat_07 = { D0 BE D0 BF D1 83 D0 B1 D0 BB D0 B8 D0 BA D1 83 D0 B5 D0 BC }
        $threat_08 = { EE EF F3 E1 EB E8 EA F3 E5 EC }
        $threat_09 = { 3E 04 3F 04 43 04 31 04 3B 04 38 04 3A 04 43 04 35 04 3C 04 }
        // Опубликуем
        $threat_10 = { D0 9E D0 BF D1 83 D0 B1 D0 BB D0 B8 D0 BA D1 83 D0 B5 D0 BC }
        $threat_11 = { CE EF F3 E1 EB E8 EA F3 E5 EC }
        $threat_12 = { 1E 04 3F 04 43 04 31 04 3B 04 38 04 3A 04 43 04 35 04 3C 04 }
        // безвозвратно
        $threat_13 = { D0 B1 D0 B5 D0 B7 D0 B2 D0 BE D0 B7 D0 B2 D1 80 D0 B0 D1 82 D0 BD D0 BE }
        $threat_14 = { E1 E5 E7 E2 EE E7 E2 F0 E0 F2 ED EE }
        $threat_15 = { 31 04 35 04 37 04 32 04 3E 04 37 04 32 04 40 04 30 04 42 04 3D 04 3E 04 }
        // Безвозвратно
        $threat_16 = { D0 91 D0 B5 D0 B7 D0 B2 D0 BE D0 B7 D0 B2 D1 80 D0 B0 D1 82 D0 BD D0 BE }
        $threat_17 = { C1 E5 E7 E2 EE E7 E2 F0 E0 F2 ED EE }
        $threat_18 = { 11 04 35 04 37 04 32 04 3E 04 37 04 32 04 40 04 30 04 42 04 3D 04 3E 04 }
        // не пытайтесь
        $threat_19 = { D0 BD D0 B5 20 D0 BF D1 8B D1 82 D0 B0 D0 B9 D1 82 D0 B5 D1 81 D1 8C }
        $threat_20 = { ED E5 20 EF FB F2 E0 E9 F2 E5 F1 FC }
        $threat_21 = { 3D 04 35 04 20 00 3F 04 4B 04 42 04 30 04 39 04 42 04 35 04 41 04 4C 04 }
        // Не пытайтесь
        $threat_22 = { D0 9D D0 B5 20 D0 BF D1 8B D1 82 D0 B0 D0 B9 D1 82 D0 B5 D1 81 D1 8C }
        $threat_23 = { CD E5 20 EF FB F2 E0 E9 F2 E5 F1 FC }
        $threat_24 = { 1D 04 35 04 20 00 3F 04 4B 04 42 04 30 04 39 04 42 04 35 04 41 04 4C 04 }
        // не переименовывайте
        $threat_25 = { D0 BD D0 B5 20 D0 BF D0 B5 D1 80 D0 B5 D0 B8 D0 BC D0 B5 D0 BD D0 BE D0 B2 D1 8B D0 B2 D0 B0 D0 B9 D1 82 D0 B5 }
        $threat_26 = { ED E5 20 EF E5 F0 E5 E8 EC E5 ED EE E2 FB E2 E0 E9 F2 E5 }
        $threat_27 = { 3D 04 35 04 20 00 3F 04 35 04 40 04 35 04 38 04 3C 04 35 04 3D 04 3E 04 32 04 4B 04 32 04 30 04 39 04 42 04 35 04 }
        // Не переименовывайте
        $threat_28 = { D0 9D D0 B5 20 D0 BF D0 B5 D1 80 D0 B5 D0 B8 D0 BC D0 B5 D0 BD D0 BE D0 B2 D1 8B D0 B2 D0 B0 D0 B9 D1 82 D0 B5 }
        $threat_29 = { CD E5 20 EF E5 F0 E5 E8 EC E5 ED EE E2 FB E2 E0 E9 F2 E5 }
        $threat_30 = { 1D 04 35 04 20 00 3F 04 35 04 40 04 35 04 38 04 3C 04 35 04 3D 04 3E 04 32 04 4B 04 32 04 30 04 39 04 42 04 35 04 }
        // не изменяйте
        $threat_31 = { D0 BD D0 B5 20 D0 B8 D0 B7 D0 BC D0 B5 D0 BD D1 8F D0 B9 D1 82 D0 B5 }
        $threat_32 = { ED E5 20 E8 E7 EC E5 ED FF E9 F2 E5 }
        $threat_33 = { 3D 04 35 04 20 00 38 04 37 04 3C 04 35 04 3D 04 4F 04 39 04 42 04 35 04 }
        // Не изменяйте
        $threat_34 = { D0 9D D0 B5 20 D0 B8 D0 B7 D0 BC D0 B5 D0 BD D1 8F D0 B9 D1 82 D0 B5 }
        $threat_35 = { CD E5 20 E8 E7 EC E5 ED FF E9 F2 E5 }
        $threat_36 = { 1D 04 35 04 20 00 38 04 37 04 3C 04 35 04 3D 04 4F 04 39 04 42 04 35 04 }
        // навсегда
        $threat_37 = { D0 BD D0 B0 D0 B2 D1 81 D0 B5 D0 B3 D0 B4 D0 B0 }
        $threat_38 = { ED E0 E2 F1 E5 E3 E4 E0 }
        $threat_39 = { 3D 04 30 04 32 04 41 04 35 04 33 04 34 04 30 04 }
        // Навсегда
        $threat_40 = { D0 9D D0 B0 D0 B2 D1 81 D0 B5 D0 B3 D0 B4 D0 B0 }
        $threat_41 = { CD E0 E2 F1 E5 E3 E4 E0 }
        $threat_42 = { 1D 04 30 04 32 04 41 04 35 04 33 04 34 04 30 04 }
        // сторонн
        $threat_43 = { D1 81 D1 82 D0 BE D1 80 D0 BE D0 BD D0 BD }
        $threat_44 = { F1 F2 EE F0 EE ED ED }
        $threat_45 = { 41 04 42 04 3E 04 40 04 3E 04 3D 04 3D 04 }
        // Сторонн
        $threat_46 = { D0 A1 D1 82 D0 BE D1 80 D0 BE D0 BD D0 BD }
        $threat_47 = { D1 F2 EE F0 EE ED ED }
        $threat_48 = { 21 04 42 04 3E 04 40 04 3E 04 3D 04 3D 04 }
        // удалены
        $threat_49 = { D1 83 D0 B4 D0 B0 D0 BB D0 B5 D0 BD D1 8B }
        $threat_50 = { F3 E4 E0 EB E5 ED FB }
        $threat_51 = { 43 04 34 04 30 04 3B 04 35 04 3D 04 4B 04 }
        // Удалены
        $threat_52 = { D0 A3 D0 B4 D0 B0 D0 BB D0 B5 D0 BD D1 8B }
        $threat_53 = { D3 E4 E0 EB E5 ED FB }
        $threat_54 = { 23 04 34 04 30 04 3B 04 35 04 3D 04 4B 04 }
        // продадим
        $threat_55 = { D0 BF D1 80 D0 BE D0 B4 D0 B0 D0 B4 D0 B8 D0 BC }
        $threat_56 = { EF F0 EE E4 E0 E4 E8 EC }
        $threat_57 = { 3F 04 40 04 3E 04 34 04 30 04 34 04 38 04 3C 04 }
        // Продадим
        $threat_58 = { D0 9F D1 80 D0 BE D0 B4 D0 B0 D0 B4 D0 B8 D0 BC }
        $threat_59 = { CF F0 EE E4 E0 E4 E8 EC }
        $threat_60 = { 1F 04 40 04 3E 04 34 04 30 04 34 04 38 04 3C 04 }
        // биткоин
        $pay_01 = { D0 B1 D0 B8 D1 82 D0 BA D0 BE D0 B8 D0 BD }
        $pay_02 = { E1 E8 F2 EA EE E8 ED }
        $pay_03 = { 31 04 38 04 42 04 3A 04 3E 04 38 04 3D 04 }
        // Биткоин
        $pay_04 = { D0 91 D0 B8 D1 82 D0 BA D0 BE D0 B8 D0 BD }
        $pay_05 = { C1 E8 F2 EA EE E8 ED }
        $pay_06 = { 11 04 38 04 42 04 3A 04 3E 04 38 04 3D 04 }
        // bitcoin
        $pay_07 = { 62 69 74 63 6F 69 6E }
        $pay_08 = { 62 00 69 00 74 00 63 00 6F 00 69 00 6E 00 }
        // Bitcoin
        $pay_09 = { 42 69 74 63 6F 69 6E }
        $pay_10 = { 42 00 69 00 74 00 63 00 6F 00 69 00 6E 00 }
        // оплат
        $pay_11 = { D0 BE D0 BF D0 BB D0 B0 D1 82 }
        $pay_12 = { EE EF EB E0 F2 }
        $pay_13 = { 3E 04 3F 04 3B 04 30 04 42 04 }
        // Оплат
        $pay_14 = { D0 9E D0 BF D0 BB D0 B0 D1 82 }
        $pay_15 = { CE EF EB E0 F2 }
        $pay_16 = { 1E 04 3F 04 3B 04 30 04 42 04 }
        // выкуп
        $pay_17 = { D0 B2 D1 8B D0 BA D1 83 D0 BF }
        $pay_18 = { E2 FB EA F3 EF }
        $pay_19 = { 32 04 4B 04 3A 04 43 04 3F 04 }
        // Выкуп
        $pay_20 = { D0 92 D1 8B D0 BA D1 83 D0 BF }
        $pay_21 = { C2 FB EA F3 EF }
        $pay_22 = { 12 04 4B 04 3A 04 43 04 3F 04 }
        // заплатить
        $pay_23 = { D0 B7 D0 B0 D0 BF D0 BB D0 B0 D1 82 D0 B8 D1 82 D1 8C }
        $pay_24 = { E7 E0 EF EB E0 F2 E8 F2 FC }
        $pay_25 = { 37 04 30 04 3F 04 3B 04 30 04 42 04 38 04 42 04 4C 04 }
        // Заплатить
        $pay_26 = { D0 97 D0 B0 D0 BF D0 BB D0 B0 D1 82 D0 B8 D1 82 D1 8C }
        $pay_27 = { C7 E0 EF EB E0 F2 E8 F2 FC }
        $pay_28 = { 17 04 30 04 3F 04 3B 04 30 04 42 04 38 04 42 04 4C 04 }
        // дешифратор
        $pay_29 = { D0 B4 D0 B5 D1 88 D0 B8 D1 84 D1 80 D0 B0 D1 82 D0 BE D1 80 }
        $pay_30 = { E4 E5 F8 E8 F4 F0 E0 F2 EE F0 }
        $pay_31 = { 34 04 35 04 48 04 38 04 44 04 40 04 30 04 42 04 3E 04 40 04 }
        // Дешифратор
        $pay_32 = { D0 94 D0 B5 D1 88 D0 B8 D1 84 D1 80 D0 B0 D1 82 D0 BE D1 80 }
        $pay_33 = { C4 E5 F8 E8 F4 F0 E0 F2 EE F0 }
        $pay_34 = { 14 04 35 04 48 04 38 04 44 04 40 04 30 04 42 04 3E 04 40 04 }
        // расшифровщик
        $pay_35 = { D1 80 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D1 89 D0 B8 D0 BA }
        $pay_36 = { F0 E0 F1 F8 E8 F4 F0 EE E2 F9 E8 EA }
        $pay_37 = { 40 04 30 04 41 04 48 04 38 04 44 04 40 04 3E 04 32 04 49 04 38 04 3A 04 }
        // Расшифровщик
        $pay_38 = { D0 A0 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D1 89 D0 B8 D0 BA }
        $pay_39 = { D0 E0 F1 F8 E8 F4 F0 EE E2 F9 E8 EA }
        $pay_40 = { 20 04 30 04 41 04 48 04 38 04 44 04 40 04 3E 04 32 04 49 04 38 04 3A 04 }
        // ключ расшифровки
        $pay_41 = { D0 BA D0 BB D1 8E D1 87 20 D1 80 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D0 BA D0 B8 }
        $pay_42 = { EA EB FE F7 20 F0 E0 F1 F8 E8 F4 F0 EE E2 EA E8 }
        $pay_43 = { 3A 04 3B 04 4E 04 47 04 20 00 40 04 30 04 41 04 48 04 38 04 44 04 40 04 3E 04 32 04 3A 04 38 04 }
        // Ключ расшифровки
        $pay_44 = { D0 9A D0 BB D1 8E D1 87 20 D1 80 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D0 BA D0 B8 }
        $pay_45 = { CA EB FE F7 20 F0 E0 F1 F8 E8 F4 F0 EE E2 EA E8 }
        $pay_46 = { 1A 04 3B 04 4E 04 47 04 20 00 40 04 30 04 41 04 48 04 38 04 44 04 40 04 3E 04 32 04 3A 04 38 04 }
        // расшифровк
        $pay_47 = { D1 80 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D0 BA }
        $pay_48 = { F0 E0 F1 F8 E8 F4 F0 EE E2 EA }
        $pay_49 = { 40 04 30 04 41 04 48 04 38 04 44 04 40 04 3E 04 32 04 3A 04 }
        // Расшифровк
        $pay_50 = { D0 A0 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 D0 BE D0 B2 D0 BA }
        $pay_51 = { D0 E0 F1 F8 E8 F4 F0 EE E2 EA }
        $pay_52 = { 20 04 30 04 41 04 48 04 38 04 44 04 40 04 3E 04 32 04 3A 04 }
        // бесплатно расшифр
        $pay_53 = { D0 B1 D0 B5 D1 81 D0 BF D0 BB D0 B0 D1 82 D0 BD D0 BE 20 D1 80 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 }
        $pay_54 = { E1 E5 F1 EF EB E0 F2 ED EE 20 F0 E0 F1 F8 E8 F4 F0 }
        $pay_55 = { 31 04 35 04 41 04 3F 04 3B 04 30 04 42 04 3D 04 3E 04 20 00 40 04 30 04 41 04 48 04 38 04 44 04 40 04 }
        // Бесплатно расшифр
        $pay_56 = { D0 91 D0 B5 D1 81 D0 BF D0 BB D0 B0 D1 82 D0 BD D0 BE 20 D1 80 D0 B0 D1 81 D1 88 D0 B8 D1 84 D1 80 }
        $pay_57 = { C1 E5 F1 EF EB E0 F2 ED EE 20 F0 E0 F1 F8 E8 F4 F0 }
        $pay_58 = { 11 04 35 04 41 04 3F 04 3B 04 30 04 42 04 3D 04 3E 04 20 00 40 04 30 04 41 04 48 04 38 04 44 04 40 04 }
        // гарант
        $pay_59 = { D0 B3 D0 B0 D1 80 D0 B0 D0 BD D1 82 }
        $pay_60 = { E3 E0 F0 E0 ED F2 }
        $pay_61 = { 33 04 30 04 40 04 30 04 3D 04 42 04 }
        // Гарант
        $pay_62 = { D0 93 D0 B0 D1 80 D0 B0 D0 BD D1 82 }
        $pay_63 = { C3 E0 F0 E0 ED F2 }
        $pay_64 = { 13 04 30 04 40 04 30 04 3D 04 42 04 }
        // a YARA rule file or a list of phrases is not a note
        $rulefile_1 = /\n[ \t]{0,8}condition[ \t]{0,2}:/
        $rulefile_2 = /\n[ \t]{0,8}strings[ \t]{0,2}:/
    condition:
        not all of ($rulefile_*) and filesize < 32KB and
        any of ($lost_*) and any of ($yours_*) and
        (
            (any of ($contact_*) and any of ($pay_*)) or
            (any of ($contact_*) and any of ($threat_*)) or
            (any of ($threat_*) and any of ($pay_*))
        ) and
        4 of ($lost_*, $yours_*, $contact_*, $threat_*, $pay_*)
}
