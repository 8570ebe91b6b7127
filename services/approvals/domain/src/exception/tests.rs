mod emergency;
mod guards;
mod life;
mod rules;

use kernel::{ClauseId, Context, Decider, replay};
use standard::InformationClass;

use super::*;
use crate::{
    Facts,
    fixture::{at, by, facts, id},
};

const DAY: i64 = 24;

/// Section S1 may use the important system over telework with one factor, for thirty days.
fn terms() -> Terms {
    Terms {
        clauses: vec![ClauseId::known("7-2-(2)-2イ")],
        scope: Scope {
            sections: [id("S1")].into(),
            systems: [id("important")].into(),
            class_ceiling: Some(InformationClass::II),
            ..Scope::default()
        },
        ground: "認証装置の故障".into(),
        substitute_measure: "入室記録と上長の立会い".into(),
        ends_at: Some(at(30 * DAY)),
        ..Terms::default()
    }
}

fn urgent() -> Terms {
    Terms {
        substitute_measure: String::new(),
        ends_at: None,
        ..terms()
    }
}

fn apply(terms: Terms) -> Command {
    Command::Apply {
        id: id("E-1"),
        terms: Box::new(terms),
    }
}

fn invoke(terms: Terms) -> Command {
    Command::Invoke {
        id: id("E-1"),
        terms: Box::new(terms),
    }
}

fn grant(witness: Option<&str>) -> Command {
    Command::Grant {
        reason: String::new(),
        witness: witness.map(id),
    }
}

fn report() -> Command {
    Command::Report {
        text: "経緯と措置".into(),
    }
}

fn endorse() -> Command {
    Command::Endorse {
        reason: String::new(),
        witness: None,
    }
}

fn revoke() -> Command {
    Command::Revoke {
        reason: "復旧した".into(),
    }
}

fn extend(hours: i64) -> Command {
    Command::Extend {
        ends_at: at(hours),
        reason: "部品の納入遅れ".into(),
        witness: None,
    }
}

fn close() -> Command {
    Command::Close {
        review: "二要素に戻した".into(),
    }
}

fn after(given: &[(Command, Context)], facts: &Facts) -> Exception {
    let mut events = Vec::new();
    for (command, context) in given {
        let state: Exception = replay(&events);
        let new = state.decide(command, facts, context);
        events.extend(new.unwrap_or_else(|refusal| panic!("{command:?}: {refusal}")));
    }
    replay(&events)
}

fn granted() -> Exception {
    let given = [(apply(terms()), by("BM1", 0)), (grant(None), by("CISO", 1))];
    after(&given, &facts())
}

fn invoked() -> Exception {
    after(&[(invoke(urgent()), by("BM1", 0))], &facts())
}

fn reported() -> Exception {
    let given = [(invoke(urgent()), by("BM1", 0)), (report(), by("BM1", 2))];
    after(&given, &facts())
}

#[track_caller]
fn refused(exception: &Exception, command: Command, context: Context) -> Reason {
    let decided = exception.decide(&command, &facts(), &context);
    decided.expect_err("a refusal").reason
}
