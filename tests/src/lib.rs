//! Everything that needs more than one part of the house.

pub mod content_folder;
pub mod generated_bank;
pub mod hostile_hub;
pub mod household;
pub mod phone;
pub mod site;
