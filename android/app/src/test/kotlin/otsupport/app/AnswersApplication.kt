package otsupport.app

import otsupport.Strategies

/** The app over [Answers] that the test sets. */
class AnswersApplication : SupportApplication() {
    val answers = Answers()

    override suspend fun strategies(): Strategies = answers
}
