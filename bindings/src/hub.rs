//! The one long-lived object.

use std::path::PathBuf;
use std::sync::Arc;

use otsupport_core::platform::{GivenKey, Platform};
use otsupport_core::strategies::MediaBudget;
use otsupport_core::sync::SyncRequest;
use otsupport_core::{FamilyKey, OpenOptions};
use tokio::runtime::{Builder, Runtime};

use crate::values::{
    Card, Filter, HubError, ItemId, ItemView, KeepMedia, MediaPath, MediaReport, MediaSizes, MediaView,
    NetworkLink, OpenedSignpost, Page, Progress, SavedItem, Search, SearchAnswer, ServiceView,
    SignpostRequest, SignpostView, Started, SyncReport, TopicView, VariantChoice,
};

/// Where a hub keeps its files and whom it trusts.
#[derive(uniffi::Record)]
pub struct HubOptions {
    /// A folder of the app's own. It is made if missing.
    pub folder: String,
    /// The 32 bytes that the platform's keystore guards. What the family writes is sealed with them.
    pub key: Vec<u8>,
    /// The root that the app was built with (`root.json`). It is read on first use and ignored afterwards.
    pub root: Option<Vec<u8>>,
    /// A folder with a first published site, so that the first start needs no network.
    pub seed: Option<String>,
}

/// Somebody who wants to know how far a sync has come. It is called on the sync's own thread, with nothing locked; return at once.
#[uniffi::export(with_foreign)]
pub trait SyncListener: Send + Sync {
    /// The sync has come so far.
    fn progress(&self, progress: Progress);
}

/// A listener of the front end's.
struct Listening(Arc<dyn SyncListener>);

impl otsupport_core::sync::SyncListener for Listening {
    fn progress(&self, progress: Progress) {
        self.0.progress(progress);
    }
}

/// The Support Hub on this phone: strategies, saved items, sync.
///
/// Hold one for as long as the app runs. Every method may be called from any thread. All but `sync` and the fetching of media only read
/// and write local files: a few milliseconds, so call them off the main thread where a frame counts.
#[derive(uniffi::Object)]
pub struct SupportHub {
    core: Arc<otsupport_core::SupportHub>,
    runtime: Option<Runtime>,
}

#[uniffi::export]
impl SupportHub {
    /// Opens the hub in its folder, and makes it on first use.
    ///
    /// A key that does not fit is no failure: strategies, search and help work, and what the family keeps answers `WrongKey`.
    /// `NeedsUpdate`: a newer app wrote here. `StorageFull`, `Storage`: tell the family; nothing was lost. `Untrusted`: the
    /// app was built with a wrong root.
    #[uniffi::constructor]
    pub fn open(options: HubOptions) -> Result<Arc<Self>, HubError> {
        let key = FamilyKey::from_bytes(&options.key)
            .ok_or_else(|| HubError::Invalid { code: "invalid-key".to_owned(), field: "key".to_owned() })?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("otsupport-sync")
            .enable_all()
            .build()
            .map_err(|_| HubError::Internal { code: "internal".to_owned() })?;
        let core = otsupport_core::SupportHub::open(
            OpenOptions {
                folder: PathBuf::from(options.folder),
                root: options.root,
                seed: options.seed.map(PathBuf::from),
            },
            Platform::with_key(Arc::new(GivenKey(key))),
        )?;
        Ok(Arc::new(Self { core: Arc::new(core), runtime: Some(runtime) }))
    }

    /// Who offers the bank, whether it is a demonstration, and where urgent help is.
    pub fn service(&self) -> Result<ServiceView, HubError> {
        self.core.service()
    }

    /// All topics in the service's order.
    pub fn topics(&self) -> Result<Vec<TopicView>, HubError> {
        self.core.topics()
    }

    /// The items that pass the filter, a page at a time, by topic and title.
    pub fn browse(&self, filter: Filter, page: Page) -> Result<Vec<Card>, HubError> {
        self.core.browse(&filter, page)
    }

    /// Searches the bank. Show `help` before everything else. Call it at every keystroke with `asYouType`.
    pub fn search(&self, search: Search) -> Result<SearchAnswer, HubError> {
        self.core.search(&search)
    }

    /// One item, whole, in the variant asked for or else the original. `NotFound`: the bank has no such item.
    pub fn show(&self, id: ItemId, variant: VariantChoice) -> Result<ItemView, HubError> {
        self.core.show(&id, &variant)
    }

    /// Saves items, in this order, after those saved before; saving one again takes its text of today as seen.
    pub fn save(&self, ids: Vec<ItemId>) -> Result<Vec<SavedItem>, HubError> {
        self.core.save(&ids)
    }

    /// Takes items off the shelf. One that is not there is no fault.
    pub fn unsave(&self, ids: Vec<ItemId>) -> Result<Vec<SavedItem>, HubError> {
        self.core.unsave(&ids)
    }

