//! After the launch: readings of signals, alerts, readiness by system, incidents and what is learnt from them.

pub mod alert;
pub mod incident;
pub mod learn;
pub mod readiness;
pub mod series;
pub mod signal;
pub mod take;

#[cfg(test)]
mod tests;
