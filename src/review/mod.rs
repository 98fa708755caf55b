//! Floor 4: the work itself. Starting a review, how far it has come, what to do next, and what to say of it.

mod next;
mod progress;
mod start;
mod summary;

pub use next::{Next, Place, next};
pub use progress::{Outlook, Progress, outlook, progress};
pub use start::start;
pub use summary::paste;
