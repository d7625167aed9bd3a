import QtQuick

// One of several choices: a drawing, its name, plain words, and its state in words.
Touch {
    id: tile

    required property string title
    required property string detail
    required property string said
    required property string art
    required property string tone
    required property bool live
    readonly property color ink: down ? Theme.tileDownInk : live ? Theme.tileInk : Theme.offInk
    readonly property color muted: down ? Theme.tileDownInk : live ? Theme.tileMuted : Theme.offInk

    enabled: live
    spoken: title

    Rectangle {
        anchors.fill: parent
        border.color: Theme.tileEdge
        border.width: Theme.edge
        color: tile.down ? Theme.tileDown : tile.live ? Theme.tile : Theme.off
        radius: Theme.radius
    }

    Image {
        id: drawing

        anchors.left: parent.left
        anchors.leftMargin: Theme.gap
        anchors.verticalCenter: parent.verticalCenter
        height: width
        source: tile.art === "" ? "" : "image://art/" + tile.art + "/" + tile.ink.toString().slice(-6)
        sourceSize: Qt.size(width, width)
        visible: tile.art !== ""
        width: visible ? Math.min(tile.height - 2 * Theme.gap, tile.width * 0.3) : 0
    }

    Column {
        anchors.left: drawing.right
        anchors.leftMargin: Theme.gap
        anchors.right: parent.right
        anchors.rightMargin: Theme.gap
        anchors.verticalCenter: parent.verticalCenter

        Said {
            color: tile.ink
            font.bold: true
            font.pixelSize: Theme.body
            text: tile.title
            width: parent.width
        }

        Said {
            color: tile.muted
            font.pixelSize: Theme.small
            text: tile.detail
            visible: text !== ""
            width: parent.width
        }

        Said {
            color: tile.ink
            font.bold: true
            font.pixelSize: Theme.small
            text: tile.said
            visible: text !== ""
            width: parent.width
        }
    }
}
