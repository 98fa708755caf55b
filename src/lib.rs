//! Probity runs Responsible AI (RAI) reviews in the terminal, on one SQLite file.
//!
//! The house has floors; a floor knows only the floors under it:
//!
//! 0. [`text`]: text from outside, made safe and measured.
//! 0. [`guide`]: how-to guides, read and searched.
//! 0. [`escape`]: the same text as data of Markdown, XML, CSS.
//! 1. [`record`]: what is kept. Fields, lifecycle and rules of each kind of record, described once. Pure.
//! 2. [`policy`]: what the organisation decided: scales, matrix, required answers, checklists. Layered TOML. Pure.
//! 3. [`workspace`]: the one SQLite file. Open, migrate, write, read, history, undo, search, drafts, backup.
//! 3. [`slices`]: fairness and performance of predictions, group by group.
//! 4. [`review`]: the work itself. Starting a review, how far it has come, what to do next.
//! 4. [`meeting`]: boards and other meetings: agenda, quorum, votes, decisions made in the room, minutes.
//! 5. [`exchange`]: one file a format, in and out. Inventories come in through mappings.
//! 5. [`report`]: the governance pack, in five formats from one model.
//! 6. [`session`], [`cli`]: what commands and screens work with; the command line.
//! 6. [`tui`]: the screens.

pub mod cli;
pub mod escape;
pub mod exchange;
pub mod guide;
pub mod meeting;
pub mod policy;
pub mod record;
pub mod report;
pub mod review;
pub mod session;
pub mod slices;
pub mod text;
pub mod tui;
pub mod workspace;
