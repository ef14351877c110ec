//! What stands at `/inbox` of a hub that was built without the page for staff.

use maud::{DOCTYPE, html};

/// A page that says how staff read enquiries.
pub(super) fn inbox() -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Inbox" }
                style { "body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }" }
            }
            body {
                h1 { "Inbox" }
                p { "This hub was built without the page for staff." }
                p {
                    "Enquiries are sealed: this hub cannot read them. Staff read and answer them on the service's own machine, where the "
                    "service key lies:"
                }
                pre { code { "otsupport-hub inbox --database sqlite:intake.db --keys keys\notsupport-hub reply ID TEXT --database sqlite:intake.db --keys keys" } }
            }
        }
    }
    .into_string()
}
