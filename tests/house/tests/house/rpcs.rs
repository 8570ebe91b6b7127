//! Every RPC of the contracts is called by a test that means it, beside the one that calls all.

use crate::sources::{files, is_shipped, name, read};

/// Service and RPC, from the contracts.
fn in_contracts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in files("proto") {
        let mut service = String::new();
        for line in read(&path).lines() {
            let first_word = |rest: &str| rest.split([' ', '(']).next().unwrap_or("").to_owned();
            if let Some(rest) = line.strip_prefix("service ") {
                service = first_word(rest);
            } else if let Some(rest) = line.strip_prefix("  rpc ") {
                found.push((service.clone(), first_word(rest)));
            }
        }
    }
    found
}

/// `ListBureaus` as a client's method: `list_bureaus`.
fn method(rpc: &str) -> String {
    let mut method = String::new();
    for (at, letter) in rpc.char_indices() {
        if letter.is_uppercase() && at > 0 {
            method.push('_');
        }
        method.extend(letter.to_lowercase());
    }
    method
}

#[test]
fn every_rpc_is_called_by_a_test_of_its_own() {
    let tests: Vec<String> = files("rs")
        .iter()
        .filter(|path| !is_shipped(path) && name(path).contains("tests/"))
        .map(|path| read(path))
        .collect();
    let rpcs = in_contracts();
    assert!(rpcs.len() > 100, "only {} RPCs were found", rpcs.len());
    let untested: Vec<String> = rpcs
        .iter()
        .filter(|(_, rpc)| {
            let call = format!(".{}(", method(rpc));
            !tests.iter().any(|text| text.contains(&call))
        })
        .map(|(service, rpc)| format!("{service}.{rpc}"))
        .collect();
    assert!(untested.is_empty(), "no test calls {untested:#?}");
}
