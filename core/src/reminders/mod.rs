//! Events and their reminders. So far: reading what a calendar exports.

pub mod calendar;
