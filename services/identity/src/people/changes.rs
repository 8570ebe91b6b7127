//! One change of a person and what it ends: judged to the end first, so that nothing of a refused one
//! stays; then the old ends before the new begins (7-2-(9)-1).

use std::{collections::BTreeMap, sync::Arc};

use identity_domain::{
    account,
    organisation::{
        person::{self, Event},
        post::{self, Assignment},
    },
};
use jiff::{SignedDuration, Timestamp};
use kernel::{Decider as _, PersonId, PostId, SectionId};
use standard::{Pack, jst_date};
use store::{Done, Failure, Unit};

use super::{City, Consequence, What};
use crate::import::WhyNot;

/// What is wanted of a person.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) person: PersonId,
    pub(crate) command: person::Command,
    pub(crate) posting: Option<Posting>,
}

/// What is wanted of posts with it.
#[derive(Debug, Clone)]
pub(crate) enum Posting {
    /// From then on this post, or none, and no other.
    Only { post: Option<PostId>, at: Timestamp },
    /// From then on this post beside the others (兼務).
    Beside { post: PostId, at: Timestamp },
    /// From then on no longer this post (兼務解除).
    Without { post: PostId, at: Timestamp },
}

/// What was judged good.
#[derive(Debug)]
pub(crate) struct Change {
    person: PersonId,
    events: Vec<Event>,
    posting: Option<Posting>,
    taken: Vec<post::Event>,
}

/// The instant before.
const EARLIER: SignedDuration = SignedDuration::from_nanos(1);

impl Change {
    /// Whether it ends what the person has.
    pub(crate) fn ends_something(&self) -> bool {
        let ends = |event: &Event| !matches!(event, Event::Registered(_));
        self.events.iter().any(ends)
    }
}

impl City {
    /// Judges what is wanted; changes nothing.
    pub(crate) fn judge(
        &self,
        unit: &Unit,
        pack: &Arc<Pack>,
        wanted: Wanted,
    ) -> Result<Change, Failure<WhyNot>> {
        let Wanted {
            person,
            command,
            posting,
        } = wanted;
        let mut state = self
            .people
            .state(person.as_str())
            .cloned()
            .unwrap_or_default();
        let named = match &command {
            person::Command::Register(entry) => Some(&entry.section),
            person::Command::Admit(wanted) => Some(&wanted.section),
            person::Command::Order(order) => match &order.change {
                person::Change::Hire { section, .. } => Some(section),
                person::Change::Move(section) | person::Change::Return(section) => section.as_ref(),
                _ => None,
            },
        };
        let facts = person::Facts {
            section_known: named.is_none_or(|section| self.section(section).is_some()),
        };
        let events = state.decide(&command, &facts, unit.context());
        let events = events.map_err(|refusal| Failure::Refused(WhyNot::from(refusal)))?;
        events.iter().for_each(|event| state.evolve(event));
        let taken = match &posting {
            Some(
                Posting::Only {
                    post: Some(post),
                    at,
                }
                | Posting::Beside { post, at },
            ) => {
                let taken = self.take(unit, pack, (post, *at), state.registered.as_ref());
                taken.map_err(|refusal| Failure::Refused(WhyNot::from(refusal)))?
            }
            Some(Posting::Without { post, .. }) if self.posts.state(post.as_str()).is_none() => {
                return Err(Failure::Refused(WhyNot::from(post::Refusal::Unknown)));
            }
            _ => vec![],
        };
        Ok(Change {
            person,
            events,
            posting,
            taken,
        })
    }

    /// Carries out what was judged good, and what follows from it. Tells what that is.
    pub(crate) fn carry_out(
        &mut self,
        unit: &mut Unit,
        pack: &Arc<Pack>,
        change: Change,
    ) -> (Done<person::State>, Vec<Consequence>) {
        let Change {
            person,
            events,
            posting,
            taken,
        } = change;
        let mut told = Vec::new();
        let done = self.people.stage(unit, person.as_str(), events);
        for event in &done.events {
            self.follow(unit, pack, &person, event, &mut told);
        }
        match posting {
            Some(Posting::Only { post, at }) => {
                let other = |id: &PostId, _: &post::Record| Some(id) != post.as_ref();
                self.vacate(unit, pack, (&person, at), other, &mut told);
                self.seat(unit, (&person, at), post.as_ref(), taken, &mut told);
            }
            Some(Posting::Beside { post, at }) => {
                self.seat(unit, (&person, at), Some(&post), taken, &mut told);
            }
            Some(Posting::Without { post, at }) => {
                let this = |id: &PostId, _: &post::Record| *id == post;
                self.vacate(unit, pack, (&person, at), this, &mut told);
            }
            None => {}
        }
        (done, told)
    }

