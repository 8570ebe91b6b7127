//! One-time passwords of the demo sign-ins. Each counts once, so who has used which is kept beside
//! them: a second sign-in within 30 seconds takes the next one instead of being refused.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
    time::Duration,
};

use kernel::Clock as _;

use super::DemoSignIn;
use crate::{Failure, language::Language, output::aside};

const FILE: &str = "demo-totp-used.toml";
/// Seconds for which a code is shown.
const STEP: u64 = 30;
/// Steps ahead of the present one that the platform takes.
const AHEAD: u64 = 1;

/// The one-time password of this moment, or of so many 30-second steps before or after it.
pub(crate) fn totp_code(secret_base32: &str, steps: i64) -> Result<String, Failure> {
    code_at(secret_base32, present().saturating_add_signed(steps))
}

/// The next one-time password that nobody has used here, once the platform takes it. Says how long
/// that is.
pub(crate) async fn unused_code(
    data: &Path,
    who: &DemoSignIn,
    secret_base32: &str,
    lang: Language,
) -> Result<String, Failure> {
    let path = data.join(FILE);
    let step = take(&path, &who.person).map_err(|error| Failure::file(&path, &error))?;
    let from = STEP * step.saturating_sub(AHEAD);
    let left = from.saturating_sub(now());
    if left > 0 {
        let person = &who.person;
        aside(lang.pick(
            &format!("{person}: ワンタイムパスワードは一度しか使えません。次のコードまで {left} 秒待ちます。"),
            &format!("{person}: a one-time password counts once; waiting {left} s for the next"),
        ));
        tokio::time::sleep(Duration::from_secs(left)).await;
    }
    code_at(secret_base32, step)
}

/// Takes the first step from now on that is free for a person. The file is locked meanwhile: two
/// processes never take the same.
fn take(path: &Path, person: &str) -> std::io::Result<u64> {
    let mut options = File::options();
    let options = options.read(true).write(true).create(true).truncate(false);
    let mut file = options.mode(0o600).open(path)?;
    file.lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    let mut used: BTreeMap<String, u64> = toml::from_str(&text).map_err(std::io::Error::other)?;
    let step = used.get(person).map_or(0, |last| last + 1).max(present());
    used.insert(person.to_owned(), step);
    let text = toml::to_string(&used).map_err(std::io::Error::other)?;
    file.rewind()?;
    file.set_len(0)?;
    file.write_all(text.as_bytes())?;
    Ok(step)
}

fn code_at(secret_base32: &str, step: u64) -> Result<String, Failure> {
    let secret = totp_rs::Secret::try_from_base32(secret_base32)
        .map_err(|_| Failure::unexpected("the shared secret is not base32"))?;
    let totp = totp_rs::Builder::new()
        .with_secret(secret)
        .with_account_name("sekisho")
        .build()
        .map_err(Failure::unexpected)?;
    Ok(totp.generate(STEP * step).to_string())
}

/// The step of this moment.
fn present() -> u64 {
    now() / STEP
}

fn now() -> u64 {
    runtime::SystemClock.now().as_second().unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_step_is_taken_twice_and_none_waits_for_somebody_elses() {
        let name = format!("totp-{}.toml", runtime::new_id());
        let path = std::env::temp_dir().join(name);
        let taken: Vec<u64> = std::thread::scope(|scope| {
            let take = || take(&path, "S0001").expect("a step");
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
            let steps = threads.into_iter().map(|one| one.join().expect("it ends"));
            steps.collect()
        });
        let mut distinct = taken.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 8, "{taken:?}");
        let other = take(&path, "S0002").expect("a step");
        assert!(other <= present(), "somebody else begins with the present");
        std::fs::remove_file(&path).expect("removed");
    }
}
