package otsupport.app.strategy

import org.junit.Assert.assertEquals
import org.junit.Test

class PieceTest {
    @Test
    fun `paragraphs, steps and points are told apart`() {
        val text = "Before you begin,\nsit down.\n\n1. Look.\n2. Do it.\n10. Rest.\n- A point."
        assertEquals(
            listOf(
                Piece.Paragraph("Before you begin, sit down."),
                Piece.Entry("1", "Look."),
                Piece.Entry("2", "Do it."),
                Piece.Entry("10", "Rest."),
                Piece.Entry(null, "A point."),
            ),
            pieces(text),
        )
    }

    @Test
    fun `no text, no pieces`() = assertEquals(emptyList<Piece>(), pieces(" \n\n "))

    @Test
    fun `a number inside a sentence is no step`() = assertEquals(listOf(Piece.Paragraph("Wait 2.5 minutes.")), pieces("Wait 2.5 minutes."))
}
