//! What the model knows of a box: its disk, its root, the program that runs or not, an image that somebody
//! took along, and what is true outside.
//!
//! A file of the vault is replaced whole or not at all (`durable::write_atomically`); a slot of the root is
//! overwritten in place, so a power cut can leave it torn. A root is a small number: the lowest that is in
//! use nowhere is a fresh one, because what nobody has kept opens nothing.

/// A stretch of 30 days, or the number of such stretches since the program's release.
pub type Day = u8;

/// The two terms: one whose end comes within the model's time, and one that must outlive it.
pub const EARLY: usize = 0;
pub const LATE: usize = 1;

/// Powered days between due and destruction.
pub const WAIT: Day = 1;
/// By how much a second token must be younger.
pub const APART: Day = 1;

pub const A: usize = 0;
pub const B: usize = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub disk: Disk,
    pub slots: [Slot; 2],
    pub process: Process,
    pub image: Option<Image>,
    pub world: World,
    pub left: Budget,
}

/// What is restored with an image of the data's device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Disk {
    /// `vault/a` and `vault/b`.
    pub files: [File; 2],
    pub journal: Journal,
    /// Powered days as `clock/a` and `clock/b` have them: the newer, and the one before it.
    pub clock: [Day; 2],
    /// The early term's bundle.
    pub bundle: Bundle,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Empty,
    Torn,
    Living { root: u8, generation: u8 },
}

/// A vault's file: which root opens it, and the table in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct File {
    pub root: u8,
    pub table: Table,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Table {
    pub generation: u8,
    pub terms: [Term; 2],
    pub hold: Hold,
    /// The lying token is struck.
    pub struck: bool,
}

/// A term in the table: its key, or its obituary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    Living,
    Dead { generation: u8, word: Word },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    Proven,
    Counted,
    Declared,
}

/// A hold on the whole early term; released at so many powered days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hold {
    None,
    Placed,
    Released(Day),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Journal {
    /// A bit for each generation whose intent is here; all that opening the vault asks.
    pub intents: u32,
    pub due: [Option<Due>; 2],
    pub tokens: [Option<Token>; 4],
    /// Two officers have declared the early term over.
    pub declared: bool,
    pub certificates: [Option<Word>; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Due {
    pub powered: Day,
    pub by: DueBy,
}

/// What made a term due. It counts for as long as that still says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DueBy {
    /// What the box itself has lived through.
    Box,
    /// The token at this place of the journal: without it the floor was not past the end.
    Token(usize),
    /// The clock and two officers.
    Claims,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    pub at: Day,
    /// Powered days when it came.
    pub powered: Day,
    pub lies: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bundle {
    Absent,
    /// On the disk and not in the journal: never acknowledged.
    Stray,
    Admitted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Process {
    Off,
    /// Nothing opened: the box stays shut and says why.
    Shut,
    On(Running),
}

/// The keeper's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Running {
    pub next: Next,
    pub slot: usize,
    pub root: u8,
    pub table: Table,
    /// The root of a switch that is prepared.
    pub fresh: u8,
}

/// What the program does next. The steps of a switch are those of `vault::switch`; those of opening are
/// the lines of `settle` in `vault::opening`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    /// Opening: the winner's table, a generation above the dropped one, over the file of the loser.
    OverwriteDropped(usize),
    /// Opening: the slot of the loser.
    KillLoser,
    /// Opening: a twin that does not hold the present generation.
    Repair(usize),
    RootWritten(Change),
    /// Only where a mutation has it so: file `a` as well, before the commit point.
    FileAToo(Change),
    VaultWritten(Change),
    IntentJournaled(Change),
    OldRootKilled(Change),
    OldRootRefused(Change),
    DirectoryRemoved(usize),
    CertificateJournaled(usize),
    /// `Vault::update`: the second file.
    SecondTwin,
    /// Admission: the bundle is durable, its entry is not.
    Journal,
    /// All is settled: the box answers.
    Serve,
}

/// What a switch of the root is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change {
    Destroy(usize, Word),
    Hold,
    Release,
    Strike,
}

/// A copy of the data's device; of the root too, where that can be copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Image {
    pub disk: Disk,
    pub slots: Option<[Slot; 2]>,
}

/// What is true, whatever the box believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct World {
    pub today: Day,
    /// The machine's clock says that the early term is over.
    pub clock_claims: bool,
    /// An image was put back: what came after it is lost, as the owner chose.
    pub restored: bool,
    /// An intent of this term's destruction was journaled, ever.
    pub doomed: [bool; 2],
    /// A proven certificate of this term was journaled, ever.
    pub proven: [bool; 2],
    /// An officer was told that the hold is placed, and nobody has begun to release it.
    pub held: bool,
    /// The sender has a receipt.
    pub receipt: bool,
    /// Opening finished a destruction that a power cut had interrupted.
    pub rolled_forward: bool,
}

/// How often each thing may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Budget {
    pub days_on: u8,
    pub days_off: u8,
    pub power_cuts: u8,
    pub images: u8,
    pub restores: u8,
    pub tokens: u8,
    pub lies: u8,
    pub clock_turns: u8,
    pub declarations: u8,
    pub holds: u8,
    pub updates: u8,
    pub admissions: u8,
    pub clock_losses: u8,
}

impl State {
    /// A box on its first day.
    pub fn new(left: Budget) -> Self {
        let table = Table { generation: 1, terms: [Term::Living; 2], hold: Hold::None, struck: false };
        let file = File { root: 0, table };
        let journal = Journal {
            intents: 0,
            due: [None; 2],
            tokens: [None; 4],
            declared: false,
            certificates: [None; 2],
        };
        Self {
            disk: Disk { files: [file; 2], journal, clock: [0; 2], bundle: Bundle::Absent },
            slots: [Slot::Living { root: 0, generation: 1 }, Slot::Empty],
            process: Process::Off,
            image: None,
            world: World {
                today: 0,
                clock_claims: false,
                restored: false,
                doomed: [false; 2],
                proven: [false; 2],
                held: false,
                receipt: false,
                rolled_forward: false,
            },
            left,
        }
    }

    /// A root that nobody has.
    pub fn fresh_root(&self) -> u8 {
        let mut used = 0_u32;
        let mut see = |root: u8| used |= 1 << root;
        let slots = self.slots.iter().chain(self.image.iter().flat_map(|image| image.slots.iter().flatten()));
        for slot in slots {
            if let Slot::Living { root, .. } = slot {
                see(*root);
            }
        }
        let files = self.disk.files.iter().chain(self.image.iter().flat_map(|image| &image.disk.files));
        files.for_each(|file| see(file.root));
        if let Process::On(running) = &self.process {
            see(running.root);
        }
        used.trailing_ones() as u8
    }

    /// Whether some living slot of the box opens some file, its own or one of the image, that has the
    /// term's key.
    pub fn key_opens(&self, term: usize, with_image: bool) -> bool {
        let image = self.image.iter().filter(|_| with_image).flat_map(|image| &image.disk.files);
        let mut files = self.disk.files.iter().chain(image);
        files.any(|file| {
            file.table.terms[term] == Term::Living && self.slots.iter().any(|slot| slot.opens(file))
        })
    }

    pub fn serving(&self) -> Option<&Running> {
        match &self.process {
            Process::On(running) if running.next == Next::Serve => Some(running),
            _ => None,
        }
    }
}

impl Slot {
    /// As `opening::newest`: a root accepts no table from before its own generation.
    pub fn opens(&self, file: &File) -> bool {
        matches!(self, Self::Living { root, generation }
            if *root == file.root && *generation <= file.table.generation)
    }
}
