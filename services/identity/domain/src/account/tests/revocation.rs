use super::*;

fn card(serial: &str) -> Command {
    Command::RegisterCard {
        credential: credential(&format!("card-{serial}")),
        serial: serial.to_owned(),
        certificate: None,
    }
}

fn signing_card(serial: &str, certificate: &str) -> Command {
    Command::RegisterCard {
        credential: credential(&format!("card-{serial}")),
        serial: serial.to_owned(),
        certificate: Some(certificate_of("city", certificate)),
    }
}

fn certificate_of(issuer: &str, serial: &str) -> CardCertificate {
    CardCertificate {
        issuer: issuer.to_owned(),
        serial: serial.to_owned(),
    }
}

fn shown(of: &str) -> Proof {
    Proof::Card {
        credential: Some(credential(of)),
    }
}

fn revoke_all() -> Command {
    Command::RevokeSessions {
        sessions: Sessions::All,
        reason: "unusual".to_owned(),
    }
}

#[test]
fn a_lost_credential_takes_its_sessions_and_every_token_with_it_4_4_4() {
    let mut stage = Stage::two_factors();
    stage.sign_in("plain", right());
    stage.signed_in("raised", 2);
    let before = stage.state.epoch;
    let events = stage.other(Authority::Stop).done(lost("otp"));
    assert_eq!(
        events,
        vec![Event::CredentialLost {
            credential: credential("otp"),
            kind: FactorKind::Totp,
            reported_by: Some(id("M1")),
            sessions: vec![id("raised")],
            epoch: before + 1,
            circumstances: "left on a train".to_owned(),
        }]
    );
    assert_eq!(stage.assurance("raised"), None);
    assert_eq!(
        stage.assurance("plain"),
        Some(Assurance::Aal1),
        "it did not use it"
    );
    assert_eq!(stage.done(lost("otp")), vec![], "a repeat");
}

#[test]
fn a_loss_report_and_a_step_up_meet_and_the_report_wins_in_either_order() {
    let mut before = Stage::two_factors();
    before.sign_in("s", right());
    before.step_up("s", code(Some(9)));
    before.other(Authority::Stop).done(lost("otp"));
    assert_eq!(before.assurance("s"), None);

    let mut after = Stage::two_factors();
    after.sign_in("s", right());
    after.other(Authority::Stop).done(lost("otp"));
    assert_eq!(
        refused_because(&after.step_up("s", code(Some(9)))),
        Some(Why::Lost)
    );
    assert_eq!(after.assurance("s"), Some(Assurance::Aal1));
}

#[test]
fn a_lost_card_cannot_come_back() {
    let mut stage = Stage::two_factors();
    stage.other(Authority::Manage).done(card("0001"));
    stage.done(lost("card-0001"));
    assert_eq!(stage.ask(&card("0001")), Err(Refusal::FactorLost));
    let removing = Command::RemoveFactor {
        credential: credential("card-0001"),
    };
    assert_eq!(stage.ask(&removing), Err(Refusal::FactorLost));
    assert!(stage.ask(&card("0002")).is_ok(), "a new card");
}

#[test]
fn one_card_has_one_person_and_one_person_one_card_4_4_1() {
    let mut stage = Stage::two_factors();
    stage.other(Authority::Manage).facts.card_holder = Some(id("S2"));
    assert_eq!(stage.ask(&card("0001")), Err(Refusal::CardTaken));
    stage.facts.card_holder = None;
    stage.done(card("0001"));
    assert_eq!(stage.done(card("0001")), vec![], "a repeat");
    assert_eq!(stage.ask(&card("0002")), Err(Refusal::HasCard));
    stage.owner("s").facts.authority = Authority::Manage;
    assert_eq!(stage.ask(&card("0003")), Err(Refusal::NotForOneself));
}

#[test]
fn a_card_signs_in_by_its_certificate_until_it_is_lost_4_4_4() {
    let mut stage = Stage::two_factors();
    let manager = stage.other(Authority::Manage);
    manager.done(signing_card("0001", "7f"));
    assert_eq!(
        stage.ask(&signing_card("0001", "7f")),
        Ok(vec![]),
        "a repeat"
    );
    for other in [signing_card("0001", "80"), signing_card("0002", "7f")] {
        assert_eq!(stage.ask(&other), Err(Refusal::HasCard));
    }
    let known = stage.state.card(&certificate_of("city", "7f"));
    assert_eq!(known, Some(&credential("card-0001")));
    let other = stage.state.card(&certificate_of("ward", "7f"));
    assert_eq!(other, None, "another issuer's of that number");
    stage.sign_in("s", shown("card-0001"));
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal3));
    stage.other(Authority::Stop).done(lost("card-0001"));
    assert_eq!(stage.assurance("s"), None);
    let dead = stage.sign_in("t", shown("card-0001"));
    assert_eq!(refused_because(&dead), Some(Why::Lost));
    let again = stage
        .other(Authority::Manage)
        .ask(&signing_card("0002", "7f"));
    assert_eq!(
        again,
        Err(Refusal::FactorLost),
        "under another serial number"
    );
}

// Attack 12: the weakest factor does not bring a new second one.
#[test]
fn reporting_the_second_factor_lost_does_not_make_the_password_enough() {
    let mut stage = Stage::two_factors();
    stage.sign_in("s", right());
    stage.owner("s").done(lost("otp"));
    let needed = Err(Refusal::StepUpNeeded(Assurance::Aal2));
    assert_eq!(stage.ask(&offer("mine")), needed);
    let changing = Command::ChangePassword {
        credential: credential("pw2"),
        password: password(20),
    };
    assert_eq!(stage.ask(&changing), needed);
}

