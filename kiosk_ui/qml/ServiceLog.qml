import QtQuick

Page {
    id: log

    Text {
        anchors.fill: parent
        clip: true
        color: Theme.ink
        font.pixelSize: Theme.small * 0.6
        text: log.texts.lines
        textFormat: Text.PlainText
        wrapMode: Text.WrapAnywhere
    }
}
