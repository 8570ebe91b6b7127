//! What a service hands over for serving.

use std::{fmt, sync::Arc};

use standard::{Served, ServiceName};
use tonic::service::Routes;

use crate::{AccessTable, RefusalRecorder};

/// One service's part of the ports.
pub struct Endpoint {
    pub(crate) service: Option<ServiceName>,
    pub(crate) routes: Routes,
    pub(crate) access: AccessTable,
    pub(crate) recorder: Option<Arc<dyn RefusalRecorder>>,
    pub(crate) http: Option<axum::Router>,
    pub(crate) served: Vec<Served>,
}

impl Endpoint {
    /// A service's RPCs, who may call them, and where refusals are recorded.
    pub fn new(
        service: ServiceName,
        routes: Routes,
        access: AccessTable,
        recorder: Arc<dyn RefusalRecorder>,
    ) -> Self {
        Self {
            service: Some(service),
            recorder: Some(recorder),
            ..Self::platform(routes, access)
        }
    }

    /// RPCs that belong to no single service, such as `Journal`.
    pub fn platform(routes: Routes, access: AccessTable) -> Self {
        Self {
            service: None,
            routes,
            access,
            recorder: None,
            http: None,
            served: Vec::new(),
        }
    }

    /// Routes for the HTTP port.
    #[must_use]
    pub fn with_http(mut self, router: axum::Router) -> Self {
        self.http = Some(router);
        self
    }

    /// Which clauses the service serves.
    #[must_use]
    pub fn with_served(mut self, served: Vec<Served>) -> Self {
        self.served = served;
        self
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("service", &self.service)
            .field("rpcs", &self.access.len())
            .finish_non_exhaustive()
    }
}
