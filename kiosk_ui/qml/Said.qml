import QtQuick

// Text: wraps, is never cut off. Lines stand 1.3 apart (MIIT 2021-04), whatever the font asks for.
Text {
    color: Theme.ink
    font.pixelSize: Theme.body
    lineHeight: Math.ceil(font.pixelSize * 1.3)
    lineHeightMode: Text.FixedHeight
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
