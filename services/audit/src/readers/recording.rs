//! Who looks at other people's accesses is on record before the answer (7-1-(4)-3).

use std::{collections::BTreeSet, sync::Arc};

use kernel::{Actor, ClauseId, Clock, Context, PersonId};
use proto::{
    audit::v1::{RecordFilter, RecordsRead},
    common::v1::PersonLookedAt,
    record::{Outgoing, Record},
};
use store::Appender;
use tonic::Status;

use super::accesses;
use crate::{index::Terms, publish, store::leaf::Leaf};

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");
/// People named in one event: with its question, no more than one record is found by.
const PEOPLE: usize = 400;
/// The way that finds nobody but those who would be suspected.
pub(crate) const REPLAY: &str = "replay";
/// The way of what is sent as it comes.
pub(crate) const STREAM: &str = "stream";
/// The way of the digests, which say who is suspected.
pub(crate) const DIGESTS: &str = "digests";

/// Puts readings on record; cheap to clone.
#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) appender: Appender,
    pub(crate) terms: Terms,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What was asked for, and how.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// `RecordsRead.way`.
    pub(crate) way: &'static str,
    /// The question.
    pub(crate) filter: RecordFilter,
    /// People it asks for by name.
    pub(crate) people: BTreeSet<String>,
    /// Whether records of others' accesses or of suspicions may be the answer: then it is on record whatever
    /// is found.
    pub(crate) recorded: bool,
    /// Whether records of accesses may be the answer: then who is asked for by name learns of it.
    pub(crate) accesses: bool,
    /// Whether records of suspicions may be, which are nobody's own.
    pub(crate) suspicions: bool,
}

/// One reader's reading of something that is sent whole or piece by piece.
pub(crate) struct Reading {
    recording: Recording,
    asked: Asked,
    reader: PersonId,
    context: Context,
    /// The people who are on record as having been read about.
    named: BTreeSet<String>,
    /// Those of them who may know it.
    shown: BTreeSet<String>,
    /// It is on record.
    done: bool,
}

impl Recording {
    /// Records an answer that holds records of others' accesses or of suspicions of them, or could have held
    /// some, or for which others were asked by name. Nothing for another.
    ///
    /// # Errors
    /// `UNAVAILABLE` when it cannot be put on record: then there is no answer.
    pub(crate) async fn answer(
        &self,
        reader: &PersonId,
        context: &Context,
        asked: &Asked,
        leaves: &[Leaf],
    ) -> Result<(), Status> {
        let mut reading = self.reading(reader.clone(), context.clone(), asked.clone());
        reading.record(leaves, leaves.len()).await
    }

    /// Of something that is sent piece by piece.
    pub(crate) fn reading(&self, reader: PersonId, context: Context, mut asked: Asked) -> Reading {
        // Who asks for what is about somebody asks for them by name.
        if let Ok(id) = PersonId::try_new(&asked.filter.subject)
            && self.terms.city().directory.person(&id).is_some()
        {
            asked.people.insert(id.to_string());
        }
        let of_themselves = asked.people.iter().all(|id| id == reader.as_str());
        asked.recorded &= asked.people.is_empty() || !of_themselves || asked.suspicions;
        Reading {
            recording: self.clone(),
            asked,
            reader,
            context,
            named: BTreeSet::new(),
            shown: BTreeSet::new(),
            done: false,
        }
    }

    /// The people of a record of an access.
    fn accessing(&self, said: &Record) -> BTreeSet<String> {
        let mut people = self.terms.people(said);
        if let Actor::Person { id, .. } = &said.actor {
            people.insert(id.to_string());
        }
        people
    }
}

impl Reading {
    /// Before these are sent. However many pieces there are, everybody is named once.
    ///
    /// # Errors
    /// `UNAVAILABLE` when it cannot be put on record: then they must not be sent.
    pub(crate) async fn sends(&mut self, leaves: &[Leaf]) -> Result<(), Status> {
        self.record(leaves, 0).await
    }

    /// Before it is sent what is suspected of these people.
    ///
    /// # Errors
    /// `UNAVAILABLE` when it cannot be put on record: then it must not be sent.
    pub(crate) async fn tells_of(&mut self, suspects: BTreeSet<String>) -> Result<(), Status> {
        self.put(BTreeSet::new(), suspects, 0).await
    }

    async fn record(&mut self, leaves: &[Leaf], results: usize) -> Result<(), Status> {
        let (mut accessed, mut suspected) = (BTreeSet::new(), BTreeSet::new());
        for said in leaves.iter().filter_map(Leaf::said) {
            match accesses::are(&said.kind) {
                true => accessed.append(&mut self.recording.accessing(&said)),
                false => suspected.append(&mut accesses::suspects(&said)),
            }
        }
        self.put(accessed, suspected, results).await
    }

    /// Puts on record that people were read about, or asked for, and tells those who may know it and do not
    /// yet. One's own accesses are one's own to look at; what is suspected of oneself is not.
    async fn put(
        &mut self,
        accessed: BTreeSet<String>,
        suspected: BTreeSet<String>,
        results: usize,
    ) -> Result<(), Status> {
        let mut people = &accessed | &self.asked.people;
        people.remove(self.reader.as_str());
        people.extend(suspected);
        people.retain(|id| !self.named.contains(id));
        let mut shown = match self.asked.accesses {
            true => &accessed | &self.asked.people,
            false => accessed,
        };
        shown.retain(|id| id != self.reader.as_str() && !self.shown.contains(id));
        let names: Vec<&String> = people.iter().collect();
        let mut named: Vec<&[&String]> = names.chunks(PEOPLE).collect();
        if named.is_empty() && self.asked.recorded && !self.done {
            named.push(&[]);
        }
        let read = named.into_iter().map(|people| {
            let event = RecordsRead {
                reader_id: self.reader.to_string(),
                way: self.asked.way.to_owned(),
                asked: Some(self.asked.filter.clone()),
                results: u32::try_from(results).unwrap_or(u32::MAX),
                person_ids: people.iter().map(ToString::to_string).collect(),
            };
            (self.reader.to_string(), Outgoing::new(&event, [PROTECT]))
        });
        let looked_at = shown.iter().map(|id| self.looked_at(id));
        let events: Vec<_> = read.chain(looked_at).collect();
        if events.is_empty() {
            return Ok(());
        }
        // A stream may go on for long after it was asked for.
        let now = self.recording.clock.now();
        let context = Context {
            now,
            ..self.context.clone()
        };
        let appender = &self.recording.appender;
        let written = appender.append(publish::READING, events, &context).await;
        written.map_err(rpc::status::unavailable)?;
        self.done = true;
        self.named.append(&mut people);
        self.shown.append(&mut shown);
        Ok(())
    }

    /// What a person is told who was looked at: nothing of the question, and of nobody else.
    fn looked_at(&self, id: &str) -> (String, Outgoing) {
        // That a replay found them says that they would be suspected.
        let way = match self.asked.way {
            REPLAY => STREAM,
            way => way,
        };
        let event = PersonLookedAt {
            person_id: id.to_owned(),
            way: way.to_owned(),
        };
        (id.to_owned(), Outgoing::new(&event, [PROTECT]))
    }
}
