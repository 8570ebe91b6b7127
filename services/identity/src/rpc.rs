//! Identity over gRPC: each method converts in, carries out or asks, converts out.

mod access_reviews;
mod accounts;
mod authority;
mod convert;
mod device_sign_in;
mod emergency;
mod enforcement_points;
mod entitlements;
mod factors;
mod federation;
mod import;
mod organisation;
mod people;
mod privileges;
mod restricted_items;
mod service_ids;
mod shared_ids;
mod sign_in;

use proto::identity::v1::{
    access_reviews_server::AccessReviewsServer, accounts_server::AccountsServer,
    authority_server::AuthorityServer, device_sign_in_server::DeviceSignInServer,
    emergency_server::EmergencyServer, enforcement_points_server::EnforcementPointsServer,
    entitlements_server::EntitlementsServer, factors_server::FactorsServer,
    federation_server::FederationServer, import_server::ImportServer,
    organisation_server::OrganisationServer, people_server::PeopleServer,
    privileges_server::PrivilegesServer, restricted_items_server::RestrictedItemsServer,
    service_ids_server::ServiceIdsServer, shared_ids_server::SharedIdsServer,
    sign_in_server::SignInServer,
};
use sea_orm::DatabaseConnection;
use tonic::service::Routes;

use crate::identity::Identity;

/// A table to import has at most this many bytes.
const MAX_TABLE: usize = 8 << 20;

/// The services of identity, but for the access decisions.
pub(crate) fn routes(identity: &Identity) -> Routes {
    // Room for the message around the table.
    let import =
        ImportServer::new(identity.clone()).max_decoding_message_size(MAX_TABLE + (64 << 10));
    Routes::new(SignInServer::new(identity.clone()))
        .add_service(AccountsServer::new(identity.clone()))
        .add_service(DeviceSignInServer::new(identity.clone()))
        .add_service(FactorsServer::new(identity.clone()))
        .add_service(FederationServer::new(identity.clone()))
        .add_service(OrganisationServer::new(identity.clone()))
        .add_service(AuthorityServer::new(identity.clone()))
        .add_service(PeopleServer::new(identity.clone()))
        .add_service(EntitlementsServer::new(identity.clone()))
        .add_service(AccessReviewsServer::new(identity.clone()))
        .add_service(SharedIdsServer::new(identity.clone()))
        .add_service(RestrictedItemsServer::new(identity.clone()))
        .add_service(PrivilegesServer::new(identity.clone()))
        .add_service(ServiceIdsServer::new(identity.clone()))
        .add_service(EmergencyServer::new(identity.clone()))
        .add_service(EnforcementPointsServer::new(identity.clone()))
        .add_service(import)
}

impl Identity {
    fn read(&self) -> &DatabaseConnection {
        self.store.database().read()
    }
}
