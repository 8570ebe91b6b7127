//! Entering all orders of a list: read at once, judged one after the other, written at once.

use std::collections::{BTreeSet, HashSet};

use identity_domain::organisation::person::Kind;
use kernel::{PersonId, PostId, SectionId};
use store::{Failure, Unit};

use super::Transfer;
use crate::{
    identity::Identity,
    import::{Contents, Report, WhyNot, enter::Entered, fault::RefusedRow, row::Row},
    people::{City, What},
};

/// Judges every order by those before it, and stages what they lead to unless one was refused.
pub(in crate::import) async fn enter(
    identity: &Identity,
    unit: &mut Unit,
    contents: &Contents,
    report: &mut Report,
) -> Result<Vec<RefusedRow>, Failure<Report>> {
    let pack = &identity.runtime.pack;
    let good = contents.good.iter();
    let mut orders: Vec<(u32, &Transfer)> = good
        .filter_map(|read| match &read.value {
            Row::Transfer(transfer) => Some((read.row, transfer)),
            _ => None,
        })
        .collect();
    // A post beside others is given to somebody who was hired or moved first.
    orders.sort_by_key(|(_, order)| (order.at, order.beside.is_some()));
    let mut city = read(unit, &orders).await.map_err(unread)?;
    let mut refused = Vec::new();
    let mut told = HashSet::new();
    let mut gone = BTreeSet::new();
    for (row, order) in orders {
        let wanted = order.wanted(|post| city.section_of(post));
        let change = match city.judge(unit, pack, wanted) {
            Ok(change) => change,
            Err(failure) => {
                let why = failure.refusal()?;
                refused.push(RefusedRow { row, why });
                continue;
            }
        };
        let (done, consequences) = city.carry_out(unit, pack, change);
        report.count(
            &match (consequences.is_empty(), done.version, &done.events[..]) {
                (_, 1, [_, ..]) => Entered::Created,
                (true, _, []) => Entered::Unchanged,
                _ => Entered::Changed,
            },
        );
        for one in consequences {
            if one.what == What::Leaves && one.at <= unit.context().now {
                gone.insert(one.person.clone());
            }
            // A post that the next one takes up is told of once.
            if told.insert((one.person.clone(), one.what, one.subject.clone())) {
                report.consequences.push((row, one));
            }
        }
    }
    report.consequences.sort_by_key(|(row, _)| *row);
    if !refused.is_empty() || !contents.bad.is_empty() {
        return Ok(refused);
    }
    city.read_accounts(unit, &gone).await.map_err(unread)?;
    report.ended = city.end_service(unit, &gone, |person, serves| {
        identity.facts_by_clock(person, serves, Kind::Staff)
    });
    city.write(unit, pack).await.map_err(unread)?;
    Ok(refused)
}

async fn read(unit: &Unit, orders: &[(u32, &Transfer)]) -> Result<City, Failure<WhyNot>> {
    let mut city = City::default();
    let orders = || orders.iter().map(|(_, order)| *order);
    let people: BTreeSet<PersonId> = orders().map(|order| order.person.clone()).collect();
    let posts: BTreeSet<PostId> = orders().filter_map(|order| order.post.clone()).collect();
    let sections: BTreeSet<SectionId> = orders().filter_map(Transfer::section).collect();
    city.read_people(unit, &people).await?;
    city.read_posts(unit, &posts).await?;
    city.read_belongings(unit, &people).await?;
    city.read_sections(unit, &sections).await?;
    let of_posts = posts.iter().filter_map(|post| city.section_of(post));
    let of_posts = of_posts.collect();
    city.read_sections(unit, &of_posts).await?;
    Ok(city)
}

/// Nothing is refused of reading and writing.
fn unread(failure: Failure<WhyNot>) -> Failure<Report> {
    failure.map(|_| Report::default())
}
