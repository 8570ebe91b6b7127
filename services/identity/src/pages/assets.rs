//! Style, script and mark, under addresses that name their content and so never change.

use std::sync::LazyLock;

use axum::{Router, http::header, routing::get};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

/// A file that is part of the program.
pub(super) struct Asset {
    path: String,
    kind: &'static str,
    content: &'static str,
}

pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/style.css");
    Asset::new("style", "css", "text/css; charset=utf-8", content)
});
pub(super) static PASSKEY: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/passkey.js");
    Asset::new("passkey", "js", "text/javascript; charset=utf-8", content)
});
pub(super) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("../../assets/mark.svg");
    Asset::new("mark", "svg", "image/svg+xml", content)
});

impl Asset {
    fn new(name: &str, extension: &str, kind: &'static str, content: &'static str) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(content)[..12]);
        Self {
            path: format!("/assets/{name}-{hash}.{extension}"),
            kind,
            content,
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    fn route<S: Clone + Send + Sync + 'static>(&self) -> (&str, axum::routing::MethodRouter<S>) {
        let (kind, content) = (self.kind, self.content);
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ];
        (&self.path, get(move || async move { (headers, content) }))
    }
}

/// Each asset at its address.
pub(super) fn routes() -> Router {
    let all: [&Asset; 3] = [&STYLE, &PASSKEY, &ICON];
    all.iter().fold(Router::new(), |router, asset| {
        let (path, route) = asset.route();
        router.route(path, route)
    })
}
