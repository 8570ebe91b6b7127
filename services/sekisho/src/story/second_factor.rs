//! A one-time password generator for the length of a scene.

use proto::identity::v1::{
    ConfirmTotpRequest, EnrolTotpRequest, RemoveFactorRequest, SessionGrant,
    accounts_client::AccountsClient,
};

use super::world::World;
use crate::{Failure, demo::totp_code};

/// A session raised by a new generator.
pub(super) struct SecondFactor {
    grant: SessionGrant,
    credential: String,
}

impl SecondFactor {
    /// Enrols a generator in a session and proves it.
    pub(super) async fn add(world: &World, session: &SessionGrant) -> Result<Self, Failure> {
        let mut accounts = AccountsClient::new(world.connection.bearer(&session.access_token)?);
        let offered = accounts.enrol_totp(EnrolTotpRequest {}).await?.into_inner();
        let code = totp_code(&offered.secret, 0)?;
        let raised = accounts.confirm_totp(ConfirmTotpRequest { code }).await?;
        let grant = raised.into_inner().grant;
        Ok(Self {
            grant: grant.ok_or_else(|| Failure::unexpected("the answer holds no session"))?,
            credential: offered.credential_id,
        })
    }

    /// The raised session.
    pub(super) fn grant(&self) -> &SessionGrant {
        &self.grant
    }

    /// Takes the generator away again, so that the next playing finds the person as this one did.
    pub(super) async fn remove(self, world: &World) -> Result<(), Failure> {
        AccountsClient::new(world.connection.bearer(&self.grant.access_token)?)
            .remove_factor(RemoveFactorRequest {
                person_id: String::new(),
                credential_id: self.credential,
            })
            .await?;
        Ok(())
    }
}
