//! `sekisho story`: a day of the city, played as clients would, over gRPC only.
//!
//! Every step prints what was decided, by which clauses, and where the record stands in the audit
//! log. Whatever differs from what the standard expects ends the story with exit code 1.

mod case;
mod exception;
mod factors;
mod left;
mod lost_card;
mod proofs;
mod second_factor;
mod service;
mod shown;
mod teller;
mod world;

use teller::Teller;
use world::World;

use crate::{
    Failure,
    client::{Connection, Machine},
    language::Language,
};

/// Plays the story. It can be played again and again, also after one that was cut off.
#[derive(Debug, clap::Args)]
pub(crate) struct Story {
    #[command(flatten)]
    machine: Machine,
    #[command(flatten)]
    connection: Connection,
    /// Seconds the emergency exception lasts.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(3..=600))]
    exception_seconds: u32,
}

impl Story {
    pub(crate) fn run(self, lang: Language) -> Result<(), Failure> {
        crate::block_on(async {
            let mut teller = Teller::new(lang);
            let world = World::open(self.connection, &self.machine, &teller).await?;
            left::put_right(&world, &teller).await?;
            let before = world.checkpoint().await?;
            factors::play(&world, &mut teller).await?;
            service::play(&world, &mut teller).await?;
            exception::play(&world, &mut teller, self.exception_seconds).await?;
            lost_card::play(&world, &mut teller).await?;
            proofs::play(&world, &mut teller, &before).await?;
            teller.end();
            Ok(())
        })
    }
}
