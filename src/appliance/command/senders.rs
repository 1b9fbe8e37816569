//! `kluis sender` and `kluis waiting`: the shops that bundles come from, and old invoices that wait.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::desk::{Desk, Ending, Stop, Who};
use super::order::{taken, to_json};
use super::print::{self, heads, say, table, text};
use super::{Credential, Order};
use crate::appliance::keeper::{Keeper, KeeperRefusal};
use crate::support::words::{self, Language};

/// What is ordered of senders.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is a form of a command, whose help says what it takes")]
pub enum SenderOrder {
    List,
    Block { by: Credential, name: String },
    Waiting,
    Decide { by: Credential, shop: String, admitted: bool },
}

impl SenderOrder {
    pub(super) fn perform(self, keeper: &Keeper, language: Language) -> Result<Value, KeeperRefusal> {
        match self {
            Self::List => Ok(to_json(keeper.senders())),
            Self::Block { by, name } => {
                let by = keeper.log_in(&by.name, &by.pass_phrase)?;
                Ok(serde_json::json!({ "name": keeper.block(&by, &name)? }))
            }
            Self::Waiting => Ok(to_json(keeper.waiting()?)),
            Self::Decide { by, shop, admitted } => {
                let by = keeper.log_in(&by.name, &by.pass_phrase)?;
                Ok(taken(&keeper.decide_old(&by, &shop, admitted)?, language))
            }
        }
    }
}

impl Desk {
    /// `kluis sender`: lists the shops.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn senders(&self) -> Result<Ending, Stop> {
        let answer = self.order(Order::Sender(SenderOrder::List))?;
        self.print(&answer, senders)?;
        Ok(Ending::Done)
    }

    /// `kluis sender --block`: takes nothing more from a shop.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn block(&self, name: String, by: &Who) -> Result<Ending, Stop> {
        let answer = self.order(Order::Sender(SenderOrder::Block { by: by.credential()?, name }))?;
        self.print(&answer, |answer, language| {
            say(language, "kluis-sender-blocked", &[("name", text(answer, "name"))]) + "\n"
        })?;
        Ok(Ending::Done)
    }

    /// `kluis waiting`: lists the bundles whose old invoices wait for an officer.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn waiting(&self) -> Result<Ending, Stop> {
        let answer = self.order(Order::Sender(SenderOrder::Waiting))?;
        self.print(&answer, waiting)?;
        Ok(Ending::Done)
    }

    /// `kluis waiting --admit`, `--refuse`: decides about all that waits from one shop.
    ///
    /// # Errors
    /// What the box refuses.
    pub fn decide_old(&self, shop: String, admitted: bool, by: &Who) -> Result<Ending, Stop> {
        let by = by.credential()?;
        let answer = self.order(Order::Sender(SenderOrder::Decide { by, shop, admitted }))?;
        self.print(&answer, print::taken)?;
        let refused = answer["files"].as_array().into_iter().flatten().any(|one| one["outcome"] == "refused");
        // What an officer refuses is done.
        Ok(if refused && admitted { Ending::Refused } else { Ending::Done })
    }
}

fn senders(answer: &Value, language: Language) -> String {
    let cells = |sender: &Value| {
        let id = text(sender, "sender").get(..8).unwrap_or_default();
        let stream = text(sender, "stream").get(..8).unwrap_or_default();
        let state = words::text(language, &format!("kluis-sender-is-{}", text(sender, "standing")));
        let state = match sender["last"].as_u64() {
            Some(last) => format!("{state} {last}"),
            None => state,
        };
        let newest = sender["newest"].as_u64().map(|number| number.to_string()).unwrap_or_default();
        vec![text(sender, "name").to_owned(), id.to_owned(), stream.to_owned(), newest, state]
    };
    let rows: Vec<_> = answer.as_array().into_iter().flatten().map(cells).collect();
    table(&heads(language, &["sender", "sender-id", "stream", "newest", "state"]), &rows, &[3])
}

fn waiting(answer: &Value, language: Language) -> String {
    let rows: Vec<Vec<String>> = answer
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let column = |name: &str| text(one, name).to_owned();
            let number = one["number"].to_string();
            let old = format!("{} / {}", one["old"], one["invoices"]);
            vec![column("shop"), number, column("term"), old, column("oldest")]
        })
        .collect();
    if rows.is_empty() {
        return words::text(language, "kluis-waiting-nothing") + "\n";
    }
    let columns = ["sender", "number", "term", "old", "oldest"];
    let list = table(&heads(language, &columns), &rows, &[1, 3]);
    list + "\n" + &words::text(language, "kluis-waiting-decide") + "\n"
}
