//! How a provider is spoken to. Its own documents name the addresses, so they are not trusted: TLS, hosts
//! that are allowed by name, addresses that are not of this machine or its neighbourhood, no
//! redirects, and an end to waiting and to size (server-side request forgery, RFC 9700).

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{
    Certificate, Client, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect::Policy,
};
use runtime::config::FederationSection;

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of an answer.
const MOST: usize = 256 << 10;

/// Whom one provider's addresses may lead to.
#[derive(Debug, Clone)]
pub(super) struct Reach {
    hosts: Vec<String>,
    private: bool,
    loopback: bool,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("{0} is not an address that this provider may name")]
    Forbidden(String),
    #[error("no answer")]
    Http(#[from] reqwest::Error),
    #[error("the answer is longer than {MOST} bytes")]
    TooLong,
    #[error("the request cannot be made")]
    Request(#[from] openidconnect::http::Error),
}

/// Speaks to one provider; cheap to clone.
#[derive(Clone)]
pub(super) struct Http {
    client: Client,
    reach: Arc<Reach>,
}

impl Reach {
    fn new(section: &FederationSection) -> Self {
        let issuer = Url::parse(&section.issuer).ok();
        let own = issuer.and_then(|issuer| issuer.host_str().map(str::to_owned));
        Self {
            hosts: own
                .into_iter()
                .chain(section.allowed_hosts.clone())
                .collect(),
            private: section.private_addresses,
            loopback: section.loopback,
        }
    }

    fn allows(&self, url: &Url) -> bool {
        let scheme = url.scheme() == "https" || self.loopback && url.scheme() == "http";
        let plain = url.username().is_empty() && url.password().is_none();
        let host = url.host_str().unwrap_or("");
        // An address in place of a name is never looked up.
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        let literal = literal.parse().map_or(true, |address| self.leads(address));
        scheme && plain && literal && self.hosts.iter().any(|one| one == host)
    }

    fn leads(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if address.is_loopback() {
            return self.loopback;
        }
        match address {
            IpAddr::V4(four) => {
                let [a, b, ..] = four.octets();
                let private = four.is_private() || a == 100 && (64..128).contains(&b);
                let never = four.is_link_local()
                    || four.is_multicast()
                    || four.is_broadcast()
                    || four.is_documentation()
                    || a == 0
                    || a >= 240;
                !never && (!private || self.private)
            }
            IpAddr::V6(six) => {
                let never =
                    six.is_unspecified() || six.is_multicast() || six.is_unicast_link_local();
                // What is mapped or translated to IPv4 goes where no rule above has looked.
                let [first, second, ..] = six.segments();
                let translated = (first, second) == (0x64, 0xff9b) || first == 0x2002 || first == 0;
                !never && !translated && (!six.is_unique_local() || self.private)
            }
        }
    }
}

impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|one| reach.leads(one.ip())).collect();
            if allowed.is_empty() {
                let host = name.as_str();
                let text = format!("{host} has no address that may be used");
                return Err(io::Error::other(text).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

impl Http {
    pub(super) fn new(section: &FederationSection) -> Result<Self, String> {
        runtime::crypto::install();
        let reach = Arc::new(Reach::new(section));
        let mut builder = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .https_only(!section.loopback)
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .dns_resolver(Arc::clone(&reach));
        if let Some(path) = &section.ca_file {
            let file = || format!("ca_file {}", path.display());
            let pem = std::fs::read(path).map_err(|error| format!("{}: {error}", file()))?;
            let all = Certificate::from_pem_bundle(&pem);
            builder = builder.tls_certs_only(all.map_err(|error| format!("{}: {error}", file()))?);
        }
        let client = builder.build().map_err(|error| error.to_string())?;
        Ok(Self { client, reach })
    }

    /// Whether the provider may send us, or a browser, to that address.
    pub(super) fn allows(&self, url: &Url) -> bool {
        self.reach.allows(url)
    }

    /// One request as `openidconnect` makes them.
    pub(super) async fn fetch(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let (parts, body) = request.into_parts();
        let text = parts.uri.to_string();
        let url = Url::parse(&text).ok().filter(|url| self.reach.allows(url));
        let url = url.ok_or(FetchError::Forbidden(text))?;
        let request = self.client.request(parts.method, url);
        let sent = request.headers(parts.headers).body(body).send();
        let mut answer = sent.await?;
        let mut response = openidconnect::http::Response::builder().status(answer.status());
        if let Some(kind) = answer.headers().get(reqwest::header::CONTENT_TYPE) {
            response = response.header(reqwest::header::CONTENT_TYPE, kind);
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            if body.len() + piece.len() > MOST {
                return Err(FetchError::TooLong);
            }
            body.extend_from_slice(&piece);
        }
        Ok(response.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.fetch(request))
    }
}

#[cfg(test)]
mod tests;
