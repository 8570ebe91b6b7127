//! The table of rules. Each row stands for itself; their order is the order of answers.

use kernel::ClauseId;
use standard::{AccessPath, InformationClass};

use super::{Action, Age, Effect, MfaConsideration, Requirement, Rule, rule::RuleSet};
use crate::restricted_item::ItemKind;

const fn clause(id: &'static str) -> ClauseId {
    ClauseId::known(id)
}

/// Every rule of access decisions.
pub static RULES: &[Rule] = &[
    // Who asks, and whether we know enough to answer.
    Rule {
        id: "enforcement_point_unknown",
        clauses: &[clause("3-4-(1)-1")],
        when: |case| case.point.is_none(),
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "登録された関所(アクセス制御点)を経由していません。",
        en: "The request does not come through a registered enforcement point.",
    },
    Rule {
        id: "snapshot_stale",
        clauses: &[clause("3-4-(1)-1")],
        when: |case| case.stale,
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "判断に必要な最新の情報が届いていないため、この重要性分類の情報へのアクセスを止めています。",
        en: "The facts to decide on are not recent enough for information of this class.",
    },
    Rule {
        id: "person_unknown",
        clauses: &[clause("7-2-(9)-1")],
        when: |case| case.person.is_none(),
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "利用者が登録されていません。",
        en: "The person is not on record.",
    },
    Rule {
        id: "account_disabled",
        clauses: &[clause("7-2-(9)-1")],
        when: |case| case.disabled,
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "このIDは異動、退職又は長期の未使用により停止されています。",
        en: "The account is disabled: the person left or moved away, or it lay unused.",
    },
    Rule {
        id: "session_not_live",
        clauses: &[clause("3-4-(1)-1")],
        when: |case| case.session.is_none(),
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "サインインの有効期間が終わったか、取り消されています。もう一度サインインしてください。",
        en: "The session has ended or was revoked; sign in again.",
    },
    Rule {
        id: "epoch_outdated",
        clauses: &[clause("3-4-(1)-1")],
        when: |case| case.outdated,
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "アクセストークンが取り消されています。もう一度サインインしてください。",
        en: "The access token was revoked; sign in again.",
    },
    Rule {
        id: "credential_lost",
        clauses: &[clause("4-4-4")],
        when: |case| case.lost,
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "サインインに使われたIDカード又は認証要素は紛失が届け出られています。",
        en: "The ID card or factor used to sign in was reported lost.",
    },
    Rule {
        id: "authentication",
        clauses: &[clause("3-4-(1)-1")],
        when: |_| true,
        effect: Effect::Require(Requirement {
            categories: 1,
            phishing_resistant: false,
            age: None,
        }),
        relaxable: false,
        ja: "情報システムの利用には認証が必要です。",
        en: "Using an information system needs authentication.",
    },
    // The system and the person's right to it.
    Rule {
        id: "system_unknown",
        clauses: &[clause("7-2-(3)-2")],
        when: |case| case.system.is_none(),
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "情報システムが台帳に登録されていません。",
        en: "The ledger does not know the system.",
    },
    Rule {
        id: "system_retired",
        clauses: &[clause("7-2-(3)-2")],
        when: |case| case.system.is_some_and(|system| system.retired),
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "情報システムは運用を終了しています。",
        en: "The system is out of service.",
    },
    Rule {
        id: "system_suspended",
        clauses: &[clause("8-3-(3)-1a")],
        when: |case| case.suspended,
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "情報システムはセキュリティ障害の拡大防止のため停止しています。",
        en: "The system is stopped to contain a security incident.",
    },
    Rule {
        id: "entitlement_missing",
        clauses: &[clause("7-2-(1)-1"), clause("7-2-(3)-2")],
        when: |case| !case.entitled,
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "この情報システムの利用者として登録されていません。",
        en: "The person is not registered as a user of the system.",
    },
    Rule {
        id: "rpa_own_id",
        clauses: &[clause("7-8-3")],
        when: |case| case.request.automated && case.robot().is_none(),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "RPAは専用のサービスIDでのみ利用できます。",
        en: "A software robot may act only under a service ID of its own.",
    },
    Rule {
        id: "rpa_path",
        clauses: &[clause("7-8-3")],
        when: |case| (case.robot()).is_some_and(|own| case.path().is_some_and(|path| path != own)),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "このサービスIDは、登録された経路からのみ利用できます。",
        en: "The service ID may be used only on the path registered for it.",
    },
    Rule {
        id: "shared_id_not_checked_out",
        clauses: &[clause("4-3-2")],
        when: |case| !case.shared_id_held,
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "この共有IDの使用を開始していません。本人がサインインして使用を開始してください。",
        en: "The shared ID is not checked out by this person in this session.",
    },
    // What is kept for those admitted to it, and whose word a change is.
    Rule {
        id: "item_unknown",
        clauses: &[clause("7-2-(3)-2")],
        when: |case| case.item_unknown(),
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "閲覧制限の対象として、この情報システムに登録されていません。",
        en: "The system keeps no restricted item of this number.",
    },
    Rule {
        id: "specification_restricted",
        clauses: &[clause("7-1-(3)-2")],
        when: |case| case.not_admitted(|kind| kind == ItemKind::Specification),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "この仕様書等の閲覧を認められていません。",
        en: "The person is not among those who need to know this specification.",
    },
    Rule {
        id: "folder_restricted",
        clauses: &[clause("7-2-(5)-1")],
        when: |case| case.not_admitted(|kind| kind == ItemKind::Folder),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "この共有フォルダの利用を認められていません。",
        en: "The person is not among those who may use this shared folder.",
    },
    Rule {
        id: "equipment_restricted",
        clauses: &[clause("2-3-1")],
        when: |case| {
            case.not_admitted(|kind| matches!(kind, ItemKind::Equipment | ItemKind::Medium))
        },
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "この機器又は媒体の利用及び閲覧を許可されていません。",
        en: "The person may neither use nor view this equipment or medium.",
    },
    Rule {
        id: "system_authority",
        clauses: &[clause("2-3-3")],
        when: |case| case.changes_system(false),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "この情報システムの開発、変更及び運用の権限は、所管課公所の情報管理者にあります。",
        en: "Changing the system is for the information manager of the section that owns it.",
    },
    Rule {
        id: "important_system_authority",
        clauses: &[clause("2-4-1")],
        when: |case| case.changes_system(true),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "この重要な情報システムの開発、変更及び運用の権限は、システム管理者にあります。",
        en: "Changing this important system is for its system manager.",
    },
    Rule {
        id: "network_unknown",
        clauses: &[clause("2-5-1")],
        when: |case| !case.network_known,
        effect: Effect::Prohibit,
        relaxable: false,
        ja: "市のネットワークとして台帳に登録されていません。",
        en: "The ledger does not know the network as one of the city's own.",
    },
    Rule {
        id: "network_authority",
        clauses: &[clause("2-5-1")],
        when: |case| case.changes_network(),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "ネットワークの変更及び運用の権限は、ネットワーク管理者にあります。",
        en: "Changing and operating a network is for the network manager.",
    },
    Rule {
        id: "protection_setting_authority",
        clauses: &[clause("7-4-(1)-5")],
        when: |case| case.sets_protection(),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "端末の不正プログラム対策の設定は、所管課公所の情報管理者又は副情報管理者のみが変更できます。",
        en: "Only the manager or a deputy of the section in charge changes a terminal's protection settings.",
    },
    // Where from and with what.
    Rule {
        id: "public_line",
        clauses: &[clause("7-2-(4)-2a")],
        when: |case| case.path() == Some(AccessPath::PublicLine),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "公衆回線又は公衆Wi-Fiからは接続できません。",
        en: "Systems must not be reached over a public line or public Wi-Fi.",
    },
    Rule {
        id: "telework_device",
        clauses: &[clause("3-4-(1の2)-1"), clause("4-1-7")],
        when: |case| case.path() == Some(AccessPath::Telework) && case.device.is_none(),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "テレワークには登録された端末が必要です。",
        en: "Telework needs a device of the register.",
    },
    Rule {
        id: "external_access",
        clauses: &[clause("7-2-(4)-1")],
        when: |case| {
            // Who uses a cloud system leaves the office's network on any path.
            case.path() == Some(AccessPath::Telework) && !(case.telework_system() || case.cloud())
        },
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "この情報システムは庁外からの利用を認めていません。",
        en: "The system is not offered for use from outside the office.",
    },
    Rule {
        id: "device_unregistered",
        clauses: &[clause("4-1-8"), clause("4-1-9")],
        when: |case| case.request.device.is_some() && case.device.is_none(),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "端末が登録されていません。私物の端末は利用できません。",
        en: "The device is not in the register; personal devices must not be used.",
    },
    Rule {
        id: "device_other_network",
        clauses: &[clause("7-2-(7)-2")],
        when: |case| case.device_elsewhere(),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "端末は別のネットワークに指定されています。",
        en: "The device is bound to another network.",
    },
    Rule {
        id: "mobile_record",
        clauses: &[clause("3-4-(1)-6a")],
        when: |case| {
            case.takes_out()
                && case.class.is_sensitive()
                && case.device.is_some_and(|device| device.internet_mobile)
        },
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "インターネットに接続するモバイル端末には重要性分類S、Ⅰ、Ⅱの情報を記録できません。",
        en: "Information of class S, I or II must not be stored on a mobile device connected to the Internet.",
    },
    Rule {
        id: "my_number_takeout",
        clauses: &[clause("3-6-(1)-イ-1b")],
        when: |case| case.takes_out() && case.my_number(),
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "個人番号利用事務系の情報システムから情報を持ち出すことはできません。",
        en: "Information must not be taken out of a system on the My Number network.",
    },
    // How strongly authenticated.
    Rule {
        id: "mfa_cloud",
        clauses: &[clause("7-2-(2)-2ア")],
        when: |case| case.cloud() && case.class.is_sensitive(),
        effect: Effect::Require(Requirement::TWO_CATEGORIES),
        relaxable: true,
        ja: "重要性分類S、Ⅰ、Ⅱの情報を扱うクラウドの情報システムには複数要素認証が必要です。",
        en: "A cloud system that handles class S, I or II needs two factor categories.",
    },
    Rule {
        id: "mfa_telework",
        clauses: &[clause("7-2-(2)-2イ")],
        when: |case| case.telework_system() && case.class.is_sensitive(),
        effect: Effect::Require(Requirement::TWO_CATEGORIES),
        relaxable: true,
        ja: "重要性分類S、Ⅰ、Ⅱの情報を扱うテレワーク用の情報システムには複数要素認証が必要です。",
        en: "A system offered over telework that handles class S, I or II needs two factor categories.",
    },
    Rule {
        id: "mfa_my_number",
        clauses: &[clause("3-6-(1)-イ-1a")],
        when: |case| case.my_number(),
        effect: Effect::Require(Requirement::TWO_CATEGORIES),
        relaxable: true,
        ja: "個人番号利用事務系の情報システムには複数要素認証が必要です。",
        en: "A system on the My Number network needs two factor categories.",
    },
    Rule {
        id: "mfa_introduced",
        clauses: &[clause("7-2-(2)-1")],
        when: |case| case.consideration() == Some(MfaConsideration::Introduced),
        effect: Effect::Require(Requirement::TWO_CATEGORIES),
        relaxable: true,
        ja: "この情報システムは検討の結果、複数要素認証を導入しています。",
        en: "Two factor categories were introduced for this system after consideration.",
    },
    Rule {
        id: "important_fresh",
        clauses: &[clause("4-5-1")],
        when: |case| case.important(),
        effect: Effect::Require(Requirement {
            categories: 1,
            phishing_resistant: false,
            age: Some(Age::ImportantSystem),
        }),
        relaxable: true,
        ja: "重要な情報システムへの接続には新しい認証が必要です。",
        en: "An important system needs a recent authentication.",
    },
    Rule {
        id: "sensitive_fresh",
        clauses: &[clause("3-4-(1)-10")],
        when: |case| case.class >= InformationClass::I,
        effect: Effect::Require(Requirement {
            categories: 1,
            phishing_resistant: false,
            age: Some(Age::Sensitive),
        }),
        relaxable: true,
        ja: "重要性分類S又はⅠの情報の利用には新しい認証が必要です。",
        en: "Information of class S or I needs a recent authentication.",
    },
    Rule {
        id: "class_ii_fresh",
        clauses: &[clause("3-4-(1)-10")],
        when: |case| case.class == InformationClass::II,
        effect: Effect::Require(Requirement {
            categories: 1,
            phishing_resistant: false,
            age: Some(Age::ClassIi),
        }),
        relaxable: true,
        ja: "重要性分類Ⅱの情報の利用には新しい認証が必要です。",
        en: "Information of class II needs a recent authentication.",
    },
    // Privileges.
    Rule {
        id: "privilege_missing",
        clauses: &[clause("7-2-(8)-1a")],
        when: |case| case.action() == Action::Administer && !case.privileged,
        effect: Effect::Prohibit,
        relaxable: true,
        ja: "有効な特権が付与されていません。",
        en: "The person has no privileged grant in force.",
    },
    Rule {
        id: "privilege_factor",
        clauses: &[clause("7-2-(8)-3")],
        when: |case| case.action() == Action::Administer,
        effect: Effect::Require(Requirement {
            categories: 1,
            phishing_resistant: true,
            age: Some(Age::Administer),
        }),
        relaxable: true,
        ja: "特権での操作には、フィッシングに耐える要素による直前の認証が必要です。",
        en: "Work with privileges needs a phishing-resistant factor verified just before.",
    },
    // What is found undone.
    Rule {
        id: "mfa_consideration_missing",
        clauses: &[clause("7-2-(2)-1")],
        when: |case| case.consideration() == Some(MfaConsideration::NotRecorded),
        effect: Effect::Duty,
        relaxable: false,
        ja: "重要性分類S又はⅠの情報を扱うのに、複数要素認証の検討が記録されていません。",
        en: "The system handles class S or I, but no consideration of multi-factor authentication is recorded.",
    },
    Rule {
        id: "class_unrecorded",
        clauses: &[clause("3-1-0")],
        when: |case| {
            case.system
                .is_some_and(|system| system.highest_class.is_none())
        },
        effect: Effect::Duty,
        relaxable: false,
        ja: "この情報システムの扱う情報の重要性分類が記録されていません。重要性分類Ⅱとして扱います。",
        en: "No class is recorded for the system's information; it is treated as class II.",
    },
];

// A set of rows is kept in 64 bits.
const _: () = assert!(RULES.len() <= 64);

/// The row of a rule by its id.
pub(super) fn row_of(id: &str) -> Option<usize> {
    RULES.iter().position(|rule| rule.id == id)
}

pub(super) fn rows(set: RuleSet) -> impl Iterator<Item = &'static Rule> {
    (RULES.iter().enumerate()).filter_map(move |(row, rule)| set.contains(row).then_some(rule))
}
