//! What comes back from a hub, or from whoever sits between.

use serde::{Deserialize, Serialize};

pub use crate::platform::Answer;
use crate::platform::HttpFault;

/// Why nothing came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// There is no way to the network: nothing left the phone.
    NoNetwork,
    /// The hub does not answer, or not to the end. What was sent may have come to it.
    HubDown,
    /// Somebody answers for the hub without its certificate.
    Intercepted,
    /// The answer points elsewhere, as a log-in page of a public network does.
    Redirected,
}

/// Why an attempt failed and is made again. The codes are stable.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// There is no way to the network.
    NoNetwork,
    /// The hub does not answer, or cannot keep it now.
    HubDown,
    /// Somebody answers for the hub without its certificate.
    Intercepted,
    /// A public network's log-in page answered, or a proxy.
    CaptivePortal,
    /// The hub asks to be left alone for a while.
    Busy,
    /// The bank that is here names no key that the hub takes.
    NoKey,
}

impl From<Silence> for Trouble {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::NoNetwork => Self::NoNetwork,
            Silence::HubDown => Self::HubDown,
            Silence::Intercepted => Self::Intercepted,
            Silence::Redirected => Self::CaptivePortal,
        }
    }
}

impl From<HttpFault> for Silence {
    fn from(fault: HttpFault) -> Self {
        match fault {
            HttpFault::NoNetwork | HttpFault::BadAddress => Self::NoNetwork,
            HttpFault::Intercepted => Self::Intercepted,
            HttpFault::Redirected => Self::Redirected,
            // More than a hub's answer has: not a hub's.
            HttpFault::HubDown | HttpFault::TooLarge | HttpFault::AnotherBody | HttpFault::Kept(_) => {
                Self::HubDown
            }
        }
    }
}
