//! What `sekisho up` says while it starts, and when it serves.

use std::time::Duration;

use shell::Serving;

use crate::{demo::SignIns, language::Language};

/// One thing is up.
pub(super) fn step(lang: Language, ja: &str, en: &str) {
    println!("  ✓ {}", lang.pick(ja, en));
}

/// nats-server is not installed.
pub(super) fn no_broker(lang: Language) {
    println!(
        "  ! {}",
        lang.pick(
            "nats-server がないので、イベントは台帳から直接読みます(遅くなりますが失われません)。apt-get install nats-server",
            "nats-server is missing: events are pulled from the journals, slower but none lost. apt-get install nats-server",
        )
    );
}

/// Everything serves: where, as whom, and what to try next.
pub(super) fn serving(lang: Language, serving: &Serving, took: Duration) {
    let (grpc, http) = (serving.grpc, serving.http);
    let seconds = took.as_secs_f64();
    println!(
        "\n{} ({seconds:.1} s)",
        lang.pick("関所が開きました", "Sekisho is serving")
    );
    println!("  gRPC      {grpc}");
    println!("  HTTP      http://{http}/metrics  /readyz  /.well-known/jwks.json");
    let Ok(sign_ins) = SignIns::load(&serving.runtime.config.data_dir) else {
        println!(
            "  {}",
            lang.pick("Ctrl-C で止まります。", "Ctrl-C stops it.")
        );
        return;
    };
    println!(
        "\n{}",
        lang.pick(
            "試用のサインイン(職員番号、役割)",
            "Demo sign-ins (staff number, role)"
        )
    );
    for one in sign_ins.all() {
        println!("  {:<7} {}", one.person, one.title);
    }
    let first = sign_ins
        .all()
        .first()
        .map_or("S0001", |one| one.person.as_str());
    println!(
        "\n{}\n  make story\n  target/release/sekisho sign-in {first}\n{}",
        lang.pick("次に試すこと", "Try next"),
        lang.pick("Ctrl-C で止まります。", "Ctrl-C stops it.")
    );
}

/// It has stopped in good order.
pub(super) fn stopped(lang: Language) {
    println!("{}", lang.pick("止まりました。", "Stopped."));
}
