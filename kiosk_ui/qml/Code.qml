import QtQuick

Page {
    id: code

    strip: texts.said

    Said {
        id: typed

        anchors.left: parent.left
        anchors.right: parent.right
        font.pixelSize: Theme.title
        height: lineHeight
        horizontalAlignment: Text.AlignHCenter
        text: code.texts.typed
    }

    DigitPad {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        anchors.top: typed.bottom
        anchors.topMargin: Theme.gap
        enterText: Kiosk.words.bar.enter
    }
}
