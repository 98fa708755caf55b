//! What the programme's own history tells: how reviews flow and where they wait, whether those under way will be ready, which
//! risks come again, and what was found too late. All from the history and the records; nothing is guessed where there is
//! too little of it.

mod flow;
mod forecast;
pub mod heat;
mod patterns;
mod survival;

pub use flow::{
    Ageing, Flow, Funnel, Lasting, Span, ageing, behind_funnel, behind_lasting, by_stage, by_waiting, funnel, in_stage,
    read as read_flow,
};
pub use forecast::{Forecast, LEAST, Record as TrackRecord, forecasts};
pub use patterns::{Caught, LateFind, Recurring, late_finds, recurring};

#[cfg(test)]
mod tests;
