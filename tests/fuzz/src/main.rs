//! One target under libFuzzer: the one that `FUZZ_TARGET` names. Its seeds are written to the
//! directory `FUZZ_SEEDS` and its words to the file `FUZZ_WORDS` first. `scripts/fuzz` builds and starts it.
#![no_main]

use std::{fs, panic, path::PathBuf, sync::LazyLock};

use fuzz::Target;

static TARGET: LazyLock<&Target> = LazyLock::new(|| fuzz::named(&told("FUZZ_TARGET")));

libfuzzer_sys::fuzz_target!(init: prepare(), |input: &[u8]| {
    (TARGET.read)(input);
});

fn prepare() {
    // libFuzzer's own hook ends the process at once: also where the panic of a library is caught and
    // told as an error.
    let _ = panic::take_hook();
    let seeds = PathBuf::from(told("FUZZ_SEEDS"));
    for (number, seed) in (TARGET.seeds)().iter().enumerate() {
        fs::write(seeds.join(format!("seed-{number}")), seed).expect("a seed is written");
    }
    let words = TARGET.words.iter().map(|word| {
        let bytes = word.bytes().map(|byte| format!("\\x{byte:02x}"));
        format!("\"{}\"\n", bytes.collect::<String>())
    });
    fs::write(told("FUZZ_WORDS"), words.collect::<String>()).expect("the words are written");
}

#[expect(
    clippy::disallowed_methods,
    reason = "libFuzzer has the arguments for itself"
)]
fn told(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: use scripts/fuzz"))
}
