mod completion;
mod deputies;
mod every_kind;
mod guards;
mod life;
mod route;

use std::collections::BTreeMap;

use kernel::{Context, Decider, replay};
use standard::InformationClass;

use super::*;
use crate::{
    Facts,
    fixture::{at, by, facts, id},
};

/// An application with content, filled as its kind asks.
fn application(kind: &str, content: &[&str]) -> Application {
    let filled = |field: &&str| {
        let text = match *field {
            "return_date" => "2026-04-10",
            "terms_url" | "form_url" | "listing_url" => "https://example.jp/terms",
            "contract_end" | "review_date" => "2027-03-31",
            _ => "記入済み",
        };
        ((*field).to_owned(), text.to_owned())
    };
    Application {
        kind: kind.into(),
        class: Some(InformationClass::III),
        content: content.iter().map(filled).collect(),
        ..Application::default()
    }
}

fn registration() -> Application {
    let mut own = application("user.registration", &["need", "usage"]);
    own.subject.system = Some(id("important"));
    own
}

fn connection() -> Application {
    let mut own = application(
        "network.mynumber_link",
        &["need", "connection_target", "filtering", "routing"],
    );
    own.subject.system = Some(id("centre"));
    own.subject.network = Some(id("NET-1"));
    own
}

/// Every question of a checklist answered yes.
fn answered(list: &str, facts: &Facts) -> BTreeMap<String, Answers> {
    let list = facts.pack.checklist(list).expect("the checklist");
    let answers = Answers {
        version: list.version.clone(),
        confirmed: list.items.iter().map(|item| item.id.clone()).collect(),
    };
    [(list.id.clone(), answers)].into()
}

fn apply(application: Application) -> Command {
    Command::Apply {
        id: id("P-1"),
        application: Box::new(application),
    }
}

fn decide(step: usize, verdict: Verdict) -> Command {
    Command::DecideStep {
        step,
        verdict,
        reason: "理由".into(),
        witness: None,
    }
}

/// The permit after commands that must all be carried out.
fn after(given: &[(Command, Context)], facts: &Facts) -> Permit {
    let mut events = Vec::new();
    for (command, context) in given {
        let state: Permit = replay(&events);
        let new = state.decide(command, facts, context);
        events.extend(new.unwrap_or_else(|refusal| panic!("{command:?}: {refusal}")));
    }
    replay(&events)
}

fn applied(application: Application, applicant: &str) -> Permit {
    after(&[(apply(application), by(applicant, 0))], &facts())
}

fn granted() -> Permit {
    let mut own = registration();
    own.ends_at = Some(at(100));
    after(
        &[
            (apply(own), by("A", 0)),
            (decide(0, Verdict::Permitted), by("IM2", 1)),
        ],
        &facts(),
    )
}

#[track_caller]
fn refused(permit: &Permit, command: Command, context: Context, facts: &Facts) -> Reason {
    let decided = permit.decide(&command, facts, &context);
    decided.expect_err("a refusal").reason
}
