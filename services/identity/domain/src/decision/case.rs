//! A request with everything the facts say about it: what the rules look at.

use jiff::Timestamp;
use kernel::RestrictedItemId;
use standard::{AccessPath, InformationClass, NetworkClass};

use super::{
    Action, Authority, Facts, Object, Policy, Request,
    facts::{
        Device, EnforcementPoint, MfaConsideration, Person, PersonFacts, RestrictedItem, Session,
        System,
    },
    requirement::young,
};
use crate::{account::Verified, grant::GrantKind, restricted_item::ItemKind};

/// A request resolved on a snapshot.
#[derive(Debug)]
pub struct Case<'a> {
    /// What was asked.
    pub request: &'a Request,
    /// The decision's own clock.
    pub now: Timestamp,
    /// The enforcement point that asks, if it is registered.
    pub point: Option<&'a EnforcementPoint>,
    /// The system, if the ledger knows it.
    pub system: Option<&'a System>,
    /// Stopped under an incident.
    pub suspended: bool,
    /// Class of the decision: the system's or the caller's, whichever is stricter.
    pub class: InformationClass,
    /// The person, if on record.
    pub person: Option<&'a Person>,
    /// The person's account is disabled, or the person is not in service at this instant.
    pub disabled: bool,
    /// The token is of an epoch that has passed.
    pub outdated: bool,
    /// A factor of the session was reported lost.
    pub lost: bool,
    /// The session, if it is live and the person's own.
    pub session: Option<&'a Session>,
    /// The device named, if the register knows it as in service.
    pub device: Option<&'a Device>,
    /// The person is registered as a user of the system at this instant.
    pub entitled: bool,
    /// The person has a privileged grant for the system at this instant.
    pub privileged: bool,
    /// The shared ID named is of the system, and checked out by the person in this session; true
    /// when none is named.
    pub shared_id_held: bool,
    /// The network named is one of the city's own in the ledger; true when none is named.
    pub network_known: bool,
    /// The restricted item named, if it is kept by means of the system.
    pub item: Option<&'a RestrictedItem>,
    /// The person is admitted to that item at this instant.
    pub admitted: bool,
    /// The facts are older than the class allows.
    pub stale: bool,
}

impl<'a> Case<'a> {
    /// Looks everything up once.
    pub fn new(facts: &'a Facts, policy: &Policy, request: &'a Request) -> Self {
        let now = request.now;
        let system_facts = facts.system(&request.system);
        let system = system_facts.and_then(|known| known.system.as_ref());
        // No class recorded is not a decision for class III (3-1-(4)-1).
        let own_class = system
            .and_then(|system| system.highest_class)
            .unwrap_or(InformationClass::II);
        let class = request
            .class
            .map_or(own_class, |raised| raised.max(own_class));
        let person = facts.person(&request.person);
        let session = facts
            .session(&request.session)
            .filter(|session| session.person == request.person && now < session.ends_at);
        let granted = |kind, item| person.is_some_and(|person| person.granted(request, kind, item));
        let item = match &request.object {
            Some(Object::Item(id)) => facts.item(id).filter(|item| item.system == request.system),
            _ => None,
        };
        Self {
            request,
            now,
            point: facts.point_of(&request.workload),
            system,
            suspended: system_facts.is_some_and(|known| !known.suspensions.is_empty()),
            class,
            person: person.and_then(|known| known.person.as_ref()),
            disabled: person.is_some_and(|known| known.disabled || known.away(now)),
            outdated: person.is_some_and(|known| request.epoch < known.epoch),
            lost: person.is_some_and(|known| {
                (session.iter().flat_map(|session| &session.factors))
                    .any(|used| known.lost.contains(&used.credential))
            }),
            session,
            device: (request.device.as_ref())
                .and_then(|id| facts.device(id))
                .filter(|device| !device.retired),
            entitled: granted(GrantKind::Use, None),
            privileged: granted(GrantKind::Privileged, None),
            shared_id_held: request.shared_id.as_ref().is_none_or(|id| {
                (facts.shared_id(id, &request.person))
                    .is_some_and(|held| held.opens(&request.system, &request.session, now))
            }),
            network_known: match &request.object {
                Some(Object::Network(id)) => facts.network(id).is_some_and(|known| !known.external),
                _ => true,
            },
            admitted: item.is_some_and(|item| granted(GrantKind::Use, Some(&item.id))),
            item,
            stale: policy
                .snapshot_bound(class)
                .is_some_and(|bound| request.as_of.is_none_or(|as_of| !young(as_of, now, bound))),
        }
    }

