//! The standard as a client is told it, and applications filled in from nothing else.

use kernel::Clock as _;
use proto::{
    approvals::v1::{Application, ChecklistAnswer, PermitSubject},
    common::v1::InformationClass as WireClass,
    sekisho::standard::v1::{
        Checklist, GetMatricesRequest, ListChecklistsRequest, ListPermitKindsRequest, MatrixCell,
        MatrixRow, PermitField, PermitGuard, PermitKind, clause_pack_client::ClausePackClient,
        permit_guard::Rule,
    },
};
use standard::{InformationClass, jst_date};

use crate::city::City;

pub(crate) struct Standard {
    /// Those that staff apply for.
    pub(crate) kinds: Vec<PermitKind>,
    checklists: Vec<Checklist>,
    services: Vec<MatrixRow>,
    channels: Vec<MatrixRow>,
}

impl Standard {
    /// As `ClausePack` tells it to plain staff.
    pub(crate) async fn asked(city: &City) -> Self {
        let mut client = ClausePackClient::new(city.process.person("A", "S1", &[]));
        let kinds = client.list_permit_kinds(ListPermitKindsRequest::default());
        let mut kinds = kinds.await.expect("kinds").into_inner().permit_kinds;
        kinds.retain(|kind| kind.applicant == "staff" && !kind.route.is_empty());
        assert!(!kinds.is_empty());
        let lists = client.list_checklists(ListChecklistsRequest {}).await;
        let matrices = client.get_matrices(GetMatricesRequest {}).await;
        let matrices = matrices.expect("matrices").into_inner();
        Self {
            kinds,
            checklists: lists.expect("checklists").into_inner().checklists,
            services: matrices.services,
            channels: matrices.channels,
        }
    }

    pub(crate) fn checklist(&self, id: &str) -> &Checklist {
        let found = self.checklists.iter().find(|list| list.id == id);
        found.unwrap_or_else(|| panic!("no checklist {id}"))
    }

    /// What a guard says of a class: nothing, that it is refused, or fields that must be filled;
    /// each as the class, the field at fault and the clause.
    pub(crate) fn in_class(
        &self,
        guard: &PermitGuard,
        class: InformationClass,
    ) -> Vec<(InformationClass, String, String)> {
        let refused = |clause: &str| {
            let field = "information_class".to_owned();
            vec![(class, field, clause.to_owned())]
        };
        let cell = match guard.rule.as_ref().expect("a rule") {
            Rule::AllowedClasses(allowed) => {
                let allowed = allowed.words.iter().any(|word| word == class.as_str());
                return if allowed {
                    Vec::new()
                } else {
                    refused(&guard.clause)
                };
            }
            Rule::ServiceMatrix(id) => cell(&self.services, id, class),
            Rule::ChannelMatrix(id) => cell(&self.channels, id, class),
            _ => return Vec::new(),
        };
        if cell.verdict == "refused" {
            return refused(&cell.clause);
        }
        let fields = cell.fields.iter();
        fields
            .map(|field| (class, format!("content.{field}"), cell.clause.clone()))
            .collect()
    }

    /// The strictest class no guard of a kind refuses.
    fn strictest_allowed(&self, kind: &PermitKind) -> InformationClass {
        let mut classes = InformationClass::ALL.iter().copied();
        let refuses = |guard: &PermitGuard, class| {
            let said = self.in_class(guard, class);
            said.iter()
                .any(|(_, field, _)| field == "information_class")
        };
        let found = classes.find(|class| !kind.guards.iter().any(|guard| refuses(guard, *class)));
        found.unwrap_or_else(|| panic!("{} is for no class", kind.id))
    }

    /// Everything named, every field filled, every question answered.
    pub(crate) fn complete(&self, kind: &PermitKind, city: &City) -> Application {
        let lists = kind.guards.iter().filter_map(|guard| match &guard.rule {
            Some(Rule::Checklist(id)) => Some(self.checklist(id)),
            _ => None,
        });
        let answers = lists.map(|list| ChecklistAnswer {
            checklist_id: list.id.clone(),
            version: list.version.clone(),
            confirmed_item_ids: list.items.iter().map(|item| item.id.clone()).collect(),
        });
        let fields = kind.fields.iter();
        let content = fields.map(|field| (field.id.clone(), filled(field, city)));
        Application {
            kind: kind.id.clone(),
            subject: Some(PermitSubject {
                person_id: "B".into(),
                system_id: "SYS-1".into(),
                device_id: "PC-1".into(),
                medium_id: "USB-7".into(),
                network_id: "NET-1".into(),
                information_id: information(kind),
                service_name: "サービス".into(),
                cloud: kind.cloud,
                ..PermitSubject::default()
            }),
            information_class: WireClass::from(self.strictest_allowed(kind)).into(),
            content: content.collect(),
            checklists: answers.collect(),
            ends_at: city.in_hours(1),
            ..Application::default()
        }
    }
}

/// The city's one entry, of class I, where the kind asks for it.
fn information(kind: &PermitKind) -> String {
    let asked = kind.needs.iter().any(|need| need == "information");
    if asked { "INFO-1" } else { "" }.to_owned()
}

fn cell<'a>(rows: &'a [MatrixRow], id: &str, class: InformationClass) -> &'a MatrixCell {
    let row = rows.iter().find(|row| row.id == id);
    let row = row.unwrap_or_else(|| panic!("no row {id}"));
    let mut cells = row.cells.iter();
    let found = cells.find(|cell| cell.class == class.as_str());
    found.unwrap_or_else(|| panic!("no cell of {id} for {class}"))
}

/// As the field's form asks.
fn filled(field: &PermitField, city: &City) -> String {
    let now = city.process.clock.now();
    match field.format.as_str() {
        "text" => "記入済み".to_owned(),
        "date" => jst_date(now).to_string(),
        "time" => now.to_string(),
        "url" => "https://example.jp/terms".to_owned(),
        other => panic!("{} has the form {other}", field.id),
    }
}
