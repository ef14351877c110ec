//! Questions to the service: the outbox that delivers what a family wrote once. [`outbox`] and the working days decide purely; the others read, seal, keep and carry.

#[cfg(feature = "phone")]
mod delivery;
#[cfg(feature = "phone")]
mod enquiry;
#[cfg(feature = "phone")]
mod keeping;
#[cfg(feature = "phone")]
pub mod outbox;
#[cfg(feature = "phone")]
mod private_details;
#[cfg(feature = "phone")]
mod request;
#[cfg(feature = "phone")]
mod sealing;
#[cfg(feature = "phone")]
mod telling;
#[cfg(feature = "phone")]
mod view;
mod working_days;

#[cfg(feature = "phone")]
pub(crate) use delivery::{Delivered, Delivery, Underway};
#[cfg(feature = "phone")]
pub(crate) use enquiry::Enquiry;
#[cfg(feature = "phone")]
pub(crate) use keeping::{
    adopt, adopted, enquire, enquiries, enquiry, forget, keep_draft, open, send_anew, send_draft, withdraw,
};
#[cfg(feature = "phone")]
pub use private_details::{PrivateDetail, private_details};
#[cfg(feature = "phone")]
pub(crate) use request::Written;
#[cfg(feature = "phone")]
pub use request::{AskedEvent, EnquiryRequest, ReplyWay};
#[cfg(feature = "phone")]
pub(crate) use sealing::Fresh;
#[cfg(feature = "phone")]
pub(crate) use telling::{is_still_so, tell_what_is_due};
#[cfg(feature = "phone")]
pub use view::{Author, BeforeEnquiring, Can, EnquiryView, Message, SeenBy, TextCheck};
pub use working_days::expected_by;