    /// Ends the sessions of these people, as far as they are not in service by now.
    pub(crate) fn end_service<'a>(
        &mut self,
        unit: &mut Unit,
        people: impl IntoIterator<Item = &'a PersonId>,
        facts: impl Fn(&PersonId, bool) -> account::Facts,
    ) -> Vec<Done<account::State>> {
        let now = unit.context().now;
        let mut ended = Vec::new();
        for person in people {
            let serves = self.record(person).is_some_and(|known| known.serves(now));
            let Some(account) = self.accounts.state(person.as_str()) else {
                continue;
            };
            let command = account::Command::EndService;
            let decided = account.decide(&command, &facts(person, serves), unit.context());
            if let Ok(events) = decided
                && !events.is_empty()
            {
                ended.push(self.accounts.stage(unit, person.as_str(), events));
            }
        }
        ended
    }

    /// Whether the post may be given so.
    fn take(
        &self,
        unit: &Unit,
        pack: &Arc<Pack>,
        (post, at): (&PostId, Timestamp),
        record: Option<&person::Record>,
    ) -> Result<Vec<post::Event>, post::Refusal> {
        let state = self.posts.state(post.as_str());
        let state = state.ok_or(post::Refusal::Unknown)?;
        let now = unit.context().now;
        let record = record.ok_or(post::Refusal::Unknown)?;
        if let Some(since) = state.held_since(at, &record.id, now) {
            return Err(post::Refusal::HeldSince(jst_date(since)));
        }
        let facts = post::Facts {
            pack: Arc::clone(pack),
            place_known: true,
            rivals: BTreeMap::new(),
            home: self.home(record, at.max(now)),
            memberships: record.memberships.clone(),
        };
        let assignment = Assignment {
            person: record.id.clone(),
            since: Some(at),
            until: None,
        };
        state.decide(&post::Command::Assign(assignment), &facts, unit.context())
    }

    fn follow(
        &mut self,
        unit: &mut Unit,
        pack: &Arc<Pack>,
        person: &PersonId,
        event: &Event,
        told: &mut Vec<Consequence>,
    ) {
        let mut tell = |what, subject: &SectionId, at| {
            told.push(Consequence {
                person: person.clone(),
                what,
                subject: subject.to_string(),
                at,
            });
        };
        match event {
            Event::Registered(record) => {
                // One that has just begun, or is to.
                if let Some(last) = record.memberships.spells().last()
                    && last.until.is_none()
                {
                    tell(What::Joins, &last.value, last.since);
                }
            }
            Event::Transferred { from, to, .. } => {
                tell(What::Moves, &to.value, to.since);
                let there =
                    |_: &PostId, record: &post::Record| record.place.section() == Some(from);
                self.vacate(unit, pack, (person, to.since), there, told);
                self.end_grants(unit, pack, (person, to.since), MOVED, told);
                self.end_nominations(unit, pack, (person, to.since), Some(&to.value), told);
            }
            Event::Left { record, at } => {
                if let Some(section) = record.section(*at - EARLIER) {
                    tell(What::Leaves, section, *at);
                }
                self.vacate(unit, pack, (person, *at), |_, _| true, told);
                self.end_grants(unit, pack, (person, *at), LEFT, told);
                self.end_nominations(unit, pack, (person, *at), None, told);
            }
        }
    }

    fn seat(
        &mut self,
        unit: &mut Unit,
        (person, at): (&PersonId, Timestamp),
        post: Option<&PostId>,
        taken: Vec<post::Event>,
        told: &mut Vec<Consequence>,
    ) {
        let (Some(post), false) = (post, taken.is_empty()) else {
            return;
        };
        let tell = |person: &PersonId, what| Consequence {
            person: person.clone(),
            what,
            subject: post.to_string(),
            at,
        };
        let before = self.posts.state(post.as_str());
        let before = before.and_then(|known| known.holder(at - EARLIER).cloned());
        // Who holds it for longer is followed in it.
        if let Some(before) = before.filter(|held| held.until.is_none_or(|end| at < end))
            && before.value != *person
        {
            told.push(tell(&before.value, What::PostEnds));
        }
        told.push(tell(person, What::PostBegins));
        self.posts.stage(unit, post.as_str(), taken);
    }
}

const MOVED: &str = "the person was transferred";
const LEFT: &str = "the person left";
