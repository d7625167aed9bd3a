import QtQuick

Page {
    id: code

    strip: texts.said

    Said {
        id: typed

        anchors.bottom: pad.top
        anchors.bottomMargin: Theme.gap
        anchors.left: parent.left
        anchors.right: parent.right
        font.pixelSize: Theme.title
        height: lineHeight
        horizontalAlignment: Text.AlignHCenter
        text: code.texts.typed
    }

    DigitPad {
        id: pad

        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        height: Math.min(Theme.target * 5.6 + Theme.gap * 3, parent.height - typed.height - Theme.gap)
        enterText: Kiosk.words.bar.enter
    }
}