#[test]
fn a_loss_is_reported_by_the_holder_in_any_session_or_with_authority_to_stop() {
    let mut stage = Stage::two_factors();
    stage.sign_in("s", right());
    let report = lost("otp");
    assert!(stage.owner("s").ask(&report).is_ok());
    assert_eq!(stage.owner("gone").ask(&report), Err(Refusal::SessionOver));
    assert!(stage.other(Authority::Stop).ask(&report).is_ok());
    assert_eq!(
        stage.other(Authority::None).ask(&report),
        Err(Refusal::NoAuthority)
    );
    stage.actor = Actor::Workload("vdi-gateway".to_owned());
    assert_eq!(stage.ask(&report), Err(Refusal::NoAuthority));
}

#[test]
fn sessions_are_revoked_by_their_owner_or_with_authority_to_stop() {
    let mut stage = Stage::two_factors();
    assert_eq!(
        stage.other(Authority::Stop).done(revoke_all()),
        vec![],
        "there is none"
    );
    stage.sign_in("a", right());
    stage.sign_in("b", right());
    assert_eq!(
        stage.other(Authority::None).ask(&revoke_all()),
        Err(Refusal::NoAuthority)
    );
    let one = Command::RevokeSessions {
        sessions: Sessions::One(id("a")),
        reason: "not me".to_owned(),
    };
    stage.owner("b").done(one);
    assert_eq!((stage.assurance("a"), stage.state.epoch), (None, 1));
    stage.owner("b").done(revoke_all());
    assert_eq!((stage.assurance("b"), stage.state.epoch), (None, 2));
}

#[test]
fn a_disabled_account_has_no_sessions_and_an_enabled_one_starts_anew_7_2_9_1() {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 1);
    let before = stage.state.epoch;
    stage.other(Authority::Manage).done(disable());
    assert_eq!(
        (stage.assurance("s"), stage.state.epoch),
        (None, before + 1)
    );
    assert_eq!(stage.done(disable()), vec![], "a repeat");
    let enable = Command::Enable {
        reason: "came back".to_owned(),
    };
    stage.done(enable.clone());
    assert_eq!(stage.assurance("s"), None, "old sessions stay gone");
    assert_eq!(refused_because(&stage.sign_in("t", right())), None);
    assert_eq!(
        stage.other(Authority::Manage).done(enable),
        vec![],
        "a repeat"
    );
}

#[test]
fn an_account_that_never_was_is_neither_disabled_nor_enabled() {
    let mut stage = Stage::new();
    stage.other(Authority::Manage);
    let unknown = Err(Refusal::AccountUnknown(id("S1")));
    assert_eq!(stage.ask(&disable()), unknown);
    let enable = Command::Enable {
        reason: "r".to_owned(),
    };
    assert_eq!(stage.ask(&enable), unknown);
}

// What comes by SCIM stops accounts, also before there is one, and does nothing else with them.
#[test]
fn the_outside_directory_stops_accounts_and_no_more_7_2_9_1() {
    let mut stage = Stage::new();
    stage.other(Authority::Manage);
    stage.actor = Actor::Workload("idm".to_owned());
    stage.done(disable());
    assert_eq!(stage.state.person, id("S1"));
    let open = Command::OpenEnrolment { code: digest(7) };
    let opened = stage.other(Authority::Manage).ask(&open);
    assert_eq!(opened, Err(Refusal::Disabled), "nobody enrols");
    let enable = Command::Enable {
        reason: "came back".to_owned(),
    };
    stage.actor = Actor::Workload("idm".to_owned());
    stage.done(enable.clone());
    assert_eq!(stage.state.standing, Standing::Absent);
    for command in [open, lost("pw")] {
        assert_eq!(stage.ask(&command), Err(Refusal::NoAuthority));
    }

    let mut stage = Stage::two_factors();
    stage.signed_in("s", 1);
    stage.actor = Actor::Workload("gateway".to_owned());
    for command in [disable(), enable, revoke_all()] {
        let refused = stage.ask(&command);
        assert_eq!(refused, Err(Refusal::NoAuthority), "any other machine");
    }
    stage.facts.authority = Authority::Manage;
    stage.done(revoke_all());
    assert_eq!(stage.assurance("s"), None);
}

#[test]
fn what_was_stopped_here_is_not_let_go_on_from_outside_7_2_9_1() {
    let enable = Command::Enable {
        reason: "active".to_owned(),
    };
    let outside = Actor::Workload("idm".to_owned());
    let mut stage = Stage::two_factors();
    stage.other(Authority::Manage).done(disable());
    let manager = std::mem::replace(&mut stage.actor, outside.clone());
    assert_eq!(stage.done(disable()), vec![], "it is stopped already");
    assert_eq!(stage.ask(&enable), Err(Refusal::StoppedHere));

    stage.actor = manager.clone();
    stage.done(enable.clone());
    stage.actor = outside.clone();
    stage.done(disable());
    let mut released = stage.clone();
    released.done(enable.clone());
    assert_eq!(released.state.standing, Standing::Active);

    // A stop from here takes its place.
    stage.actor = manager.clone();
    let epoch = stage.state.epoch;
    assert_eq!(stage.done(disable()).len(), 1);
    assert_eq!(stage.state.epoch, epoch + 1);
    assert_eq!(stage.done(disable()), vec![], "a repeat");
    stage.actor = outside;
    assert_eq!(stage.ask(&enable), Err(Refusal::StoppedHere));
    stage.actor = manager;
    stage.done(enable);
    assert_eq!(stage.state.standing, Standing::Active);
}
