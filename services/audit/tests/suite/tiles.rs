//! The log as tiles over HTTP: what anybody's verifier fetches (C2SP tlog-tiles).

use proto::{audit::v1::SearchRecordsRequest, identity::v1::AccessOutcome};
use reqwest::{Response, StatusCode};
use sha2::{Digest as _, Sha256};
use standard::Role;
use testkit::eventually;
use verifier::{Hash, Writer, leaf_hash, verify_dump};

use crate::city::{City, on_both};

async fn get(city: &City, path: &str, token: Option<&str>) -> Response {
    let uri = format!("{}/log/{path}", city.process.http_uri());
    let mut request = reqwest::Client::new().get(uri);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

async fn tile(city: &City, path: &str, token: Option<&str>) -> Vec<u8> {
    let answer = get(city, &format!("tile/{path}"), token).await;
    assert_eq!(answer.status(), StatusCode::OK, "{path}");
    let kept = answer.headers()["cache-control"].to_str().unwrap();
    let whose = if path.starts_with("entries") {
        "private"
    } else {
        "public"
    };
    assert_eq!(kept, format!("{whose}, max-age=31536000, immutable"));
    answer.bytes().await.unwrap().to_vec()
}

/// The names of the tiles with so many places.
fn names(size: u64) -> Vec<String> {
    let full = (0..size / 256).map(|number| format!("{number:03}"));
    let rest = (!size.is_multiple_of(256)).then(|| format!("{:03}.p/{}", size / 256, size % 256));
    full.chain(rest).collect()
}

/// The entries of a bundle.
fn entries(mut bundle: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk() {
        let (entry, rest) = rest.split_at(usize::from(u16::from_be_bytes(*length)));
        found.push(entry.to_vec());
        bundle = rest;
    }
    assert!(bundle.is_empty());
    found
}

/// The root of a full tile, as RFC 6962 has it.
fn root(hashes: &[Hash]) -> Hash {
    match hashes {
        [one] => *one,
        several => {
            let (left, right) = several.split_at(several.len() / 2);
            let both = [&[1][..], &root(left), &root(right)].concat();
            Sha256::digest(both).into()
        }
    }
}

#[tokio::test]
async fn the_log_fetched_as_tiles_is_the_log_that_was_signed() {
    on_both(async |city| {
        city.retire(0..530).await;
        let signed = city.checkpoint(530).await;
        let auditor = city.process.person_token("S0001", "1301", &[Role::Auditor]);
        let key = city.verifier_key().await;
        let mut dump = Writer::begin(Vec::new(), key.name()).unwrap();
        let mut leaves: Vec<Hash> = Vec::new();
        for name in names(signed.size) {
            let bundle = tile(city, &format!("entries/{name}"), Some(&auditor)).await;
            let entries = entries(&bundle);
            let hashes = tile(city, &format!("0/{name}"), None).await;
            let (hashes, rest) = hashes.as_chunks();
            assert!(rest.is_empty());
            assert!(
                entries
                    .iter()
                    .map(|entry| leaf_hash(entry))
                    .eq(hashes.iter().copied())
            );
            leaves.extend(hashes);
            for record in &entries {
                dump.record(record).unwrap();
            }
        }
        let dump = dump.finish(&signed.note).unwrap();
        let report = verify_dump(dump.as_slice(), &key, None).unwrap();
        assert_eq!(report.checkpoint.size, signed.size);

        let above = tile(city, "1/000.p/2", None).await;
        assert_eq!(
            above,
            [root(&leaves[..256]), root(&leaves[256..512])].concat()
        );
    })
    .await;
}

#[tokio::test]
async fn only_what_is_signed_for_is_a_tile_and_there_is_one_name_for_each() {
    on_both(async |city| {
        city.retire(0..3).await;
        let size = city.checkpoint(3).await.size;
        for path in [
            format!("tile/0/000.p/{}", size + 200),
            "tile/0/000".to_owned(),
            "tile/1/000.p/1".to_owned(),
            "tile/0/x000/000.p/1".to_owned(),
            "tile/0/000.p/0".to_owned(),
            "tile/255/000.p/1".to_owned(),
            "tile/data/000.p/1".to_owned(),
        ] {
            let answer = get(city, &path, None).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            assert!(answer.text().await.unwrap().starts_with("tile_not_found: "));
        }
    })
    .await;
}

#[tokio::test]
async fn hashes_are_for_everyone_and_entries_for_those_who_read_records_7_1_4_3() {
    on_both(async |city| {
        city.retire(0..3).await;
        city.checkpoint(3).await;
        let entries = "tile/entries/000.p/3";
        let stranger = get(city, entries, None).await;
        assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(stranger.headers()["www-authenticate"], "Bearer");
        let staff = city.process.person_token("S0002", "1301", &[Role::Staff]);
        let refused = get(city, entries, Some(&staff)).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        // Who tried is on record before the answer.
        let told = city.records("audit", 1).await;
        assert_eq!(told[0].r#type, "sekisho.common.v1.RequestRefused");
        assert_eq!(told[0].subject, "/log/tile/entries");
        assert_eq!(tile(city, "0/000.p/3", None).await.len(), 3 * 32);
    })
    .await;
}

/// Verifying the whole log by its bundles is one reading, and not one for each of them.
#[tokio::test]
async fn whoever_takes_bundle_after_bundle_names_everybody_once_in_their_session() {
    on_both(async |city| {
        city.evaluate("S0009", "SYS-1", AccessOutcome::Allow).await;
        city.evaluate("S0008", "SYS-1", AccessOutcome::Allow).await;
        city.checkpoint(2).await;
        let auditor = city.process.person_token("S0001", "1301", &[Role::Auditor]);
        for width in [1, 2, 1, 2] {
            let path = format!("tile/entries/000.p/{width}");
            assert_eq!(get(city, &path, Some(&auditor)).await.status(), 200);
        }
        let request = SearchRecordsRequest {
            type_prefix: "sekisho.common.v1.PersonLookedAt".into(),
            order: 2,
            ..SearchRecordsRequest::default()
        };
        let told = eventually("both", async || {
            let told = city.search(request.clone()).await;
            (told.len() >= 2).then_some(told)
        })
        .await;
        let people: Vec<&str> = told.iter().map(|entry| entry.subject.as_str()).collect();
        assert_eq!(people, ["S0009", "S0008"]);
    })
    .await;
}
