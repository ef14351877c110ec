//! An enquiry on its way: what is asked of the hub next, and what an answer means. Pure: time, chance and answers are arguments.
//!
//! ```text
//! waiting ──receipt──► received ──opened──► read ──reply──► answered
//!    │ 30 days of trying ──► expired        │
//!    │ the hub's own problem ──► refused    └─ the hub forgot it (an older copy of it was put back): sent again, under its id
//!    └ withdrawn: at once if no attempt was begun, else when the hub says so
//! ```
//!
//! What [`Way::begin`] changes is stored before a request leaves, and what [`Way::heard`] changes before anything is told: so a kill at
//! any point leaves an attempt too many, never one too few, and the hub takes the same bytes under the same id once.

mod answer;
mod state;
mod step;

pub use answer::{Answer, Silence, Trouble};
pub use state::{Asking, Enclosed, News, Presence, Secrets, Stage, State, Way, Withdrawal};
pub use step::{AWAITED, TRIED_FOR, TooLate};
