//! Floor 4: the work itself. Starting a review, how far it has come, what its answers call for, what
//! to do next, and what to say of it.

pub mod agenda;
pub mod analysis;
mod checklist;
pub mod coverage;
pub mod decide;
pub mod document;
pub mod due;
pub mod escalation;
pub mod evidence;
pub mod gate;
pub mod insights;
pub mod kpi;
pub mod lint;
mod next;
pub mod operations;
mod progress;
pub mod renew;
mod request;
mod start;
pub mod suggest;
mod summary;
pub mod trace;
pub mod triage;

pub use checklist::{checklist_from, start_checklist};
pub use next::{Next, Place, next};
pub use progress::{Outlook, Progress, outlook, progress};
pub use request::{information_request, packet_of};
pub use start::start;
pub use summary::paste;

#[cfg(test)]
mod content_tests;
#[cfg(test)]
mod due_tests;
