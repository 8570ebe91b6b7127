//! `sekisho.standard.v1.ClausePack`: the standard itself, offered by every process.

mod convert;

use std::sync::Arc;

use proto::sekisho::standard::v1::{
    GetChecklistRequest, GetChecklistResponse, GetClauseRequest, GetClauseResponse,
    GetMatricesRequest, GetMatricesResponse, GetPackRequest, GetPackResponse,
    ListChecklistsRequest, ListChecklistsResponse, ListClassesRequest, ListClassesResponse,
    ListClausesRequest, ListClausesResponse, ListPeriodsRequest, ListPeriodsResponse,
    ListPermitKindsRequest, ListPermitKindsResponse, ListRolesRequest, ListRolesResponse,
    ServingMode, Strength,
    clause_pack_server::{ClausePack, ClausePackServer},
};
use standard::{
    Channel, CoverageRow, InformationClass, Pack, Period, Role, Served, ServiceName, ServiceType,
    coverage,
};
use tonic::{Request, Response, Status, service::Routes};

use crate::{AccessTable, Endpoint, Fields, Permission, next_page_token, refused::Refused, status};

const READERS: Permission = Permission::AnyOf(&[
    Permission::Person,
    Permission::EnforcementPoint,
    Permission::Platform,
]);

/// Who may read the standard: staff and machines.
pub(crate) const ACCESS: AccessTable = &[
    ("/sekisho.standard.v1.ClausePack/GetPack", READERS),
    ("/sekisho.standard.v1.ClausePack/ListClauses", READERS),
    ("/sekisho.standard.v1.ClausePack/GetClause", READERS),
    ("/sekisho.standard.v1.ClausePack/ListPermitKinds", READERS),
    ("/sekisho.standard.v1.ClausePack/ListRoles", READERS),
    ("/sekisho.standard.v1.ClausePack/ListClasses", READERS),
    ("/sekisho.standard.v1.ClausePack/GetMatrices", READERS),
    ("/sekisho.standard.v1.ClausePack/ListChecklists", READERS),
    ("/sekisho.standard.v1.ClausePack/GetChecklist", READERS),
    ("/sekisho.standard.v1.ClausePack/ListPeriods", READERS),
];

pub(crate) fn endpoint(pack: Arc<Pack>, served: Vec<Served>) -> Endpoint {
    let server = ClausePackServer::new(Clauses { pack, served });
    Endpoint::platform(Routes::new(server), ACCESS)
}

struct Clauses {
    pack: Arc<Pack>,
    served: Vec<Served>,
}

#[tonic::async_trait]
impl ClausePack for Clauses {
    async fn get_pack(
        &self,
        _: Request<GetPackRequest>,
    ) -> Result<Response<GetPackResponse>, Status> {
        let coverage = coverage(&self.pack, &self.served);
        Ok(Response::new(convert::pack(&self.pack, &coverage)))
    }

    async fn list_clauses(
        &self,
        request: Request<ListClausesRequest>,
    ) -> Result<Response<ListClausesResponse>, Status> {
        let wanted = Wanted::read(request.get_ref())?;
        let rows = coverage(&self.pack, &self.served).rows;
        let mut rows = rows.iter().filter(|row| wanted.includes(row)).peekable();
        if let Some(after) = &wanted.after {
            // Through the last one the caller has.
            while rows
                .next_if(|row| row.clause.id.as_str() != after)
                .is_some()
            {}
            rows.next();
        }
        let page: Vec<&CoverageRow<'_>> = rows.by_ref().take(wanted.size).collect();
        let last = page.last().filter(|_| rows.peek().is_some());
        Ok(Response::new(ListClausesResponse {
            next_page_token: last
                .map_or_else(String::new, |row| next_page_token(row.clause.id.as_str())),
            clauses: page.into_iter().map(convert::clause).collect(),
        }))
    }

    async fn get_clause(
        &self,
        request: Request<GetClauseRequest>,
    ) -> Result<Response<GetClauseResponse>, Status> {
        let id = request.into_inner().id;
        let rows = coverage(&self.pack, &self.served).rows;
        let row = rows.iter().find(|row| row.clause.id.as_str() == id);
        let row = row.ok_or_else(|| status::refused(Refused::ClauseNotFound(id)))?;
        Ok(Response::new(GetClauseResponse {
            clause: Some(convert::clause(row)),
        }))
    }

