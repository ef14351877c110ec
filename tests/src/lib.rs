//! Everything that needs more than one part of the house.

pub mod generated_bank;
pub mod phone;
pub mod served;
pub mod site;
