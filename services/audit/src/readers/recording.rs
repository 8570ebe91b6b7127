//! Who looks at other people's accesses is on record before the answer (7-1-(4)-3).

use std::collections::BTreeSet;

use kernel::{ClauseId, Context, PersonId};
use proto::{
    audit::v1::{RecordFilter, RecordsRead},
    record::Outgoing,
};
use store::Appender;
use tonic::Status;

use super::accesses;
use crate::{index::Terms, publish, store::leaf::Leaf};

/// Protect records from theft, tampering and deletion.
const PROTECT: ClauseId = ClauseId::known("7-1-(4)-3");
/// People named in one event.
const PEOPLE: usize = 50;

/// Puts readings on record; cheap to clone.
#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) appender: Appender,
    pub(crate) terms: Terms,
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
}

/// One reader's reading of something that is sent piece by piece.
pub(crate) struct Reading {
    recording: Recording,
    asked: Asked,
    reader: PersonId,
    context: Context,
    recorded: bool,
}

impl Recording {
    /// Records an answer that holds records of others' accesses, or for which others were asked by
    /// name. Nothing for one that does not.
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
        let mut people = asked.people.clone();
        let mut others = people.iter().any(|id| id != reader.as_str());
        for leaf in leaves {
            let Some(people_of) = self.accesses(leaf) else {
                continue;
            };
            others |= people_of.iter().any(|id| id != reader.as_str());
            people.extend(people_of);
        }
        if !others {
            return Ok(());
        }
        self.put(reader, context, asked, leaves.len(), &people)
            .await
    }

    /// Of something that is sent piece by piece: on record before its first record of an access.
    pub(crate) fn reading(&self, reader: PersonId, context: Context, asked: Asked) -> Reading {
        Reading {
            recording: self.clone(),
            asked,
            reader,
            context,
            recorded: false,
        }
    }

    /// The people of a record of an access; none if it is not one.
    fn accesses(&self, leaf: &Leaf) -> Option<BTreeSet<String>> {
        let said = leaf.said()?;
        accesses::are(&said.kind).then(|| self.terms.people(&said))
    }

    async fn put(
        &self,
        reader: &PersonId,
        context: &Context,
        asked: &Asked,
        results: usize,
        people: &BTreeSet<String>,
    ) -> Result<(), Status> {
        let people: Vec<&String> = people.iter().collect();
        let mut each: Vec<&[&String]> = people.chunks(PEOPLE).collect();
        if each.is_empty() {
            each.push(&[]);
        }
        let events = each.into_iter().map(|people| {
            let event = RecordsRead {
                reader_id: reader.to_string(),
                way: asked.way.to_owned(),
                asked: Some(asked.filter.clone()),
                results: u32::try_from(results).unwrap_or(u32::MAX),
                person_ids: people.iter().map(ToString::to_string).collect(),
            };
            (reader.to_string(), Outgoing::new(&event, [PROTECT]))
        });
        let written = self
            .appender
            .append(publish::READING, events.collect(), context)
            .await;
        written.map_err(rpc::status::unavailable)
    }
}

impl Reading {
    /// Before these are sent.
    ///
    /// # Errors
    /// `UNAVAILABLE` when it cannot be put on record: then they must not be sent.
    pub(crate) async fn sends(&mut self, leaves: &[Leaf]) -> Result<(), Status> {
        if self.recorded {
            return Ok(());
        }
        let of_others =
            |people: BTreeSet<String>| people.iter().any(|id| id != self.reader.as_str());
        let mut accesses = leaves
            .iter()
            .filter_map(|leaf| self.recording.accesses(leaf));
        if !accesses.any(of_others) {
            return Ok(());
        }
        let (asked, people) = (&self.asked, &self.asked.people);
        let (reader, context) = (&self.reader, &self.context);
        let recording = &self.recording;
        recording.put(reader, context, asked, 0, people).await?;
        self.recorded = true;
        Ok(())
    }
}
