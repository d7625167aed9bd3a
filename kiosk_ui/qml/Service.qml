import QtQuick

Page {
    id: service

    strip: texts.said

    Said {
        id: facts

        font.pixelSize: Theme.small
        text: service.texts.lines
        width: parent.width
    }

    Tiles {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        height: Math.min(2 * Theme.target * 1.4 + Theme.gap, parent.height - facts.height - Theme.gap)
        rows: service.rows
    }
}