    /// The path, as registered for the enforcement point.
    pub fn path(&self) -> Option<AccessPath> {
        self.point.map(|point| point.path)
    }

    /// The path registered for the robot whose ID it is; none for a person.
    pub(super) fn robot(&self) -> Option<AccessPath> {
        self.person.and_then(|person| person.robot)
    }

    /// The factors verified in the live session; none without one.
    pub fn factors(&self) -> &'a [Verified] {
        self.session.map_or(&[], |session| &session.factors)
    }

    pub(super) fn action(&self) -> Action {
        self.request.action
    }

    /// Information is to leave the system.
    pub(super) fn takes_out(&self) -> bool {
        matches!(self.action(), Action::Export | Action::Record)
    }

    pub(super) fn cloud(&self) -> bool {
        self.system.is_some_and(|system| system.cloud)
    }

    pub(super) fn telework_system(&self) -> bool {
        self.system.is_some_and(|system| system.telework)
    }

    pub(super) fn my_number(&self) -> bool {
        self.system
            .is_some_and(|system| system.network_class == NetworkClass::MyNumber)
    }

    pub(super) fn important(&self) -> bool {
        self.system.is_some_and(|system| system.important)
    }

    /// The system itself is to be changed by somebody whose authority that is not (2-3-3, 2-4-1).
    pub(super) fn changes_system(&self, important: bool) -> bool {
        let itself = matches!(self.request.object, None | Some(Object::Item(_)));
        itself
            && self.action() == Action::Change
            && self.without_authority()
            && self
                .system
                .is_some_and(|system| system.important == important)
    }

    /// A network is to be changed by somebody whose authority that is not (2-5-1).
    pub(super) fn changes_network(&self) -> bool {
        matches!(self.request.object, Some(Object::Network(_))) && self.without_authority()
    }

    /// The protection of a terminal is to be set by neither the manager nor a deputy (7-4-(1)-5).
    pub(super) fn sets_protection(&self) -> bool {
        matches!(self.request.object, Some(Object::Terminal(_))) && self.without_authority()
    }

    fn without_authority(&self) -> bool {
        self.request.authority == Authority::None
    }

    /// A restricted item is named that nobody registered for the system.
    pub(super) fn item_unknown(&self) -> bool {
        matches!(self.request.object, Some(Object::Item(_))) && self.item.is_none()
    }

    /// The person is not among those admitted to the item, which is of such a kind.
    pub(super) fn not_admitted(&self, of: fn(ItemKind) -> bool) -> bool {
        !self.admitted && self.item.is_some_and(|item| of(item.kind))
    }

    /// Class S or I where no clause makes two categories a duty outright: there they must at least
    /// have been considered (7-2-(2)-1).
    pub(super) fn consideration(&self) -> Option<MfaConsideration> {
        let system = self.system?;
        let elsewhere = !(system.cloud || system.telework || self.my_number());
        (elsewhere && self.class >= InformationClass::I).then_some(system.mfa)
    }

    /// The device is bound to a network of another class than the system's (7-2-(7)-2).
    pub(super) fn device_elsewhere(&self) -> bool {
        match (
            self.device.and_then(|device| device.network_class),
            self.system,
        ) {
            (Some(bound), Some(system)) => bound != system.network_class,
            _ => false,
        }
    }
}

impl PersonFacts {
    /// On record, but gone by now or not yet come, whether or not anybody disabled the account.
    fn away(&self, now: Timestamp) -> bool {
        let person = self.person.as_ref();
        person.is_some_and(|person| person.memberships.at(now).is_none())
    }

    fn granted(&self, request: &Request, kind: GrantKind, item: Option<&RestrictedItemId>) -> bool {
        (self.grants.get(&request.system).into_iter().flatten()).any(|one| {
            one.ground.kind == kind && one.item.as_ref() == item && one.stands(request.now)
        })
    }
}
