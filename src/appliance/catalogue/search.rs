//! How a query is answered: the most selective condition is read from the runs, the others are held
//! against its rows.

use std::collections::BinaryHeap;

use super::codec::{Malformed, Reader};
use super::query::{Condition, Cursor, Hits, Query, ROWS_MOST};
use super::refusal::CatalogueRefusal;
use super::row::{Row, Space};
use super::{BundleNumber, Catalogue};

/// A row in the heap of the rows to be shown; the last in order is on top.
struct Placed {
    place: Cursor,
    row: Row,
}

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl Eq for Placed {}

impl PartialOrd for Placed {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Placed {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.place.cmp(&other.place)
    }
}

impl Catalogue {
    /// Answers a query: a page of rows in order, and the totals of all hits. Memory is that of the
    /// rows shown, however many hits there are.
    ///
    /// # Errors
    /// [`CatalogueRefusal::TooManyRows`] above [`ROWS_MOST`]; [`CatalogueRefusal::Damaged`] and
    /// [`CatalogueRefusal::Disk`] from reading.
    pub fn find(&self, query: &Query) -> Result<Hits, CatalogueRefusal> {
        self.find_where(query, |_| true)
    }

    /// As [`Catalogue::find`], of those rows only that `wanted` wants. Each hit is asked once.
    ///
    /// # Errors
    /// As [`Catalogue::find`].
    pub fn find_where(
        &self,
        query: &Query,
        mut wanted: impl FnMut(&Row) -> bool,
    ) -> Result<Hits, CatalogueRefusal> {
        if query.limit > ROWS_MOST {
            return Err(CatalogueRefusal::TooManyRows { asked: query.limit, most: ROWS_MOST });
        }
        let mut hits = Hits::default();
        let mut shown = BinaryHeap::new();
        self.each(query, |row| {
            if !wanted(&row) {
                return;
            }
            hits.totals.add_row(&row);
            let place = row.cursor(query.order);
            if query.after.as_ref().is_some_and(|after| place <= *after) {
                return;
            }
            shown.push(Placed { place, row });
            if shown.len() > query.limit {
                shown.pop();
                hits.more = true;
            }
        })?;
        hits.rows = shown.into_sorted_vec().into_iter().map(|placed| placed.row).collect();
        Ok(hits)
    }

    /// Shows every hit of a query once, in no promised order, without paging: for exports and for
    /// holding the catalogue against the journal.
    ///
    /// # Errors
    /// [`CatalogueRefusal::Damaged`] and [`CatalogueRefusal::Disk`] from reading; rows may have been
    /// shown before.
    pub fn each(&self, query: &Query, mut show: impl FnMut(Row)) -> Result<(), CatalogueRefusal> {
        let mut others = query.conditions();
        let by_cost = |condition: &Condition| self.cost(condition);
        let (chosen, _) =
            others.iter().map(by_cost).enumerate().min_by_key(|(_, cost)| *cost).unwrap_or_default();
        let driver = others.swap_remove(chosen);
        for run in &self.runs {
            for range in &driver.ranges {
                run.scan(self.shelf(), driver.space, range, &mut |entry| {
                    let row = self.shelf().whole(self.row(entry.row))?;
                    // A row with several keys in the ranges is met several times: its first counts.
                    let first = driver.space == Space::Article
                        || row
                            .keys(driver.space)
                            .iter()
                            .find(|key| driver.holds(key))
                            .is_some_and(|key| key == entry.key);
                    if first && others.iter().all(|condition| condition.met_by(&row)) {
                        show(row);
                    }
                    Ok(())
                })?;
            }
        }
        Ok(())
    }

    /// The pages to be read for a condition. Articles come first whatever they cost, because a row
    /// does not hold them.
    fn cost(&self, condition: &Condition) -> usize {
        if condition.space == Space::Article {
            return 0;
        }
        let pages =
            |range| self.runs.iter().map(|run| run.pages_of(condition.space, range).len()).sum::<usize>();
        1 + condition.ranges.iter().map(pages).sum::<usize>()
    }

    fn row(&self, bytes: &[u8]) -> Result<Row, Malformed> {
        let mut from = Reader(bytes);
        let stream = self.meta.stream(from.number()?)?;
        let number = BundleNumber(from.number()?);
        let leaf = from.small()?;
        Row::decode((stream, number), leaf, from.0)
    }
}
