//! What `sekisho up` says while it starts, and when it serves.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use shell::Serving;
use standard::ServiceName;

use crate::{demo::SignIns, language::Language, output::say};

/// One thing is up.
pub(super) fn step(lang: Language, ja: &str, en: &str) {
    say!("  ✓ {}", lang.pick(ja, en));
}

/// The services have started.
pub(super) fn services(lang: Language, services: &[ServiceName]) {
    let names: Vec<_> = services.iter().map(|service| service.as_str()).collect();
    let names = names.join(", ");
    say!("  ✓ {}: {names}", lang.pick("サービス", "services"));
}

/// The services that run elsewhere, and where they are looked for.
pub(super) fn elsewhere(lang: Language, config: &runtime::Config) {
    for service in ServiceName::ALL {
        if !config.runs(*service) {
            let at = config.peer(*service);
            say!(
                "  → {service}: {at} {}",
                lang.pick("（--peer）", "(--peer)")
            );
        }
    }
}

/// The platform's own nats-server ended, or was started again.
pub(super) fn own_broker(lang: Language, there: bool) {
    let (mark, words) = match there {
        true => (
            "✓",
            lang.pick(
                "イベントバス (nats-server) を起動し直しました。",
                "The event bus (nats-server) has been started again.",
            ),
        ),
        false => (
            "!",
            lang.pick(
                "イベントバス (nats-server) が終了しました（nats.log 参照）。起動し直します。",
                "The event bus (nats-server) has ended (see nats.log). It is being started again.",
            ),
        ),
    };
    say!("  {mark} {words}");
}

/// The connection to the broker went, or is back.
pub(super) fn broker(lang: Language, connected: bool) {
    let (mark, words) = match connected {
        true => ("✓", lang.pick("NATS に再びつながりました。", "NATS is reachable again.")),
        false => (
            "!",
            lang.pick(
                "NATS につながりません。つながるまで、イベントは各サービスの記録から直接読みます（遅くなりますが失われません）。",
                "NATS is not reachable. Until it is, events are pulled from the journals: slower, none is lost.",
            ),
        ),
    };
    say!("  {mark} {words}");
}

/// Everything serves: where, as whom, and what to try next.
pub(super) fn serving(lang: Language, serving: &Serving, took: Duration) {
    let (grpc, http) = (serving.grpc, serving.http);
    let seconds = took.as_secs_f64();
    say!(
        "\n{} ({seconds:.1} s)",
        lang.pick("関所が開きました", "Sekisho is serving")
    );
    say!("  gRPC      {grpc}");
    say!("  HTTP      http://{http}/metrics  /readyz  /.well-known/jwks.json");
    let data = &serving.runtime.config.data_dir;
    if let Ok(sign_ins) = SignIns::load(data) {
        let heading = lang.pick(
            "試用のサインイン(職員番号、職)",
            "Demo sign-ins (staff number, post)",
        );
        say!("\n{heading}");
        for one in sign_ins.all() {
            say!("  {:<7} {}", one.person, one.title);
        }
        let secrets = lang.pick("パスワード", "Passwords");
        say!("  {secrets}: {}", SignIns::path(data).display());
        say!("\n{}", lang.pick("次に試すこと", "Try next"));
        let here = Here::of(grpc, data);
        say!("  {}", here.command("story"));
        if let Some(first) = sign_ins.all().first() {
            say!("  {}", here.command(&format!("sign-in {}", first.person)));
        }
        say!("  {}/sign-in", serving.runtime.config.identity.pages.origin);
    } else if let Some(secret) = first_secret(data) {
        let words = lang.pick(
            "表を取り込み（import --as-operator）、最初の一人をこの秘密で登録してください（docs/import.md）",
            "Import the tables (import --as-operator), then enrol the first person with this secret (docs/import.md)",
        );
        say!("\n{words}: {}", secret.display());
    }
    say!("{}", lang.pick("Ctrl-C で止まります。", "Ctrl-C stops it."));
}

/// What the first person is enrolled with, while nobody is.
fn first_secret(data: &Path) -> Option<PathBuf> {
    let secret = data.join("bootstrap-secret");
    secret.exists().then_some(secret)
}

/// How this program was called, and the flags with which it finds this platform.
struct Here {
    program: String,
    flags: String,
}

impl Here {
    fn of(grpc: std::net::SocketAddr, data: &Path) -> Self {
        let mut flags = String::new();
        if grpc.port() != 7070 || !grpc.ip().is_loopback() {
            flags.push_str(&format!(" --address http://{grpc}"));
        }
        if data != Path::new("data") {
            flags.push_str(&format!(" --data {}", data.display()));
        }
        let program = std::env::args().next();
        Self {
            program: program.unwrap_or_else(|| "sekisho".to_owned()),
            flags,
        }
    }

    fn command(&self, what: &str) -> String {
        let Self { program, flags } = self;
        format!("{program} {what}{flags}")
    }
}

/// It has stopped in good order.
pub(super) fn stopped(lang: Language) {
    say!("{}", lang.pick("止まりました。", "Stopped."));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_persons_secret_is_named_while_there_is_one() {
        let data = tempfile::tempdir().expect("a directory");
        assert_eq!(first_secret(data.path()), None);
        let secret = data.path().join("bootstrap-secret");
        std::fs::write(&secret, "once").expect("written");
        assert_eq!(first_secret(data.path()), Some(secret));
    }

    #[test]
    fn what_to_try_next_finds_this_platform_and_no_other() {
        let here = |grpc: &str, data: &str| {
            Here::of(grpc.parse().expect("an address"), Path::new(data)).flags
        };
        assert_eq!(here("127.0.0.1:7070", "data"), "");
        assert_eq!(
            here("127.0.0.1:17070", "/tmp/x"),
            " --address http://127.0.0.1:17070 --data /tmp/x"
        );
    }
}
