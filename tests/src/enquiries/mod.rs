//! Lives of enquiries: a family's phone, the network and the hub, and a checker that knows the contract and nothing of the engine.

pub mod app;
pub mod checker;
pub mod history;
pub mod hub;
pub mod keys;
pub mod life;
pub mod network;
pub mod phone;
pub mod planted;
pub mod trouble;