    async fn list_permit_kinds(
        &self,
        request: Request<ListPermitKindsRequest>,
    ) -> Result<Response<ListPermitKindsResponse>, Status> {
        let id = request.into_inner().id;
        let kinds = self.pack.permit_kinds().iter();
        let kinds = kinds.filter(|kind| id.is_empty() || kind.id == id);
        let permit_kinds: Vec<_> = kinds
            .map(|kind| convert::permit_kind(&self.pack, kind))
            .collect();
        if permit_kinds.is_empty() && !id.is_empty() {
            return Err(status::refused(Refused::PermitKindNotFound(id)));
        }
        Ok(Response::new(ListPermitKindsResponse { permit_kinds }))
    }

    async fn list_roles(
        &self,
        _: Request<ListRolesRequest>,
    ) -> Result<Response<ListRolesResponse>, Status> {
        let roles = Role::ALL.iter().map(|role| self.pack.role(*role));
        Ok(Response::new(ListRolesResponse {
            roles: roles.map(convert::role).collect(),
        }))
    }

    async fn list_classes(
        &self,
        _: Request<ListClassesRequest>,
    ) -> Result<Response<ListClassesResponse>, Status> {
        let classes = InformationClass::ALL.iter();
        let classes = classes.map(|class| self.pack.class(*class));
        Ok(Response::new(ListClassesResponse {
            classes: classes.map(convert::class).collect(),
        }))
    }

    async fn get_matrices(
        &self,
        _: Request<GetMatricesRequest>,
    ) -> Result<Response<GetMatricesResponse>, Status> {
        let services = ServiceType::ALL.iter();
        let channels = Channel::ALL.iter();
        Ok(Response::new(GetMatricesResponse {
            services: services
                .map(|service| convert::service(&self.pack, *service))
                .collect(),
            channels: channels
                .map(|channel| convert::channel(&self.pack, *channel))
                .collect(),
        }))
    }

    async fn list_checklists(
        &self,
        _: Request<ListChecklistsRequest>,
    ) -> Result<Response<ListChecklistsResponse>, Status> {
        let checklists = self.pack.checklists().map(convert::checklist);
        Ok(Response::new(ListChecklistsResponse {
            checklists: checklists.collect(),
        }))
    }

    async fn get_checklist(
        &self,
        request: Request<GetChecklistRequest>,
    ) -> Result<Response<GetChecklistResponse>, Status> {
        let id = request.into_inner().id;
        let found = self.pack.checklist(&id).map(convert::checklist);
        let found = found.ok_or_else(|| status::refused(Refused::ChecklistNotFound(id)))?;
        Ok(Response::new(GetChecklistResponse {
            checklist: Some(found),
        }))
    }

    async fn list_periods(
        &self,
        _: Request<ListPeriodsRequest>,
    ) -> Result<Response<ListPeriodsResponse>, Status> {
        let periods = Period::ALL.iter();
        Ok(Response::new(ListPeriodsResponse {
            periods: periods
                .map(|period| convert::period(*period, self.pack.period(*period)))
                .collect(),
        }))
    }
}

/// Which clauses a list asks for.
struct Wanted {
    service: Option<ServiceName>,
    mode: ServingMode,
    strength: Strength,
    size: usize,
    after: Option<String>,
}

impl Wanted {
    fn read(request: &ListClausesRequest) -> Result<Self, Status> {
        let mut fields = Fields::new();
        let service = match request.service.as_str() {
            "" => None,
            name => fields.word("service", name),
        };
        let mode = fields.choice("mode", request.mode, |n| ServingMode::try_from(n).ok());
        let strength = fields.choice("strength", request.strength, |n| Strength::try_from(n).ok());
        let page = fields.page(request.page_size, &request.page_token);
        fields.done()?;
        Ok(Self {
            service,
            mode: mode.unwrap_or_default(),
            strength: strength.unwrap_or_default(),
            size: page.size as usize,
            after: page.after,
        })
    }

    fn includes(&self, row: &CoverageRow<'_>) -> bool {
        let clause = row.clause;
        self.service.is_none_or(|service| clause.service == service)
            && (self.mode == ServingMode::Unspecified
                || clause.modes().any(|mode| self.mode == convert::mode(mode)))
            && (self.strength == Strength::Unspecified
                || self.strength == convert::strength(clause.strength))
    }
}
