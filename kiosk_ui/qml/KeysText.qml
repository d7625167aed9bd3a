import QtQuick

// What stands, and behind it what is not chosen yet. Long texts show their end.
Rectangle {
    id: field

    required property var texts

    border.color: Theme.tileEdge
    border.width: Theme.edge
    clip: true
    color: Theme.tile
    radius: Theme.radius

    // Where both have no room, what to do next is worth more than what one knows.
    readonly property bool both: stands.height + hint.contentHeight + 2 * Theme.gap <= height

    Said {
        id: hint

        anchors.fill: parent
        anchors.margins: Theme.gap
        anchors.topMargin: Theme.gap + (stands.visible ? stands.height : 0)
        color: Theme.tileMuted
        font.pixelSize: Theme.small
        text: field.texts.hint
        verticalAlignment: Text.AlignVCenter
        visible: text !== ""
    }

    Item {
        anchors.fill: parent
        anchors.margins: Theme.tall ? Theme.gap : Theme.gap / 2
        clip: true

        Said {
            id: stands

            color: Theme.tileInk
            font.pixelSize: Theme.tall ? Theme.title : Theme.body
            text: field.texts.text + (field.texts.open === "" ? "▏" : "「" + field.texts.open + "」")
            visible: (field.texts.text !== "" || field.texts.open !== "") && (field.both || !hint.visible)
            width: parent.width
            // Whole lines.
            y: Math.min(0, Math.max(1, Math.floor(parent.height / lineHeight)) - lineCount) * lineHeight
        }
    }
}
