import QtQuick

// Text: wraps, is never cut off.
Text {
    color: Theme.ink
    font.pixelSize: Theme.body
    lineHeight: 1.15
    textFormat: Text.PlainText
    wrapMode: Text.Wrap
}
