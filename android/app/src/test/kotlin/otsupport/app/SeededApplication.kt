package otsupport.app

/** The app with the real core, on a first start with no network: it opens with the site that it carries. */
class SeededApplication : SupportApplication() {
    /** There is no keystore here. */
    override fun familyKey(): ByteArray = ByteArray(32) { 7 }
}
