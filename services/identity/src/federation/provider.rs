//! A provider: its metadata and keys, fetched when they are needed and not more often than that.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use identity_domain::account::Acr;
use jiff::{SignedDuration, Timestamp};
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, DiscoveryError, IssuerUrl,
    ProviderMetadata, RedirectUrl,
    core::{
        CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
        CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
    },
    url::form_urlencoded,
};
use proto::identity::v1 as wire;
use reqwest::Url;
use runtime::{Secret, config::FederationSection};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::{
    claims::{ceiling, may_reach},
    code::Client,
    http::{FetchError, Http},
};

/// How long metadata and keys count.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// How long nothing is fetched after a fetch: a flood of keys nobody knows, or of sign-ins while the
/// provider is down, is one fetch in this time.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// See the module.
pub(crate) struct Provider {
    pub(super) section: FederationSection,
    pub(super) http: Http,
    secret: ClientSecret,
    issuer: IssuerUrl,
    callback: RedirectUrl,
    fetched: Mutex<Fetched>,
}

#[derive(Default)]
struct Fetched {
    /// When it was last tried.
    tried: Option<Timestamp>,
    /// What is known, and since when.
    known: Option<(Timestamp, Arc<Metadata>)>,
}

pub(super) type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What later standards add to a provider's metadata.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct More {
    /// RFC 9126.
    pub(super) pushed_authorization_request_endpoint: Option<Url>,
    /// RFC 9207.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

/// Why nothing is known of a provider.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unknown {
    #[error("its metadata or keys cannot be used")]
    Discovery(#[from] DiscoveryError<FetchError>),
    #[error("{0} in its metadata is not an address that it may name")]
    Forbidden(&'static str),
    #[error("it was asked {} ago, and is not asked again so soon", .0)]
    Asked(SignedDuration),
}

impl Provider {
    pub(super) fn new(section: &FederationSection, origin: &str) -> Result<Self, String> {
        let secret =
            Secret::read(&section.client_secret_file).map_err(|error| error.to_string())?;
        let callback = format!("{origin}/federation/{}/callback", section.id);
        Ok(Self {
            http: Http::new(section)?,
            secret: ClientSecret::new(secret.expose().clone()),
            issuer: IssuerUrl::new(section.issuer.clone()).map_err(|error| error.to_string())?,
            callback: RedirectUrl::new(callback).map_err(|error| error.to_string())?,
            fetched: Mutex::default(),
            section: section.clone(),
        })
    }

    /// One whose metadata are known now; it is asked for nothing as long as they count.
    ///
    /// # Errors
    /// As [`Provider::new`], and when its metadata name an address that they may not.
    pub(super) fn knowing(
        section: &FederationSection,
        origin: &str,
        metadata: Metadata,
        now: Timestamp,
    ) -> Result<Self, String> {
        let mut provider = Self::new(section, origin)?;
        let checked = provider.check(&metadata);
        checked.map_err(|error| error.to_string())?;
        *provider.fetched.get_mut() = Fetched {
            tried: Some(now),
            known: Some((now, Arc::new(metadata))),
        };
        Ok(provider)
    }

    pub(crate) fn id(&self) -> &str {
        &self.section.id
    }

    /// Its name in Japanese and in English.
    pub(crate) fn names(&self) -> (&str, &str) {
        (&self.section.name_ja, &self.section.name_en)
    }

    /// What others may know of it.
    pub(crate) fn described(&self) -> wire::Provider {
        wire::Provider {
            provider_id: self.section.id.clone(),
            name_ja: self.section.name_ja.clone(),
            name_en: self.section.name_en.clone(),
            issuer: self.section.issuer.clone(),
            ceiling: ceiling(&self.section).urn().to_owned(),
            exchange: self.section.exchange,
        }
    }

    /// How old what was signed in there may be.
    pub(super) fn max_age(&self) -> SignedDuration {
        SignedDuration::from_secs(self.section.max_age_seconds.into())
    }

    /// Whether what it proves may reach that.
    pub(crate) fn may_reach(&self, asked: Acr) -> bool {
        may_reach(&self.section, asked)
    }

    /// What is known of it now.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Unknown> {
        let mut fetched = self.fetched.lock().await;
        match &fetched.known {
            Some((at, known)) if now.duration_since(*at).abs() < KEPT => Ok(Arc::clone(known)),
            _ => self.fetch(&mut fetched, now).await,
        }
    }

    /// The same after a key was named that `old` does not hold: the provider may have a new one.
    pub(super) async fn renewed(
        &self,
        old: &Arc<Metadata>,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, Unknown> {
        let mut fetched = self.fetched.lock().await;
        match &fetched.known {
            Some((_, known)) if !Arc::ptr_eq(known, old) => Ok(Arc::clone(known)),
            _ => self.fetch(&mut fetched, now).await,
        }
    }

    async fn fetch(&self, fetched: &mut Fetched, now: Timestamp) -> Result<Arc<Metadata>, Unknown> {
        if let Some(at) = fetched.tried {
            let age = now.duration_since(at).abs();
            if age < PAUSE {
                return Err(Unknown::Asked(age));
            }
        }
        fetched.tried = Some(now);
        // What is known stays until there is something newer: anybody can name an unknown key.
        let metadata = Metadata::discover_async(self.issuer.clone(), &self.http).await?;
        self.check(&metadata)?;
        let known = Arc::new(metadata);
        fetched.known = Some((now, Arc::clone(&known)));
        Ok(known)
    }

    /// Browsers and secrets are sent nowhere else than keys are fetched from.
    fn check(&self, metadata: &Metadata) -> Result<(), Unknown> {
        let more = metadata.additional_metadata();
        let token = metadata.token_endpoint().map(|one| one.url());
        let pushed = more.pushed_authorization_request_endpoint.as_ref();
        let named = [
            (
                "authorization_endpoint",
                Some(metadata.authorization_endpoint().url()),
            ),
            ("token_endpoint", token),
            ("pushed_authorization_request_endpoint", pushed),
        ];
        for (what, url) in named {
            if url.is_some_and(|url| !self.http.allows(url)) {
                return Err(Unknown::Forbidden(what));
            }
        }
        Ok(())
    }

    /// Us, as its client.
    pub(super) fn client(&self, metadata: &Metadata) -> Client {
        let id = ClientId::new(self.section.client_id.clone());
        let kind = match takes_basic(metadata) {
            true => AuthType::BasicAuth,
            false => AuthType::RequestBody,
        };
        Client::from_provider_metadata(metadata.clone(), id, Some(self.secret.clone()))
            .set_redirect_uri(self.callback.clone())
            .set_auth_type(kind)
    }

    /// Our id and secret for a request that the library does not make (RFC 6749, 2.3.1): a header, or
    /// what stands in the form.
    pub(super) fn proven(&self, metadata: &Metadata) -> Result<String, [(&'static str, &str); 2]> {
        let (id, secret) = (&self.section.client_id, self.secret.secret());
        if !takes_basic(metadata) {
            return Err([("client_id", id), ("client_secret", secret)]);
        }
        let encoded =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let pair = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
        Ok(format!("Basic {pair}"))
    }
}

/// Basic is what a provider takes that names nothing (OpenID Connect Discovery, 3).
fn takes_basic(metadata: &Metadata) -> bool {
    let methods = metadata.token_endpoint_auth_methods_supported();
    methods.is_none_or(|all| all.contains(&CoreClientAuthMethod::ClientSecretBasic))
}
