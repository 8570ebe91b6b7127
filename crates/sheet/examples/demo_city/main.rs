//! Writes the files of the demo city 見本市 (Mihon City) as its offices would have them.
//!
//! `cargo run -p sekisho-sheet --example demo_city -- examples/city`
//!
//! No clock and no random number: the same program writes the same bytes. The people are numbers.

mod equipment;
mod file;
mod information;
mod organisation;
mod people;
mod readme;
mod systems;
#[cfg(test)]
mod tests;
mod transfers;

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};

use file::File;

/// Every table of the city, in the order it is best imported.
fn tables() -> Vec<File> {
    let units = organisation::units();
    let systems = systems::systems(&units);
    let posts = people::posts(&units, &systems);
    let staff = people::staff(&units, &posts);
    vec![
        organisation::file(&units),
        people::staff_file(&staff),
        people::posts_file(&posts),
        systems::file(&systems),
        information::file(&units),
        equipment::networks_file(),
        equipment::connections_file(&systems),
        equipment::devices_file(&staff),
        transfers::file(&units, &posts, &staff),
    ]
}

fn main() -> Result<()> {
    let into = env::args_os()
        .nth(1)
        .context("usage: demo_city <out dir>")?;
    let into = PathBuf::from(into);
    fs::create_dir_all(&into).with_context(|| format!("cannot make {}", into.display()))?;
    let tables = tables();
    let mut written = vec![("README.md", readme::text(&tables).into_bytes())];
    for table in &tables {
        written.push((table.name, table.bytes()?));
    }
    for (name, bytes) in written {
        let path = into.join(name);
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
