package otsupport

import otsupport.core.Card
import otsupport.core.Filter
import otsupport.core.HubException
import otsupport.core.ItemId
import otsupport.core.ItemView
import otsupport.core.Page
import otsupport.core.SavedItem
import otsupport.core.Search
import otsupport.core.SearchAnswer
import otsupport.core.ServiceView
import otsupport.core.TopicView
import otsupport.core.VariantChoice

/**
 * What a screen may ask about strategies and resources.
 *
 * Every call may be made from the main thread and throws nothing but [HubException]. [OfflineHub] answers in the app; a test of a screen
 * may answer itself.
 */
public interface Strategies {
    /** Who offers the bank, whether it is a demonstration, and where urgent help is. */
    public suspend fun service(): ServiceView

    /** All topics in the service's order. */
    public suspend fun topics(): List<TopicView>

    /** The items that pass [filter], by topic and title. */
    public suspend fun browse(filter: Filter = everything, page: Page = allPages): List<Card>

    /** Searches the bank. [SearchAnswer.help], where there is any, comes before everything else on the screen. */
    public suspend fun search(search: Search): SearchAnswer

    /** One item, whole, in the variant asked for or else the original. */
    public suspend fun show(id: ItemId, variant: VariantChoice = original): ItemView

    /** Puts items on the family's shelf, in this order, after those saved before. */
    public suspend fun save(ids: List<ItemId>): List<SavedItem>

    /** Takes items off the family's shelf. */
    public suspend fun unsave(ids: List<ItemId>): List<SavedItem>

    /** The saved items in the family's order. */
    public suspend fun saved(): List<SavedItem>
}

/** Nothing left out. */
public val everything: Filter =
    Filter(topic = null, audience = null, setting = null, age = null, minutes = null, kind = null)

/** From the first to the last. */
public val allPages: Page = Page(offset = 0u, limit = null)

/** The text as its author wrote it. */
public val original: VariantChoice = VariantChoice(language = null, easy = false)
