//! What a request under `/v1` asks for, by its method and address.

use axum::http::Method;
use otsupport_wire::enquiry::{EnquiryId, ReplyNumber};

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    /// To keep an envelope under this id.
    Put(EnquiryId),
    /// To take this enquiry back.
    Delete(EnquiryId),
    /// Its replies after this number.
    Replies(EnquiryId, ReplyNumber),
    /// Something that is no id, or no number, at an address that is known.
    Malformed,
    /// Another method than these at an address that is known.
    OtherMethod(&'static str),
    /// An address that is not known.
    Nothing,
}

/// The address without what is particular to one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Route {
    Enquiry,
    Replies,
    Other,
}

impl Route {
    /// As it stands in a line of the log.
    pub(super) fn template(self) -> &'static str {
        match self {
            Self::Enquiry => "/v1/enquiries/{id}",
            Self::Replies => "/v1/enquiries/{id}/replies",
            Self::Other => "/v1",
        }
    }
}

impl Wanted {
    /// Reads a method and an address.
    pub(super) fn of(method: &Method, path: &str, query: Option<&str>) -> (Route, Self) {
        let Some(rest) = path.strip_prefix("/v1/enquiries/") else { return (Route::Other, Self::Nothing) };
        match rest.split_once('/') {
            None => {
                let wanted = match (method, rest.parse()) {
                    (&Method::PUT, Ok(id)) => Self::Put(id),
                    (&Method::DELETE, Ok(id)) => Self::Delete(id),
                    (&Method::PUT | &Method::DELETE, Err(_)) => Self::Malformed,
                    _ => Self::OtherMethod("PUT, DELETE"),
                };
                (Route::Enquiry, wanted)
            }
            Some((id, "replies")) => {
                let wanted = match (method, id.parse(), after(query)) {
                    (&Method::GET, Ok(id), Some(after)) => Self::Replies(id, after),
                    (&Method::GET, _, _) => Self::Malformed,
                    _ => Self::OtherMethod("GET"),
                };
                (Route::Replies, wanted)
            }
            Some(_) => (Route::Other, Self::Nothing),
        }
    }

    /// The enquiry that it is about.
    pub(super) fn id(self) -> Option<EnquiryId> {
        match self {
            Self::Put(id) | Self::Delete(id) | Self::Replies(id, _) => Some(id),
            _ => None,
        }
    }
}

/// The number in `after=N`: 0 if there is none. Other names are passed over.
fn after(query: Option<&str>) -> Option<ReplyNumber> {
    let pairs = query.unwrap_or_default().split('&').filter_map(|it| it.split_once('='));
    let mut numbers = pairs.filter(|it| it.0 == "after").map(|it| it.1.parse().ok());
    numbers.next().unwrap_or(Some(0)).map(ReplyNumber)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_one_thing() {
        let id = EnquiryId::new(1_795_600_000_000, &[7; 10]);
        let of = |method: Method, address: &str| {
            let address = address.replace("ID", &id.to_string());
            let (path, query) = address.split_once('?').map_or((&*address, None), |it| (it.0, Some(it.1)));
            Wanted::of(&method, path, query)
        };
        let replies = |after| (Route::Replies, Wanted::Replies(id, ReplyNumber(after)));
        assert_eq!(of(Method::PUT, "/v1/enquiries/ID"), (Route::Enquiry, Wanted::Put(id)));
        assert_eq!(of(Method::DELETE, "/v1/enquiries/ID"), (Route::Enquiry, Wanted::Delete(id)));
        assert_eq!(of(Method::GET, "/v1/enquiries/ID/replies"), replies(0));
        assert_eq!(of(Method::GET, "/v1/enquiries/ID/replies?x=1&after=41"), replies(41));
        for bad in [
            "/v1/enquiries/ID/replies?after=",
            "/v1/enquiries/ID/replies?after=-1",
            "/v1/enquiries/x/replies",
        ] {
            assert_eq!(of(Method::GET, bad), (Route::Replies, Wanted::Malformed), "{bad}");
        }
        for bad in ["/v1/enquiries/", "/v1/enquiries/x", "/v1/enquiries/%41"] {
            assert_eq!(of(Method::PUT, bad), (Route::Enquiry, Wanted::Malformed), "{bad}");
        }
        assert_eq!(of(Method::GET, "/v1/enquiries/ID").1, Wanted::OtherMethod("PUT, DELETE"));
        assert_eq!(of(Method::POST, "/v1/enquiries/ID/replies").1, Wanted::OtherMethod("GET"));
        for nothing in
            ["/v1", "/v1/", "/v1/enquiries", "/v1/enquiries/ID/", "/v1/enquiries/ID/replies/", "/v1/x"]
        {
            assert_eq!(of(Method::GET, nothing), (Route::Other, Wanted::Nothing), "{nothing}");
        }
    }
}
