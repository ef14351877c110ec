//! Families' phones over the years, and a checker that knows the rules for reminders and the platforms, and nothing of the planner.

pub mod app;
pub mod checker;
pub mod choice;
pub mod event;
pub mod family;
pub mod history;
pub mod life;
pub mod phone;
pub mod planner;
pub mod rules;
pub mod service;
pub mod wall_clock;
