//! The service `Devices`.

use kernel::DeviceId;
use ledger_domain::device::{Command, Device, Refusal};
use proto::ledger::v1::{
    BindDeviceRequest, BindDeviceResponse, GetDeviceRequest, GetDeviceResponse, ListDevicesRequest,
    ListDevicesResponse, ListTakeoutsRequest, ListTakeoutsResponse, RecordReturnRequest,
    RecordReturnResponse, RegisterDeviceRequest, RegisterDeviceResponse, RetireDeviceRequest,
    RetireDeviceResponse, devices_server,
};
use rpc::{Caller, Fields, next_page_token, status};
use tonic::{Request, Response, Status, async_trait};

use super::convert::{self, REASON};
use crate::{
    Ledger,
    store::{Devices, Takeouts, query},
    wire,
    work::{DeviceWork, TakeoutWork},
};

impl Ledger {
    async fn ask_device(
        &self,
        id: DeviceId,
        command: Command,
        request: &store::Request,
    ) -> Result<Device, Status> {
        let work = DeviceWork::new(id, command);
        let done = self.carry_out(&work, request).await;
        Ok(done.map_err(status::failure)?.state)
    }
}

#[async_trait]
impl devices_server::Devices for Ledger {
    async fn register_device(
        &self,
        request: Request<RegisterDeviceRequest>,
    ) -> Result<Response<RegisterDeviceResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id: DeviceId = fields.id("device_id", &message.device_id);
        let entry = convert::device_entry(&mut fields, &message);
        fields.done()?;
        let (entry, ownership) = convert::judged(entry)?;
        let command = Command::Register {
            id: id.clone(),
            entry,
            ownership,
        };
        let request = caller.request(&*self.clock, &message);
        let device = self.ask_device(id, command, &request).await?;
        Ok(Response::new(RegisterDeviceResponse {
            device: Some(wire::device_at(&device, request.context.now)),
        }))
    }

    async fn bind_device(
        &self,
        request: Request<BindDeviceRequest>,
    ) -> Result<Response<BindDeviceResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("device_id", &message.device_id);
        let command = Command::Bind {
            network: fields.id("network_id", &message.network_id),
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let device = self.ask_device(id, command, &request).await?;
        Ok(Response::new(BindDeviceResponse {
            device: Some(wire::device_at(&device, request.context.now)),
        }))
    }

    async fn retire_device(
        &self,
        request: Request<RetireDeviceRequest>,
    ) -> Result<Response<RetireDeviceResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let id = fields.id("device_id", &message.device_id);
        let command = Command::Retire {
            reason: fields.long_text("reason", &message.reason, 1..=REASON),
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let device = self.ask_device(id, command, &request).await?;
        Ok(Response::new(RetireDeviceResponse {
            device: Some(wire::device_at(&device, request.context.now)),
        }))
    }

    async fn get_device(
        &self,
        request: Request<GetDeviceRequest>,
    ) -> Result<Response<GetDeviceResponse>, Status> {
        let mut fields = Fields::new();
        let id: DeviceId = fields.id("device_id", &request.get_ref().device_id);
        fields.done()?;
        let found = query::one::<Devices>(self.read(), id.as_str()).await;
        let found = found.map_err(status::failure)?;
        let device = found.ok_or_else(|| status::refused(Refusal::NotFound))?;
        Ok(Response::new(GetDeviceResponse {
            device: Some(wire::device_at(&device, self.clock.now())),
        }))
    }

    async fn list_devices(
        &self,
        request: Request<ListDevicesRequest>,
    ) -> Result<Response<ListDevicesResponse>, Status> {
        let now = self.clock.now();
        let mut fields = Fields::new();
        let page = fields.page(request.get_ref().page_size, &request.get_ref().page_token);
        let fits = convert::devices_that_fit(&mut fields, request.get_ref(), store::micros(now));
        fields.done()?;
        let listed = query::page::<Devices>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(ListDevicesResponse {
            devices: listed
                .items
                .iter()
                .map(|d| wire::device_at(d, now))
                .collect(),
            next_page_token: listed
                .next
                .as_deref()
                .map(next_page_token)
                .unwrap_or_default(),
        }))
    }

    async fn record_return(
        &self,
        request: Request<RecordReturnRequest>,
    ) -> Result<Response<RecordReturnResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let work = TakeoutWork {
            permit: fields.id("permit_id", &message.permit_id),
            command: ledger_domain::takeout::Command::Return,
        };
        fields.done()?;
        let request = caller.request(&*self.clock, &message);
        let done = self.carry_out(&work, &request).await;
        let done = done.map_err(status::failure)?;
        Ok(Response::new(RecordReturnResponse {
            takeout: Some(wire::takeout(&done.state)),
        }))
    }

    async fn list_takeouts(
        &self,
        request: Request<ListTakeoutsRequest>,
    ) -> Result<Response<ListTakeoutsResponse>, Status> {
        let mut fields = Fields::new();
        let page = fields.page(request.get_ref().page_size, &request.get_ref().page_token);
        let fits = convert::takeouts_that_fit(&mut fields, request.get_ref());
        fields.done()?;
        let listed = query::page::<Takeouts>(self.read(), fits, &page).await;
        let listed = listed.map_err(status::failure)?;
        Ok(Response::new(ListTakeoutsResponse {
            takeouts: listed.items.iter().map(wire::takeout).collect(),
            next_page_token: listed
                .next
                .as_deref()
                .map(next_page_token)
                .unwrap_or_default(),
        }))
    }
}
