package otsupport.app.strategy

/** A piece of a section's text as it is laid out. */
sealed interface Piece {
    /** Its words. */
    val words: String

    /** A paragraph. */
    data class Paragraph(override val words: String) : Piece

    /** A line of a list, with its number or nothing. */
    data class Entry(val number: String?, override val words: String) : Piece
}

private val numbered = Regex("""(\d+)\. (.*)""")

/** Paragraphs stand apart by an empty line; a list has one line for each entry, after `1. ` or `- `. */
fun pieces(text: String): List<Piece> = buildList {
    for (block in text.split(Regex("""\n\s*\n"""))) {
        val open = mutableListOf<String>()
        fun close() {
            if (open.isNotEmpty()) add(Piece.Paragraph(open.joinToString(" ")))
            open.clear()
        }
        for (line in block.lines().map { it.trim() }.filter { it.isNotEmpty() }) {
            val step = numbered.matchEntire(line)
            when {
                step != null -> {
                    close()
                    add(Piece.Entry(step.groupValues[1], step.groupValues[2]))
                }

                line.startsWith("- ") -> {
                    close()
                    add(Piece.Entry(null, line.removePrefix("- ")))
                }

                else -> open += line
            }
        }
        close()
    }
}
