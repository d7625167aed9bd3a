import QtQuick

Page {
    id: service

    strip: [texts.lines, texts.said].filter(Boolean).join("\n")

    Tiles {
        anchors.bottom: parent.bottom
        anchors.left: parent.left
        anchors.right: parent.right
        height: Math.min(parent.height, Theme.target * 3 + Theme.gap)
        rows: service.rows
    }
}
