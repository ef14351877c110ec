//! Everything that needs more than one part of the house.

pub mod generated_bank;