    /// The saved items in the family's order.
    pub fn saved(&self) -> Result<Vec<SavedItem>, HubError> {
        self.core.saved()
    }

    /// A link to a few items and its QR code, for a family. `NotFound`: the bank has no such item. `Invalid`: `field` says what to
    /// mend (`withdrawn`, `items`, `note`, `expires`, `hub`).
    pub fn signpost(&self, request: SignpostRequest) -> Result<SignpostView, HubError> {
        self.core.signpost(&request)
    }

    /// The same as a page (HTML) that prints on A4: titles, QR code, addresses in words, and the warnings of each item.
    pub fn signpost_sheet(&self, request: SignpostRequest) -> Result<String, HubError> {
        self.core.signpost_sheet(&request)
    }

    /// What a signpost's link leads to, without a network. `Invalid` with `link` or `link-cut`: ask for the link again.
    /// `NeedsUpdate`: a newer app made it.
    pub fn open_signpost(&self, link: String) -> Result<OpenedSignpost, HubError> {
        self.core.open_signpost(&link)
    }

    /// Asks the hub at `url` for news and takes it in. Being offline is an outcome, not an error.
    ///
    /// Dropping or cancelling the call loses nothing: what was verified is stored before the call returns, and a sync
    /// under way goes on by itself.
    pub async fn sync(&self, url: String) -> Result<SyncReport, HubError> {
        self.sync_as(url, Started::ByPerson, NetworkLink::Unmetered, None).await
    }

    /// The same, with who wants it, over what, and somebody who is told how far it has come. A job in the background passes `ByItself`
    /// and is held back while the hub is to be left alone, abroad, and where the system lets it send nothing.
    pub async fn sync_as(
        &self,
        url: String,
        started: Started,
        link: NetworkLink,
        listener: Option<Arc<dyn SyncListener>>,
    ) -> Result<SyncReport, HubError> {
        let core = self.core.clone();
        let listener =
            listener.map(|it| Arc::new(Listening(it)) as Arc<dyn otsupport_core::sync::SyncListener>);
        let request = SyncRequest { site: url, started, link, listener };
        self.wait_for(async move { core.sync(request).await }).await
    }

    /// Every media file of an item and its variants, with sizes and whether it is here.
    pub fn media(&self, id: ItemId) -> Result<Vec<MediaView>, HubError> {
        self.core.media(&id)
    }

    /// The path of a media file of an item, to be opened at once; absent if it is not here. Its bytes were just compared with what
    /// was signed. It bears no ending: the name in the bank does.
    pub fn open_media(&self, id: ItemId, file: MediaPath) -> Result<Option<String>, HubError> {
        Ok(self.core.open_media(&id, &file)?.map(|it| it.to_string_lossy().into_owned()))
    }

    /// Which media come by themselves, and how many bytes media may take. What is beyond a lower budget goes, but for what belongs
    /// to saved items.
    pub fn choose_media(&self, keep: KeepMedia, budget: u64) -> Result<(), HubError> {
        self.core.choose_media(keep, MediaBudget(budget)).map(drop)
    }

    /// What `fetchWantedMedia` would fetch now: say it before.
    pub fn wanted_media(&self) -> Result<MediaSizes, HubError> {
        self.core.wanted_media()
    }

    /// Fetches everything of an item that is not here, whatever the link: somebody asked for it. Say its size first. Being offline
    /// is an outcome. What was begun goes on where it was cut.
    pub async fn fetch_media(
        &self,
        url: String,
        id: ItemId,
        link: NetworkLink,
    ) -> Result<MediaReport, HubError> {
        let core = self.core.clone();
        self.wait_for(async move { core.fetch_media(&url, &id, link).await }).await
    }

    /// Fetches what the family chose to have and is not here. Call it after each sync: it waits for a link that is not paid for by the
    /// byte.
    pub async fn fetch_wanted_media(&self, url: String, link: NetworkLink) -> Result<MediaReport, HubError> {
        let core = self.core.clone();
        self.wait_for(async move { core.fetch_wanted_media(&url, link).await }).await
    }

    /// Closes the files. Afterwards every method but this one answers `Closed`.
    pub fn close(&self) {
        self.core.close();
    }
}

impl SupportHub {
    /// The core's own runtime drives the network; the caller only waits.
    async fn wait_for<T: Send + 'static>(
        &self,
        talk: impl Future<Output = Result<T, HubError>> + Send + 'static,
    ) -> Result<T, HubError> {
        let Some(runtime) = &self.runtime else {
            return Err(HubError::Closed { code: "closed".to_owned() });
        };
        let talk = runtime.spawn(talk);
        talk.await.unwrap_or_else(|_| Err(HubError::Internal { code: "internal".to_owned() }))
    }
}

impl Drop for SupportHub {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A runtime must not wait for its threads inside somebody else's.
            runtime.shutdown_background();
        }
    }
}
