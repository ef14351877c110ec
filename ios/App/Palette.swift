import SwiftUI

/// The colours of the NHS design system.
extension Color {
    static let nhsBlue = Color(hex: 0x005EB8)
    static let nhsText = Color(hex: 0x212B32)
    static let nhsGrey = Color(hex: 0x4C6272)
    static let nhsRed = Color(hex: 0xD5281B)
    static let nhsYellow = Color(hex: 0xFFEB3B)
    static let nhsPaleGrey = Color(hex: 0xF0F4F5)

    private init(hex: UInt32) {
        self.init(
            red: Double(hex >> 16 & 0xFF) / 255,
            green: Double(hex >> 8 & 0xFF) / 255,
            blue: Double(hex & 0xFF) / 255)
    }
}
