//! Where the data outgrows the laptop, or must not leave the warehouse: one query counts it there, and its result is read
//! here. The same report comes of it, since the report knows nothing but counts.

mod counts;
mod dialect;
mod gather;
mod query;
#[cfg(test)]
mod tests;

pub use counts::read_counts;
pub use dialect::Dialect;
pub use query::{From, Params, sql};
