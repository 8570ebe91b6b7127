//! What routes and rules ask. Who holds what is asked for an instant, the decision's own: a holder to
//! come takes the post up by themselves.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{BureauId, PersonId, PostId, SectionId, SystemId};
use standard::Role;

use crate::{Bureau, Directory, Person, Post, Section, System, deputies::heads_an_office};

impl Directory {
    /// A person.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.get(id)
    }

    /// A section.
    pub fn section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.get(id)
    }

    /// A bureau or ward.
    pub fn bureau(&self, id: &BureauId) -> Option<&Bureau> {
        self.bureaus.get(id)
    }

    /// A system.
    pub fn system(&self, id: &SystemId) -> Option<&System> {
        self.systems.get(id)
    }

    /// All systems.
    pub fn systems(&self) -> impl Iterator<Item = (&SystemId, &System)> {
        self.systems.iter()
    }

    /// All posts with their holders at that instant; `None` = vacant.
    pub fn posts(
        &self,
        now: Timestamp,
    ) -> impl Iterator<Item = (&PostId, &Post, Option<&PersonId>)> {
        self.posts
            .iter()
            .map(move |(id, post)| (id, post, self.holder(id, now)))
    }

    /// Who holds a post at that instant.
    pub fn holder(&self, post: &PostId, now: Timestamp) -> Option<&PersonId> {
        let held = self.holders.get(post)?.at(now)?;
        Some(&held.value)
    }

    /// A post.
    pub fn post(&self, id: &PostId) -> Option<&Post> {
        self.posts.get(id)
    }

    /// The posts a person holds at that instant.
    pub fn posts_of(
        &self,
        person: &PersonId,
        now: Timestamp,
    ) -> impl Iterator<Item = (&PostId, &Post)> {
        self.posts_held
            .get(person)
            .into_iter()
            .flatten()
            .filter(move |id| self.holder(id, now) == Some(person))
            .filter_map(|id| Some((id, self.posts.get(id)?)))
    }

    /// The bureau a section belongs to.
    pub fn bureau_of(&self, section: &SectionId) -> Option<&BureauId> {
        self.sections.get(section).map(|section| &section.bureau)
    }

    /// Holders of a role anywhere in the city.
    pub fn holders(&self, role: Role, now: Timestamp) -> BTreeSet<PersonId> {
        self.holders_where(role, now, |_| true)
    }

    /// Holders of a role at posts of this section.
    pub fn holders_in_section(
        &self,
        role: Role,
        section: &SectionId,
        now: Timestamp,
    ) -> BTreeSet<PersonId> {
        self.holders_where(role, now, |post| post.section.as_ref() == Some(section))
    }

    /// Holders of a role at posts of this bureau, its sections' posts included.
    pub fn holders_in_bureau(
        &self,
        role: Role,
        bureau: &BureauId,
        now: Timestamp,
    ) -> BTreeSet<PersonId> {
        self.holders_where(role, now, |post| self.bureau_of_post(post) == Some(bureau))
    }

    /// The bureau a post stands in, directly or through its section.
    pub fn bureau_of_post<'a>(&'a self, post: &'a Post) -> Option<&'a BureauId> {
        post.bureau
            .as_ref()
            .or_else(|| self.bureau_of(post.section.as_ref()?))
    }

    /// The roles of a person at that instant: those of the posts held, `Staff` for everybody in
    /// service, and those derived (see [`Directory::derived_roles`]).
    pub fn roles_of(&self, person: &PersonId, now: Timestamp) -> BTreeSet<Role> {
        let held = self
            .posts_of(person, now)
            .map(|(_, post)| (post.section.as_ref(), &post.roles));
        let held: Vec<_> = held.collect();
        let mut roles = self.derived_roles(person, held.iter().copied(), now);
        roles.extend(held.into_iter().flat_map(|(_, roles)| roles));
        let known = self.people.get(person);
        if known.is_some_and(|known| known.section(now).is_some()) {
            roles.insert(Role::Staff);
        }
        roles
    }

    /// The roles nobody types in: `SystemManager` for the head of a section that owns an important
    /// system (1-4-1), `DeputyInformationManager` for the head of a third-class office (2-3-5), and
    /// what the person was nominated (1-6-1, 1-7-1). `posts`: section and roles of each post held.
    pub fn derived_roles<'a>(
        &self,
        person: &PersonId,
        posts: impl IntoIterator<Item = (Option<&'a SectionId>, impl IntoIterator<Item = &'a Role>)>,
        now: Timestamp,
    ) -> BTreeSet<Role> {
        let mut derived = BTreeSet::new();
        for (section, roles) in posts {
            let roles: Vec<Role> = roles.into_iter().copied().collect();
            let Some(section) = section else { continue };
            if roles.contains(&Role::InformationManager) && self.owns_an_important_system(section) {
                derived.insert(Role::SystemManager);
            }
            let known = self.section(section);
            if known.is_some_and(|known| known.parent.is_some()) && heads_an_office(&roles) {
                derived.insert(Role::DeputyInformationManager);
            }
        }
        let nominated = self.nominations_of(person, now);
        derived.extend(nominated.map(|(_, nomination)| nomination.role));
        derived
    }

    fn owns_an_important_system(&self, section: &SectionId) -> bool {
        let mut systems = self.systems.values();
        systems.any(|system| system.important && !system.retired && system.owner == *section)
    }

    fn holders_where(
        &self,
        role: Role,
        now: Timestamp,
        fits: impl Fn(&Post) -> bool,
    ) -> BTreeSet<PersonId> {
        self.posts
            .iter()
            .filter(|(_, post)| post.roles.contains(&role) && fits(post))
            .filter_map(|(id, _)| self.holder(id, now).cloned())
            .collect()
    }
}
