//! What a field of a request is called, for people.

use standard::Pack;

/// The name of a field in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Label {
    pub(super) ja: String,
    pub(super) en: String,
}

/// Fields of applications that no pack names.
const FIELDS: &[(&str, &str, &str)] = &[
    ("content", "申請の内容", "Content"),
    (
        "information_class",
        "情報の重要性分類",
        "Class of the information",
    ),
    ("personal_information", "個人情報", "Personal information"),
    ("ends_at", "終期", "End"),
    ("steps", "決定の段階", "Step of the route"),
    ("subject.person_id", "対象の職員", "Person"),
    ("subject.system_id", "情報システム", "Information system"),
    ("subject.device_id", "端末・機器", "Device"),
    ("subject.medium_id", "媒体", "Medium"),
    ("subject.network_id", "ネットワーク", "Network"),
    ("subject.information_id", "行政情報", "Information"),
    (
        "subject.service_name",
        "外部サービスの名称",
        "Name of the external service",
    ),
    (
        "subject.service_type",
        "外部サービスの類型",
        "Type of the external service",
    ),
    ("subject.cloud", "クラウドの指定", "Cloud flag"),
    ("clauses", "例外とする条項", "Clause excepted"),
    ("ground", "合理的な理由", "Ground"),
    ("substitute_measure", "代替措置", "Substitute measure"),
    ("class_ceiling", "重要性分類の上限", "Class ceiling"),
    ("scope", "対象範囲", "Scope"),
    ("person_ids", "対象の職員", "Person"),
    ("post_ids", "対象の職", "Post"),
    ("section_ids", "対象の課公所", "Section"),
    ("system_ids", "対象の情報システム", "Information system"),
];

impl Label {
    /// The name of a field in proto spelling; what follows the field (`person_ids.1234`) stays.
    pub(super) fn of(field: &str, pack: &Pack) -> Self {
        let filled = ["content.", "completion."];
        let filled = filled.iter().find_map(|of| field.strip_prefix(of));
        if let Some(known) = filled.and_then(|id| pack.field(id)) {
            return Self::new(&known.label_ja, &known.label_en, "");
        }
        let list = field.strip_prefix("checklists.").map(|rest| {
            let id = rest.split('.').next().unwrap_or(rest);
            pack.checklist(id)
        });
        if let Some(list) = list.flatten() {
            return Self::new(&list.title_ja, &list.title_en, "");
        }
        let named = FIELDS.iter().find_map(|(name, ja, en)| {
            let rest = field.strip_prefix(name)?;
            let whole = rest.is_empty() || rest.starts_with(['.', '[']);
            whole.then(|| Self::new(ja, en, rest.trim_matches(['.', '[', ']'])))
        });
        named.unwrap_or_else(|| Self::new(field, field, ""))
    }

    /// Places in a list are counted from 1, as people count.
    fn new(ja: &str, en: &str, which: &str) -> Self {
        let which = match which.parse::<usize>() {
            Ok(index) => (index + 1).to_string(),
            Err(_) => which.to_owned(),
        };
        Self {
            ja: format!("{ja} {which}").trim_end().to_owned(),
            en: format!("{en} {which}").trim_end().to_owned(),
        }
    }
}
